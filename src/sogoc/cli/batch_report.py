"""What is said of a list that was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sogoc.cli.findings import finding_dict, finding_lines, question_dict
from sogoc.cli.lists import ListRequest
from sogoc.cli.words import say, shown

if TYPE_CHECKING:
    from sogoc.credentials.issuing.api import CheckReport


def marked_up(request: ListRequest, reports: list[CheckReport]) -> bytes:
    """The sender's own workbook with every finding beside its row."""
    from sogoc.intake.api import Note, annotate

    notes = [
        Note(f.sheet, f.row, f.column, f.level.value, f"{shown(f.message)} {shown(f.remedy)}")
        for report in reports
        for f in report.findings
    ]
    return annotate(request.file.data, request.file.name, notes)


def report_dict(
    requests: list[ListRequest], reports: list[CheckReport], *, with_rows: bool
) -> dict[str, Any]:
    """What `--json` prints of a checked list, one report a sheet."""
    first = reports[0]
    data: dict[str, Any] = {
        "file": first.file_name,
        "sha256": first.file_sha256,
        "kind": requests[0].proposal.kind,
        "issuer": ", ".join(dict.fromkeys(r.proposal.issuer for r in requests)),
        "date": requests[0].proposal.issued_on,
        "rule_set": first.rule_set,
        "rows_read": sum(r.rows_read for r in reports),
        "rows_ok": sum(r.rows_ok for r in reports),
        "may_prepare": all(r.may_prepare for r in reports),
        "questions": [question_dict(s, q) for r in reports for s, q in r.questions],
        "findings": [finding_dict(f, r.headers) for r in reports for f in r.findings],
    }
    if with_rows:
        data["rows"] = [
            {
                "sheet": row.sheet,
                "row": row.row,
                "full_name": row.full_name,
                "birth_date": row.birth_date,
                "birth_place": row.birth_place,
                "sex": row.sex,
                "serial": row.serial,
                "entry_number": row.entry_number,
                "level": row.level,
                "ok": row.is_ok,
                **{k: v for k, v in row.values.items() if k not in {"sheet", "row"}},
            }
            for report in reports
            for row in report.rows
        ]
    return data


def report_lines(data: dict[str, Any]) -> list[str]:
    """The same for people."""
    lines = [
        say(
            f"{data['file']}: đọc {data['rows_read']} dòng, {data['rows_ok']} dòng cấp được.",
            f"{data['file']}: {data['rows_read']} rows read, {data['rows_ok']} fit to issue.",
        )
    ]
    if data["rows_ok"] and not data["may_prepare"]:
        lines.append(
            say(
                "Cả danh sách chưa cấp được: còn điều chung bên dưới phải giải quyết trước.",
                "The list as a whole cannot be issued yet: what concerns all of it comes first.",
            )
        )
    for question in data["questions"]:
        lines.append(f"  ? {question['text']}  --map '{question['key']}=…'")
    lines += finding_lines(data["findings"])
    return lines
