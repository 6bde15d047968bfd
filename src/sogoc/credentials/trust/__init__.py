"""What others need to judge our documents without us: see README.md."""
