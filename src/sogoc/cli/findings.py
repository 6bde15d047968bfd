"""Findings as JSON objects and as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sogoc.cli.words import language, say, shown

if TYPE_CHECKING:
    from sogoc.credentials.sweep.api import SweepReport
    from sogoc.intake.api import Question
    from sogoc.policy.api import Finding

_SHOWN_ROWS = 12


def finding_dict(
    found: Finding, headers: Mapping[tuple[str, int], str] | None = None
) -> dict[str, Any]:
    """One finding with the field names programs rely on; ``column_name`` as headed in the file."""
    column_name = (headers or {}).get((found.sheet, found.column or 0))
    if column_name is None and found.column_name is not None:
        column_name = _label(found.column_name)
    return {
        "sheet": found.sheet or None,
        "row": found.row,
        "column": found.column,
        "column_name": column_name,
        "field": found.column_name,
        "check": found.check,
        "violation": found.violation,
        "level": str(found.level),
        "result": str(found.result),
        "citation": found.citation,
        "message": shown(found.message),
        "remedy": shown(found.remedy),
        "ruling": found.ruling,
        "override": found.override,
    }


def _label(field: str) -> str:
    from sogoc.intake.api import FIELDS, label

    return shown(label(field)) if field in FIELDS else field


def question_dict(sheet: str, question: Question) -> dict[str, Any]:
    """A header that could not be mapped; answer it with ``--map KEY=FIELD``."""
    return {
        "sheet": sheet,
        "key": question.key,
        "header": question.header,
        "column": question.column,
        "code": question.code,
        "suggestions": question.suggestions,
        "text": question.text.in_language(language()),
    }


def finding_lines(findings: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Findings grouped by check: citation once, then the rows."""
    words = {
        "error": say("LỖI", "ERROR"),
        "review": say("XIN Ý KIẾN", "REVIEW"),
        "warning": say("LƯU Ý", "WARNING"),
        "info": say("GHI NHẬN", "INFO"),
    }
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for found in findings:
        groups.setdefault((found["level"], found["check"], found["citation"]), []).append(found)
    order = ["error", "review", "warning", "info"]
    for key in sorted(groups, key=lambda k: (order.index(k[0]), k[1])):
        level, check, citation = key
        yield f"\n{words[level]}  {check}" + (f"  [{citation}]" if citation else "")
        for found in groups[key][:_SHOWN_ROWS]:
            place = ""
            if found["row"] is not None:
                place = say(f"dòng {found['row']}", f"row {found['row']}")
                if found["column"]:
                    place += say(f", cột {found['column']}", f", column {found['column']}")
                place += ": "
            yield f"  {place}{found['message']}"
        if len(groups[key]) > _SHOWN_ROWS:
            rest = len(groups[key]) - _SHOWN_ROWS
            yield say(f"  … và {rest} dòng nữa (--json)", f"  … and {rest} more (--json)")
        yield f"  → {groups[key][0]['remedy']}"


def swept_dict(report: SweepReport) -> dict[str, Any]:
    """A sweep as JSON: how many lines, which findings, how many per check."""
    return {
        "as_of": report.as_of,
        "rule_set": report.rule_set,
        "lines": report.lines,
        "revoked": report.revoked,
        "by_check": dict(report.by_check),
        "findings": [
            {
                "code": found.code,
                "issuer": found.issuer,
                "kind": found.kind,
                "issued_on": found.issued_on,
                **finding_dict(found.finding),
            }
            for found in report.findings
        ],
    }
