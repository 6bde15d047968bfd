"""The signer of the logs: it signs only what extends what it signed before. See README.md."""
