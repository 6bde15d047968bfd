"""Files that are no list, or that would do harm, are refused with a sentence that helps."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.intake.api import IntakeError, Limits, read_file
from tests.intake.making import HEADER, line, part, with_parts, xls, xlsx

GOOD = xlsx({"DS": [HEADER, line(1), line(2, "Trần Văn Nam")]})
SHEET = "xl/worksheets/sheet1.xml"


def refused(data: bytes, name: str = "ds.xlsx", **options: object) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        read_file(data, name, **options)  # type: ignore[arg-type]
    error = caught.value
    assert error.message.vi
    assert error.message.en
    assert error.message.vi != error.message.en
    assert "{" not in error.message.vi + error.message.en
    return error


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("data", [b"", b"\x00\x00", b"  \r\n"])
def test_an_empty_file(data: bytes) -> None:
    assert refused(data).code == "empty_file"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7 ...", "unsupported_type"),
        (b"\x89PNG\r\n\x1a\n....", "unsupported_type"),
        (b"Rar!\x1a\x07\x00", "unsupported_type"),
        (b"{\\rtf1 x}", "unsupported_type"),
        (b"<html><table><tr><td>STT</td></tr></table></html>", "unsupported_type"),
        (b'<?xml version="1.0"?><Workbook/>', "unsupported_type"),
        (bytes(range(256)) * 20, "unknown_type"),
        (zipped({"a.xlsx": b"x"}), "archive_not_workbook"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "unsupported_type"),
        (zipped({"mimetype": b"", "content.xml": b""}), "unsupported_type"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "unsupported_type"),
        (zipped({"[Content_Types].xml": b""}), "corrupt_file"),
        (b"PK\x05\x06" + bytes(18), "archive_not_workbook"),
    ],
)
def test_what_is_no_spreadsheet(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_two_workbooks_in_one_file() -> None:
    assert refused(with_parts(GOOD, {"content.xml": b"<x/>"})).code == "two_workbooks"
    assert refused(with_parts(GOOD, {"xl/workbook.bin": b"x"})).code == "two_workbooks"


def test_content_counts_not_the_name() -> None:
    for name in ("ds.xls", "ds.csv", "ds", "ds.pdf", r"C:\Danh sách\ds.xlsx"):
        assert read_file(GOOD, name).kind == "xlsx"
    assert read_file(xls([HEADER, line(1)]), "ds.xlsx").kind == "xls"
    assert read_file("STT,Họ và tên\n1,Lê Na\n".encode(), "ds.xlsx").kind == "csv"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook(share: float) -> None:
    old = xls([HEADER, *(line(number) for number in range(1, 400))])
    for data in (GOOD, old):
        assert refused(data[: int(len(data) * share)]).code == "corrupt_file"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_damage_never_escapes_as_another_error(seed: int, old: bool) -> None:
    dice = random.Random(seed)
    data = bytearray(xls([HEADER, line(1)]) if old else GOOD)
    for _ in range(dice.randrange(1, 30)):
        data[dice.randrange(8, len(data))] = dice.randrange(256)
    with suppress(IntakeError):
        read_file(bytes(data), "ds.xlsx")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(IntakeError):
        read_file(data, "x.csv")


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = with_parts(GOOD, {"xl/media/image1.png": bytes(3 * 2**20)})
    assert refused(bomb, limits=Limits(max_unpacked_bytes=2**20)).code == "zip_bomb"
    assert read_file(bomb, "ds.xlsx").kind == "xlsx"


def test_a_part_packed_far_too_tightly_is_not_unpacked() -> None:
    cell = b'<row r="9"><c t="inlineStr"><is><t>' + b"A" * 20_000_000 + b"</t></is></c></row>"
    bomb = with_parts(
        GOOD, {SHEET: part(GOOD, SHEET).replace(b"</sheetData>", cell + b"</sheetData>")}
    )
    assert refused(bomb).code == "zip_bomb"


def test_a_cell_no_spreadsheet_program_would_hold() -> None:
    cell = b'<row r="9"><c r="B9" t="inlineStr"><is><t>' + b"AB" * 20_000 + b"</t></is></c></row>"
    data = with_parts(
        GOOD, {SHEET: part(GOOD, SHEET).replace(b"</sheetData>", cell + b"</sheetData>")}
    )
    error = refused(data)
    assert (error.code, error.context["cell"]) == ("cell_too_long", "B9")
    text = "STT,Họ và tên\n1," + "A" * 40_000 + "\n"
    assert refused(text.encode()).code == "cell_too_long"


@pytest.mark.parametrize(
    "text",
    [
        'STT,Họ và tên,Giới tính\n1,"Lê Na,Nữ\n2,Lê Mi,Nữ\n',
        'STT,Họ và tên,Giới tính\n1,Lê Na,"Nữ\n2,Lê Mi,Nữ',
        'STT,Họ và tên\n1,"' + "Lê Na\n" * 30_000,
    ],
)
def test_a_quotation_mark_left_open_swallows_no_rows(text: str) -> None:
    assert refused(text.encode()).code == "open_quote"


def test_quotation_marks_inside_a_cell_are_letters() -> None:
    text = 'STT,Họ và tên,Ghi chú\n1,"Lê ""Tý"" Na",5" nhỏ\n2,"Lê\nMi",\n3,Lê Hà,'
    (sheet,) = read_file(text.encode(), "x.csv").sheets
    assert [row.get("full_name") for row in sheet.rows] == ['Lê "Tý" Na', "Lê Mi", "Lê Hà"]


def test_a_part_longer_than_it_declares_is_refused() -> None:
    data = bytearray(with_parts(GOOD, {SHEET: part(GOOD, SHEET) + b" " * 2**20}))
    at = data.rfind(SHEET.encode())
    central = data.rfind(b"PK\x01\x02", 0, at)
    struct.pack_into("<I", data, central + 24, 500)  # says 500 bytes, holds a mebibyte
    assert refused(bytes(data)).code == "corrupt_file"


def test_a_stray_far_cell_is_refused_before_a_grid_is_made() -> None:
    xml = part(GOOD, SHEET)
    far_row = xml.replace(
        b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    )
    error = refused(with_parts(GOOD, {SHEET: far_row}))
    assert (error.code, error.context["size"]) == ("too_many_rows", 1048576)

    far_column = xml.replace(
        b"</sheetData>", b'<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>'
    )
    error = refused(with_parts(GOOD, {SHEET: far_column}))
    assert (error.code, error.context["size"]) == ("too_many_columns", 16384)

    unplaced = xml.replace(b"</sheetData>", b'<row r="1048576"><c><v>1</v></c></row></sheetData>')
    assert refused(with_parts(GOOD, {SHEET: unplaced})).code == "too_many_rows"


def test_far_cells_that_only_bear_a_format_do_no_harm() -> None:
    xml = part(GOOD, SHEET).replace(
        b"</sheetData>", b'<row r="1048576" s="1"><c r="XFD1048576" s="1"/></row></sheetData>'
    )
    assert len(read_file(with_parts(GOOD, {SHEET: xml}), "ds.xlsx").sheets[0].rows) == 2


def test_the_limits() -> None:
    assert refused(GOOD, limits=Limits(max_bytes=100)).code == "too_large"
    assert refused(GOOD, limits=Limits(max_rows=2)).code == "too_many_rows"
    assert refused(GOOD, limits=Limits(max_columns=4)).code == "too_many_columns"
    text = b"a,b\n" * 30
    assert refused(text, "x.csv", limits=Limits(max_rows=20)).code == "too_many_rows"
    assert refused(b"1," * 30 + b"1\n", "x.csv", limits=Limits(max_columns=9)).code == (
        "too_many_columns"
    )
    many = xlsx({"A": [HEADER, line(1)], "B": [HEADER], "C": [HEADER]})
    assert refused(many, limits=Limits(max_sheets=2)).code == "too_many_sheets"


def test_a_password() -> None:
    old = xls([HEADER, line(1)])
    stream = old.find(struct.pack("<HH", 0x0809, 16))
    # FILEPASS in place of the record after BOF: the sign of an encrypted .xls.
    first = stream + 4 + 16
    locked = old[:first] + struct.pack("<H", 0x002F) + old[first + 2 :]
    assert refused(locked, "ds.xls").code == "password_protected"

    name = "Workbook".encode("utf-16-le")
    at = old.find(name)
    entry = "EncryptedPackage".encode("utf-16-le") + bytes(2)
    new_style = bytearray(old)
    new_style[at : at + len(entry)] = entry
    struct.pack_into("<H", new_style, at + 64, len(entry))
    assert refused(bytes(new_style)).code == "password_protected"

    flagged = bytearray(GOOD)
    central = flagged.find(b"PK\x01\x02")
    flagged[central + 8] |= 1
    assert refused(bytes(flagged)).code == "password_protected"


def test_an_old_binary_file_of_another_kind() -> None:
    data = bytearray(xls([HEADER, line(1)]))
    at = data.find("Workbook".encode("utf-16-le"))
    for stream, code in (("WordDocument", "unsupported_type"), ("Whatever", "unknown_type")):
        entry = stream.encode("utf-16-le") + bytes(2)
        changed = bytearray(data)
        changed[at : at + len(entry)] = entry
        struct.pack_into("<H", changed, at + 64, len(entry))
        assert refused(bytes(changed)).code == code


def test_no_list_in_it_says_why_for_each_sheet() -> None:
    data = xlsx({"Trống": [], "Hướng dẫn": [["Hướng dẫn"], ["1. Nhập tên"]]})
    error = refused(data)
    assert error.code == "no_list"
    assert "Trống" in error.message.vi
    assert "Hướng dẫn" in error.message.vi


def test_no_such_sheet_names_those_there_are() -> None:
    error = refused(GOOD, sheet="Sheet9")
    assert error.code == "no_such_sheet"
    assert "DS" in error.message.vi


def test_an_answer_must_be_a_field() -> None:
    assert refused(GOOD, answers={"Nơi sinh": "home_town"}).code == "unknown_answer"


def test_a_second_list_on_one_sheet() -> None:
    rows = [HEADER, line(1), [], ["STT", "Nơi sinh", "Họ và tên", "Ngày sinh"]]
    error = refused(xlsx({"DS": [*rows, [1, "Hà Nội", "Lê Na", "1/1/1990"]]}))
    assert (error.code, error.context["row"]) == ("second_list", 4)


def test_a_fuller_second_header_does_not_swallow_the_first_list() -> None:
    fuller = [*HEADER, "Dân tộc", "Kết quả"]
    assert refused(xlsx({"DS": [HEADER, line(1), [], fuller, line(1)]})).code == "second_list"
