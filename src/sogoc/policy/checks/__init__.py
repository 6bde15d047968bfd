"""The checks: one folder an area, one file a check, its cases beside it."""
