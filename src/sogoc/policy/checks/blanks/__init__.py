"""Blanks and their serials."""
