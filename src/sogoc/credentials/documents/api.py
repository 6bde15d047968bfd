"""Documents made of register lines: the only door of this applet."""

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import FORMATS, Render, Request, render
from sogoc.credentials.documents.open_export import (
    BroughtBack,
    Exported,
    bring_back,
    export_all,
)
from sogoc.credentials.documents.open_lines import read_register_xml
from sogoc.credentials.documents.pdf_issuing import (
    CREDENTIAL,
    LEAF,
    PROOF,
    Made,
    due_numbers,
    make_papers,
    renew,
)
from sogoc.credentials.documents.press import NAMES as TEMPLATES
from sogoc.credentials.documents.press import Attached, Press, press_of
from sogoc.credentials.documents.renewing import (
    Affected,
    mark_doubtful,
    renew_due,
    signed_documents,
)
from sogoc.credentials.documents.samples import copy_templates, print_sample
from sogoc.credentials.issuers.api import WARNING

__all__ = [
    "CREDENTIAL",
    "FORMATS",
    "LEAF",
    "PROOF",
    "TEMPLATES",
    "WARNING",
    "Affected",
    "Attached",
    "BroughtBack",
    "DocumentRefused",
    "Exported",
    "Made",
    "Press",
    "Render",
    "Request",
    "bring_back",
    "copy_templates",
    "due_numbers",
    "export_all",
    "make_papers",
    "mark_doubtful",
    "press_of",
    "print_sample",
    "read_register_xml",
    "render",
    "renew",
    "renew_due",
    "signed_documents",
]
