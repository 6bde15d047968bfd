"""What is on disk when a function returns: files, and SQLite files that remember."""
