"""Keys, signatures of persons and seals of bodies."""
