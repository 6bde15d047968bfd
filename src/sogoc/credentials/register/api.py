"""Sổ gốc: the only door of this applet.

Functions with `by` open `acting(by)` themselves. The others belong to the acts of other applets and
run inside their `acting(...)`: `ensure_book`, `next_numbers`, `insert_lines`, `prior_originals` …
"""

from sogoc.credentials.register.books import (
    as_book,
    batch_ends,
    book_fact,
    book_for,
    ensure_book,
    last_sequence,
    next_numbers,
    open_book,
)
from sogoc.credentials.register.erased import erased_files
from sogoc.credentials.register.errors import BookError, LegacyError, UnknownLine
from sogoc.credentials.register.legacy import LegacyImport, import_legacy
from sogoc.credentials.register.lines import (
    LineView,
    Person,
    Status,
    export_lines,
    leaf_hash_of,
    lines_by_code,
    prior_originals,
    serial_key,
    show_line,
    staged_originals,
    status_of,
    used_serials,
)
from sogoc.credentials.register.search import LineSummary, find_lines
from sogoc.credentials.register.staging import (
    BIRTH_TEXT_LIMIT,
    STAGE,
    TEXT_LIMITS,
    Book,
    InsertedLine,
    LineConstants,
    LineRow,
    insert_lines,
)

__all__ = [
    "BIRTH_TEXT_LIMIT",
    "STAGE",
    "TEXT_LIMITS",
    "Book",
    "BookError",
    "InsertedLine",
    "LegacyError",
    "LegacyImport",
    "LineConstants",
    "LineRow",
    "LineSummary",
    "LineView",
    "Person",
    "Status",
    "UnknownLine",
    "as_book",
    "batch_ends",
    "book_fact",
    "book_for",
    "ensure_book",
    "erased_files",
    "export_lines",
    "find_lines",
    "import_legacy",
    "insert_lines",
    "last_sequence",
    "leaf_hash_of",
    "lines_by_code",
    "next_numbers",
    "open_book",
    "prior_originals",
    "serial_key",
    "show_line",
    "staged_originals",
    "status_of",
    "used_serials",
]
