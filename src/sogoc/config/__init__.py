"""Wiring: where things live on a machine, and how Django is set up. Nothing imports it."""
