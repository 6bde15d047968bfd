"""Later acts on a credential: revocation."""
