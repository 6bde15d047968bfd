"""Pages of the law: what they answer, how they are cited, that caches may keep them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from sogoc.policy.api import VERDICT_WORDS, authority, checks, load_law
from tests.web.helpers import Installation, words

ASKED = "/luat/tham-quyen/?loai=cc_cntt_co_ban&ngay=2019-07-07"
PAGES = [
    "/luat/",
    ASKED,
    "/luat/loai/",
    "/luat/van-ban/",
    "/luat/quy-tac/",
    "/luat/tim/?q=ptth",
    "/luat/chua-xac-nhan/",
]

pytestmark = pytest.mark.usefixtures("installation")


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, answer
    return words(answer)


# --- the question ---


def test_start_asks_and_leads_on() -> None:
    said = page("/luat/")
    assert "Ai được cấp gì, ngày nào?" in said
    assert load_law().rule_set_id in said


def test_the_form_leads_to_the_shortest_address() -> None:
    boxes = "loai=cc_cntt_co_ban&ngay_day=7&ngay_month=7&ngay_year=2019"
    answer = Client().get(f"/luat/tham-quyen/?{boxes}&viec=issue&tu-cach=&chuc-danh=&bac=")
    assert answer.status_code == 302
    assert answer["Location"] == ASKED


def test_old_names_and_aliases_are_understood() -> None:
    answer = Client().get("/luat/tham-quyen/?loai=PTTH&ngay=2019-07-07&tu-cach=so")
    assert answer["Location"] == "/luat/tham-quyen/?loai=bang_thpt&ngay=2019-07-07&tu-cach=so_gddt"


def test_a_question_that_names_nobody_is_told_who_may() -> None:
    said = page(ASKED)
    assert "Có quy định" in said
    assert "Giám đốc trung tâm sát hạch" in said
    assert "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT" in said


def test_the_so_is_refused_with_article_rule_and_what_was_before() -> None:
    said = page(f"{ASKED}&tu-cach=so_gddt&chuc-danh=KT.+GIÁM+ĐỐC")
    assert str(VERDICT_WORDS["refused"]) in said
    assert "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT" in said
    rule = authority("cc_cntt_co_ban", date(2019, 7, 7)).rule
    assert rule is not None
    assert rule in said
    assert "từ 10/08/2016" in said or "10/08/2016 –" in said
    assert "Ngày được hỏi" in said


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("loai=cc_cntt_co_ban&ngay=2019-07-07&tu-cach=trung_tam_sat_hach", "allowed"),
        ("loai=bang_thpt&ngay=2026-04-15&tu-cach=so_gddt", "refused"),
        ("loai=cc_tin_hoc_abc&ngay=2005-01-01", "review"),
        ("loai=ielts&ngay=2024-01-01", "no_such_kind"),
        ("loai=bang_thpt&ngay=2012-01-01&viec=reissue", "refused"),
        ("loai=bang_thpt&ngay=1900-01-01", "review"),
    ],
)
def test_verdict_in_words(question: str, verdict: str) -> None:
    assert str(VERDICT_WORDS[verdict]) in page(f"/luat/tham-quyen/?{question}")


def test_days_without_a_rule_are_said_to_be_silent() -> None:
    said = page(ASKED)
    assert "Bộ quy tắc chưa có gì cho thời gian này" in said
    assert "đến hết 09/08/2016" in said or "09/08/2016" in said


def test_both_sides_of_a_boundary_stand_on_the_page() -> None:
    said = page("/luat/tham-quyen/?loai=bang_thpt&ngay=2025-12-31")
    assert "31/12/2025" in said
    assert "01/01/2026" in said


def test_every_kind_capacity_and_act_has_an_answer() -> None:
    law = load_law()
    for kind in law.kinds:
        page(f"/luat/tham-quyen/?loai={kind}&ngay=2025-07-01")
    for capacity in law.capacities:
        page(f"/luat/tham-quyen/?loai=bang_thcs&ngay=2025-07-01&viec=copy&tu-cach={capacity}")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "Hãy chọn loại văn bằng, chứng chỉ."),
        ("loai=bang_thpt", "Hãy nhập ngày, tháng, năm."),
        ("loai=bang_thpt&ngay=2019-02-31", "không có trong lịch"),
        ("loai=bang_thpt&ngay=hom+qua", "Hãy nhập đủ ngày, tháng và năm"),
        ("loai=bang_thpt&ngay_day=31&ngay_month=2&ngay_year=2019", "không có trong lịch"),
        ("loai=bang_xyz&ngay=2019-02-01", "Không có loại này trong danh mục."),
        ("loai=bang_thpt&ngay=2019-02-01&tu-cach=abc", "Không có tư cách này"),
        ("loai=bang_thpt&ngay=2019-02-01&bac=ba", "Bậc là một con số."),
    ],
)
def test_what_cannot_be_asked_is_said_on_the_form(question: str, says: str) -> None:
    said = page(f"/luat/tham-quyen/?{question}")
    assert "Ai được cấp gì" in said
    if question:
        assert says in said


def test_a_question_can_be_changed() -> None:
    text = Client().get("/luat/?loai=bang_thpt&ngay=2019-02-01").content.decode()
    assert '<option value="bang_thpt" selected>' in text
    assert 'value="2019"' in text
    assert "Lỗi:" not in text


# --- citing and caching ---


def test_the_answer_says_how_to_cite_it() -> None:
    said, rules = page(ASKED), load_law().rule_set_id
    assert "Cách trích dẫn" in said
    assert f"bộ quy tắc {rules}" in said
    assert f"http://testserver{ASKED}&bo={rules}" in said


def test_an_address_cited_under_another_rule_set_says_so() -> None:
    assert "Bộ quy tắc đã đổi" not in page(f"{ASKED}&bo={load_law().rule_set_id}")
    said = page(f"{ASKED}&bo=vn-2020.01-000000000000")
    assert "Bộ quy tắc đã đổi" in said
    assert "vn-2020.01-000000000000" in said
    moved = Client().get("/luat/tham-quyen/?loai=PTTH&ngay=2019-07-07&bo=vn-2020.01-0")
    assert moved["Location"].endswith("&bo=vn-2020.01-0")


@pytest.mark.parametrize("address", PAGES)
def test_caches_may_keep_the_page_and_ask_whether_it_changed(address: str) -> None:
    answer = Client().get(address)
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["ETag"].startswith(f'"{load_law().rule_set_id}-')
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    again = Client().get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = Client().get(
        address.replace("/luat", "/en/luat"), headers={"if-none-match": answer["ETag"]}
    )
    assert other.status_code == 200


def test_pages_are_for_reading_only() -> None:
    assert Client().post("/luat/", {}).status_code == 405


@pytest.mark.parametrize("address", PAGES)
def test_no_script_nothing_inline(address: str) -> None:
    text = Client().get(address).content.decode()
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=", text)


@pytest.mark.parametrize("address", PAGES)
def test_english_page_shows_no_vietnamese_sentence_of_ours(address: str) -> None:
    said = page(address.replace("/luat", "/en/luat"))
    for ours in ("Căn cứ", "Độ tin", "Đến hết", "Chưa xác nhận", "Áp dụng", "Tìm trong luật"):
        assert ours not in said


# --- kinds, instruments, rules ---


def test_every_kind_has_a_page() -> None:
    for kind in load_law().kinds.values():
        said = page(f"/luat/loai/{kind.id}/")
        assert kind.name.vi in said


def test_kind_shows_old_names_spans_deadlines_and_drawing() -> None:
    text = Client().get("/luat/loai/bang_thpt/").content.decode()
    said = page("/luat/loai/bang_thpt/")
    assert "ptth" in said
    assert "Cấp: 30 ngày từ quyết định công nhận tốt nghiệp" in said
    assert '<svg class="timeline__drawing"' in text
    assert '<title id="timeline-title">' in text
    spans = said.index("Thẩm quyền theo thời gian")
    assert said.index("THPT-1", spans) < said.index("THPT-2", spans) < said.index("THPT-3", spans)


def test_an_old_name_leads_to_the_kind() -> None:
    assert Client().get("/luat/loai/ptth/")["Location"] == "/luat/loai/bang_thpt/"
    assert Client().get("/luat/van-ban/tt21-2019/")["Location"] == "/luat/van-ban/TT-21-2019/"
    for unknown in ("/luat/loai/xyz/", "/luat/van-ban/xyz/", "/luat/quy-tac/xyz/"):
        assert Client().get(unknown).status_code == 404


def test_every_instrument_has_a_page_and_a_bar() -> None:
    text = Client().get("/luat/van-ban/").content.decode()
    for one in load_law().instruments.values():
        assert one.short in page(f"/luat/van-ban/{one.id}/")
    assert text.count("<g>") == text.count('role="rowheader"')


def test_an_instrument_on_a_day() -> None:
    address = "/luat/van-ban/TT-21-2019/"
    before = page(f"{address}?ngay=2020-01-14")
    assert "Văn bản không có hiệu lực ngày này" in before
    during = page(f"{address}?ngay=2020-01-15")
    assert "Điều còn áp dụng ngày 15/01/2020" in during
    assert "THCS-3" in during
    assert "THCS-3" not in page(f"{address}?ngay=2025-07-01")
    assert "Ngày này không có trong lịch." in page(
        f"{address}?ngay_day=31&ngay_month=2&ngay_year=2020"
    )


def test_citations_lead_to_the_place_in_the_instrument() -> None:
    text = Client().get("/luat/loai/bang_thcs/").content.decode()
    link = re.search(r'href="(/luat/van-ban/TT-21-2019/)#([^"]+)"', text)
    assert link is not None
    from urllib.parse import unquote

    assert f'id="{unquote(link[2])}"' in Client().get(link[1]).content.decode()


def test_every_check_has_a_page_with_its_rule_in_both_languages_and_its_cases() -> None:
    for check in checks():
        answer = Client().get(f"/luat/quy-tac/{check.id}/")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert '<blockquote class="quote" lang="vi">' in text
        assert '<blockquote class="quote" lang="en">' in text
        assert text.count('role="rowheader"') >= 2 + len(check.citations)


def test_cases_are_in_words() -> None:
    said = page("/luat/quy-tac/E-BODY-WITHOUT-AUTHORITY/")
    assert "Đắk Nông 2019, Sở ký chứng chỉ ứng dụng CNTT cơ bản" in said
    assert "loại: Chứng chỉ ứng dụng CNTT cơ bản" in said
    assert "ngày: 07/07/2019" in said
    assert "tư cách: Sở Giáo dục và Đào tạo" in said
    assert "bị đình chỉ 01/01/2025 – 30/12/2025" in said
    for raw in ("so_gddt", "trung_tam_sat_hach", "{", "None", "True"):
        assert raw not in said


# --- search and doubts ---


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("ptth", "Bằng tốt nghiệp trung học phổ thông"),
        ("bang tot nghiep thpt", "Bằng tốt nghiệp trung học phổ thông"),
        ("dieu 17 ttlt 17", "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT"),
        ("21/2019", "TT 21/2019/TT-BGDĐT"),
        ("e-body", "E-BODY-WITHOUT-AUTHORITY"),
        ("V01", "E-BODY-WITHOUT-AUTHORITY"),
        ("ĐIỀU 17 TTLT 17", "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT"),
    ],
)
def test_search_needs_no_accents(query: str, finds: str) -> None:
    answer = Client().get("/luat/tim/", {"q": query})
    assert finds in words(answer)


def test_the_article_looked_for_comes_first() -> None:
    said = page("/luat/tim/?q=dieu+17+ttlt+17")
    assert said.index("Điều luật và nội dung") < said.index("khoản 2 Điều 17 TTLT")
    assert "Quy tắc E-" not in said[: said.index("khoản 2 Điều 17 TTLT")]


def test_search_says_when_nothing_is_found() -> None:
    assert "Không có gì chứa đủ các chữ này" in page("/luat/tim/?q=zzzz")
    assert "Không có gì chứa" not in page("/luat/tim/")
    assert "Còn" in page("/luat/tim/?q=tt")


def test_words_of_the_reader_are_escaped() -> None:
    text = Client().get("/luat/tim/", {"q": "<b>x"}).content.decode()
    assert "<b>x" not in text


def test_doubts_are_said_openly(installation: Installation) -> None:
    said = page("/luat/chua-xac-nhan/")
    for row in load_law().matrix:
        is_named = re.search(rf"(?<![\w-]){row.id}(?![\w-])", said) is not None
        assert is_named == (row.confidence != "found"), row.id


def test_values_past_their_review_date_are_named(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page("/luat/chua-xac-nhan/")
    monkeypatch.setattr(Installation, "today", lambda _self: date(2040, 1, 1))
    assert "Xem các điều quá hạn rà soát" not in before
    assert "Xem các điều quá hạn rà soát" in page("/luat/chua-xac-nhan/")


# --- the way there ---


def test_navigation_leads_to_the_law() -> None:
    assert 'href="/luat/"' in Client().get("/").content.decode()
    text = Client().get("/en/luat/loai/").content.decode()
    assert re.search(r'href="/en/luat/" aria-current="page"', text)


def test_search_engines_may_list_the_law_but_not_every_question() -> None:
    assert "noindex" not in Client().get("/luat/loai/").content.decode()
    assert "noindex" in Client().get(ASKED).content.decode()
