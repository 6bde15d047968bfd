"""Which rule set is in use: proposed by one officer, confirmed by another."""
