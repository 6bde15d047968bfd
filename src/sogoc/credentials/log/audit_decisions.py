"""What has no leaf of its own: decisions of officers against their audit events, status lists.

An override, a ruling and a rule set in force decide what may be issued. Each was recorded with an
event that names it and says what it says; the event is a leaf. A state of a status list is a leaf
itself, whose commitment is the SHA-256 of the file in the home's archive. Plain tables only, as
`audit_rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from psycopg import Connection
from psycopg.rows import dict_row

from sogoc.credentials.log.report import Kind, Problem, problem
from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import parse_leaf

STATUS_LIST: Final = "status_list"
"""Act and source of the leaves of status lists."""

# Every part of a row that its event says is compared; what an older event does not say is not.
_OVERRIDES: Final = """
    WITH e AS MATERIALIZED (
        SELECT verb, subject, actor, at, reason, organisation_code, detail FROM people_auditevent
        WHERE verb LIKE 'overrides:override:%'
    )
    SELECT o.number FROM credentials_override o
    LEFT JOIN people_organisation g ON g.id = o.organisation_id
    LEFT JOIN credentials_override_confirmation c ON c.override_id = o.id
    LEFT JOIN credentials_override_withdrawal w ON w.override_id = o.id
    WHERE NOT EXISTS (
        SELECT FROM e WHERE verb = 'overrides:override:propose' AND subject = o.number
            AND actor = o.proposed_by AND at = o.proposed_at AND e.reason = o.reason
            AND organisation_code = g.code AND detail @> jsonb_build_object(
                'check', o.check_id, 'kind', o.kind, 'file', o.file_sha256,
                'from', to_char(o.valid_from, 'YYYY-MM-DD'),
                'until', to_char(o.valid_until, 'YYYY-MM-DD'), 'document', o.document)
    ) OR (c.override_id IS NOT NULL) <> EXISTS (
        SELECT FROM e WHERE verb = 'overrides:override:confirm' AND subject = o.number
            AND (actor, at) IS NOT DISTINCT FROM (c.confirmed_by, c.confirmed_at)
    ) OR (w.override_id IS NOT NULL) <> EXISTS (
        SELECT FROM e WHERE verb = 'overrides:override:withdraw' AND subject = o.number
            AND (actor, at, e.reason)
                IS NOT DISTINCT FROM (w.withdrawn_by, w.withdrawn_at, w.reason)
            AND detail ->> 'from' = to_char(w.withdrawn_from, 'YYYY-MM-DD')
    ) OR (SELECT count(*) FROM e WHERE subject = o.number)
        <> 1 + (c.override_id IS NOT NULL)::int + (w.override_id IS NOT NULL)::int
    UNION SELECT subject FROM e WHERE NOT EXISTS (
        SELECT FROM credentials_override o WHERE o.number = e.subject)
    ORDER BY 1
"""
_RULINGS: Final = """
    WITH e AS MATERIALIZED (
        SELECT verb, subject, actor, at, detail FROM people_auditevent
        WHERE verb LIKE 'issuing:ruling:%'
    )
    SELECT r.document_number FROM credentials_ruling r
    WHERE NOT EXISTS (
        SELECT FROM e WHERE verb = 'issuing:ruling:record' AND subject = r.document_number
            AND actor = r.recorded_by AND at = r.recorded_at
            AND detail = (
                SELECT jsonb_object_agg(key, value) FROM jsonb_each(jsonb_build_object(
                    'kinds', to_jsonb(r.kinds), 'checks', to_jsonb(r.checks),
                    'bodies', to_jsonb(r.bodies), 'allowed', r.is_allowed, 'summary', r.summary,
                    'date', to_char(r.document_date, 'YYYY-MM-DD'),
                    'from', to_char(r.valid_from, 'YYYY-MM-DD'),
                    'until', to_char(r.valid_until, 'YYYY-MM-DD'))) WHERE detail ? key)
    ) OR (r.confirmed_by <> '') <> EXISTS (
        SELECT FROM e WHERE verb = 'issuing:ruling:confirm' AND subject = r.document_number
            AND (actor, at) IS NOT DISTINCT FROM (r.confirmed_by, r.confirmed_at)
    ) OR (r.confirmed_at IS NULL) <> (r.confirmed_by = '')
    OR (SELECT count(*) FROM e WHERE subject = r.document_number)
        <> 1 + (r.confirmed_by <> '')::int
    UNION SELECT subject FROM e WHERE NOT EXISTS (
        SELECT FROM credentials_ruling r WHERE r.document_number = e.subject)
    ORDER BY 1
"""
_RULE_SETS: Final = """
    WITH e AS MATERIALIZED (
        SELECT verb, subject, actor, at, reason, detail FROM people_auditevent
        WHERE verb LIKE 'rules:rule-set:%'
    )
    SELECT r.rule_set FROM credentials_rule_set_activation r
    WHERE NOT EXISTS (
        SELECT FROM e
        WHERE verb = 'rules:rule-set:' || CASE WHEN r.is_first THEN 'first' ELSE 'propose' END
            AND subject = r.rule_set AND actor = r.proposed_by AND at = r.proposed_at
            AND (r.is_first OR e.reason = r.reason) AND detail @> jsonb_build_object(
                'content', r.content_digest, 'valid_from', to_char(r.valid_from, 'YYYY-MM-DD'))
    ) OR r.is_first AND (r.confirmed_by, r.confirmed_at)
        IS DISTINCT FROM (r.proposed_by, r.proposed_at)
    OR NOT r.is_first AND (r.confirmed_by <> '') <> EXISTS (
        SELECT FROM e WHERE verb = 'rules:rule-set:confirm' AND subject = r.rule_set
            AND (actor, at) IS NOT DISTINCT FROM (r.confirmed_by, r.confirmed_at)
            AND detail ->> 'valid_from' = to_char(r.valid_from, 'YYYY-MM-DD')
    )
    UNION SELECT subject FROM e WHERE NOT EXISTS (
        SELECT FROM credentials_rule_set_activation r
        WHERE r.rule_set = e.subject
            AND to_char(r.valid_from, 'YYYY-MM-DD') = detail ->> 'valid_from'
            AND (e.actor, e.at) IS NOT DISTINCT FROM CASE WHEN verb LIKE '%:confirm'
                THEN (r.confirmed_by, r.confirmed_at) ELSE (r.proposed_by, r.proposed_at) END)
    ORDER BY 1
"""
_DECISIONS: Final[tuple[tuple[Kind, str], ...]] = (
    ("override", _OVERRIDES), ("ruling", _RULINGS), ("rule_set", _RULE_SETS),
)  # fmt: skip
_STATES: Final = """
    SELECT g.code AS issuer, s.number, i.purpose, i.sha256, f.leaf, f.source
    FROM credentials_status_issue i
    LEFT JOIN credentials_status_list s ON s.id = i.list_id
    LEFT JOIN people_organisation g ON g.id = s.issuer_id
    LEFT JOIN credentials_log_leaf f ON f.leaf_hash = i.leaf_hash
    ORDER BY i.id
"""
_LOST: Final = """
    SELECT f.leaf FROM credentials_log_leaf f WHERE f.source = 'status_list' AND NOT EXISTS (
        SELECT FROM credentials_status_issue i WHERE i.leaf_hash = f.leaf_hash)
    ORDER BY f.id
"""
_FETCH: Final = 1_000


def decisions(connection: Connection[Any]) -> Iterator[Problem]:
    """Compare overrides, rulings and rule sets with the events that recorded them."""
    for kind, query in _DECISIONS:
        for (name,) in connection.execute(query).fetchall():
            yield problem(
                kind,
                name,
                "không khớp với nhật ký thao tác: bị sửa, xóa hoặc chèn vào",
                "does not fit the audit events: it was altered, removed or put in",
            )


def status_lists(connection: Connection[Any], home: Path) -> Iterator[Problem]:
    """Compare every state of a status list ever published with its leaf and its archived file."""
    archive = home / "status" / "archive"
    with connection.cursor("log_audit_states", row_factory=dict_row) as cursor:
        cursor.itersize = _FETCH
        cursor.execute(_STATES)
        for row in cursor:
            fault = _fault(row, archive)
            if fault is not None:
                name = f"{row['issuer']}/{row['number']}/{row['purpose']}"
                yield problem(STATUS_LIST, f"{name} {bytes(row['sha256']).hex()[:16]}", *fault)
    for (leaf,) in connection.execute(_LOST).fetchall():
        yield problem(
            STATUS_LIST,
            _named(bytes(leaf)),
            "dòng dữ liệu của bản đã công bố bị xóa",
            "the row of what was published was deleted",
        )


def _fault(row: dict[str, Any], archive: Path) -> tuple[str, str] | None:
    digest = bytes(row["sha256"])
    try:
        leaf = parse_leaf(bytes(row["leaf"] or b""))
        is_logged = (leaf.act, leaf.issuer, leaf.book, leaf.commitment, row["source"]) == (
            STATUS_LIST, row["issuer"], f"{row['number']}/{row['purpose']}", digest, STATUS_LIST
        )  # fmt: skip
    except Error:
        is_logged = False
    if not is_logged:
        return "không phải bản đã ghi nhật ký", "is not the one that was logged"
    try:
        data = (archive / digest.hex()).read_bytes()
    except OSError:
        return "tệp lưu đã mất", "its archived file is gone"
    if sha256(data).digest() != digest:
        return "tệp lưu đã bị sửa", "its archived file was altered"
    return None


def _named(data: bytes) -> str:
    try:
        leaf = parse_leaf(data)
    except Error:
        return "?"
    return f"{leaf.issuer}/{leaf.book} {leaf.commitment.hex()[:16]}"
