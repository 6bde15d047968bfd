"""Instruments by any name, kinds through time, what changed for whom."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.policy.api import (
    Change,
    UnknownInstrument,
    between_days,
    between_laws,
    build_law,
    days_of_change,
    find_instrument,
    load_law,
    sayings,
    timeline,
)

LAW = load_law()
BEFORE, AFTER = date(2026, 4, 14), date(2026, 4, 15)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("TT-21-2019", "TT-21-2019"),
        ("tt-21-2019", "TT-21-2019"),
        ("21/2019/TT-BGDĐT", "TT-21-2019"),
        ("tt21/2019", "TT-21-2019"),
        ("Thông tư số 21/2019/TT-BGDĐT", "TT-21-2019"),
        ("thong tu 21 2019", "TT-21-2019"),
        ("21/2019", "TT-21-2019"),
        ("TTLT 17", "TTLT-17-2016"),
        ("thông tư liên tịch 17/2016", "TTLT-17-2016"),
        ("nd 30 2020", "ND-30-2020"),
        ("nghị định 04/2021", "ND-04-2021"),
        ("08/2012", "LGDDH-2012"),
        ("14/2025", "L-124-2025"),
        ("luật 123", "L-123-2025"),
        ("3699", "TT-10-2017-BLDTBXH"),
        ("05/VBHN-BGDĐT", "ND-04-2021"),
        ("công văn 1800", "CV-1800-2021"),
        ("luật căn cước", "L-26-2023"),
        ("QĐ 33/2007/QĐ-BGDĐT", "QD-33-2007"),
    ],
)
def test_an_instrument_by_any_of_its_names(word: str, found: str) -> None:
    assert find_instrument(LAW, word).id == found


@pytest.mark.parametrize("word", ["TT 21", "TT", "2019"])
def test_two_meanings_are_named(word: str) -> None:
    with pytest.raises(UnknownInstrument) as caught:
        find_instrument(LAW, word)
    assert len(caught.value.context["near"]) > 1


@pytest.mark.parametrize("word", ["", "  ", "TT 99/2099", "bằng lái xe"])
def test_what_nobody_knows(word: str) -> None:
    with pytest.raises(UnknownInstrument) as caught:
        find_instrument(LAW, word)
    assert caught.value.context["near"] == []


@given(st.sampled_from(sorted(LAW.instruments)))
def test_every_id_number_and_form_finds_its_instrument(name: str) -> None:
    found = LAW.instruments[name]
    for word in (found.id, found.id.lower(), found.short, found.number or found.short):
        assert find_instrument(LAW, word) is found


@given(st.text(max_size=40))
def test_any_text_is_found_or_refused(word: str) -> None:
    with suppress(UnknownInstrument):
        assert find_instrument(LAW, word).id in LAW.instruments


def test_what_an_instrument_says_on_a_day_in_the_order_of_its_articles() -> None:
    said = sayings(LAW, "TT-21-2019", date(2021, 1, 1))
    articles = [s.at for s in said if s.at.startswith("Điều ")]
    numbers = [int(at.split()[1].rstrip(",")) for at in articles]
    assert numbers == sorted(numbers)
    assert {"THCS-3", "THPT-3", "CAP-PT-R3", "TH-CC-R3", "SG-A-R3"} <= {
        s.provision.id for s in said
    }
    assert sayings(LAW, "TT-21-2019", date(2026, 4, 15)) == [
        s for s in sayings(LAW, "TT-21-2019") if s.provision.period.contains(date(2026, 4, 15))
    ]


def test_an_instrument_that_ended_says_little() -> None:
    late = sayings(LAW, "QD-33-2007", date(2022, 1, 1))
    assert len(late) < len(sayings(LAW, "QD-33-2007"))


def test_a_kind_through_time() -> None:
    kind = LAW.find_kind("PTCS")
    assert kind is not None
    sections = {s.topic: s for s in timeline(LAW, kind)}
    who = [p.id for p in sections["authority"].spans]
    assert who == ["THCS-0", "THCS-1", "THCS-2", "THCS-3", "THCS-4", "THCS-5", "THCS-6"]
    starts = [p.period.start for p in sections["authority"].spans]
    assert starts == sorted(starts, key=lambda d: d or date.min)
    assert [p.id for p in sections["ending"].spans] == ["HET-THCS"]
    assert "register_form" in sections
    assert "prerequisite" not in sections


def changes(sort: str, *, kind: str = "", body: str = "") -> list[Change]:
    return [
        c
        for c in between_days(LAW, BEFORE, AFTER)
        if c.sort == sort and (not kind or kind in c.kinds) and (not body or body in c.issuer_kinds)
    ]


def test_the_change_of_april_2026_in_plain_words() -> None:
    begun, ended = changes("instrument")
    assert "TT 10/2026/TT-BGDĐT" in begun.sentence.vi
    assert {"TT-21-2019", "TT-13-2025", "TT-10-2017-BLDTBXH"} <= set(ended.before)
    (thpt,) = changes("issuer", kind="bang_thpt")
    assert "Hiệu trưởng trường THPT (TT 10/2026/TT-BGDĐT)" in thpt.sentence.vi.split("Nay:")[1]
    assert thpt.after == ("THPT-5", "THPT-6")
    (so,) = [c for c in changes("body", body="so_gddt") if "bang_thpt" in c.kinds]
    assert "không được cấp nữa" in so.sentence.vi
    assert so.sentence.en.startswith("Provincial education department issues no more")
    (school,) = changes("body", body="truong_thpt")
    assert "được cấp" in school.sentence.vi
    (institute,) = changes("body", body="vien_nckh")
    assert institute.kinds == ("tien_si",)
    (deadline,) = changes("deadline", kind="bang_thpt")
    assert "75 ngày" in deadline.sentence.vi.split("Nay:")[0]
    assert "30 ngày" in deadline.sentence.vi.split("Nay:")[1]
    assert any(c.topic == "register_rule" for c in changes("rule"))
    assert any(c.topic == "correction_case" for c in changes("unknown"))
    assert any(c.topic == "handover" for c in changes("rule", kind="bang_thcs"))


def test_the_two_tier_government_of_july_2025() -> None:
    found = between_days(LAW, date(2025, 6, 30), date(2025, 7, 1))
    bodies = {(c.issuer_kinds, c.kinds) for c in found if c.sort == "body"}
    assert (("phong_gddt",), ("bang_thcs",)) in bodies
    assert (("ubnd_xa",), ("bang_thcs",)) in bodies
    (correct,) = [c for c in found if c.sort == "deadline" and "SUA-R3A" in c.after]
    assert "2 ngày làm việc" in correct.sentence.vi


def test_nothing_changes_within_a_day_and_on_quiet_days() -> None:
    assert between_days(LAW, AFTER, AFTER) == []
    assert between_days(LAW, date(2022, 3, 1), date(2022, 3, 2)) == []
    assert days_of_change(LAW, date(2022, 3, 1), date(2022, 3, 2)) == []
    assert days_of_change(LAW, BEFORE, AFTER) == [AFTER]


@given(st.dates(date(2003, 1, 1), date(2030, 1, 1)), st.dates(date(2003, 1, 1), date(2030, 1, 1)))
def test_any_two_days_can_be_compared_in_both_languages(one: date, other: date) -> None:
    for change in between_days(LAW, one, other):
        assert change.sentence.vi
        assert change.sentence.en
        assert "None" not in change.sentence.vi


def test_two_versions_of_the_files_statement_by_statement() -> None:
    texts = dict(LAW.texts)
    texts["pass_marks"] = texts["pass_marks"].replace("percent: 50", "percent: 55")
    texts["holders"] = texts["holders"].replace("review_by: 2027-05-21", "review_by: 2027-06-21")
    texts["conditions"] = texts["conditions"].replace("id: TD-ABC", "id: TD-ABC-2")
    found = {c.before + c.after: c for c in between_laws(LAW, build_law(texts))}
    assert set(found) == {("CNTT-DAT", "CNTT-DAT"), ("TD-ABC",), ("TD-ABC-2",)}
    edited = found["CNTT-DAT", "CNTT-DAT"]
    assert "50%" in edited.sentence.vi.split("nay")[0]
    assert "55%" in edited.sentence.vi.split("nay")[1]
    assert between_laws(LAW, LAW) == []
    assert edited.plain()["sort"] == "edited"
