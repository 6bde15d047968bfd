"""Every page as a browser has it: axe finds nothing, nothing overflows a phone, no script runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., "Page"]
REGISTRAR = "registrar.tt-gdtx"
VIEWS = [(1280, "light"), (360, "dark")]  # contrast of both schemes: tests/web/test_sources.py
PUBLIC = [
    "/",
    "/en/",
    "/tra-cuu/",
    "/kiem-tra-tep/",
    "/en/kiem-tra-tep/",
    "/minh-bach/",
    "/en/minh-bach/",
    "/c/SG-0WMQ-66GR-5FBB-D2WW-YZ",
    "/c/SG-0WMQ-66GR-5FBB-D2WW-YY",
    "/khong-co-trang-nay",
    "/design/",
    "/office/sign-in",
    "/en/office/sign-in",
]
OFFICE = ["/office/", "/en/office/", "/office/lists/new", "/office/register/", "/office/batches/x"]
SAMPLES = Path(__file__).parents[1] / "corpora" / "samples"


def look(page: Page) -> None:
    """Judge the page at every width and in both schemes."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state("load")
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # light or dark
        found: list[dict[str, Any]] = Axe().run(page).response["violations"]
        slips = [(v["id"], [node["html"] for node in v["nodes"]]) for v in found]
        assert slips == [], f"{page.url} at {width}, {scheme}"
        overflows = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not overflows, f"{page.url} is wider than {width}"


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page(visit: Visit, path: str) -> None:
    look(visit(path))


@pytest.mark.parametrize("path", OFFICE)
def test_office_page(visit: Visit, path: str) -> None:
    look(visit(path, who=REGISTRAR))


def test_look_up_from_question_to_answer(visit: Visit) -> None:
    page = visit("/office/register/", who=REGISTRAR)
    page.fill("#id_q", "luong thi hoai an")
    page.click("main button")
    page.click("tbody th a")
    look(page)
    code = page.url.rsplit("/", 1)[1]

    public = visit("/")
    public.fill("#id_code", code.lower().replace("-", ""))
    public.click("main button")
    public.wait_for_url(f"**/c/{code}")
    assert "Còn giá trị" in public.inner_text("article")
    assert "Lương" not in public.inner_text("main")
    look(public)


def test_errors_are_summed_up_focused_and_lead_to_their_field(visit: Visit) -> None:
    page = visit("/tra-cuu/")
    page.click("main button")
    page.wait_for_selector("[role=alert]")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert page.title().startswith("Lỗi:")
    look(page)
    page.click("[role=alert] li:first-child a")
    assert page.evaluate("document.activeElement.id") == "id_serial"


def test_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "Đến nội dung chính"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_can_be_seen(visit: Visit) -> None:
    page = visit("/")
    page.focus("#id_code")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"{style}.outlineStyle") == "solid"
    assert page.evaluate(f"parseFloat({style}.outlineWidth)") >= 3


def test_policy_holds_with_everything_loaded(visit: Visit) -> None:
    """With the policy on, styles and typeface still arrive; the console stays empty."""
    page = visit("/", policy=True)
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.evaluate("document.fonts.check('600 16px \"Be Vietnam Pro\"', 'ễ')")
    assert page.evaluate("document.scripts.length") == 0


def test_pages_work_without_scripts_and_in_the_other_language(visit: Visit) -> None:
    page = visit("/tra-cuu/")
    page.click("text=English")
    page.wait_for_url("**/en/tra-cuu/")
    assert page.get_attribute("html", "lang") == "en"
    assert "Look up by serial" in page.inner_text("h1")


def test_a_table_becomes_cards_on_a_phone(visit: Visit) -> None:
    page = visit("/office/register/", width=360, who=REGISTRAR)
    label = "getComputedStyle(document.querySelector('tbody td'), '::before').content"
    assert "Ngày sinh" in page.evaluate(label)
    assert page.locator("[role=rowheader]").count() == page.locator("tbody tr").count()


def test_printed_result_has_no_controls(visit: Visit) -> None:
    page = visit("/design/")
    page.emulate_media(media="print")
    assert not page.is_visible("nav.nav")
    assert not page.is_visible("main button >> nth=0")
    assert page.is_visible("article")
    assert page.is_visible(".home-banner")


# --- the way of a list ---


def send(page: Page, name: str, data: bytes, kind: str = "cc_cntt_co_ban") -> None:
    """Fill the upload form as the Centre's registrar does."""
    page.set_input_files("#id_file", {"name": name, "mimeType": "text/csv", "buffer": data})
    page.select_option("#id_kind", kind)
    page.fill("#id_signatory", "GIÁM ĐỐC")
    for field, text in {
        "exam_date": "08/03/2025",
        "learners_confirmed_on": "04/04/2025",
        "decision_date": "02/04/2025",
    }.items():
        page.fill(f"#id_{field}_0", text)  # a whole date pasted in the first box is understood
    page.fill("#id_decision_number", "52/QĐ-TTGDTX")
    page.fill("#id_decision_by", "Trung tâm")
    page.click("main button")
    page.wait_for_url("**/office/lists/*/*")


def test_findings_of_a_faulty_list(visit: Visit) -> None:
    page = visit("/office/lists/new", who=REGISTRAR)
    page.click("main button")
    page.wait_for_selector("[role=alert]")
    look(page)
    page.goto(page.url)
    send(page, "planted.xlsx", (SAMPLES / "planted-faults-a.xlsx").read_bytes())
    assert "Lỗi – không được cấp" in page.inner_text("main")
    look(page)


def test_a_list_on_its_way_to_the_register(visit: Visit) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Nơi sinh", "Cột lạ", "Điểm LT", "Điểm TH"]
    )
    for number, name in enumerate(("H'Len Mlô", "K'Brẻ", "Nguyễn Thị Ánh"), 1):
        writer.writerow([number, name, f"0{number}/09/2001", "Nữ", "Đắk Nông", "x", 8, 7])
    page = visit("/office/lists/new", who=REGISTRAR)
    send(page, "danh-sach.csv", text.getvalue().encode())
    assert page.url.endswith("/columns")
    look(page)
    page.select_option("main select", "ignore")
    page.click("main button")
    page.click("text=Tiếp tục lập đợt cấp")
    page.wait_for_url("**/prepare")
    look(page)
    page.click("main form button")
    page.wait_for_url("**/office/batches/*")
    look(page)
    batch = page.url.split("/office", 1)[1]
    page.goto(f"{page.url}/acts/approve")
    page.click("main form button")
    page.wait_for_selector("[role=alert]")  # who prepared does not approve
    look(page)

    for act, who in (
        ("approve", "approver.tt-gdtx"),
        ("print", REGISTRAR),
        ("sign", "signatory.tt-gdtx"),
        ("seal", "seal.tt-gdtx"),
        ("issue", REGISTRAR),
    ):
        other = visit(f"/office{batch}/acts/{act}", who=who)
        look(other)
        other.click("main form button")
        other.wait_for_selector("[role=status]")
    look(other)
    assert "Đã vào sổ gốc 3 người" in other.inner_text("[role=status]")
    other.goto(other.url + "/rows")
    look(other)
