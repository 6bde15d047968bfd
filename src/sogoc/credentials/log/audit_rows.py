"""Rows against their leaves: every commitment is computed again from the columns and the key.

Each function streams one table with the leaf of each row and yields problems; `Checked.count` is
how many rows it saw. It reads plain tables only, so it serves the application's role under an
identity that sees all, and the owner's role alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final

from psycopg import Connection
from psycopg.rows import dict_row

from sogoc.credentials.log import sources
from sogoc.credentials.log.report import Problem, problem
from sogoc.kernel import canonical
from sogoc.kernel.errors import Error
from sogoc.kernel.identifiers import Serial, SerialError
from sogoc.kernel.leaf import Leaf, LeafTemplate, Value, leaf_hash, parse_leaf
from sogoc.kernel.names import fold, name_key, sort_key
from sogoc.people.api import event_leaf

Row = dict[str, Any]
ERASE: Final = "erase"
"""Act of a leaf, of source `erasure`, that lets the personal data of its reference go."""
_FETCH: Final = 5_000

_LINES: Final = """
    SELECT l.id, l.code, l.act, l.is_live, l.sequence, l.entry_number, l.kind, l.issued_on,
        l.serial, l.signatory_title, l.signatory_name, l.decision_number, l.decision_date,
        l.batch_id, l.reason, l.rule_set, l.rulings, l.source_file, l.source_sheet, l.source_row,
        l.source_digest, l.recorded_at, l.leaf_hash, l.issuer_id, l.ref_id,
        o.code AS issuer, b.kind AS book_kind, b.year AS book_year, b.is_live AS book_is_live,
        b.issuer_id AS book_issuer_id, ref.leaf_hash AS ref_hash,
        p.line_id AS personal, p.issuer_id AS personal_issuer_id, p.full_name, p.name_key,
        p.name_fold, p.sort_key, p.birth_date, p.birth_text, p.birth_place, p.sex, p.ethnicity,
        p.nationality, p.personal_id, p.details::text AS details, p.record_key,
        f.leaf, f.source, m.id AS movement
    FROM credentials_register_line l
    LEFT JOIN people_organisation o ON o.id = l.issuer_id
    LEFT JOIN credentials_register_book b ON b.id = l.book_id
    LEFT JOIN credentials_register_line ref ON ref.id = l.ref_id
    LEFT JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_log_leaf f ON f.leaf_hash = l.leaf_hash
    LEFT JOIN credentials_blank_movement m ON m.leaf_hash = l.leaf_hash AND m.state = 'issued'
"""
_MOVEMENTS: Final = """
    SELECT m.id, m.kind, m.prefix, m.number, m.step, m.state, m.on_date, m.batch_id, m.batch_row,
        m.document_number, m.reason, m.recorded_at, m.record_key, m.leaf_hash, m.owner_id,
        o.code AS issuer, f.leaf, f.source,
        l.serial, l.kind AS line_kind, l.batch_id AS line_batch, l.issuer_id AS line_issuer,
        l.issued_on, l.recorded_at AS line_recorded_at, l.act AS line_act,
        before.state AS before_state, before.batch_id AS before_batch,
        before.batch_row AS before_row
    FROM credentials_blank_movement m
    LEFT JOIN people_organisation o ON o.id = m.owner_id
    LEFT JOIN credentials_log_leaf f ON f.leaf_hash = m.leaf_hash
    LEFT JOIN credentials_register_line l ON m.state = 'issued' AND l.leaf_hash = m.leaf_hash
    LEFT JOIN credentials_blank_movement before
        ON before.kind = m.kind AND before.prefix = m.prefix AND before.number = m.number
       AND before.step = m.step - 1
"""
_WIDTHS: Final = """
    SELECT kind, prefix, max(width) FROM credentials_blank_lot GROUP BY kind, prefix
"""
_LOTS: Final = """
    SELECT t.id, t.kind, t.prefix, t.width, t.first, t.last, t.source AS lot_source,
        t.document_number, t.received_on, t.record_key, t.leaf_hash, o.code AS issuer,
        f.leaf, f.source
    FROM credentials_blank_lot t
    LEFT JOIN people_organisation o ON o.id = t.owner_id
    LEFT JOIN credentials_log_leaf f ON f.leaf_hash = t.leaf_hash
"""
_EVENTS: Final = """
    SELECT e.id, e.at, e.verb, e.actor, e.actor_name, e.organisation_code, e.on_behalf_of,
        e.subject, e.reason, e.detail::text AS detail, e.record_key, e.leaf AS own_leaf,
        e.leaf_hash, f.leaf, f.source
    FROM people_auditevent e
    LEFT JOIN credentials_log_leaf f ON f.leaf_hash = e.leaf_hash
"""
_ORPHANS: Final = """
    SELECT f.source, f.leaf, f.id FROM credentials_log_leaf f
    WHERE CASE f.source
        WHEN 'register_line' THEN NOT EXISTS (
            SELECT FROM credentials_register_line l WHERE l.leaf_hash = f.leaf_hash)
        WHEN 'blank_movement' THEN NOT EXISTS (
            SELECT FROM credentials_blank_movement m WHERE m.leaf_hash = f.leaf_hash)
        WHEN 'blank_lot' THEN NOT EXISTS (
            SELECT FROM credentials_blank_lot t WHERE t.leaf_hash = f.leaf_hash)
        WHEN 'people_auditevent' THEN NOT EXISTS (
            SELECT FROM people_auditevent e WHERE e.leaf_hash = f.leaf_hash)
        ELSE false
    END
"""
_ERASED: Final = "SELECT leaf, leaf_hash FROM credentials_log_leaf WHERE source = 'erasure'"
_COMMITTED_ALTERED: Final = (
    (
        "cột được cam kết (mã, loại, số hiệu, số vào sổ, ngày cấp, người ký, dữ liệu cá nhân, "
        "nguồn) hoặc khóa của dòng đã bị sửa"
    ),
    (
        "a committed column (code, kind, serial, entry number, day, signatory, personal data, "
        "source) or the line's key was altered"
    ),
)


@dataclass(slots=True)
class Checked:
    """Counts rows as they are seen; `erased` are codes of lines lawfully without personal data."""

    count: int = 0
    erased: list[str] = field(default_factory=list)


Check = Callable[[Connection[Any], Checked], Iterator[Problem]]


def lines(connection: Connection[Any], checked: Checked) -> Iterator[Problem]:
    """Check register lines with their personal columns, and that each issue moved its blank."""
    erased = _erased(connection)
    for row in _stream(connection, _LINES, "lines"):
        checked.count += 1
        if _is_as_logged(row):
            continue
        fault = _joined_faults(row, erased)
        if fault:
            yield problem("line", row["code"], *fault)
        elif row["personal"] is None:
            checked.erased.append(row["code"])


def chosen_lines(
    connection: Connection[Any], ids: Sequence[int]
) -> Iterator[tuple[str, bytes, tuple[str, str] | None]]:
    """Yield code, leaf hash and fault (None: as logged) of the lines with these ids."""
    erased: frozenset[str] | None = None
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(f"{_LINES} WHERE l.id = ANY (%s)", [list(ids)]).fetchall()
    for row in rows:
        fault = None
        if not _is_as_logged(row):
            erased = _erased(connection) if erased is None else erased
            fault = _joined_faults(row, erased)
        yield row["code"], bytes(row["leaf_hash"]), fault


def _erased(connection: Connection[Any]) -> frozenset[str]:
    """Return the leaf hashes, in hexadecimal, that logged acts of erasure refer to."""
    found = set()
    for row in _stream(connection, _ERASED, "erased"):
        data = bytes(row["leaf"])
        try:
            leaf = parse_leaf(data)
        except Error:
            continue  # its entry is named where leaves are compared with the log
        if leaf.act == ERASE and leaf.reference and leaf_hash(data) == bytes(row["leaf_hash"]):
            found.add(leaf.reference)
    return frozenset(found)


def _joined_faults(row: Row, erased: Set[str]) -> tuple[str, str] | None:
    faults = list(_line_faults(row, erased))
    if not faults:
        return None
    vi, en = ("; ".join(texts) for texts in zip(*faults, strict=True))
    return vi, en


def _is_as_logged(row: Row) -> bool:
    """Whether the leaf made again from the columns is the stored one: the quick way through."""
    if row["personal"] is None or row["leaf"] is None or row["source"] != sources.LINE:
        return False
    if row["act"] == "issue" and row["movement"] is None:
        return False
    if (row["book_issuer_id"], row["book_is_live"]) != (row["issuer_id"], row["is_live"]):
        return False
    commitment = _committed(row)
    if commitment is None or row["issuer"] is None or _wrong_derived(row):
        return False
    public = _public(row)
    rules = row["rule_set"] or None
    try:
        template = _template(
            row["act"], row["issuer"], public.book, public.decision, rules, public.rulings
        )
        made = template(row["sequence"], commitment, public.reference)
    except Error:
        return False
    data = bytes(row["leaf"])
    return made == data and leaf_hash(data) == row["leaf_hash"]


@lru_cache(maxsize=4096)
def _template(
    act: str,
    issuer: str,
    book: str | None,
    decision: tuple[str, date] | None,
    rules: str | None,
    rulings: tuple[str, ...],
) -> LeafTemplate:
    return LeafTemplate(
        act=act, issuer=issuer, book=book, decision=decision, rules=rules, rulings=rulings
    )


def _line_faults(row: Row, erased: Set[str]) -> Iterator[tuple[str, str]]:
    own = _leaf_faults(row, sources.LINE)
    if own:
        yield own
        return
    leaf = parse_leaf(bytes(row["leaf"]))
    changed = [name for name, was, now in _public_fields(row, leaf) if was != now]
    if changed:
        yield (
            f"khác với nội dung đã ghi nhật ký ở {', '.join(changed)}",
            f"differs from what was logged in {', '.join(changed)}",
        )
    if row["act"] == "issue" and row["movement"] is None:
        yield "phôi đã cấp cho dòng này không còn ghi nhận", "the blank issued with it is gone"
    if row["personal"] is None:
        if bytes(row["leaf_hash"]).hex() not in erased:
            yield (
                "dữ liệu cá nhân bị mất mà không có việc xóa nào được ghi",
                "its personal data are gone without a logged act of erasure",
            )
        return
    derived = _wrong_derived(row)
    if derived:
        yield (
            f"cột suy ra không khớp: {', '.join(derived)}",
            f"derived columns do not fit: {', '.join(derived)}",
        )
    if _committed(row) != leaf.commitment:
        yield _COMMITTED_ALTERED


@dataclass(frozen=True, slots=True)
class _Public:
    """What the columns of a line say that its leaf shows openly."""

    book: str | None
    decision: tuple[str, date] | None
    reference: str | None
    rulings: tuple[str, ...]


def _public(row: Row) -> _Public:
    book = None
    if row["book_kind"] is not None:
        book = sources.book_name(row["book_kind"], row["book_year"], is_live=row["book_is_live"])
    return _Public(
        book=book,
        decision=sources.decision(row["decision_number"], row["decision_date"]),
        reference=None if row["ref_id"] is None else bytes(row["ref_hash"] or b"?").hex(),
        rulings=tuple(row["rulings"]),
    )


def _public_fields(row: Row, leaf: Leaf) -> Iterator[tuple[str, object, object]]:
    """Yield name, logged and present value of what a leaf shows, and of what hangs on the book."""
    now = _public(row)
    yield "act", leaf.act, row["act"]
    yield "issuer", leaf.issuer, row["issuer"]
    yield "book", leaf.book, now.book
    yield "sequence", leaf.sequence, row["sequence"]
    yield "decision", leaf.decision, now.decision
    yield "ref", leaf.reference, now.reference
    yield "rule_set", leaf.rules or "", row["rule_set"]
    yield "rulings", leaf.rulings, now.rulings
    yield "book issuer", row["issuer_id"], row["book_issuer_id"]
    yield "is_live", row["book_is_live"], row["is_live"]


def _wrong_derived(row: Row) -> list[str]:
    name = row["full_name"]
    return [
        column
        for column, stored, computed in (
            ("name_key", row["name_key"], name_key(name)),
            ("name_fold", row["name_fold"], fold(name)),
            ("sort_key", bytes(row["sort_key"]), sort_key(name)),
            ("issuer", row["personal_issuer_id"], row["issuer_id"]),
        )
        if stored != computed
    ]


def _committed(row: Row) -> bytes | None:
    """Return the commitment the columns give, `None` when they cannot give one."""
    try:
        return sources.commit_line(bytes(row["record_key"]), committed_values(row))
    except Error:
        return None


def committed_values(row: Row) -> tuple[Value, ...]:
    """Return what the columns of a line commit to, in the order of `sources.LINE_FIELDS`."""
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
    return (
        sources.birth(born.isoformat() if born else None, row["birth_text"]),
        row["birth_place"],
        row["code"],
        canonical.dumps(json.loads(row["details"])).decode(),
        row["entry_number"],
        row["ethnicity"],
        row["full_name"],
        row["issued_on"].isoformat(),
        row["kind"],
        row["nationality"],
        row["personal_id"],
        f"{before}{place}{after}",
        row["serial"],
        row["sex"],
        sources.joined(row["signatory_title"], row["signatory_name"]),
    )


def movements(connection: Connection[Any], checked: Checked) -> Iterator[Problem]:
    """Check movements of blanks: those with a leaf of their own, and issues against their line."""
    widths = {tuple(found[:2]): int(found[2]) for found in connection.execute(_WIDTHS).fetchall()}
    for row in _stream(connection, _MOVEMENTS, "movements"):
        checked.count += 1
        fault = _issued_fault(row) if row["state"] == "issued" else _movement_fault(row)
        if fault:
            width = widths.get((row["kind"], row["prefix"]), 0)
            yield problem("movement", f"{row['prefix']}{row['number']:0{width}d}", *fault)


def _movement_fault(row: Row) -> tuple[str, str] | None:
    fault = _leaf_faults(row, sources.MOVEMENT)
    if fault:
        return fault
    leaf = parse_leaf(bytes(row["leaf"]))
    if leaf.act != f"blank_{row['state']}" or leaf.issuer != row["issuer"]:
        return "trạng thái hoặc đơn vị giữ đã bị sửa", "its state or owner was altered"
    if row["record_key"] is None or leaf.commitment != sources.commit_movement(row):
        return "một bước của phôi đã bị sửa", "a step of the blank was altered"
    if row["step"] > 1 and row["before_state"] is None:
        return f"thiếu bước {row['step'] - 1}", f"step {row['step'] - 1} is missing"
    return None


def _issued_fault(row: Row) -> tuple[str, str] | None:
    if row["line_act"] != "issue":
        return "đã cấp mà không có dòng sổ gốc", "issued, but no register line has its leaf"
    try:
        serial = Serial.parse(row["serial"])
    except SerialError:
        serial = Serial("", -1, 0)
    same = (
        (serial.prefix, serial.number) == (row["prefix"], row["number"])
        and row["line_kind"] == row["kind"]
        and row["line_batch"] == row["batch_id"]
        and row["line_issuer"] == row["owner_id"]
        and row["issued_on"] == row["on_date"]
        and row["line_recorded_at"] == row["recorded_at"]
        and (row["document_number"], row["reason"], row["record_key"]) == ("", "", None)
    )
    follows = row["before_state"] == "bound" and (
        (row["before_batch"], row["before_row"]) == (row["batch_id"], row["batch_row"])
    )
    if same and follows:
        return None
    return (
        "việc cấp không khớp với dòng sổ gốc hoặc với lần in",
        "its issue does not fit its register line or its printing",
    )


def lots(connection: Connection[Any], checked: Checked) -> Iterator[Problem]:
    """Check lots of blanks."""
    for row in _stream(connection, _LOTS, "lots"):
        checked.count += 1
        fault = _leaf_faults(row, sources.LOT)
        if fault is None:
            lot = {**row, "source": row["lot_source"]}
            made = sources.lot_leaf(row["issuer"] or "?", lot, bytes(row["record_key"]))
            if made.leaf != bytes(row["leaf"]):
                fault = "đã bị sửa sau khi ghi nhật ký", "was altered after it was logged"
        if fault:
            name = f"{row['prefix']}{row['first']:0{row['width']}d}–{row['last']:0{row['width']}d}"
            yield problem("lot", name, *fault)


def events(connection: Connection[Any], checked: Checked) -> Iterator[Problem]:
    """Check audit events."""
    for row in _stream(connection, _EVENTS, "events"):
        checked.count += 1
        fault = _leaf_faults(row, sources.EVENT)
        if fault is None:
            fields = {**row, "detail": json.loads(row["detail"])}
            try:
                made: bytes | None = event_leaf(fields, bytes(row["record_key"]))
            except Error:
                made = None
            if made != bytes(row["leaf"]) or made != bytes(row["own_leaf"]):
                fault = "đã bị sửa sau khi ghi nhật ký", "was altered after it was logged"
        if fault:
            yield problem("event", str(row["id"]), *fault)


def orphans(connection: Connection[Any], checked: Checked) -> Iterator[Problem]:
    """Name leaves whose row is gone, by what the leaf itself shows."""
    for row in _stream(connection, _ORPHANS, "orphans"):
        checked.count += 1
        yield problem(
            "leaf",
            described(bytes(row["leaf"])),
            "dòng dữ liệu của nó đã bị xóa hoặc đổi mã băm",
            "the row it stands for was deleted or points elsewhere",
        )


def described(data: bytes) -> str:
    """Return how a leaf is named when its row is not at hand."""
    try:
        leaf = parse_leaf(data)
    except Error:
        return leaf_hash(data).hex()[:16]
    parts = [leaf.act, leaf.issuer, leaf.book, leaf.sequence and f"số {leaf.sequence}"]
    return " ".join(str(part) for part in parts if part) + f" ({leaf_hash(data).hex()[:16]})"


def _leaf_faults(row: Mapping[str, Any], source: str) -> tuple[str, str] | None:
    """Return what is wrong between a row and the leaf its hash points to."""
    if row["leaf"] is None:
        return "không có lá nào trong nhật ký", "has no leaf in the log"
    data = bytes(row["leaf"])
    if leaf_hash(data) != bytes(row["leaf_hash"]):
        return "lá nhật ký của nó đã bị sửa", "the bytes of its leaf were altered"
    if row["source"] != source:
        return "lá nhật ký của nó ghi nguồn khác", "its leaf names another source"
    try:
        parse_leaf(data)
    except Error:
        return "lá nhật ký không đúng dạng", "its leaf is malformed"
    return None


def _stream(connection: Connection[Any], query: str, name: str) -> Iterator[Row]:
    with connection.cursor(f"log_audit_{name}", row_factory=dict_row) as cursor:
        cursor.itersize = _FETCH
        cursor.execute(query)
        yield from cursor
