"""A paper book of two pages and the people who bring it into the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sogoc.credentials.digitisation import api as digitisation
from sogoc.people.api import Actor
from tests.credentials.world import AT, KIND, SO, account

TITLE = "Sổ gốc cấp chứng chỉ tin học, quyển 1 (2018–2019)"
FIRST, SECOND, THIRD, HEAD = (
    f"{role}.so-dak-nong" for role in ("registrar", "seal", "approver", "signatory")
)
JPEG = b"\xff\xd8\xff\xe0 page "

PAGE_12: Mapping[int, Mapping[str, str]] = {
    1: {
        "full_name": "Nguyễn Văn An", "birth_date": "02/03/1990", "birth_place": "Đắk Nông",
        "sex": "Nam", "grade": "Khá", "score_theory": "8,5", "serial": "B 000101",
        "entry_number": "0001/2019", "issued_on": "01/06/2019",
    },
    2: {
        "full_name": "H'Len Mlô", "birth_date": "1965", "sex": "Nữ", "serial": "B 000102",
        "entry_number": "0002/2019", "issued_on": "06/2019", "faults": "tẩy xóa",
    },
    3: {
        "full_name": "H'Len Mlô", "birth_date": "05/1965", "sex": "Nữ", "serial": "B 000102",
        "entry_number": "0002/2019", "issued_on": "01/06/2019", "faults": "ghi trùng",
    },
    5: {"full_name": "Trần Thị Gạch", "entry_number": "0004/2019", "faults": "gạch bỏ"},
}  # fmt: skip
PAGE_13: Mapping[int, Mapping[str, str]] = {
    1: {
        "full_name": "Lê [?] Bình", "birth_date": "31/02/1992", "sex": "?",
        "entry_number": "0007/2018", "issued_on": "20/12/2018",
    },
}  # fmt: skip
PAGES = {12: PAGE_12, 13: PAGE_13}
DAYS = {"06/2019": date(2019, 6, 1)}


def image(page: int) -> bytes:
    """Bytes that begin as a JPEG does."""
    return JPEG + str(page).encode()


def who(name: str) -> Actor:
    return account(name)


def opened(method: str = "twice", **changes: Any) -> str:
    """Open a job for pages 12 and 13."""
    options: dict[str, Any] = {
        "issuer": SO,
        "kind": KIND,
        "title": TITLE,
        "years": (2018, 2019),
        "pages": (12, 13),
        "method": method,
        "signatory_title": "KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC",
        "signatory_name": "Nguyễn Thành Tâm",
        "by": who(FIRST),
        "at": AT,
        **changes,
    }
    return digitisation.open_job(**options).token


def attach(token: str, page: int, uploads: Path, **changes: Any) -> digitisation.PageView:
    options: dict[str, Any] = {
        "token": token,
        "page": page,
        "data": image(page),
        "file_name": f"trang-{page}.jpg",
        "uploads": uploads,
        "by": who(FIRST),
        "at": AT,
        **changes,
    }
    return digitisation.attach_page(**options)


def key(
    token: str, by: str, pages: Mapping[int, Mapping[int, Mapping[str, object]]] | None = None
) -> list[digitisation.Keyed]:
    return digitisation.key_pages(token=token, pages=pages or PAGES, by=who(by), at=AT)


def keyed_twice(uploads: Path, second: Mapping[int, Any] | None = None, **changes: Any) -> str:
    """A job whose pages two persons keyed."""
    token = opened(**changes)
    for page in PAGES:
        attach(token, page, uploads)
    key(token, FIRST)
    key(token, SECOND, second)
    return token


def settle(token: str, field: str, value: str, **changes: Any) -> digitisation.Difference:
    options: dict[str, Any] = {
        "token": token,
        "page": 12,
        "line": 1,
        "field": field,
        "value": value,
        "reason": "xem lại ảnh trang",
        "by": who(THIRD),
        "at": AT,
        **changes,
    }
    return digitisation.settle(**options)


def minutes(token: str, **changes: Any) -> digitisation.MinutesView:
    options: dict[str, Any] = {
        "token": token,
        "number": "05/BB-SGDĐT",
        "on": date(2025, 4, 10),
        "days": DAYS,
        "days_basis": "QĐ công nhận số 88/QĐ-SGDĐT ngày 28/5/2019",
        "by": who(THIRD),
        "at": AT,
        **changes,
    }
    return digitisation.draw_up_minutes(**options)


def signed(uploads: Path, **changes: Any) -> str:
    """A job whose minutes two persons signed."""
    token = keyed_twice(uploads, **changes)
    minutes(token)
    digitisation.sign_minutes(token=token, by=who(HEAD), at=AT)
    return token


def count(token: str, by: str = HEAD) -> digitisation.Counted:
    return digitisation.count_job(token=token, by=who(by), at=AT)
