"""Looking a credential up: what is shown, what is not, and that nothing of it is stored."""

from __future__ import annotations

import pytest
from django.test import Client

from sogoc.credentials.disclosure import api as disclosure
from sogoc.credentials.register import api as register
from tests.credentials import world
from tests.web.helpers import Installation, day, words


@pytest.fixture
def line(settled: None) -> register.LineView:
    """One of three credentials the Centre issued; no checkpoint covers them yet."""
    issued = world.issue_list(world.people_list(range(1, 4)))
    return register.show_line(issued.codes[0], by=world.who("register.view"))


def typed(line: register.LineView) -> dict[str, str]:
    return {"serial": line.serial, "entry_number": line.entry_number}


def test_home_leads_to_the_address_of_a_code(installation: Installation) -> None:
    code = "SG-0WMQ-66GR-5FBB-D2WW-YZ"
    answer = Client().post("/", {"code": code.lower()})
    assert answer.status_code == 302
    assert answer["Location"] == f"/c/{code}"


def test_a_mistyped_code_is_said_on_the_form_and_at_its_address(installation: Installation) -> None:
    answer = Client().post("/", {"code": "SG-0WMQ-66GR-5FBB-D2WW-YY"})
    assert answer.status_code == 200
    assert "Lỗi:" in words(answer)
    answer = Client().get("/c/SG-0WMQ-66GR-5FBB-D2WW-YY")
    assert answer.status_code == 404
    assert "Mã tra cứu gõ chưa đúng" in words(answer)


def test_code_shows_status_and_issuer_and_masks_the_holder(line: register.LineView) -> None:
    answer = Client().get(f"/c/{line.code}")
    said = words(answer)
    assert answer.status_code == 200
    assert said.count("Đã quyết định, đang vào sổ") == 2  # of the record, and of its check
    assert "Khớp" not in said  # nothing matches the register before a checkpoint covers it
    assert line.issuer_name in said
    for hidden in (line.full_name, line.serial, line.entry_number, "Kinh", "Nơi sinh:"):
        assert hidden not in said
    assert f"{line.birth_date:%d/%m/%Y}" not in said


def test_what_was_typed_right_is_confirmed(line: register.LineView) -> None:
    assert line.birth_date is not None
    answer = Client().post("/tra-cuu/", {**typed(line), "full_name": line.full_name})
    assert line.full_name in words(answer)
    assert f"{line.birth_date:%d/%m/%Y}" not in words(answer)
    answer = Client().post("/tra-cuu/", {**typed(line), **day("birth_date", line.birth_date)})
    assert line.full_name not in words(answer)
    assert f"{line.birth_date:%d/%m/%Y}" in words(answer)


def test_wrong_name_and_unknown_serial_get_the_same_page(line: register.LineView) -> None:
    wrong = Client().post("/tra-cuu/", {**typed(line), "full_name": "Nguyễn Văn Khác"})
    unknown = Client().post(
        "/tra-cuu/", {"serial": "Z9", "entry_number": "1/2025", "full_name": "Ai Đó"}
    )
    never = Client().get("/c/SG-0WMQ-66GR-5FBB-D2WW-YZ")
    assert wrong.status_code == unknown.status_code == never.status_code == 404
    assert words(wrong) == words(unknown) == words(never)


def test_too_many_failures_pause_the_serial(line: register.LineView) -> None:
    for _ in range(disclosure.FAILURES_AN_HOUR):
        Client().post("/tra-cuu/", {**typed(line), "full_name": "Nguyễn Văn Khác"})
    answer = Client().post("/tra-cuu/", {**typed(line), "full_name": line.full_name})
    assert answer.status_code == 429
    assert line.full_name not in words(answer)


def test_answers_are_neither_stored_nor_listed(line: register.LineView) -> None:
    for answer in (
        Client().get(f"/c/{line.code}"),
        Client().get("/c/SG-0WMQ-66GR-5FBB-D2WW-YZ"),
        Client().post("/tra-cuu/", {**typed(line), "full_name": line.full_name}),
    ):
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
    robots = Client().get("/robots.txt").content.decode()
    assert "Disallow: /c/" in robots


def test_english_is_at_an_address_of_its_own(line: register.LineView) -> None:
    said = words(Client().get(f"/en/c/{line.code}", headers={"accept-language": "vi"}))
    assert "Decided, being entered" in said
    assert "Basic IT application certificate" in said
    said = words(Client().get(f"/c/{line.code}", headers={"accept-language": "en"}))
    assert "đang vào sổ" in said  # nobody's browser decides


def test_policy_of_the_browser_forbids_everything_inline(installation: Installation) -> None:
    answer = Client().get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in answer.content.decode()


def test_design_page_is_for_playgrounds(installation: Installation) -> None:
    assert Client().get("/design/").status_code == 200
    installation.is_playground = False
    assert Client().get("/design/").status_code == 404
    assert "/design/" not in Client().get("/").content.decode()


def test_unknown_address_and_stale_form_have_pages_of_ours(installation: Installation) -> None:
    assert "Không có trang này" in words(Client().get("/khong-co"))
    answer = Client(enforce_csrf_checks=True).post("/", {"code": "x"})
    assert answer.status_code == 403
    assert "Trang đã quá hạn" in words(answer)


def test_a_failure_of_ours_gives_a_number_and_no_detail(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_code: str) -> None:
        raise RuntimeError("bí mật")

    monkeypatch.setattr(disclosure, "look_up_code", fail)
    client = Client(raise_request_exception=False)
    answer = client.get("/c/SG-0WMQ-66GR-5FBB-D2WW-YZ")
    assert answer.status_code == 500
    assert "hãy kèm số" in words(answer)
    assert "bí mật" not in words(answer)
