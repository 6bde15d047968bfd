"""Checking anybody's file against the living register, and receipts of it."""
