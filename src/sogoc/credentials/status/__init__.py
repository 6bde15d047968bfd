"""The status of digital credentials as published lists: see README.md."""
