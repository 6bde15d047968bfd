"""Receipts: what a register found when it checked a file, signed, for whoever keeps the file.

A receipt is a signed note (C2SP signed-note, Ed25519) of plain lines:

    sogoc-receipt/1
    register <base>
    file <sha256> <bytes>
    kind <vc|pdf|…|->
    verdict <valid|invalid|unknown>
    checked <time>
    as-of <time of the status used|->
    keys <development|real>
    check <name> <pass|fail|unknown>      one line each, in the order made
    says-only … / chi-noi …               two fixed sentences: nothing beyond that moment

    — <base>/receipts <signature>

The key is one of the register's operator, `did:web:<base>`. A receipt holds no word of the file it
is about, so nobody can have the register sign a text of theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sogoc.kernel import notes
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.notes import Note, NoteError, NoteNotVerifiedError, VerifierKey
from sogoc.verifier.report import Report, Result, Verdict
from sogoc.verifier.trust import Trust, TrustedKey, moment

KIND: Final = "receipt"
FORMAT: Final = "sogoc-receipt/1"
LIMITS: Final = (
    "says-only what was found at that time; not of later, nor of who holds the file, nor of paper",
    "chi-noi điều thấy vào lúc đó; không nói gì về sau đó, về người cầm tệp hay về tờ giấy",
)
_NONE: Final = "-"
_LINES: Final = re.compile(
    r"sogoc-receipt/1\n"
    r"register (?P<register>\S+)\n"
    r"file (?P<sha256>[0-9a-f]{64}) (?P<size>[0-9]{1,12})\n"
    r"kind (?P<kind>-|[a-z][a-z0-9-]*)\n"
    r"verdict (?P<verdict>valid|invalid|unknown)\n"
    r"checked (?P<checked>\S+)\n"
    r"as-of (?P<as_of>\S+)\n"
    r"keys (?P<keys>development|real)\n"
    r"(?P<checks>(?:check [a-z][a-z0-9:-]* (?:pass|fail|unknown)\n)+)"
    + "".join(f"{re.escape(line)}\n" for line in LIMITS)
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was found. Times are texts as credentials write them: UTC, whole seconds."""

    register: str
    sha256: str
    size: int
    kind: str
    verdict: str
    checked: str
    as_of: str
    is_development: bool
    checks: tuple[tuple[str, str], ...]

    def text(self) -> str:
        """Return the lines that are signed."""
        return "".join(
            f"{line}\n"
            for line in (
                FORMAT,
                f"register {self.register}",
                f"file {self.sha256} {self.size}",
                f"kind {self.kind or _NONE}",
                f"verdict {self.verdict}",
                f"checked {self.checked}",
                f"as-of {self.as_of or _NONE}",
                f"keys {'development' if self.is_development else 'real'}",
                *(f"check {name} {result}" for name, result in self.checks),
                *LIMITS,
            )
        )

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """Read lines of exactly this form. Raises `ValueError`."""
        found = _LINES.fullmatch(text)
        if found is None:
            raise ValueError("receipt")
        moment(found["checked"])
        if found["as_of"] != _NONE:
            moment(found["as_of"])
        checks = [line.split(" ") for line in found["checks"].splitlines()]
        return cls(
            register=found["register"],
            sha256=found["sha256"],
            size=int(found["size"]),
            kind="" if found["kind"] == _NONE else found["kind"],
            verdict=found["verdict"],
            checked=found["checked"],
            as_of="" if found["as_of"] == _NONE else found["as_of"],
            is_development=found["keys"] == "development",
            checks=tuple((name, result) for _, name, result in checks),
        )


def key_name(base: str) -> str:
    """Return the name under which a register signs its receipts."""
    return f"{base}/receipts"


def judge(data: bytes, trust: Trust, at: datetime) -> Report:
    """Judge whether a receipt is true; what it says of its file is in the facts."""
    report = Report(KIND, is_development=trust.is_development)
    try:
        note, receipt = _read(data)
    except (NoteError, ValueError):
        report.failed(
            "document",
            "Biên nhận hỏng hoặc bị sửa.",
            "The receipt is damaged or altered.",
        )
        return report
    if receipt.register != trust.base:
        report.unknown(
            "document",
            f"Biên nhận của sổ gốc khác: {receipt.register}.",
            f"The receipt is of another register: {receipt.register}.",
        )
        return report
    report.passed("document", "Biên nhận đúng dạng.", "The receipt is well formed.")
    _judge_signature(note, receipt, trust, report)
    checked = moment(receipt.checked)
    if checked > at:
        report.unknown(
            "certificate",
            f"Biên nhận ghi lúc {receipt.checked}, sau thời điểm kiểm.",
            f"The receipt is of {receipt.checked}, after the time of this check.",
        )
    report.as_of = checked
    report.facts |= {
        "file_sha256": receipt.sha256,
        "file_size": receipt.size,
        "file_kind": receipt.kind,
        "file_verdict": receipt.verdict,
        "file_checks": [{"name": name, "result": result} for name, result in receipt.checks],
        "checked": receipt.checked,
    }
    return report


def _read(data: bytes) -> tuple[Note, Receipt]:
    """Read a receipt in its one spelling, of one signature. Raises `NoteError`, `ValueError`."""
    note = notes.parse_note(data)
    receipt = Receipt.parse(note.text)
    if receipt.text() != note.text or str(note).encode() != data or len(note.signatures) != 1:
        raise ValueError("receipt")
    return note, receipt


def _judge_signature(note: Note, receipt: Receipt, trust: Trust, report: Report) -> None:
    (signature,) = note.signatures
    known = trust.keys.get(trust.did_prefix[:-1], {})
    mine = [key for key in known.values() if key.multikey.algorithm is Algorithm.ED25519]
    for key in mine:
        verifier = VerifierKey(key_name(trust.base), key.multikey.raw)
        if (verifier.name, verifier.id) == (signature.name, signature.key_id):
            _judge_key(note, receipt, key, verifier, report)
            return
    is_newer = signature.name == key_name(trust.base) and (
        not mine or moment(receipt.checked) > trust.made
    )
    report.add(
        "signature",
        Result.UNKNOWN if is_newer else Result.FAIL,
        "Gói tin cậy không có khóa này của nơi vận hành sổ gốc.",
        "The bundle has no such key of the register's operator.",
    )


def _judge_key(
    note: Note, receipt: Receipt, key: TrustedKey, verifier: VerifierKey, report: Report
) -> None:
    try:
        notes.open_note(str(note), [verifier])
    except NoteNotVerifiedError:
        report.failed(
            "signature",
            "Chữ ký trên biên nhận sai: nội dung đã bị sửa.",
            "The receipt's signature is false: the content was altered.",
        )
        return
    report.passed("signature", "Chữ ký trên biên nhận đúng.", "The receipt's signature holds.")
    if key.serves(moment(receipt.checked)):
        report.passed(
            "certificate",
            f"Khóa đang dùng lúc ghi ({receipt.checked}).",
            f"The key served at that time ({receipt.checked}).",
        )
    else:
        report.failed(
            "certificate",
            f"Khóa không dùng lúc ghi ({receipt.checked}).",
            f"The key did not serve at that time ({receipt.checked}).",
        )


def verdict_of(report: Report) -> Verdict | None:
    """Return what a true receipt says of its file; None for any other report."""
    if report.kind != KIND or report.verdict is not Verdict.VALID:
        return None
    return Verdict(report.facts["file_verdict"])
