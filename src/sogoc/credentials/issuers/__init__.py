"""Bodies as issuers of digital credentials: see README.md."""
