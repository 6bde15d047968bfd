"""Organisations, capacities, mandates, accounts, roles and permissions."""
