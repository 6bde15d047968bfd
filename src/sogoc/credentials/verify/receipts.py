"""Receipts of checks: prepared once from a report, signed on demand from the token alone.

Nothing is stored between the two: the token is the text itself under a code of authentication that
only this home can make, with the moment until which it serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.core import signing

from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.verify.errors import ReceiptRefused
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.notes import Note, Signature, VerifierKey
from sogoc.kernel.text import Text
from sogoc.verifier.api import Receipt, Report, key_name

LASTS: Final = timedelta(minutes=30)
"""How long a token serves."""
_SALT: Final = "sogoc.receipt"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a receipt will say, and the token that lets it be signed."""

    receipt: Receipt
    token: str


def prepare_receipt(
    report: Report, data: bytes, *, home: Path, base: str, at: datetime, is_playground: bool
) -> Prepared:
    """Fix what a receipt of this check says. Raises `IssuerRefused` where none can be signed."""
    issuers.signer(home, issuers.OPERATOR, Algorithm.ED25519, at=at, is_playground=is_playground)
    receipt = Receipt(
        register=base,
        sha256=sha256(data).hexdigest(),
        size=len(data),
        kind=report.kind,
        verdict=report.verdict.value,
        checked=issuers.iso(at),
        as_of="" if report.as_of is None else issuers.iso(report.as_of),
        is_development=report.is_development or is_playground,
        checks=tuple((check.name, check.result.value) for check in report.checks),
    )
    until = (at + LASTS).isoformat()
    token = signing.Signer(salt=_SALT).sign_object({"text": receipt.text(), "until": until})
    return Prepared(receipt, token)


def sign_receipt(token: str, *, home: Path, base: str, at: datetime, is_playground: bool) -> bytes:
    """Return the receipt prepared under a token as a signed note; again, the same bytes.

    Raises `ReceiptRefused` for a token that is altered or too old, `IssuerRefused`.
    """
    try:
        said = signing.Signer(salt=_SALT).unsign_object(token)
        receipt = Receipt.parse(said["text"])
        is_old = at >= datetime.fromisoformat(said["until"])
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise _refused("receipt_token_false") from None
    if is_old or receipt.register != base:
        raise _refused("receipt_token_old")
    checked = datetime.fromisoformat(receipt.checked)
    signer = issuers.signer(
        home, issuers.OPERATOR, Algorithm.ED25519, at=checked, is_playground=is_playground
    )
    key = _note_key(signer.record, base)
    signature = Signature(key.name, key.id, signer.sign(receipt.text().encode()))
    return str(Note(receipt.text(), (signature,))).encode()


def _note_key(record: issuers.KeyRecord, base: str) -> VerifierKey:
    return VerifierKey(key_name(base), record.multikey.raw)


def _refused(code: str) -> ReceiptRefused:
    return ReceiptRefused(
        code,
        Text(
            "Biên nhận này để lâu quá hoặc đã bị sửa; hãy kiểm tệp lại.",
            "This receipt was left too long or altered; please check the file again.",
        ),
    )
