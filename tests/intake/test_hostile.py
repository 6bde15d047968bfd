"""Workbooks made to do harm: bounded memory, bounded time, and a sentence instead of a crash.

Each is read in a child process under limits of the operating system (see `jail`).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.intake import jail
from tests.intake.jail import read_in_jail
from tests.intake.making import HEADER, line, part, with_parts, xls, xlsx
from tests.intake.ods_making import ods_of, packed, row, table

GOOD = xlsx({"DS": [HEADER, line(1), line(2, "Trần Văn Nam")]})
GOOD_XLS = xls([HEADER, line(1), line(2, "Trần Văn Nam")])
GOOD_ODS = ods_of(table("DS", row(HEADER) + row(line(1)) + row(line(2, "Trần Văn Nam"))))
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def in_sheet(old: str, new: str) -> bytes:
    xml = part(GOOD, SHEET).decode()
    assert old in xml
    return with_parts(GOOD, {SHEET: xml.replace(old, new, 1).encode()})


def in_texts(old: str, new: str) -> bytes:
    xml = part(GOOD, TEXTS).decode()
    assert old in xml
    return with_parts(GOOD, {TEXTS: xml.replace(old, new, 1).encode()})


def rows_to_the_end(cells: str) -> bytes:
    rows = "".join(f'<row r="{n}">{cells}</row>' for n in range(4, 1_000_004))
    return in_sheet("</sheetData>", f"{rows}</sheetData>")


def ods_text(declared: str, used: str) -> bytes:
    content = zipfile.ZipFile(io.BytesIO(GOOD_ODS)).read("content.xml").decode()
    body = content[content.index("?>") + 2 :] if content.startswith("<?xml") else content
    return packed(declared + body.replace("Trần Văn Nam", used))


def locked_ods() -> bytes:
    return ods_of(table("DS", row(HEADER)), manifest="<manifest:encryption-data/>")


def locked_xls() -> bytes:
    stream = GOOD_XLS.find(struct.pack("<HH", 0x0809, 16))
    first = stream + 4 + 16
    return GOOD_XLS[:first] + struct.pack("<H", 0x002F) + GOOD_XLS[first + 2 :]


def xls_with_many_texts() -> bytes:
    at = GOOD_XLS.find(struct.pack("<H", 0x00FC), 512)
    return GOOD_XLS[: at + 4] + struct.pack("<II", 2**31, 2**31) + GOOD_XLS[at + 12 :]


def bomb() -> bytes:
    return with_parts(GOOD, {TEXTS: b"<sst>" + b" " * 300_000_000 + b"</sst>"})


def bomb_in_pieces() -> bytes:
    """No part is large by itself: only all together are."""
    return with_parts(GOOD, dict.fromkeys((f"xl/media/{n}.xml" for n in range(40)), bytes(2**24)))


REFUSED: dict[str, tuple[Callable[[], bytes], str, set[str]]] = {
    "zip bomb": (bomb, "ds.xlsx", {"zip_bomb"}),
    "zip bomb in pieces": (bomb_in_pieces, "ds.xlsx", {"zip_bomb"}),
    "zip bomb, ods": (lambda: packed(" " * 300_000_000), "ds.ods", {"zip_bomb"}),
    "10^6 rows of empty texts": (
        lambda: rows_to_the_end('<c t="inlineStr"><is><t></t></is></c>'), "ds.xlsx",
        {"too_many_rows"},
    ),
    "10^6 rows, ods": (
        lambda: ods_of(table("DS", row(HEADER) + row(line(1), 10**6))), "ds.ods", {"too_many_rows"},
    ),
    "password, xls": (locked_xls, "ds.xls", {"password_protected"}),
    "password, ods": (locked_ods, "ds.ods", {"password_protected"}),
    "a web page named .xls": (
        lambda: b"<html><table><tr><td>STT</td></tr></table></html>", "ds.xls",
        {"unsupported_type"},
    ),
    "a PDF named .xlsx": (lambda: b"%PDF-1.7\n%%EOF", "ds.xlsx", {"unsupported_type"}),
    "billion laughs, ods": (lambda: ods_text(LAUGHS, "&i;"), "ds.ods", {"corrupt_file"}),
    "external entity, ods": (
        lambda: ods_text('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "&e;"),
        "ds.ods", {"corrupt_file"},
    ),
    "more texts than the file has, xls": (xls_with_many_texts, "ds.xls", {"corrupt_file"}),
    "a csv of one endless line": (
        lambda: b"STT;" + b"x;" * 2_000_000, "ds.csv", {"too_many_columns", "no_list"},
    ),
    "a csv with 10^6 lines": (
        lambda: "STT;Họ và tên;Ngày sinh\n".encode() + "1;Nguyễn An;1/2/1990\n".encode() * 10**6,
        "ds.csv", {"too_many_rows"},
    ),
}  # fmt: skip

READ: dict[str, tuple[Callable[[], bytes], str, int]] = {
    "10^6 empty rows": (lambda: rows_to_the_end(""), "ds.xlsx", 2),
    "10^6 rows that bear a format": (lambda: rows_to_the_end('<c s="1"/>'), "ds.xlsx", 2),
    "10^6 empty rows, ods": (
        lambda: ods_of(table("DS", row(HEADER) + row(line(1)) + row([], 10**6))), "ds.ods", 1,
    ),
    "10^6 empty lines, csv": (
        lambda: "STT;Họ và tên\n1;Nguyễn An\n2;Trần Bê\n".encode() + b";\n" * 200_000, "ds.csv", 2,
    ),
    "a dimension that lies": (
        lambda: in_sheet('<dimension ref="A1:E3"/>', '<dimension ref="A1:XFD1048576"/>'),
        "ds.xlsx", 2,
    ),
    "all columns formatted": (
        lambda: in_sheet(
            "<sheetData>", '<cols><col min="1" max="16384" width="9"/></cols><sheetData>'
        ),
        "ds.xlsx", 2,
    ),
    "a workbook named .csv": (lambda: GOOD, "ds.csv", 2),
    "an old workbook named .xlsx": (lambda: GOOD_XLS, "ds.xlsx", 2),
    "an .ods named .xls": (lambda: GOOD_ODS, "ds.xls", 2),
    "a csv named .xlsx": (
        "STT,Họ và tên\n1,Nguyễn An\n2,Trần Bê\n".encode, "ds.xlsx", 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_reason_within_bounds(what: str) -> None:
    make, name, codes = REFUSED[what]
    said = read_in_jail(make(), name)
    assert said.get("refused") in codes, said
    assert said["said"]


@pytest.mark.parametrize("what", READ)
def test_read_within_bounds(what: str) -> None:
    make, name, rows = READ[what]
    said = read_in_jail(make(), name)
    assert said.get("rows") == rows, said


@pytest.mark.parametrize(
    ("declared", "used"),
    [
        (LAUGHS, "&i;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>', "&e;"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "file://{secret}"> %p;]>', "x"),
    ],
    ids=["billion laughs", "external entity", "external parameter entity"],
)
@pytest.mark.parametrize("place", [TEXTS, SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_never_expanded(declared: str, used: str, place: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("MAT-KHAU-BI-MAT")
    xml = part(GOOD, place).decode()
    head, _, body = xml.partition("?>")
    changed = f"{head}?>{declared.replace('{secret}', str(secret))}{body}"
    if place == TEXTS:
        changed = changed.replace("Trần Văn Nam", used)
    said = read_in_jail(with_parts(GOOD, {place: changed.encode()}), "ds.xlsx")
    assert set(said) & {"rows", "refused"}, said
    assert "MAT-KHAU" not in str(said)
    assert "haha" not in str(said)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize(
    ("data", "name"),
    [(GOOD, "ds.xlsx"), (GOOD_XLS, "ds.xls"), (GOOD_ODS, "ds.ods")],
    ids=["xlsx", "xls", "ods"],
)
def test_a_truncated_file_is_refused(data: bytes, name: str, share: float) -> None:
    said = read_in_jail(data[: int(len(data) * share)], name)
    assert said.get("refused") in {"corrupt_file", "unknown_type"}, said


MERGED = xlsx({"DS": [HEADER, line(1)]}, merges=[(2, 0, 2, 3)])


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (place, told)
        for place in (TEXTS, SHEET, "xl/styles.xml", "xl/workbook.xml")
        for told in sorted(set(re.findall(r'(\w*[cC]ount)="', part(MERGED, place).decode())))
    ],
)
def test_counts_that_lie_reserve_no_memory(place: str, told: str) -> None:
    """The fast reader makes room for as many as are announced before it looks."""
    lying = re.sub(rf'\b{told}="\d+"', f'{told}="4294967295"', part(MERGED, place).decode())
    said = read_in_jail(with_parts(MERGED, {place: lying.encode()}), "ds.xlsx")
    assert said.get("rows") == 1 or said.get("refused") == "corrupt_file", said


@pytest.mark.parametrize(
    "head",
    ['a=">" uniqueCount="4294967295"', "uniqueCount='4294967295'", 'uniqueCount="&#57;999999999"'],
)
def test_a_lying_count_of_texts_is_found_however_it_is_written(head: str) -> None:
    xml = re.sub(r'count="\d+" uniqueCount="\d+"', head, part(GOOD, TEXTS).decode())
    said = read_in_jail(with_parts(GOOD, {TEXTS: xml.encode()}), "ds.xlsx")
    assert said.get("refused") == "corrupt_file", said


def test_the_jail_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over the limits is seen to be: otherwise the tests above would say nothing."""
    data = rows_to_the_end("")
    assert read_in_jail(data, "ds.xlsx") == read_in_jail(data, "ds.xlsx", memory=2 << 30)
    monkeypatch.setattr(jail, "read_file", lambda *_: bytearray(2 * jail.MEMORY))
    assert read_in_jail(data, "ds.xlsx")["failed"].startswith("MemoryError")
    monkeypatch.setattr(jail, "read_file", lambda *_: sum(range(1 << 60)))
    assert read_in_jail(data, "ds.xlsx", seconds=1)["killed"] in {"SIGXCPU", "SIGKILL"}
