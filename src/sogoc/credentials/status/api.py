"""The status of copies and its published lists: the only door of this applet."""

from sogoc.credentials.status.entries import (
    LENGTH,
    PURPOSES,
    Entry,
    ensure_entries,
    list_path,
    mark,
)
from sogoc.credentials.status.errors import StatusRefused
from sogoc.credentials.status.history import Said, published_lists, status_on
from sogoc.credentials.status.publishing import VALIDITY, Published, publish

__all__ = [
    "LENGTH",
    "PURPOSES",
    "VALIDITY",
    "Entry",
    "Published",
    "Said",
    "StatusRefused",
    "ensure_entries",
    "list_path",
    "mark",
    "publish",
    "published_lists",
    "status_on",
]
