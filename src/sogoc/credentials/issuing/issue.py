"""The issue itself, once per token, in ONE transaction.

Register lines, personal data, blank movements, leaves and the audit event of a whole batch stand or
fall together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sogoc.credentials import bulk
from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing.binding import BindingHash
from sogoc.credentials.issuing.errors import MandateMissing, TokenDead, WrongState
from sogoc.credentials.issuing.models import Batch
from sogoc.credentials.issuing.preparing import bound_act
from sogoc.credentials.issuing.reading import locked_batch
from sogoc.credentials.issuing.records import Issued
from sogoc.credentials.issuing.rulings import ruling_facts
from sogoc.credentials.issuing.state import State
from sogoc.credentials.issuing.steps import event, require_mandate, require_state
from sogoc.credentials.issuing.surroundings import likenesses
from sogoc.credentials.log.api import stream_for
from sogoc.credentials.overrides.api import OverrideWithdrawn, override_facts, require_standing
from sogoc.credentials.register import api as register
from sogoc.credentials.register.api import InsertedLine, LineConstants, LineRow
from sogoc.kernel.names import name_key
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, body_fact, require
from sogoc.policy.api import (
    ActFacts,
    Level,
    ListFacts,
    PriorOriginal,
    RowFacts,
    checks,
    load_law,
    run_list,
)

if TYPE_CHECKING:
    import psycopg
    from django.db.backends.utils import CursorWrapper

_Row = tuple[int, str, int, str, str]
"""(n, sheet, row, data as JSON text, serial) of one row of the batch."""

_ONE_ORIGINAL: Final = "V25"
_OWN_COLUMNS: Final = frozenset(
    {
        "full_name", "birth_date", "birth_place", "sex", "ethnicity", "nationality", "personal_id",
        "serial", "entry_number",
    }
)  # fmt: skip


def issue_batch(*, token: str, key: str, by: Actor, at: datetime) -> Issued:
    """Enter a signed and sealed batch in the register, once.

    ``key`` is the caller's idempotency key: the same key again, or another one for a batch already
    issued, gives the same answer with ``repeated`` and does nothing. Checked again here, under a
    lock on the batch: the law is the one the batch was judged by, mandate and capacities stand,
    rows and act are what the token bound, and nobody of the list got an original meanwhile. The
    last two are asked while the rows go by, and judged before the transaction may end. Entry
    numbers are taken under a lock on the book. Needs ``batch.issue``. Raises ``TokenDead``,
    ``MandateMissing``, ``WrongState``, ``UnknownBatch``; nothing is then written.
    """
    with acting(by), bulk.cursor() as cursor:
        batch = locked_batch(token)
        require(by, "batch.issue", organisation_id=batch.issuer_id)
        if batch.state == State.ISSUED:
            return _repeated(batch)
        _require_key(batch, key)
        require_state(batch, State.SIGNED)
        rows = _rows(cursor, batch)
        bulk.lock(cursor, f"sogoc:issue:{batch.kind}")
        _require_alive(batch, len(rows))
        batch.state, batch.issued_by = State.ISSUED, by.username
        batch.issued_at, batch.issue_key = at, key
        batch.save(update_fields=["state", "issued_by", "issued_at", "issue_key"])
        inserted = _enter(batch, rows, at)
        event(
            batch,
            "issue",
            by,
            at,
            book=f"{batch.kind}/{batch.act_date.year}",
            first=inserted[0].entry_number,
            last=inserted[-1].entry_number,
        )
        return Issued(
            token=token,
            lines=len(inserted),
            first_entry_number=inserted[0].entry_number,
            last_entry_number=inserted[-1].entry_number,
            issued_at=at,
            issued_by=by.username,
            codes=tuple(line.code for line in inserted),
        )


def _repeated(batch: Batch) -> Issued:
    ends = register.batch_ends(batch.pk)
    assert batch.issued_at is not None  # noqa: S101 - the guard demands it of an issued batch
    return Issued(
        token=batch.token,
        lines=batch.row_count,
        first_entry_number=ends[0],
        last_entry_number=ends[1],
        issued_at=batch.issued_at,
        issued_by=batch.issued_by,
        repeated=True,
    )


def _require_key(batch: Batch, key: str) -> None:
    if not key.strip() or len(key) > 80:
        raise WrongState(
            "issue_key_malformed",
            Text(
                "Khóa chống lặp phải có từ 1 đến 80 ký tự.",
                "The idempotency key must have 1 to 80 characters.",
            ),
        )
    if Batch.objects.filter(issuer=batch.issuer_id, issue_key=key).exists():
        raise WrongState(
            "issue_key_used",
            Text(
                "Khóa chống lặp này đã dùng cho một đợt cấp khác.",
                "This idempotency key was used for another batch.",
            ),
            key=key,
        )


def _require_alive(batch: Batch, count: int) -> None:
    """Check all that the token bound but for the rows themselves, before anything is written."""
    law = load_law()
    if law.rule_set_id != batch.rule_set:
        raise _dead(
            "token_law_changed",
            Text(
                "Bộ quy định đã thay đổi từ khi lập đợt cấp; phải lập lại.",
                "The law data changed since the batch was prepared; prepare it again.",
            ),
            then=batch.rule_set,
            now=law.rule_set_id,
        )
    try:
        require_standing(batch.rulings, batch.act_date)
    except OverrideWithdrawn as gone:
        raise _dead("token_override_withdrawn", gone.message, **gone.context) from gone
    require_mandate(batch, batch.act_date)
    if batch.signed_on is None:
        raise MandateMissing(
            "signature_missing", Text("Chưa ghi nhận việc ký.", "The signing is not recorded.")
        )
    require_mandate(batch, batch.signed_on)
    if count != batch.row_count:
        raise _unbound()


def _unbound() -> TokenDead:
    return _dead(
        "token_binding",
        Text(
            "Danh sách hoặc căn cứ của đợt cấp khác với khi lập; phải lập lại.",
            "Rows or grounds of the batch differ from what was prepared; prepare it again.",
        ),
    )


def _require_no_new_original(
    batch: Batch, rows: Sequence[_Row], earlier: Sequence[tuple[int, PriorOriginal]]
) -> None:
    """Somebody may have got an original since the list was checked: ask the law again for those.

    ``earlier`` are originals by the ``n`` of their row.
    """
    if not earlier:
        return
    act = ActFacts(
        kind=batch.kind,
        issued_on=batch.act_date,
        body=body_fact(batch.issuer.code),
        level=batch.level,
        rulings=ruling_facts(),
        overrides=override_facts(batch.issuer.code),
        file_sha256=batch.file_sha256,
    )
    again = _with_originals(rows, earlier)
    only = [check for check in checks() if check.violation == _ONE_ORIGINAL]
    findings = run_list(ListFacts(act, again), load_law(), only=only)
    stopping = [f for f in findings if f.level in {Level.ERROR, Level.REVIEW}]
    if stopping:
        found = stopping[0]
        raise _dead(
            "token_original_exists",
            Text(
                f"Dòng {found.row}: {found.message.vi} Phải lập lại đợt cấp.",
                f"Row {found.row}: {found.message.en} Prepare the batch again.",
            ),
            rows=[f.row for f in stopping[:20]],
        )


def _with_originals(
    rows: Sequence[_Row], earlier: Sequence[tuple[int, PriorOriginal]]
) -> list[RowFacts]:
    """What the law is asked about each person that has an original."""
    people = {n for n, _ in earlier}
    data = {row[0]: json.loads(row[3]) for row in rows if row[0] in people}
    known = likenesses(
        [(one.code, data[n].get("personal_id"), data[n].get("birth_place")) for n, one in earlier]
    )
    originals: dict[int, list[PriorOriginal]] = {}
    for (n, one), likeness in zip(earlier, known, strict=True):
        originals.setdefault(n, []).append(replace(one, likeness=likeness))
    return [
        RowFacts(
            sheet=sheet,
            row=row,
            full_name=data[n].get("full_name"),
            name_key=name_key(data[n].get("full_name") or ""),
            birth_date=_day(data[n].get("birth_date")),
            personal_id=data[n].get("personal_id"),
            level=_number(data[n].get("level")),
            major=data[n].get("major"),
            prior=tuple(originals[n]),
        )
        for n, sheet, row, _, _ in rows
        if n in originals
    ]


def _enter(batch: Batch, rows: Sequence[_Row], at: datetime) -> list[InsertedLine]:
    """Write lines, personal data, leaves and blank movements, chunk by chunk.

    Raises ``TokenDead`` at the end, with all of it written, for rows that are not those bound or
    whose people have an original by now: the transaction then goes.
    """
    book = register.ensure_book(batch.issuer.code, batch.kind, batch.act_date.year)
    constants = LineConstants(
        act="issue",
        book=book,
        stream=stream_for(batch.act_date, legacy=False),
        recorded_at=at,
        issued_on=batch.act_date,
        first_sequence=register.next_numbers(book),
        signatory_title=batch.signatory_title,
        signatory_name=batch.signatory_name,
        decision_number=batch.decision.number,
        decision_date=batch.decision.date,
        batch_id=batch.pk,
        rule_set=batch.rule_set,
        rulings=tuple(batch.rulings),
        source_file=batch.file_name,
        source_digest=bytes.fromhex(batch.file_sha256),
    )

    earlier: list[tuple[int, PriorOriginal]] = []

    def find_earlier(cursor: psycopg.Cursor[Any]) -> None:
        earlier.extend(register.staged_originals(cursor, batch.kind, batch.pk))

    def move_blanks(cursor: psycopg.Cursor[Any]) -> None:
        blanks.insert_issued_from_stage(
            cursor, stage=register.STAGE, batch_id=batch.pk, on=batch.act_date, at=at
        )

    digest = BindingHash(bound_act(batch, body_fact(batch.issuer.code), batch.mandate))
    inserted = register.insert_lines(
        constants, _lines(rows, digest), move_blanks, before_chunk=find_earlier
    )
    if digest.digest() != bytes(batch.binding):
        raise _unbound()
    _require_no_new_original(batch, rows, earlier)
    return inserted


def _lines(rows: Iterable[_Row], digest: BindingHash) -> Iterator[LineRow]:
    """Yield the lines of rows, which the digest takes in on the way."""
    parse, add = json.loads, digest.add
    for n, sheet, number, text, serial in rows:
        data = parse(text)
        add(n, sheet, number, data)
        yield _line_row(n, sheet, number, data, serial)


def _line_row(n: int, sheet: str, number: int, data: dict[str, Any], serial: str) -> LineRow:
    get = data.get
    return LineRow(
        n,
        serial,
        "",
        sheet,
        number,
        get("full_name") or "",
        _day(get("birth_date")),
        "",
        get("birth_place") or "",
        get("sex") or "",
        get("ethnicity") or "",
        get("nationality") or "",
        get("personal_id") or "",
        {name: value for name, value in data.items() if name not in _OWN_COLUMNS},
    )


def _rows(cursor: CursorWrapper, batch: Batch) -> list[_Row]:
    cursor.execute(
        "SELECT n, sheet, row, data::text, serial FROM credentials_batch_row"
        " WHERE batch_id = %s ORDER BY n",
        [batch.pk],
    )
    rows: list[_Row] = cursor.fetchall()
    return rows


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(value: object) -> int | None:
    """A level as a number; one in words tells no two originals apart."""
    return value if isinstance(value, int) else None


def _dead(code: str, message: Text, **context: object) -> TokenDead:
    return TokenDead(code, message, **context)
