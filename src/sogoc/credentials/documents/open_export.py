"""Everything out in open formats, and back in: leaving Sổ Gốc must be easy.

    register.jsonl  register.xml   the same lines twice, by the published schemas beside them
    schemas/                       what they mean, for any XML and JSON tool
    log/                           the public files of the transparency log

Back in, lines become those of an old register, as found. Look-up codes are new there; revocations
are told apart, as they are acts that somebody answers for.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.open_lines import (
    JSON_SCHEMA,
    XSD,
    Line,
    line_json,
    write_json_lines,
    write_xml,
)
from sogoc.credentials.log.api import export_log
from sogoc.credentials.register.api import export_lines, import_legacy, lines_by_code
from sogoc.intake.api import read_file
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting

_CHUNK: Final = 500
_SHOWN: Final = 20
_COLUMNS: Final = {
    "full_name": "Họ và tên", "birth": "Ngày sinh", "birth_place": "Nơi sinh",
    "sex": "Giới tính", "ethnicity": "Dân tộc", "nationality": "Quốc tịch",
    "personal_id": "Số định danh cá nhân", "serial": "Số hiệu", "entry_number": "Số vào sổ gốc",
    "issued_on": "Ngày cấp", "decision_number": "Số quyết định",
    "decision_date": "Ngày quyết định",
}  # fmt: skip
_DETAILS: Final = {
    "score_theory": "Điểm trắc nghiệm", "score_practice": "Điểm thực hành",
    "score_total": "Tổng điểm", "gpa": "Điểm trung bình", "result": "Kết quả",
    "grade": "Xếp loại", "major": "Ngành đào tạo", "graduation_year": "Năm tốt nghiệp",
    "school": "Trường", "student_code": "Mã sinh viên", "level": "Bậc",
}  # fmt: skip
_FIELD: Final = {"birth": "birth_date"}
_SEX: Final = {"male": "Nam", "female": "Nữ"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: number of lines, and the logs with their sizes."""

    lines: int
    logs: dict[str, int]


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """Lines taken in, and the codes of those that were revoked where they came from."""

    lines: int
    revoked: tuple[str, ...]


def export_all(directory: Path, *, home: Path, base: str, by: Actor) -> Exported:
    """Write every line the actor may export, with schemas and log. Raises `NotPermitted`."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "schemas").mkdir(exist_ok=True)
    for schema in (XSD, JSON_SCHEMA):
        shutil.copyfile(schema, directory / "schemas" / schema.name)
    codes = [line["code"] for line in export_lines(by=by)]
    with (directory / "register.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(write_json_lines(_lines(codes, by)))
    with (directory / "register.xml").open("wb") as stream:
        stream.writelines(write_xml(_lines(codes, by)))
    return Exported(len(codes), export_log(home, directory / "log", base=base))


def bring_back(lines: Iterable[Line], *, by: Actor, at: datetime) -> BroughtBack:
    """Take exported lines in as those of old registers; again, it adds nothing.

    The bodies must be known here. Raises `DocumentRefused` with every line that lacks what is
    needed, and what the import of an old register raises.
    """
    lines = list(lines)
    _require_readable(lines)
    groups: dict[tuple[str, str, str, str], list[Line]] = {}
    revoked = []
    for line in lines:
        signatory = line.get("signatory", {})
        key = (
            line["issuer"]["code"], line["kind"], signatory.get("title", ""),
            signatory.get("name", ""),
        )  # fmt: skip
        groups.setdefault(key, []).append(line)
        if line["status"] == "revoked":
            revoked.append(line["code"])
    count = 0
    for (issuer, kind, title, name), group in groups.items():
        reading = read_file(
            _as_csv(group),
            f"{issuer}-{kind}.csv",
            answers={
                label: _FIELD.get(field, field) for field, label in {**_COLUMNS, **_DETAILS}.items()
            },
            partial_dates=True,
        )
        done = import_legacy(
            reading, issuer=issuer, kind=kind, signatory_title=title, signatory_name=name, by=by,
            at=at,
        )  # fmt: skip
        count += done.lines
    return BroughtBack(count, tuple(revoked))


def _require_readable(lines: list[Line]) -> None:
    """Refuse lines without the parts read here, or with parts of another type: all at once."""
    problems = [
        f"{number}: {part}" for number, line in enumerate(lines, 1) for part in _unreadable(line)
    ]
    if problems:
        listed = "; ".join(problems[:_SHOWN])
        raise DocumentRefused(
            "open_lines_malformed",
            Text(
                f"{len(problems)} chỗ không đúng dạng đã công bố (dòng: phần): {listed}. "
                "Xem schemas/register-line-1.schema.json.",
                f"{len(problems)} places are not of the published form (line: part): {listed}. "
                "See schemas/register-line-1.schema.json.",
            ),
        )


def _unreadable(line: Line) -> Iterator[str]:
    issuer = line.get("issuer")
    if not isinstance(issuer, dict) or not isinstance(issuer.get("code"), str):
        yield "issuer.code"
    for name in ("code", "kind", "status", "issued_on"):
        if not isinstance(line.get(name), str):
            yield name
    for name in ("serial", "entry_number"):
        if not isinstance(line.get(name, ""), str):
            yield name
    for name in ("signatory", "decision", "holder"):
        part = line.get(name, {})
        if not isinstance(part, dict):
            yield name
            continue
        for key, value in part.items():
            if not isinstance(value, dict if key == "details" else str):
                yield f"{name}.{key}"


def _lines(codes: list[str], by: Actor) -> Iterator[dict[str, Any]]:
    for start in range(0, len(codes), _CHUNK):
        with acting(by):
            found = lines_by_code(codes[start : start + _CHUNK])
        yield from map(line_json, found.values())


def _as_csv(lines: list[Line]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    used = [name for name in _DETAILS if any(name in _details(line) for line in lines)]
    writer.writerow([*_COLUMNS.values(), *(_DETAILS[name] for name in used)])
    for line in lines:
        holder = line.get("holder", {})
        decision = line.get("decision", {})
        known = {
            **holder,
            "birth": holder.get("birth_date") or holder.get("birth_text", ""),
            "sex": _SEX.get(holder.get("sex", ""), holder.get("sex", "")),
            "serial": line.get("serial", ""),
            "entry_number": line.get("entry_number", ""),
            "issued_on": line["issued_on"],
            "decision_number": decision.get("number", ""),
            "decision_date": decision.get("date", ""),
        }
        details = _details(line)
        writer.writerow(
            [*(known.get(name, "") for name in _COLUMNS), *(details.get(n, "") for n in used)]
        )
    return text.getvalue().encode("utf-8-sig")


def _details(line: Line) -> dict[str, Any]:
    details: dict[str, Any] = line.get("holder", {}).get("details", {})
    return details
