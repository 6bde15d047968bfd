"""Later acts on a credential: revocation, erasure of personal data."""
