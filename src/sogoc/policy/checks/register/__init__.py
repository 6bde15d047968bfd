"""Entry numbers of the register."""
