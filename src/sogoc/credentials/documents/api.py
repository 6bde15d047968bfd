"""Documents made of register lines: the only door of this applet."""

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import FORMATS, Render, Request, render
from sogoc.credentials.issuers.api import WARNING

__all__ = [
    "FORMATS",
    "WARNING",
    "DocumentRefused",
    "Render",
    "Request",
    "render",
]
