"""Judging the past: all checks over registered lines."""
