"""Originals and copies of a line, for anybody and for the office, each with its status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sogoc.credentials.documents import api as documents
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.people.api import load_demo
from tests.credentials import world
from tests.credentials.documents.conftest import (  # noqa: F401 - fixtures
    BASE,
    codes,
    sequence,
    unpublished,
)
from tests.web.helpers import PASSWORD, REGISTRAR, Installation, sign_in, words


@pytest.fixture
def copy(
    codes: tuple[str, ...],  # noqa: F811
    installation: Installation,
    tmp_path: Path,
) -> Callable[[], documents.Disclosed]:
    """Return a function that makes a signed copy of the first line."""

    def make() -> documents.Disclosed:
        request = documents.Request(
            code=codes[0], home=tmp_path, base=BASE, at=world.AT, by=world.who("register.view"),
            is_playground=True,
        )  # fmt: skip
        documents.render("pdf-copy", request)
        return documents.disclosed_documents(codes[0])[-1]

    return make


def shown(code: str, prefix: str = "") -> str:
    return words(Client().get(f"{prefix}/c/{code}/cac-ban"))


def test_anybody_sees_numbers_and_statuses_and_no_person(
    copy: Callable[[], documents.Disclosed],
    codes: tuple[str, ...],  # noqa: F811
) -> None:
    said = shown(codes[0])
    assert "Chưa lập bản nào" in said
    assert "Bản gốc số Chưa lập" in said
    made = copy()
    answer = Client().get(f"/c/{codes[0]}")
    assert f'href="/c/{codes[0]}/cac-ban"' in answer.content.decode()
    said = shown(codes[0])
    assert f"{made.number} Bản sao {made.copy_number} 10/04/2025 Còn giá trị" in said
    assert "A0***" in said
    for hidden in ("Trần Văn An", "A02500001"):
        assert hidden not in said
    assert "no-store" in Client().get(f"/c/{codes[0]}/cac-ban")["Cache-Control"]
    assert "Original on paper" in shown(codes[0], "/en")


def test_a_copy_that_ended_and_a_line_that_was_revoked(
    copy: Callable[[], documents.Disclosed],
    codes: tuple[str, ...],  # noqa: F811
) -> None:
    ended, kept = copy(), copy()
    by = world.who("register.revoke")
    documents.withdraw(ended.number, reason="in hỏng", by=by, at=world.AT)
    said = shown(codes[0])
    assert f"{ended.number} Bản sao {ended.copy_number} 10/04/2025 Không còn giá trị" in said
    assert f"{kept.number} Bản sao {kept.copy_number} 10/04/2025 Còn giá trị" in said
    assert "in hỏng" not in said  # why is for the office
    lifecycle.revoke_line(
        code=codes[0], decision_number="9/QĐ", decision_date=world.TODAY, ground="điểm a",
        reason="thử", by=by, at=world.AT,
    )  # fmt: skip
    said = shown(codes[0])
    assert f"{kept.number} Bản sao {kept.copy_number} 10/04/2025 Đã thu hồi, hủy bỏ" in said
    assert f"{ended.number} Bản sao {ended.copy_number} 10/04/2025 Không còn giá trị" in said
    assert "· cấp ngày 10/04/2025 Đã thu hồi, hủy bỏ" in said


def test_unknown_codes_lead_nowhere(installation: Installation, db: None) -> None:
    for code in ("SG-0WMQ-66GR-5FBB-D2WW-YZ", "SG-0WMQ-66GR-5FBB-D2WW-YY"):
        assert Client().get(f"/c/{code}/cac-ban").status_code == 404


def test_the_office_sees_the_legal_clock_and_why(
    copy: Callable[[], documents.Disclosed],
    codes: tuple[str, ...],  # noqa: F811
) -> None:
    made: Any = copy()
    documents.withdraw(made.number, reason="in hỏng", by=world.who("register.revoke"), at=world.AT)
    load_demo(world.AT, password=PASSWORD)
    said = words(sign_in(REGISTRAR).get(f"/office/register/{codes[0]}"))
    clock = documents.papers_of(
        codes[0], by=world.who("register.view"), today=world.TODAY
    ).paper.clock
    assert "Hạn cấp bản giấy" in said
    for term in clock.terms:
        assert term.basis in said
    assert "Luật của ngày này chưa có bản gốc số" in said
    assert f"{made.copy_number} {made.number} 10/04/2025 Không còn giá trị in hỏng" in said
