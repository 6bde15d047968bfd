"""A witness of transparency logs: signs only what extends what it signed before."""
