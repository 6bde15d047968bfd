"""What a stored sweep found becomes cases; what it finds no more closes them. All by sets.

Runs inside the transaction of one step of the run, as the actor of the sweep.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from sogoc.credentials.bulk import staged
from sogoc.credentials.sweep.judging import LineFinding
from sogoc.policy.api import Level

_WEIGHT: Final = {Level.ERROR: 3, Level.REVIEW: 2, Level.WARNING: 1}
_FOUND: Final = "sweep_found"
_COLUMNS: Final = (
    ("line_id", "bigint"), ("line_code", "text"), ("subject", "text"), ("issuer_id", "bigint"),
    ("kind", "text"), ("check_id", "text"), ("violation", "text"), ("level", "text"),
    ("citation", "text"), ("settled", "text"),
)  # fmt: skip
_DIGESTS: Final = "jsonb_each_text(%(digests)s::jsonb) AS now (check_id, digest)"

_ANSWER_OUTDATED: Final = f"""
    UPDATE credentials_sweep_case c SET speaks = false
    FROM sweep_found f, {_DIGESTS}
    WHERE {{same}} AND now.check_id = c.check_id
      AND f.settled = '' AND c.speaks AND c.state NOT IN ('open', 'assigned')
      AND c.digest <> now.digest
"""  # noqa: S608 - constants of this file
_FOUND_AGAIN: Final = f"""
    UPDATE credentials_sweep_case c SET last_found_on = %(as_of)s, last_run_id = %(run)s,
        level = f.level, citation = f.citation, digest = now.digest
    FROM sweep_found f, {_DIGESTS}
    WHERE {{same}} AND now.check_id = c.check_id AND f.settled = '' AND c.speaks
"""  # noqa: S608 - constants of this file
_OPEN: Final = f"""
    INSERT INTO credentials_sweep_case (
        id, line_id, line_code, subject, issuer_id, kind, check_id, violation, level, citation,
        digest, first_found_on, last_found_on, first_run_id, last_run_id, owner_id, state, speaks,
        assigned_to, assigned_by, closed_by, close_reason
    )
    SELECT gen_random_uuid(), f.line_id, f.line_code, f.subject, f.issuer_id, f.kind, f.check_id,
        f.violation, f.level, f.citation, now.digest, %(as_of)s, %(as_of)s, %(run)s, %(run)s,
        coalesce((%(owners)s::jsonb ->> f.issuer_id::text)::bigint, f.issuer_id), 'open', true,
        '', '', '', ''
    FROM sweep_found f JOIN {_DIGESTS} ON now.check_id = f.check_id
    WHERE f.settled = '' AND NOT EXISTS (
        SELECT FROM credentials_sweep_case c WHERE {{same}} AND c.speaks)
"""  # noqa: S608 - constants of this file
_CLOSE: Final = """
    UPDATE credentials_sweep_case c SET speaks = false, state = {state}, closed_at = %(at)s,
        closed_run_id = %(run)s, close_reason = {reason}
    {source} AND c.speaks AND c.state IN ('open', 'assigned')
"""
_SETTLED: Final = _CLOSE.format(
    state="'dismissed'",
    reason="'Đã có ý kiến hoặc miễn áp dụng tại văn bản ' || f.settled",
    source="FROM sweep_found f WHERE {same} AND f.settled <> ''",
)
_NOT_FOUND: Final = f"""
    FROM {_DIGESTS}
    WHERE now.check_id = c.check_id AND {{judged}} AND NOT EXISTS (
        SELECT FROM sweep_found f WHERE {{same}})
"""
_GONE: Final = _CLOSE.format(
    state="CASE WHEN c.digest = now.digest THEN 'corrected' ELSE 'dismissed' END",
    reason="""CASE WHEN c.digest = now.digest
        THEN 'Dữ kiện đã đổi: rà soát không còn phát hiện'
        ELSE 'Quy định áp dụng đã đổi (bộ luật ' || %(rules)s || '): không còn phát hiện' END""",
    source=_NOT_FOUND,
)


class _About:
    """The statements for findings about one sort of thing: told by what makes two the same."""

    def __init__(self, same: str) -> None:
        self._same = f"c.check_id = f.check_id AND {same}"
        self.settled = _SETTLED.format(same=self._same)
        self.opening = tuple(
            statement.format(same=self._same)
            for statement in (_ANSWER_OUTDATED, _FOUND_AGAIN, _OPEN)
        )

    def gone(self, judged: str) -> str:
        """Close what was judged and is not found any more."""
        return _GONE.format(judged=judged, same=self._same)


_LINE: Final = _About("c.line_id = f.line_id")
_SUBJECT: Final = _About(
    "c.line_id IS NULL AND c.issuer_id = f.issuer_id AND c.subject = f.subject"
)
_LINES_JUDGED: Final = _LINE.gone("c.line_id = ANY (%(lines)s) AND c.check_id = ANY (%(checks)s)")
_SCOPE_JUDGED: Final = _LINE.gone(
    "c.check_id = ANY (%(checks)s) AND c.issuer_id = ANY (%(issuers)s)"
    " AND c.line_id <= %(up_to)s AND NOT EXISTS ("
    " SELECT FROM credentials_register_line l WHERE l.id = c.line_id AND l.issued_on > %(as_of)s)"
)
_SUBJECTS_JUDGED: Final = _SUBJECT.gone(
    "c.check_id = ANY (%(checks)s) AND c.issuer_id = ANY (%(issuers)s) AND c.line_id IS NULL"
)
_REVOKED: Final = _CLOSE.format(
    state="'revoked'",
    reason="'Đã thu hồi, hủy bỏ' || CASE WHEN r.decision_number = '' THEN ''"
    " ELSE ' theo ' || r.decision_number END",
    source="""FROM credentials_register_line r
        WHERE r.ref_id = c.line_id AND r.act = 'revoke' AND r.issued_on <= %(as_of)s
          AND c.issuer_id = ANY (%(issuers)s)""",
)
_RETIRED: Final = _CLOSE.format(
    state="'dismissed'",
    reason="'Phép kiểm không còn trong bộ luật ' || %(rules)s",
    source="WHERE c.issuer_id = ANY (%(issuers)s) AND c.check_id <> ALL (%(checks)s)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What cases record of the run: as of which day, when, under which rules, who answers."""

    run: UUID
    as_of: date
    at: Any
    rules: str
    digests: str
    owners: str

    def parameters(self, **more: object) -> dict[str, Any]:
        """As the statements call them."""
        named = {name: getattr(self, name) for name in type(self).__dataclass_fields__}
        return {**named, **more}


def record_lines(
    step: Step, judged: Iterable[tuple[Sequence[int], Collection[str]]], found: list[LineFinding]
) -> tuple[int, int]:
    """Open and close cases of lines judged by checks; return how many of each."""
    with connection.cursor() as cursor, staged(cursor, _COLUMNS, _rows(found), name=_FOUND):
        opened, closed = _opened(cursor, step)
        for lines, checks in judged:
            if lines and checks:
                cursor.execute(
                    _LINES_JUDGED, step.parameters(lines=list(lines), checks=list(checks))
                )
                closed += cursor.rowcount
    return opened, closed


def record_across(
    step: Step, check_id: str, scope: Mapping[str, Any], found: Iterable[LineFinding]
) -> tuple[int, int]:
    """The same for one check that judged the whole scope."""
    with connection.cursor() as cursor, staged(cursor, _COLUMNS, _rows(found), name=_FOUND):
        opened, closed = _opened(cursor, step)
        cursor.execute(_SCOPE_JUDGED, {**scope, **step.parameters(checks=[check_id])})
        return opened, closed + int(cursor.rowcount)


def record_subjects(
    step: Step, scope: Mapping[str, Any], checks: Collection[str], found: Iterable[LineFinding]
) -> tuple[int, int]:
    """The same for findings about no line but a ledger or a book of the issuers judged."""
    with connection.cursor() as cursor, staged(cursor, _COLUMNS, _rows(found), name=_FOUND):
        opened, closed = _opened(cursor, step, _SUBJECT)
        cursor.execute(_SUBJECTS_JUDGED, {**scope, **step.parameters(checks=list(checks))})
        return opened, closed + int(cursor.rowcount)


def record_revoked(step: Step, scope: Mapping[str, Any], checks: Collection[str]) -> int:
    """Close the cases of lines that were revoked, and of checks that are no more."""
    with connection.cursor() as cursor:
        cursor.execute(_REVOKED, {**scope, **step.parameters()})
        closed = int(cursor.rowcount)
        cursor.execute(_RETIRED, {**scope, **step.parameters(checks=list(checks))})
        return closed + int(cursor.rowcount)


def _opened(cursor: Any, step: Step, about: _About = _LINE) -> tuple[int, int]:
    parameters = step.parameters()
    cursor.execute(about.settled, parameters)
    closed = int(cursor.rowcount)
    for statement in about.opening:
        cursor.execute(statement, parameters)
    return int(cursor.rowcount), closed


def _rows(found: Iterable[LineFinding]) -> Iterable[tuple[object, ...]]:
    """One row a line (or subject) and check, the weightiest.

    What an opinion settled says by which paper.
    """
    kept: dict[tuple[object, ...], LineFinding] = {}
    for each in found:
        about = (each.issuer_id, each.subject) if each.subject else each.line_id
        key = (about, each.finding.check)
        before = kept.get(key)
        if before is None or _weight(each) > _weight(before):
            kept[key] = each
    for each in kept.values():
        finding = each.finding
        settled = finding.ruling or finding.override or "–" if not _weight(each) else ""
        yield (
            None if each.subject else each.line_id, each.code, each.subject, each.issuer_id,
            each.kind, finding.check, finding.violation or "", str(finding.level),
            finding.citation[:300], settled,
        )  # fmt: skip


def _weight(found: LineFinding) -> int:
    return _WEIGHT.get(found.finding.level, 0)
