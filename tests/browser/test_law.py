"""Pages of the law as a browser has them: axe finds nothing, the drawing obeys the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.test_pages import look

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., "Page"]
ASKED = "/luat/tham-quyen/?loai=cc_cntt_co_ban&ngay=2019-07-07&tu-cach=so_gddt"
PAGES = [
    "/luat/",
    "/en/luat/",
    ASKED,
    f"/en{ASKED}",
    "/luat/tham-quyen/?loai=bang_thpt&bac=ba",
    "/luat/loai/",
    "/luat/loai/bang_thpt/",
    "/en/luat/loai/ielts/",
    "/luat/van-ban/",
    "/luat/van-ban/TT-21-2019/?ngay=2021-01-01",
    "/en/luat/van-ban/SO-GOC/",
    "/luat/quy-tac/",
    "/luat/quy-tac/E-BODY-WITHOUT-AUTHORITY/",
    "/luat/tim/?q=dieu+17",
    "/luat/tim/?q=zzzz",
    "/luat/chua-xac-nhan/",
    "/luat/thay-doi/",
    "/en/luat/thay-doi/?tu-ngay=2020-01-14&den-ngay=2020-01-15",
    "/luat/do-phu/",
    "/en/luat/do-phu/",
]


@pytest.mark.parametrize("path", PAGES)
def test_page_of_the_law(visit: Visit, path: str) -> None:
    look(visit(path))


def test_from_question_to_article(visit: Visit) -> None:
    page = visit("/luat/")
    page.select_option("#id_loai", "cc_cntt_co_ban")
    page.fill("#id_ngay_0", "07/07/2019")
    page.click("main summary")
    page.select_option("#id_tu-cach", "so_gddt")
    page.click("main form button >> nth=0")
    page.wait_for_url(f"**{ASKED}")
    assert "Không đúng thẩm quyền" in page.inner_text("article")
    page.click("article a")
    page.wait_for_url("**/luat/van-ban/TTLT-17-2016/#*")
    place = "document.getElementById(decodeURIComponent(location.hash.slice(1)))"
    assert "Điều 17" in page.evaluate(f"{place}.textContent")


def test_errors_lead_to_their_field(visit: Visit) -> None:
    page = visit("/luat/tham-quyen/?loai=bang_thpt&ngay_day=31&ngay_month=2&ngay_year=2020")
    page.click("[role=alert] li:first-child a")
    assert page.evaluate("document.activeElement.id") == "id_ngay_0"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_drawing_is_styled_and_fits_with_the_policy_on(
    visit: Visit, width: int, scheme: str
) -> None:
    """Every name of a bar lies inside the drawing, and the bars have the colours of the scheme."""
    page = visit("/luat/van-ban/", width=width, scheme=scheme, policy=True)
    page.evaluate("document.fonts.ready.then(() => true)")
    drawing = "document.querySelector('.timeline__drawing')"
    right = page.evaluate(f"{drawing}.getBoundingClientRect().right")
    names = "[...document.querySelectorAll('.timeline__name')]"
    reach = page.evaluate(f"Math.max(...{names}.map(n => n.getBoundingClientRect().right))")
    assert reach <= right
    fill = "getComputedStyle(document.querySelector('.timeline__bar--found')).fill"
    assert (
        page.evaluate(fill) == {"light": "rgb(31, 63, 148)", "dark": "rgb(169, 192, 255)"}[scheme]
    )
    assert page.get_attribute(".timeline__drawing", "role") == "img"


def test_printed_answer_keeps_verdict_and_citation(visit: Visit) -> None:
    page = visit(ASKED)
    page.emulate_media(media="print")
    assert page.is_visible("article")
    assert page.is_visible(".citation")
    assert not page.is_visible("nav.nav")
    assert not page.is_visible(".filters")


def test_a_finding_leads_to_the_rule_that_refused(visit: Visit) -> None:
    from tests.browser.test_pages import REGISTRAR, SAMPLES, send

    page = visit("/office/lists/new", who=REGISTRAR)
    send(page, "planted.xlsx", (SAMPLES / "planted-faults-a.xlsx").read_bytes())
    page.click(".finding .hint a >> nth=0")
    page.wait_for_url("**/luat/quy-tac/*/")
    assert page.inner_text("h1").endswith(page.url.rstrip("/").rsplit("/", 1)[1])
