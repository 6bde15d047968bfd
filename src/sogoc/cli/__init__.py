"""The command ``sogoc``: thin, one domain call a command."""
