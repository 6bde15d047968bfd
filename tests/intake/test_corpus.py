"""Whole lists, as units send them, against what they must read as."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from tools import make_examples

from sogoc.intake.api import Reading, Row, SheetReading, read_file
from tests.corpora.lists import make_lists

ROOT = Path(__file__).parent.parent.parent
LISTS = ROOT / "tests" / "corpora" / "lists"
SAMPLES = ROOT / "tests" / "corpora" / "samples"
EXAMPLES = ROOT / "examples"
CORPUS = sorted(path.name.removesuffix(".expected.json") for path in LISTS.glob("*.expected.json"))


def read(path: Path, **options: Any) -> Reading:
    return read_file(path.read_bytes(), path.name, **options)


def plain(row: Row, keys: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"row": row.row}
    for key in keys - {"row"}:
        value = row.get(key)
        found[key] = value.isoformat() if isinstance(value, dt.date) else value
    return found


def as_expected(sheet: SheetReading, like: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "header_rows": list(sheet.header_rows),
        "mapped": {c.header: c.field for c in sheet.columns if c.header in like["mapped"]},
        "rows": len(sheet.rows),
        "first": plain(sheet.rows[0], set(like["first"])),
        "last": plain(sheet.rows[-1], set(like["last"])),
        "stated_count": sheet.stated_count,
        "questions": [[question.code, question.key] for question in sheet.questions],
        "remarks": sorted(remark.code for remark in sheet.remarks),
        "problems": sorted([r.row, p.field, p.code] for r in sheet.rows for p in r.problems),
    }


def test_the_corpus_is_there() -> None:
    """At least twelve lists made to be misread."""
    assert len(CORPUS) >= 15


@pytest.mark.parametrize("file", CORPUS)
def test_a_list_of_the_corpus_reads_as_expected(file: str) -> None:
    expected = json.loads((LISTS / f"{file}.expected.json").read_text(encoding="utf-8"))

    reading = read(LISTS / file)

    assert reading.kind == expected["kind"]
    assert reading.encoding == expected.get("encoding")
    assert {skipped.name: skipped.code for skipped in reading.skipped} == expected["skipped"]
    pairs = zip(reading.sheets, expected["sheets"], strict=True)
    wanted = [
        {**sheet, "problems": sorted(sheet.get("problems", []))} for sheet in expected["sheets"]
    ]
    assert [as_expected(sheet, like) for sheet, like in pairs] == wanted


@pytest.mark.parametrize("made", [make_lists.main, make_examples.main])
def test_committed_lists_are_what_their_script_makes(made: Any, tmp_path: Path) -> None:
    made(tmp_path)
    committed = LISTS if made is make_lists.main else EXAMPLES
    written = sorted(tmp_path.iterdir())
    assert written
    for path in written:
        if path.suffix in (".xlsx", ".xls"):
            assert cells(path) == cells(committed / path.name), path.name
        else:
            assert path.read_bytes() == (committed / path.name).read_bytes(), path.name


def cells(path: Path) -> dict[str, list[list[Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(path.read_bytes()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_dak_nong_list_reads_whole() -> None:
    (sheet,) = read(SAMPLES / "dak-nong-cntt-co-ban-1212.xlsx").sheets

    assert len(sheet.rows) == sheet.stated_count == 1212
    assert (sheet.questions, sheet.remarks) == ((), ())
    assert sheet.signature_lines[-2:] == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
    assert sheet.rows[0].row == 8
    assert sheet.rows[0].values == {
        "ordinal": 1,
        "full_name": "Nguyễn Kim Vy",
        "birth_date": dt.date(1979, 6, 14),
        "birth_place": "Thanh Hóa",
        "sex": "female",
        "ethnicity": "Nùng",
        "exam_date": dt.date(2019, 7, 7),
        "score_theory": 8.5,
        "score_practice": 5.5,
        "result": "Đạt",
        "issued_on": dt.date(2019, 7, 31),
        "serial": "A01204301",
        "entry_number": "0001/2019/CNTTCB",
    }


def test_the_same_people_without_serials_have_no_such_columns() -> None:
    old = read(SAMPLES / "dak-nong-cntt-co-ban-1212.xlsx").sheets[0]
    new = read(SAMPLES / "dak-nong-cap-moi-khong-so.xlsx").sheets[0]

    assert "serial" not in new.columns_by_field
    assert "entry_number" not in new.columns_by_field
    assert [row.get("full_name") for row in new.rows] == [r.get("full_name") for r in old.rows]
    assert new.signature_lines[-1] == "GIÁM ĐỐC"
    assert new.stated_count == 1212


def test_three_schools_are_three_lists() -> None:
    sheets = read(SAMPLES / "thpt-2026-ba-truong.xlsx").sheets

    assert [(sheet.name, len(sheet.rows), sheet.stated_count) for sheet in sheets] == [
        ("THPT Gia Nghĩa", 214, 214),
        ("THPT Chu Văn An", 187, 187),
        ("THPT Trường Chinh", 163, 163),
    ]
    assert all(not sheet.questions and sheet.header_rows == (5, 6) for sheet in sheets)
    first = sheets[1].rows[0]
    assert first.get("full_name") == "Y Ly Êban"
    assert first.get("birth_date") == dt.date(2008, 8, 17)
    assert first.get("personal_id") == "067208354189"
    assert sheets[0].columns_by_field["full_name"] == 3


def test_one_sheet_can_be_asked_for() -> None:
    reading = read(SAMPLES / "thpt-2026-ba-truong.xlsx", sheet="THPT Chu Văn An")

    assert [sheet.name for sheet in reading.sheets] == ["THPT Chu Văn An"]
    assert {skipped.code for skipped in reading.skipped} == {"not_asked"}


def test_planted_faults_stay_visible() -> None:
    (sheet,) = read(SAMPLES / "planted-faults-a.xlsx").sheets
    rows = {row.row: row for row in sheet.rows}

    assert len(rows) == 120
    assert {number: p.code for number, row in rows.items() for p in row.problems} == {
        68: "no_such_date",
        100: "unknown_sex",
    }
    assert rows[68].get("birth_date") is None
    assert rows[68].get("birth_date_raw") == "31/02/1998"
    assert (rows[100].get("sex"), rows[100].get("sex_raw")) == (None, "x")
    assert rows[89].get("full_name") is None
    assert rows[89].get("serial") == "A02500086"
    assert rows[88].get("serial") is None
    assert rows[58].get("score_theory") == 11.5
    assert rows[37].get("full_name") == "Nguyễn Thanh Yến"
    assert rows[81].get("full_name") == "Đặng Thu Lan"


def test_a_university_list_needs_no_answers() -> None:
    (sheet,) = read(SAMPLES / "dai-hoc-2026-quyet-dinh-tot-nghiep.xlsx").sheets

    assert len(sheet.rows) == 640
    assert sheet.questions == ()
    assert sheet.title_lines == ("Kèm theo Quyết định số 512/QĐ-ĐH ngày 26/6/2026",)
    assert sheet.stated_count is None


def test_the_examples_have_just_the_faults_their_readme_names() -> None:
    centre = read(EXAMPLES / "trung-tam-cntt-co-ban.xlsx").sheets[0]
    rows = {row.row: row for row in centre.rows}
    people = [(row.get("full_name"), row.get("birth_date")) for row in centre.rows]

    assert len(rows) == centre.stated_count == 60
    low = [n for n, row in rows.items() if min(scores(row)) < 5 and row.get("result") == "Đạt"]
    assert low == [20]
    assert rows[34].get("full_name") == rows[33].get("full_name")
    assert len(set(people)) == 59
    assert {n: [p.raw for p in row.problems] for n, row in rows.items() if row.problems} == {
        51: ["30/02/1996"]
    }
    for name, count in (("so-gddt-cntt-co-ban", 40), ("thpt-mot-truong", 45)):
        (sheet,) = read(EXAMPLES / f"{name}.xlsx").sheets
        assert len(sheet.rows) == sheet.stated_count == count
        assert not sheet.questions
        assert not any(row.problems for row in sheet.rows)
    assert len(read(EXAMPLES / "dai-hoc-quyet-dinh.xlsx").sheets[0].rows) == 80


def scores(row: Row) -> list[float]:
    found = [row.get("score_theory"), row.get("score_practice")]
    return [score for score in found if isinstance(score, float)]
