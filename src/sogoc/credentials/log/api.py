"""The transparency log: the only door of this applet."""

from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import LEGACY_STREAM, add_leaf, origin, stream_for
from sogoc.credentials.log.sequencer import SequencedReport, sequence

__all__ = [
    "LEGACY_STREAM",
    "LogError",
    "SequencedReport",
    "add_leaf",
    "origin",
    "sequence",
    "stream_for",
]
