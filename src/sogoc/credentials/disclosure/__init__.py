"""Public look-up of one credential."""
