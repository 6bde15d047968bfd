"""Documents made of register lines: the only door of this applet."""

from sogoc.credentials.documents.archiving import archive, documents_to_archive, newest_document_of
from sogoc.credentials.documents.background import (
    NotMade,
    Round,
    Waiting,
    make_batch,
    make_waiting,
    waiting_for_devices,
    waiting_originals,
)
from sogoc.credentials.documents.disclosed import (
    Disclosed,
    disclosed_documents,
    disclosed_file,
)
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import FORMATS, Render, Request, render
from sogoc.credentials.documents.open_export import (
    BroughtBack,
    Exported,
    bring_back,
    export_all,
)
from sogoc.credentials.documents.open_lines import read_register_xml
from sogoc.credentials.documents.originals import (
    DigitalOriginal,
    LinePapers,
    PaperOriginal,
    PaperView,
    paper_of_file,
    papers_of,
    show_paper,
    withdraw,
)
from sogoc.credentials.documents.pausing import (
    HandedOut,
    assemble_paper,
    finish_papers,
    tidy_files,
)
from sogoc.credentials.documents.pdf_issuing import (
    CREDENTIAL,
    LEAF,
    PROOF,
    Made,
    due_numbers,
    make_papers,
    renew,
)
from sogoc.credentials.documents.pdf_pages import ME as WORKER
from sogoc.credentials.documents.pdf_pages import knows_originals
from sogoc.credentials.documents.preparing import (
    ELSEWHERE,
    prepare,
    prepare_pages,
    prepare_papers,
    prepare_renewal,
    prepare_sheets,
    prepare_supplements,
    prepare_xml,
)
from sogoc.credentials.documents.press import NAMES as TEMPLATES
from sogoc.credentials.documents.press import Attached, Press, press_of
from sogoc.credentials.documents.renewing import (
    Affected,
    AffectedCredential,
    due_credentials,
    due_papers,
    mark_doubtful,
    mark_doubtful_credentials,
    renew_credentials,
    renew_due,
    signed_credentials,
    signed_documents,
    signed_xml,
)
from sogoc.credentials.documents.samples import copy_templates, print_sample
from sogoc.credentials.documents.sheet_issuing import make_pages, make_sheet, make_supplement
from sogoc.credentials.documents.sheets import ENTRIES
from sogoc.credentials.issuers.api import WARNING

__all__ = [
    "CREDENTIAL",
    "ELSEWHERE",
    "ENTRIES",
    "FORMATS",
    "LEAF",
    "PROOF",
    "TEMPLATES",
    "WARNING",
    "WORKER",
    "Affected",
    "AffectedCredential",
    "Attached",
    "BroughtBack",
    "DigitalOriginal",
    "Disclosed",
    "DocumentRefused",
    "Exported",
    "HandedOut",
    "LinePapers",
    "Made",
    "NotMade",
    "PaperOriginal",
    "PaperView",
    "Press",
    "Render",
    "Request",
    "Round",
    "Waiting",
    "archive",
    "assemble_paper",
    "bring_back",
    "copy_templates",
    "disclosed_documents",
    "disclosed_file",
    "documents_to_archive",
    "due_credentials",
    "due_numbers",
    "due_papers",
    "export_all",
    "finish_papers",
    "knows_originals",
    "make_batch",
    "make_pages",
    "make_papers",
    "make_sheet",
    "make_supplement",
    "make_waiting",
    "mark_doubtful",
    "mark_doubtful_credentials",
    "newest_document_of",
    "paper_of_file",
    "papers_of",
    "prepare",
    "prepare_pages",
    "prepare_papers",
    "prepare_renewal",
    "prepare_sheets",
    "prepare_supplements",
    "prepare_xml",
    "press_of",
    "print_sample",
    "read_register_xml",
    "render",
    "renew",
    "renew_credentials",
    "renew_due",
    "show_paper",
    "signed_credentials",
    "signed_documents",
    "signed_xml",
    "tidy_files",
    "waiting_for_devices",
    "waiting_originals",
    "withdraw",
]
