"""Pages for opinions, blanks, revoking a list and old encodings, as a browser has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser import test_pages
from tests.browser.test_pages import REGISTRAR, send

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., "Page"]
OFFICER, OTHER, KEEPER = "officer.ministry", "officer2.ministry", "blanks.tt-gdtx"
SIGNATORY = "signatory.tt-gdtx"
OLD_TEXT = "STT;Hä vµ tªn;Ngµy sinh;N¬i sinh\r\n1;NguyÔn V¨n An;1/2/1990;§¾k N«ng\r\n"


def look(page: Page) -> None:
    test_pages.look(page)


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/office/rulings/new", OFFICER),
        ("/office/blanks/", KEEPER),
        ("/office/blanks/receive", KEEPER),
        ("/office/blanks/end", KEEPER),
        ("/en/office/blanks/end", KEEPER),
        ("/office/register/revoke", REGISTRAR),
        ("/en/office/register/revoke", REGISTRAR),
        ("/office/register/revocations", REGISTRAR),
    ],
)
def test_page(visit: Visit, path: str, who: str) -> None:
    look(visit(path, who=who))


def test_an_opinion_is_listed_and_confirmed(visit: Visit) -> None:
    page = visit("/office/rulings/new", who=OFFICER)
    page.fill("#id_document_number", "812/QLCL-VBCC")
    for name in ("document_date", "valid_from"):
        page.fill(f"#id_{name}_0", "01/04/2025")
    page.fill("#id_author", "Cục Quản lý chất lượng")
    page.fill("#id_summary", "Trung tâm được cấp")
    page.check("[name=is_allowed][value=yes]")
    page.check("[name=kinds][value=cc_cntt_co_ban]")
    page.check("[name=checks][value=E-BODY-WITHOUT-AUTHORITY]")
    page.click("main form button")
    page.wait_for_url("**/office/rulings/")
    look(page)
    confirm = visit("/office/rulings/confirm?number=812%2FQLCL-VBCC", who=OTHER)
    look(confirm)
    confirm.click("main form button")
    confirm.wait_for_url("**/office/rulings/")
    look(confirm)


# long: one proposal's way from the list to the lines, seen by both persons
def test_a_revocation_is_tried_proposed_and_confirmed_by_another(visit: Visit) -> None:
    page = visit("/office/register/", who=REGISTRAR)
    rows = [page.inner_text(f"tbody tr:nth-child({n}) td >> nth=2").strip() for n in (1, 2)]
    page.click("text=Thu hồi nhiều dòng")
    page.fill("#id_words", f"{rows[0]}\nKHONG-CO-1")
    page.fill("#id_decision_number", "109/QĐ-TT")
    page.fill("#id_ground", "điểm c khoản 1 Điều 25 TT 21/2019")
    page.fill("#id_reason", "Cấp không đúng thẩm quyền")
    page.click("main form button >> nth=0")
    page.wait_for_selector("text=KHONG-CO-1")
    look(page)
    page.fill("#id_words", "\n".join(rows))
    page.click("main form button >> nth=0")
    page.wait_for_selector("button[value=propose]")
    look(page)
    page.click("button[value=propose]")
    page.wait_for_url("**/revocations/th_*")
    look(page)
    place = "/office" + page.url.split("/office", 1)[1]
    second = visit("/office/register/revocations", who=SIGNATORY)
    look(second)
    second.goto(page.url)
    look(second)
    second.click("button[value=withdraw]")
    second.wait_for_selector("[role=alert]")
    look(second)
    second.click("button[value=confirm]")
    second.wait_for_selector("button[value=confirm]", state="detached")
    assert rows[0] in second.inner_text("main")
    look(second)
    look(visit(f"/en{place}", who=SIGNATORY))


def test_old_text_is_asked_about(visit: Visit) -> None:
    page = visit("/office/lists/new", who=REGISTRAR)
    send(page, "cu.csv", OLD_TEXT.encode("latin-1"))
    page.wait_for_url("**/columns")
    assert "TCVN3" in page.inner_text("main")
    look(page)
