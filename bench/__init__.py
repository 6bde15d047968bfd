"""Benchmarks: one module each, every one beside a peer measured in the same run.

`python -m bench` runs all, `python -m bench NAME` one; see `docs/benchmarks.md`.
"""
