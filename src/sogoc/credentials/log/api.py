"""The transparency log: the only door of this applet."""

from sogoc.credentials.log.leaves import LEGACY_STREAM, add_leaf, origin, stream_for

__all__ = ["LEGACY_STREAM", "add_leaf", "origin", "stream_for"]
