"""The people of a list."""
