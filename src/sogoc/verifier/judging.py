"""A file of any kind judged: told apart by its first bytes, each kind by a module of its own."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sogoc.verifier.report import Report
from sogoc.verifier.trust import Trust

Judge = Callable[[bytes, Trust, datetime], Report]
"""`judge(data, trust, at)`; raises nothing for whatever the bytes are."""

KINDS: Final[dict[str, tuple[bytes, str]]] = {
    "vc": (b"{", "credential"),
    "pdf": (b"%PDF-", "paper"),
    "xml": (b"<", "register_xml"),
    "receipt": (b"sogoc-receipt/1\n", "receipt"),
}
"""Kind of file → what it begins with after blanks, and the module here whose `judge` takes it."""

_BLANKS: Final = b" \t\r\n\xef\xbb\xbf"


def judge(data: bytes, trust: Trust, at: datetime) -> Report:
    """Judge a file as of an aware time. A file of no kind we know is invalid."""
    head = data[:1024].lstrip(_BLANKS)
    for start, module in KINDS.values():
        if head.startswith(start):
            found: Judge = importlib.import_module(f"sogoc.verifier.{module}").judge
            return found(data, trust, at)
    report = Report("", is_development=trust.is_development)
    report.failed(
        "document",
        "Tệp không thuộc dạng nào sổ gốc phát hành, hoặc đã hỏng.",
        "The file is of no form the register issues, or is damaged.",
    )
    return report
