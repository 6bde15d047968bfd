"""Signed papers (PDF): signatures, keys and what came later; then what is attached as proof."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sogoc.kernel.pdf_check import PaperTrust, check_pdf
from sogoc.kernel.pdf_read import PdfError, PdfReader
from sogoc.verifier import credential
from sogoc.verifier.report import Report, Result
from sogoc.verifier.sheet import ENTRIES, judge_entries
from sogoc.verifier.trust import Trust

CREDENTIAL: Final = "credential.json"
"""Name of the credential attached to a paper."""


def judge(data: bytes, trust: Trust, at: datetime) -> Report:
    """Judge a paper: its signatures, and the credential attached, whose facts it shows."""
    report = Report("pdf", is_development=trust.is_development)
    try:
        papers = PaperTrust.parse(trust.certificates)
    except (KeyError, ValueError, TypeError):
        papers = PaperTrust(roots=())
        report.unknown(
            "paper:trust",
            "Gói tin cậy không có phần về khóa ký văn bản.",
            "The trust bundle says nothing of keys that sign papers.",
        )
    for check in check_pdf(data, papers):
        result = Result(check.result)
        if not papers.keys and check.name.endswith(":key"):
            result = Result.UNKNOWN  # what nobody told us is missing evidence, not a lie
        report.add(f"paper:{check.name}", result, check.why.vi, check.why.en)
    try:
        files = PdfReader(data).attachments()
    except (PdfError, RecursionError, AttributeError, TypeError, KeyError, IndexError):
        files = {}
    attached = files.get(CREDENTIAL)
    if attached is None and ENTRIES in files:
        judge_entries(files[ENTRIES], trust, report)
        return report
    if attached is None:
        report.failed(
            "paper:credential",
            "Tệp không kèm chứng thực số của sổ gốc.",
            "No credential of the register is attached.",
        )
        return report
    inner = credential.judge(attached, trust, at)
    report.checks += inner.checks
    report.facts, report.as_of = inner.facts, inner.as_of
    return report
