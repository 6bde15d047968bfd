"""A published line as a digital credential needs it: shown fields, opening, leaf, proof.

Nothing is handed out that does not fit: the columns must give the commitment in the leaf, the leaf
must be under the newest checkpoint, and that checkpoint must have its quorum of witnesses.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.viewing import require_view
from sogoc.credentials.log import api as log
from sogoc.credentials.log.api import sources
from sogoc.credentials.register.api import UnknownLine
from sogoc.kernel import canonical
from sogoc.kernel.errors import Error
from sogoc.kernel.identifiers import LookupCodeError, parse_lookup_code
from sogoc.kernel.leaf import Value, leaf_hash, parse_leaf
from sogoc.kernel.leaf_opening import Opener, OpeningError, read_opening
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.text import Text
from sogoc.people.api import acting

SHOWN: Final = ("birth", "code", "entry_number", "full_name", "issued_on", "kind", "serial")
"""The committed fields a credential shows; the others stay behind their hashes."""

_LINE: Final = """
    SELECT l.id, l.code, l.entry_number, l.kind, l.issued_on, l.serial, l.issuer_id,
        l.signatory_title, l.signatory_name, l.decision_number, l.decision_date, l.reason,
        l.is_live, l.batch_id, l.recorded_at, l.source_file, l.source_sheet, l.source_row,
        l.source_digest, l.leaf_hash, o.code AS issuer, o.name AS issuer_name,
        p.full_name, p.birth_date, p.birth_text, p.birth_place, p.sex, p.ethnicity,
        p.nationality, p.personal_id, p.details::text AS details, p.record_key,
        r.code AS revoked_by
    FROM credentials_register_line l
    JOIN people_organisation o ON o.id = l.issuer_id
    LEFT JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_register_line r ON r.ref_id = l.id AND r.act = 'revoke'
    WHERE l.code = %s AND l.act <> 'revoke'
"""

_openers: Final[dict[tuple[str, ...], Opener]] = {
    shown: Opener(sources.LINE_FIELDS, shown) for shown in (SHOWN, sources.LINE_FIELDS)
}


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """What a credential is made of. `fields` are those shown, `leaf` the logged bytes in base64."""

    id: int
    issuer_id: int
    issuer: str
    issuer_name: str
    kind: str
    issued_on: date
    fields: Mapping[str, Value]
    leaf: str
    opening: str
    proof: str


def published_line(
    request: Request, *, shown: tuple[str, ...] = SHOWN, may_be_revoked: bool = False
) -> PublishedLine:
    """Return a line with everything that proves it; `shown` is `SHOWN` or all committed fields.

    Raises `UnknownLine`, `NotPermitted`; `LogError` while no checkpoint covers it;
    `DocumentRefused` for a revoked or erased line, a quorum not met, or columns that are not those
    logged.
    """
    row = _row(request)
    if row["revoked_by"] is not None and not may_be_revoked:
        raise _refused("document_revoked", "Dòng này đã bị thu hồi.", "The line is revoked.")
    if row["record_key"] is None:
        raise _refused("document_erased", "Dữ liệu đã được xóa.", "The data were erased.")
    hashed = bytes(row["leaf_hash"])
    proven = log.prove(request.home, base=request.base, leaf_hash=hashed)
    _require_quorum(request, proven)
    opening = _openers[shown].open(bytes(row["record_key"]), _values(row))
    try:
        fields = read_opening(opening, parse_leaf(proven.entry).commitment)
    except OpeningError:
        raise _refused(
            "document_line_altered",
            "Dữ liệu của dòng không khớp với nhật ký; hãy chạy sogoc log audit.",
            "The line is not what the log holds; run sogoc log audit.",
        ) from None
    return PublishedLine(
        row["id"],
        row["issuer_id"],
        row["issuer"],
        row["issuer_name"],
        row["kind"],
        row["issued_on"],
        fields,
        base64.b64encode(proven.entry).decode("ascii"),
        opening,
        str(proven.proof),
    )


def _row(request: Request) -> dict[str, Any]:
    try:
        code = parse_lookup_code(request.code)
    except LookupCodeError:
        raise _unknown(request.code) from None
    with acting(request.by), connection.cursor() as cursor:
        require_view(request.by)
        cursor.execute(_LINE, [code])
        found = cursor.fetchone()
        if found is None:
            raise _unknown(request.code)
        row = dict(zip([column.name for column in cursor.description], found, strict=True))
        require_view(request.by, organisation_id=row["issuer_id"])
        return row


def _require_quorum(request: Request, proven: log.ProvenLeaf) -> None:
    policy = log.public_file(request.home, base=request.base, path=f"{proven.origin}/policy")
    try:
        if policy is None:
            raise _no_quorum()
        proven.proof.verify(leaf_hash(proven.entry), Policy.parse(policy.data))
    except DocumentRefused:
        raise
    except Error:
        raise _no_quorum() from None


def _values(row: Mapping[str, Any]) -> tuple[Value, ...]:
    """Return the committed values in the order of `LINE_FIELDS`, as the audit of the log does."""
    born = row["birth_date"]
    before, after = sources.provenance_parts(
        is_live=row["is_live"],
        batch=row["batch_id"],
        recorded_at=row["recorded_at"],
        decision_number=row["decision_number"],
        decision_date=row["decision_date"],
        reason=row["reason"],
        source_file=row["source_file"],
        source_digest=bytes(row["source_digest"]) if row["source_digest"] is not None else None,
    )
    place = sources.row_part(row["source_sheet"], row["source_row"])
    values: dict[str, Value] = {
        "birth": sources.birth(born.isoformat() if born else None, row["birth_text"]),
        "details": canonical.dumps(json.loads(row["details"])).decode(),
        "issued_on": row["issued_on"].isoformat(),
        "provenance": f"{before}{place}{after}",
        "signatory": sources.joined(row["signatory_title"], row["signatory_name"]),
    }
    return tuple(values[name] if name in values else row[name] for name in sources.LINE_FIELDS)


def _no_quorum() -> DocumentRefused:
    return _refused(
        "document_no_quorum",
        "Điểm kiểm chưa đủ bên chứng kiến xác nhận.",
        "Not enough witnesses have cosigned the checkpoint.",
    )


def _unknown(code: str) -> UnknownLine:
    return UnknownLine(
        "register_line_unknown",
        Text(
            f"Không có dòng nào mang mã “{code}” trong các sổ gốc bạn được xem.",
            f"No line with the code {code!r} is in the registers you may view.",
        ),
        code_typed=code,
    )


def _refused(code: str, vi: str, en: str) -> DocumentRefused:
    return DocumentRefused(code, Text(vi, en))
