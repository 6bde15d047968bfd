"""Judging documents of the register from outside: see README.md."""
