"""Scores, pass marks and results."""
