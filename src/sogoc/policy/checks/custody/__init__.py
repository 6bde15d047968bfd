"""Who keeps the registers, and whether they were handed over."""
