"""Overrides (miễn áp dụng): a check set aside for a while, by two officers, with a reason."""
