"""Pages for officers: from a unit's list to register lines."""
