"""Migrations of the application: linear, run by the owner role."""
