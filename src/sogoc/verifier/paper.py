"""Signed papers (PDF): signatures, keys and what came later; then what is attached as proof.

Who signs a paper must be the body that issued its lines, or the one that keeps its register: a true
credential of one body attached to a page that another one signed proves nothing of that page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sogoc.kernel.pdf_check import Check, PaperTrust, check_pdf
from sogoc.kernel.pdf_read import PdfError, PdfReader
from sogoc.kernel.periods import local_day
from sogoc.verifier import credential
from sogoc.verifier.report import Report, Result
from sogoc.verifier.sheet import ENTRIES, judge_entries
from sogoc.verifier.trust import Trust

CREDENTIAL: Final = "credential.json"
"""Name of the credential attached to a paper."""
_BOTH: Final = {"person", "seal"}


def judge(data: bytes, trust: Trust, at: datetime) -> Report:
    """Judge a paper: its signatures, and the credential attached, whose facts it shows."""
    report = Report("pdf", is_development=trust.is_development)
    try:
        papers = PaperTrust.parse(trust.certificates)
    except (KeyError, ValueError, TypeError, AttributeError):
        papers = PaperTrust(roots=())
        report.unknown(
            "paper:trust",
            "Gói tin cậy không có phần về khóa ký văn bản.",
            "The trust bundle says nothing of keys that sign papers.",
        )
    checks = check_pdf(data, papers)
    for check in checks:
        result = Result(check.result)
        if not papers.keys and check.name.endswith(":key"):
            result = Result.UNKNOWN  # what nobody told us is missing evidence, not a lie
        report.add(f"paper:{check.name}", result, check.why.vi, check.why.en)
    signed = [check for check in checks if check.key is not None]
    _judge_signing(signed, papers, at, report)
    try:
        files = PdfReader(data).attachments()
    except (PdfError, RecursionError, AttributeError, TypeError, KeyError, IndexError):
        files = {}
    attached = files.get(CREDENTIAL)
    if attached is None and ENTRIES in files:
        bodies = judge_entries(files[ENTRIES], trust, report)
        _judge_offices(signed, bodies, papers, trust, report)
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
    issuer = str(inner.facts.get("issuer", ""))
    if issuer.startswith(trust.did_prefix):
        _judge_offices(signed, [issuer.removeprefix(trust.did_prefix)], papers, trust, report)
    return report


def _judge_signing(
    signed: Sequence[Check], papers: PaperTrust, at: datetime, report: Report
) -> None:
    """Both signatures are there, and nothing was signed after the time of the check."""
    if papers.keys and {check.key.purpose for check in signed if check.key} != _BOTH:
        report.failed(
            "paper:signers",
            "Thiếu chữ ký hợp lệ của người ký hoặc con dấu số của cơ quan.",
            "The signature of the person or the seal of the body is missing or does not hold.",
        )
    late = [check.at for check in signed if check.at is not None and check.at > at]
    if late:
        report.unknown(
            "paper:time",
            f"Tệp ký ngày {late[0]:%d/%m/%Y}, sau thời điểm kiểm.",
            f"The file was signed on {late[0]:%Y-%m-%d}, after the time of the check.",
        )


def _judge_offices(
    signed: Sequence[Check],
    issuers: Iterable[str],
    papers: PaperTrust,
    trust: Trust,
    report: Report,
) -> None:
    """The keys are of the body whose lines these are, or of the one that keeps its register."""
    issuers = set(issuers)
    for check in signed:
        if check.key is None or check.at is None:
            continue
        office, day = check.key.organisation, local_day(check.at)
        foreign = [each for each in issuers if office not in {each, papers.keeper(each, day)}]
        if foreign:
            is_open = papers.custody is None or check.at > trust.made
            report.add(
                "paper:office",
                Result.UNKNOWN if is_open else Result.FAIL,
                f"Ký bằng khóa của {office}, không phải nơi cấp hay nơi giữ sổ gốc của "
                f"{foreign[0]}.",
                f"Signed by a key of {office}, which neither issued this nor keeps the register "
                f"of {foreign[0]}.",
            )
            return
    if issuers and signed:
        report.passed(
            "paper:office",
            "Người ký, con dấu là của nơi cấp hoặc nơi giữ sổ gốc.",
            "Person and seal are of the body that issued this or keeps its register.",
        )
