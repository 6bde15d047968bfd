"""A small world for the tests of issuing: the demo bodies, blanks, lists, short ways through."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.register import api as register
from sogoc.intake.api import read_file
from sogoc.people.api import Actor, acting, demo_actor, load_actor
from sogoc.people.demo import load_demo

CENTRE = "tt-gdtx-nnth-dak-nong"
SO = "so-gddt-dak-nong"
SUSPENDED = "tt-tin-hoc-treo"
KIND = "cc_cntt_co_ban"
TODAY = date(2025, 4, 10)
AT = datetime(2025, 4, 10, 3, 0, tzinfo=UTC)
FIRST, LAST = "A02500001", "A02500300"

HEADERS = (
    "STT", "Họ và tên", "Ngày sinh", "Nơi sinh", "Giới tính", "Dân tộc", "Điểm trắc nghiệm",
    "Điểm thực hành", "Kết quả",
)  # fmt: skip
_GIVEN = ("An", "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Khánh", "Lan", "Minh", "Ngọc")
_MIDDLE = ("Văn", "Thị", "Ngọc", "Hữu", "Minh", "Thanh", "Đức", "Kim", "Quang", "Thu")
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")


def person(number: int) -> list[Any]:
    """A row for the list; another number is another person."""
    name = f"{_FAMILY[number % 10]} {_MIDDLE[number // 10 % 10]} {_GIVEN[number // 100 % 10]}"
    born = date(1980 + number % 25, 1 + number // 25 % 12, 1 + number // 300 % 28)
    sex = "Nữ" if number % 2 else "Nam"
    return [number, name, f"{born:%d/%m/%Y}", "Đắk Nông", sex, "Kinh", "8.5", "7.0", "Đạt"]


def people_list(
    numbers: Iterable[int],
    *,
    serials: Sequence[str] | None = None,
    entries: Sequence[str] | None = None,
    name: str = "danh-sach.csv",
    more: Mapping[str, Sequence[str]] | None = None,
    places: Sequence[str] | None = None,
) -> issuing.ListFile:
    """A CSV as a unit would send it; ``more`` columns by their headers."""
    headers = list(HEADERS)
    rows = [person(number) for number in numbers]
    if places is not None:
        at = headers.index("Nơi sinh")
        rows = [[*r[:at], place, *r[at + 1 :]] for r, place in zip(rows, places, strict=True)]
    columns = {"Số hiệu chứng chỉ": serials, "Số vào sổ cấp chứng chỉ": entries, **(more or {})}
    for header, column in columns.items():
        if column is not None:
            headers.append(header)
            rows = [[*row, value] for row, value in zip(rows, column, strict=True)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["DANH SÁCH CẤP CHỨNG CHỈ ỨNG DỤNG CNTT CƠ BẢN"])
    writer.writerow([])
    writer.writerow(headers)
    writer.writerows(rows)
    return issuing.ListFile(data=text.getvalue().encode("utf-8-sig"), name=name)


PROPOSAL = issuing.Proposal(
    kind=KIND,
    issuer=CENTRE,
    signatory="Giám đốc",
    issued_on=TODAY,
    exam_date=date(2025, 3, 15),
    decision=issuing.Decision(
        number="45/QĐ-TT", date=date(2025, 4, 1), decided_by=CENTRE, signer="Y Bhăm Niê"
    ),
    learners_confirmed_on=date(2025, 4, 5),
)


def proposal(**changes: Any) -> issuing.Proposal:
    """The Centre's act of 10/04/2025, with changes."""
    return replace(PROPOSAL, **changes)


def who(permission: str, issuer: str = CENTRE, excluding: frozenset[str] = frozenset()) -> Actor:
    """The demo account that may do this for a body."""
    return demo_actor(permission, organisation_code=issuer, on=TODAY, excluding=excluding)


def account(username: str) -> Actor:
    """A demo account by name."""
    return load_actor(username, on=TODAY)


def settle() -> None:
    """Load the demo bodies and give the Centre 300 blanks."""
    load_demo(AT)
    blanks.receive_lot(
        owner=CENTRE,
        kind=KIND,
        first=FIRST,
        last=LAST,
        document_number="BBGN 12/2025",
        on=date(2025, 1, 6),
        by=who("blanks.receive"),
        at=AT,
    )


def prepare(file: issuing.ListFile, **changes: Any) -> issuing.Prepared:
    """Prepare a list for the Centre."""
    act = proposal(**changes)
    return issuing.prepare_batch(
        file=file,
        proposal=act,
        by=who("batch.prepare", act.issuer),
        at=AT,
        today=TODAY,
        allow_any_date=True,
    )


def bring_to_signed(token: str, misprints: Iterable[tuple[int, str]] = ()) -> issuing.Printed:
    """Approve, print, sign and seal a prepared batch."""
    issuing.approve_batch(token=token, by=who("batch.approve"), at=AT)
    printed = issuing.print_batch(
        token=token, misprints=misprints, by=who("batch.print"), on=TODAY, at=AT
    )
    issuing.sign_batch(token=token, by=who("batch.sign"), on=TODAY, at=AT)
    issuing.seal_batch(token=token, by=who("batch.seal"), on=TODAY, at=AT)
    return printed


def issue(token: str, key: str = "key-1") -> issuing.Issued:
    """Enter a signed batch in the register."""
    return issuing.issue_batch(token=token, key=key, by=who("batch.issue"), at=AT)


def issue_list(file: issuing.ListFile, key: str = "key-1", **changes: Any) -> issuing.Issued:
    """The whole way from a list to the register."""
    token = prepare(file, **changes).token
    bring_to_signed(token)
    return issue(token, key)


def import_old_register(
    numbers: Iterable[int],
    *,
    issuer: str = SO,
    issued_on: date = date(2019, 7, 31),
    serials: Sequence[str] | None = None,
    entries: Sequence[str] | None = None,
    name: str = "so-cu.csv",
) -> list[str]:
    """Import certificates a body once issued on paper; return their look-up codes."""
    file = people_list(numbers, serials=serials, entries=entries, name=name)
    by = who("register.import_legacy", issuer)
    register.import_legacy(
        read_file(file.data, file.name),
        issuer=issuer,
        kind=KIND,
        signatory_title="KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC",
        by=by,
        at=AT,
        issued_on=issued_on,
    )
    with acting(by):
        return [line["code"] for line in register.export_lines(by=by, issuer=issuer)]
