"""Xóa dữ liệu cá nhân: what is stored of a line's person is destroyed, the act stays.

The log first takes an act `erase` that refers to the line's leaf; the database lets the data go
only after it (`sogoc_erase_personal`), in the same transaction: the personal columns with their
key, the row as prepared, findings, keyings of a paper book. Files follow once that is committed.
What was committed to is then random to everyone but its holder, who still has the key.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from sogoc.credentials.lifecycle.deciding import SHOWN, Act
from sogoc.credentials.lifecycle.erased_files import remove_drafts, remove_erased_files
from sogoc.credentials.lifecycle.errors import ErasureRefused
from sogoc.credentials.log.api import add_leaf, sources, stream_for
from sogoc.credentials.register.api import LineView
from sogoc.kernel.leaf import commit, encode_leaf
from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, record_event
from sogoc.policy.api import load_law

ACT: Final = "erase"
SOURCE: Final = "erasure"
"""What the leaf says it is, and what the log says it stands for: the database asks for both."""

ERASURE: Final = Act(
    name="erasure",
    refused=ErasureRefused,
    permission="register.erase",
    does=Text("xóa dữ liệu", "erase data"),
)
_ERASE: Final = "SELECT sogoc_erase_personal(%s, %s)::text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something that still speaks of the person, and why: `what` is a key of `KEPT_BECAUSE`.

    `others` are people besides on a page of a paper book.
    """

    code: str
    what: str
    name: str
    others: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did: codes of the lines and, in their order, hashes of the acts (hex).

    `copies` counts what went beside the register, by name of what it was; `files` were removed
    from the home, `files_left` could not be yet; `kept` stays, for somebody to look at.
    """

    count: int
    decision_number: str
    decision_date: date
    codes: tuple[str, ...]
    leaves: tuple[str, ...]
    copies: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    files_left: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()


KEPT_BECAUSE: Final = {
    "page_image": Text(
        "ảnh trang sổ còn người khác: giữ lại, che bằng tay nếu quyết định yêu cầu",
        "the picture of the page shows other people: kept; cover the line by hand if so decided",
    ),
    "sheet": Text(
        "văn bản có nhiều người (trang sổ, quyết định): giữ lại cho những người khác",
        "a document with many people (page of the register, decision): kept for the others",
    ),
    "audit_event": Text(
        "sự kiện nêu tên trong lời ghi, đã cam kết với nhật ký: không sửa được",
        "an audit event names the person; the log has committed to its words",
    ),
    "line_reason": Text(
        "lý do của một dòng nêu tên, đã cam kết với nhật ký: không sửa được",
        "the reason of a line names the person; the log has committed to it",
    ),
    "proposal": Text(
        "lý do của một đề nghị thu hồi nêu tên", "the reason of a proposed revocation names them"
    ),
    "blank_reason": Text(
        "lý do của một phôi nêu tên, đã cam kết với nhật ký: không sửa được",
        "the reason of a blank names the person; the log has committed to it",
    ),
    "cancel_reason": Text(
        "lý do hủy một đợt cấp nêu tên", "the reason a batch was cancelled for names the person"
    ),
    "override": Text("lý do bỏ qua một kiểm tra nêu tên", "the reason of an override names them"),
    "batch": Text(
        "đợt cấp chưa xong còn có người này: hủy đợt cấp nếu không cấp nữa",
        "a batch still under way has this person: cancel it if nothing is to be issued",
    ),
    "line": Text(
        "dòng khác của cùng người: xóa riêng nếu quyết định nêu",
        "another line of the same person: erase it too if the decision says so",
    ),
}
"""Why something stays, by what it is."""


def erase_personal(
    *,
    codes: Sequence[str],
    decision_number: str,
    decision_date: date,
    reason: str,
    by: Actor,
    at: datetime,
    home: Path | None = None,
) -> Erased:
    """Destroy the personal data of lines by one decision: of all of them or of none. Irreversible.

    The body acting must keep the register on the day of the decision. `home` is where page images
    and documents lie; without it they go when the worker of their home next looks. Backups made
    before keep what they have. Needs `register.erase`. Raises `ErasureRefused` (unknown or already
    erased lines are named; a reason that names the person), `NotPermitted`.
    """
    decision_number, reason = decision_number.strip(), reason.strip()
    _require_complete(codes, decision_number, reason)
    ERASURE.require_due(decision_date, at)
    with acting(by):
        lines = ERASURE.lines(codes)
        _require_kept(lines)
        ERASURE.require_issued(lines, decision_date)
        _require_nameless(lines, f"{decision_number} {reason}")
        ERASURE.require_keeper(lines, decision_date, by)
        acts = [_erase(line, (decision_number, decision_date), reason, by, at) for line in lines]
    done = [said for _, said in acts]
    files, left = _remove(done, home)
    return Erased(
        count=len(lines),
        decision_number=decision_number,
        decision_date=decision_date,
        codes=tuple(line.code for line in lines),
        leaves=tuple(leaf for leaf, _ in acts),
        copies=_counted(done),
        files=files,
        files_left=left,
        kept=tuple(
            Kept(code=line.code, **each)
            for line, (_, said) in zip(lines, acts, strict=True)
            for each in said["kept"]
            if not (each["what"] == "line" and each["name"] in codes)
        ),
    )


def _counted(done: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counts = Counter[str]()
    for said in done:
        counts.update({name: n for name, n in said.items() if isinstance(n, int)})
    return dict(counts)


def _remove(
    done: Sequence[Mapping[str, Any]], home: Path | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Remove the files of committed erasures; return those gone and those still there."""
    wanted = {name for said in done for name in said["files"]}
    if home is None:
        return (), tuple(sorted(wanted))
    remove_drafts(home, {said["source"] for said in done if said["source"]})
    left = {name for name in remove_erased_files(home) if name in wanted}
    return tuple(sorted(wanted - left)), tuple(sorted(left))


def _erase(
    line: LineView, decision: tuple[str, date], reason: str, by: Actor, at: datetime
) -> tuple[str, dict[str, Any]]:
    """Log the act and let the data of one line go; return the act's leaf hash and what went."""
    key = secrets.token_bytes(32)
    number, day = decision
    leaf = encode_leaf(
        act=ACT,
        issuer=line.issuer,
        book=sources.book_name(line.book.kind, line.book.year, is_live=line.book.is_live),
        sequence=None,
        decision=decision,
        reference=line.leaf_hash.hex(),
        rules=load_law().rule_set_id,
        rulings=(),
        commitment=commit(
            key, {"code": line.code, "reason": reason, "recorded_at": sources.iso_time(at)}
        ),
    )
    hashed = add_leaf(stream_for(day), SOURCE, leaf)
    with connection.cursor() as cursor:
        cursor.execute(_ERASE, [line.id, hashed])
        (answer,) = cursor.fetchone() or ("{}",)
    said: dict[str, Any] = json.loads(answer)
    record_event(
        actor=by,
        verb="lifecycle:personal:erase",
        subject=line.code,
        at=at,
        reason=reason,
        # With the key anybody shown this event can open the act's commitment.
        detail={"decision": number, "date": str(day), "leaf": hashed.hex(), "key": key.hex()},
        organisation_code=by.organisation_code or line.issuer,
        on_behalf_of="" if line.issuer == by.organisation_code else line.issuer,
    )
    return hashed.hex(), said


def _require_nameless(lines: Sequence[LineView], text: str) -> None:
    """The log keeps decision and reason for ever, so they may not name whom they erase."""
    named = [
        line.code
        for line in lines
        if any(
            fold(word) in fold(text)
            for word in (line.full_name, line.personal_id)
            if " " in word or word.isdigit()  # a single name is a word like any other
        )
    ]
    if named:
        raise ErasureRefused(
            "erasure_names_person",
            Text(
                "Lý do hoặc số quyết định nêu tên hay số định danh của người được xóa; nhật ký giữ "
                "nó mãi. Hãy ghi không nêu tên.",
                "The reason or the decision number names the person; the log keeps it for ever. "
                "Say it without the name.",
            ),
            codes=named[:SHOWN],
        )


def _require_complete(codes: Sequence[str], number: str, reason: str) -> None:
    if not codes or not number or not reason:
        raise ErasureRefused(
            "erasure_incomplete",
            Text(
                "Xóa dữ liệu cần quyết định, lý do và ít nhất một dòng.",
                "An erasure needs a decision, a reason and at least one line.",
            ),
        )


def _require_kept(lines: Sequence[LineView]) -> None:
    gone = [line.code for line in lines if line.erased]
    if gone:
        raise ErasureRefused(
            "erasure_repeated",
            Text(
                f"Dữ liệu đã xóa từ trước: {', '.join(gone[:SHOWN])}.",
                f"Their data are erased already: {', '.join(gone[:SHOWN])}.",
            ),
            erased=gone[:SHOWN],
        )
