"""Phôi: lots, movements, reservations."""
