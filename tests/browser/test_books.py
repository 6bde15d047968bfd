"""Paper books and other papers as a browser has them: the picture beside the form, no slips."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.test_pages import look

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., "Page"]
FIRST, SECOND, THIRD, HEAD = (
    f"{role}.so-dak-nong" for role in ("registrar", "seal", "approver", "signatory")
)
LINES = [("Nguyễn Văn An", "B 000101", "01/06/2019"), ("H'Len Mlô", "B 000102", "06/2019")]


def scan(chromium: Browser) -> FilePayload:
    """A picture of a page, as PNG, ready to be sent."""
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    rows = "".join(f"<tr><td>{'<td>'.join(line)}" for line in LINES)
    page.set_content(f"<h1>Sổ gốc, trang 12</h1><table border=1>{rows}</table>")
    picture = page.screenshot()
    page.close()
    return {"name": "12.png", "mimeType": "image/png", "buffer": picture}


def opened(page: Page, title: str) -> str:
    """Open a job of one page through the form; return its address."""
    page.click("main button")
    page.wait_for_selector("[role=alert]")
    look(page)
    page.select_option("#id_issuer", "so-gddt-dak-nong")
    page.select_option("#id_kind", "cc_cntt_co_ban")
    for field, text in {
        "title": title, "year_from": "2018", "year_to": "2019", "first_page": "12",
        "last_page": "12",
    }.items():  # fmt: skip
        page.fill(f"#id_{field}", text)
    page.check("input[name=method][value=twice]")
    page.click("main button")
    page.wait_for_url("**/office/books/sh_*")
    return "/office" + page.url.split("/office", 1)[1]


def key(page: Page, serial: str = "") -> None:
    """Type both lines; `serial` stands instead of the first one's."""
    for place, (name, found, issued) in enumerate(LINES):
        page.fill(f"#id_l{place}-full_name", name)
        page.fill(f"#id_l{place}-serial", serial if serial and place == 0 else found)
        page.fill(f"#id_l{place}-issued_on", issued)


# long: one book's way through the hands of five people, in its order
def test_from_pictures_to_the_register(visit: Visit, chromium: Browser) -> None:
    first = visit("/office/books/new", who=FIRST)
    job = opened(first, "Sổ gốc cấp chứng chỉ tin học, quyển 1 (2018–2019)")
    look(first)
    first.click("main a.button")
    first.set_input_files("#id_pictures", [scan(chromium)])
    look(first)
    first.click("main button")
    first.click("tbody td a")
    first.wait_for_url("**/key")
    assert first.evaluate("document.querySelector('.page-image img').naturalWidth") == 1400
    key(first)
    first.click("main details summary")
    look(first)
    first.fill("#id_l1-line", "")
    first.press("#id_l1-line", "Enter")  # the first button is the one that records
    first.click("[role=alert] a")
    assert first.evaluate("document.activeElement.id") == "id_l1-line"
    first.fill("#id_l1-line", "2")
    first.click("main button[value=save]")
    first.wait_for_selector("[role=status]")

    second = visit(f"{job}/pages/12/key", who=SECOND)
    key(second, "B 000107")
    second.click("main button[value=save]")
    second.wait_for_selector("[role=status]")
    look(second)

    third = visit(f"{job}/pages/12/differences", who=THIRD)
    look(third)
    third.click("tbody a")
    look(third)
    third.check("input[value=first]")
    third.fill("#id_reason", "xem lại ảnh")
    third.click("main form button")
    third.click("main a.button >> nth=0")
    third.fill("#id_number", "05/BB")
    third.click("main form button")
    third.wait_for_selector("#id_day0_0")
    look(third)
    third.fill("#id_day0_0", "01/06/2019")
    third.fill("#id_basis", "Quyết định 88/QĐ")
    third.click("main form button")
    third.wait_for_selector("[role=status]")

    head = visit(f"{job}/acts/sign", who=HEAD)
    look(head)
    head.click("main form button")
    head.click("main a.button >> nth=0")
    head.click("main form button")
    head.wait_for_selector("[role=status]")
    assert "Đã vào sổ gốc 2 dòng." in head.inner_text("[role=status]")
    look(head)
    head.click("tbody th a")
    assert "B 000101" in head.inner_text("main")
    look(head)


@pytest.mark.parametrize("path", ["/office/books/", "/en/office/books/", "/office/books/x"])
def test_page_of_books(visit: Visit, path: str) -> None:
    look(visit(path, who=FIRST))


def test_the_picture_stays_in_view_while_lines_are_keyed(visit: Visit, chromium: Browser) -> None:
    page = visit("/office/books/new", who=FIRST)
    job = opened(page, "Sổ gốc cấp chứng chỉ tin học, quyển 2 (2018–2019)")
    page.goto(page.url + "/pictures")
    page.set_input_files("#id_pictures", [scan(chromium)])
    page.click("main button")
    page.goto(page.url.split("/office")[0] + job + "/pages/12/key")
    page.focus("#id_l9-full_name")
    top = "document.querySelector('.page-image').getBoundingClientRect().top"
    page.wait_for_function(f"{top} >= 0 && {top} < innerHeight / 4")


def test_a_page_is_keyed_from_a_workbook(visit: Visit, chromium: Browser) -> None:
    page = visit("/office/books/new", who=FIRST)
    job = opened(page, "Sổ gốc cấp chứng chỉ tin học, quyển 3 (2018–2019)")
    page.goto(page.url + "/pictures")
    page.set_input_files("#id_pictures", [scan(chromium)])
    page.click("main button")
    page.wait_for_url(f"**{job}")
    page.click(f"a[href='{job}/workbook']")
    look(page)
    page.click("main form button")
    page.wait_for_selector("[role=alert]")
    look(page)
    page.click("[role=alert] a")
    assert page.evaluate("document.activeElement.id") == "id_file"
    wrong = "Trang;Dòng;Họ và tên\n99;1;Nguyễn Văn An\n"
    send(page, wrong)
    page.wait_for_selector("[role=alert]")
    look(page)
    rows = "".join(f"12;{n};{'; '.join(line)}\n" for n, line in enumerate(LINES, start=1))
    send(page, f"Trang;Dòng;Họ và tên;Số hiệu;Ngày cấp\n{rows}")
    page.wait_for_selector("[role=status]")
    assert "12: 2 dòng" in page.inner_text("[role=status]")
    look(page)


def send(page: Page, text: str) -> None:
    """Send a workbook of this text."""
    file: FilePayload = {"name": "so.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.set_input_files("#id_file", [file])
    page.click("main form button")


# --- opinions, blanks, revocation ---


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/office/rulings/", "officer.ministry"),
        ("/office/rulings/new", "officer.ministry"),
        ("/office/blanks/", "blanks.tt-gdtx"),
        ("/office/blanks/receive", "blanks.tt-gdtx"),
        ("/en/office/blanks/", "registrar.tt-gdtx"),
    ],
)
def test_page_of_papers(visit: Visit, path: str, who: str) -> None:
    look(visit(path, who=who))


def test_slips_of_an_opinion_lead_to_their_boxes(visit: Visit) -> None:
    page = visit("/office/rulings/new", who="officer.ministry")
    page.click("main form button")
    page.wait_for_selector("[role=alert]")
    look(page)
    page.click("[role=alert] li:last-child a")
    assert page.evaluate("document.activeElement.id") == "id_checks_0"


def test_revoking_asks_for_the_decision(visit: Visit) -> None:
    page = visit("/office/register/?q=luong+thi+hoai+an", who="registrar.tt-gdtx")
    page.click("tbody th a")
    page.click("main a.button")
    page.wait_for_url("**/revoke")
    look(page)
