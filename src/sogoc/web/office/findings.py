"""Findings as a page shows them: grouped by check, the heaviest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sogoc.intake.api import FIELDS, Note, label
from sogoc.kernel.text import Text
from sogoc.policy.api import Finding, checks
from sogoc.web.templatetags.sogoc_web import in_words

SHOWN_ROWS: Final = 50
_ORDER: Final = ("error", "review", "warning", "info")
_PLACE: Final = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Place:
    """One finding: where, and what it says."""

    sheet: str
    row: int | None
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one check at one level. `more` counts those not in `places`.

    `is_varied` says that they do not all read the same; the title is then the rule itself.
    `is_rule`: the law has a page for the check; remarks on the file itself have none.
    """

    check: str
    level: str
    title: str
    citation: str
    remedy: str
    rulings: tuple[str, ...]
    count: int
    places: tuple[Place, ...]
    more: int
    is_whole_list: bool
    is_varied: bool
    is_rule: bool

    @property
    def only(self) -> Place | None:
        """The one place, when there is just one."""
        return self.places[0] if self.count == 1 and self.places else None


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Group findings by level, check and citation; errors first, the whole list before rows."""
    found: dict[tuple[str, str, str, bool], list[Finding]] = {}
    for finding in findings:
        key = (str(finding.level), finding.check, finding.citation, finding.row is None)
        found.setdefault(key, []).append(finding)
    groups = [_group(*key, members) for key, members in found.items()]
    groups.sort(key=lambda g: (_ORDER.index(g.level), not g.is_whole_list, g.check))
    return groups


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by level."""
    totals = dict.fromkeys(_ORDER, 0)
    for finding in findings:
        totals[str(finding.level)] += 1
    return totals


def notes(findings: Iterable[Finding]) -> list[Note]:
    """Return the findings as remarks for the marked-up workbook."""
    return [
        Note(
            sheet=f.sheet or None,
            row=f.row,
            column=f.column,
            level=str(f.level),
            text=_with_citation(f),
        )
        for f in findings
    ]


def _with_citation(finding: Finding) -> Text:
    cite = f" ({finding.citation})" if finding.citation else ""
    said, todo = finding.message, finding.remedy
    return Text(f"{said.vi}{cite} {todo.vi}".strip(), f"{said.en}{cite} {todo.en}".strip())


def _group(
    level: str, check: str, citation: str, is_whole_list: bool, members: Sequence[Finding]
) -> Group:
    messages = {in_words(member.message) for member in members}
    is_varied = len(messages) > 1
    title = _rule_of(check) if is_varied else messages.pop()
    shown = () if is_whole_list and len(members) == 1 else members[:SHOWN_ROWS]
    return Group(
        check=check,
        level=level,
        title=title,
        citation=citation,
        remedy=in_words(members[0].remedy),
        rulings=tuple(sorted({m.ruling for m in members if m.ruling})),
        count=len(members),
        places=tuple(
            Place(m.sheet, m.row, column_name(m.column, m.column_name), in_words(m.message))
            for m in shown
        ),
        more=max(0, len(members) - SHOWN_ROWS),
        is_whole_list=is_whole_list,
        is_varied=is_varied,
        is_rule=any(one.id == check for one in checks()),
    )


def _rule_of(check: str) -> str:
    """Return the rule of a check, the places its values fill left open."""
    rule = next((c.message for c in checks() if c.id == check), None)
    return _PLACE.sub("…", in_words(rule)) if rule else check


def column_name(column: int | None, field: str | None) -> str:
    """Name a column as the reader knows it: "Ngày sinh (E)"."""
    name = in_words(label(field)) if field in FIELDS else ""
    letters = _letters(column) if column else ""
    if name and letters:
        return f"{name} ({letters})"
    return name or letters


def _letters(column: int) -> str:
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
