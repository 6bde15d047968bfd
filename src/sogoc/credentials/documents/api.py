"""Documents made of register lines: the only door of this applet."""

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import FORMATS, Render, Request, render

__all__ = [
    "FORMATS",
    "DocumentRefused",
    "Render",
    "Request",
    "render",
]
