"""Pure building blocks: text, periods, names, identifiers, canonical JSON, Merkle tree, notes.

Nothing here imports Django, reads a clock, does I/O or draws random bytes: callers hand in dates,
bytes and `read` functions, so every result depends on its arguments only.
"""
