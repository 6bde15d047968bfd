"""What changed between two days, and what of the law is judged, as pages."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from django.test import Client

from sogoc.policy.api import between_days, coverage, days_of_change, load_law
from sogoc.web.law.changes import default_days
from tests.web.helpers import words

CHANGES, COVERAGE = "/luat/thay-doi/", "/luat/do-phu/"


def test_who_names_no_days_sees_what_15_april_2026_changed() -> None:
    page = words(Client().get(CHANGES))
    assert "Từ 14/04/2026 sang 15/04/2026" in page
    assert "Có hiệu lực: TT 10/2026/TT-BGDĐT" in page
    assert "Hết hiệu lực: TT 21/2019/TT-BGDĐT" in page
    assert "Sổ đã vào không đổi kết luận" in page


def test_every_change_the_domain_finds_stands_on_the_page_in_both_languages() -> None:
    law = load_law()
    changes = between_days(law, *default_days(law))
    assert len(changes) > 50
    for prefix, language in (("", "vi"), ("/en", "en")):
        page = words(Client().get(f"{prefix}{CHANGES}"))
        missing = [
            change.sentence.vi
            for change in changes
            if " ".join(change.sentence.in_language(language).split()) not in page
        ]
        assert missing == []


def test_articles_before_and_after_lead_to_their_instruments() -> None:
    page = Client().get(CHANGES).content.decode()
    assert 'href="/luat/van-ban/TT-10-2026/"' in page
    assert re.search(r'href="/luat/van-ban/TT-21-2019/#[^"]+"', page)
    assert 'href="/luat/loai/bang_thpt/"' in page


def test_any_two_days_are_compared_under_an_address_to_cite() -> None:
    client = Client()
    typed = {
        "tu-ngay_day": "14", "tu-ngay_month": "1", "tu-ngay_year": "2020",
        "den-ngay_day": "15", "den-ngay_month": "1", "den-ngay_year": "2020",
    }  # fmt: skip
    answer = client.get(CHANGES, typed)
    assert answer["Location"] == f"{CHANGES}?tu-ngay=2020-01-14&den-ngay=2020-01-15"
    page = words(client.get(answer["Location"]))
    assert "Có hiệu lực: TT 21/2019/TT-BGDĐT" in page


def test_equal_days_say_that_nothing_changed() -> None:
    page = words(Client().get(f"{CHANGES}?tu-ngay=2020-01-15&den-ngay=2020-01-15"))
    assert "Không có gì thay đổi." in page


def test_no_such_day_is_said_at_its_field() -> None:
    answer = Client().get(f"{CHANGES}?tu-ngay=2020-02-31&den-ngay=2020-01-15")
    assert answer.status_code == 200
    assert 'href="#id_tu-ngay_0"' in answer.content.decode()


def test_days_in_between_lead_to_their_own_change() -> None:
    page = Client().get(f"{CHANGES}?tu-ngay=2019-01-01&den-ngay=2021-01-01").content.decode()
    days = days_of_change(load_law(), date(2019, 1, 1), date(2021, 1, 1))
    assert days
    for day in days:
        assert f"den-ngay={day.isoformat()}" in unescape(page)


# --- coverage ---


def test_every_violation_and_every_article_is_named_with_its_state() -> None:
    found = coverage()
    page = Client().get(COVERAGE).content.decode()
    text = words(Client().get(COVERAGE))
    assert len(found.violations) == 47
    for violation in found.violations:
        assert f'id="{violation.id}"' in page
        assert violation.name.vi in text
        for check in violation.checks:
            assert f'href="/luat/quy-tac/{check}/"' in page
    for article in found.articles:
        assert article.name in text
    waiting = next(v for v in found.violations if v.state == "waits")
    assert waiting.waits is not None
    assert waiting.waits.vi in text


def test_counts_are_those_of_the_domain() -> None:
    text = words(Client().get(COVERAGE))
    counts = coverage().count("violations")
    assert f"Có kiểm {counts['covered']} Một phần {counts['partly']}" in text
    assert "47 vi phạm" in text


def test_the_pages_of_the_law_lead_there() -> None:
    for start in ("/luat/", "/luat/quy-tac/"):
        page = Client().get(start).content.decode()
        assert f'href="{CHANGES}"' in page
        assert f'href="{COVERAGE}"' in page
