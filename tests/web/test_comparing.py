"""A QR code of one credential on the paper of another: the page shows whose it is, and says no."""

from __future__ import annotations

import pytest
from django.test import Client

from sogoc.credentials.disclosure import api as disclosure
from sogoc.credentials.register import api as register
from tests.credentials import world
from tests.web.helpers import Installation, day, words


@pytest.fixture
def lines(settled: None) -> list[register.LineView]:
    """Two credentials of the Centre."""
    issued = world.issue_list(world.people_list(range(1, 4)))
    by = world.who("register.view")
    return [register.show_line(code, by=by) for code in issued.codes[:2]]


def typed(line: register.LineView) -> dict[str, str]:
    return {
        "serial": line.serial, "entry_number": line.entry_number, "full_name": line.full_name
    }  # fmt: skip


def test_the_page_of_a_code_says_what_to_compare_and_leads_on(
    lines: list[register.LineView],
) -> None:
    one, other = lines
    for prefix, asked in (
        ("", "So với tờ giấy trên tay"),
        ("/en", "Compare with the paper in hand"),
    ):
        answer = Client().get(f"{prefix}/c/{one.code}")
        said = words(answer)
        assert asked in said
        assert f'href="{prefix}/c/{one.code}/so-giay"' in answer.content.decode()
        # what it shows is of the line of the code, whatever paper the code was on
        assert f"{one.full_name[0]}***" in said
        assert other.code not in said


def test_a_code_pasted_on_another_paper_is_told(lines: list[register.LineView]) -> None:
    one, other = lines
    said = words(Client().post(f"/c/{one.code}/so-giay", typed(other)))
    assert "Không khớp: mã này là của dòng khác" in said
    assert "đã được dán từ giấy khác sang" in said
    said = words(Client().post(f"/c/{one.code}/so-giay", typed(one)))
    assert "Khớp: mã và tờ giấy là của cùng một dòng" in said
    assert "Không khớp" not in said


def test_a_paper_of_nobody_is_told_and_counted(lines: list[register.LineView]) -> None:
    one, other = lines
    mixed = {**typed(one), "full_name": other.full_name}
    said = words(Client().post(f"/c/{one.code}/so-giay", mixed))
    assert "Không khớp với sổ gốc" in said
    assert "dòng khác" not in said
    for _ in range(disclosure.FAILURES_AN_HOUR):
        answer = Client().post(f"/c/{one.code}/so-giay", mixed)
    assert answer.status_code == 429


def test_by_birth_date_in_english_and_never_stored(lines: list[register.LineView]) -> None:
    one, _ = lines
    assert one.birth_date is not None
    said = {"serial": one.serial, "entry_number": one.entry_number}
    answer = Client().post(
        f"/en/c/{one.code}/so-giay", {**said, **day("birth_date", one.birth_date)}
    )
    assert "Match: code and paper are of one line" in words(answer)
    assert "no-store" in answer["Cache-Control"]
    assert one.full_name not in words(answer)
    assert "Lỗi:" in words(Client().post(f"/c/{one.code}/so-giay", said))


def test_codes_nobody_has_and_slips_lead_nowhere(installation: Installation, db: None) -> None:
    for code in ("SG-0WMQ-66GR-5FBB-D2WW-YZ", "SG-0WMQ-66GR-5FBB-D2WW-YY"):
        assert Client().get(f"/c/{code}/so-giay").status_code == 404
    answer = Client(enforce_csrf_checks=True).post("/c/SG-0WMQ-66GR-5FBB-D2WW-YZ/so-giay", {})
    assert answer.status_code == 403
