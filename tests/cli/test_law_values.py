"""``sogoc law`` beyond authority: instruments, timelines, values, gaps, differences, activation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sogoc


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Sogoc:
    return Sogoc(tmp_path_factory.mktemp("none") / "home")


def test_an_instrument_and_what_it_says_on_a_day(nowhere: Sogoc) -> None:
    data = nowhere.run("law", "show", "tt21/2019", "--on", "2021-01-01").data
    assert data["instrument"]["number"] == "21/2019/TT-BGDĐT"
    assert data["instrument"]["amended_by"] == ["TT 13/2025/TT-BGDĐT"]
    said = {entry["id"]: entry["at"] for entry in data["says"]}
    assert said["TH-CC-R3"] == "khoản 1 Điều 25"
    assert "E-BODY-WITHOUT-AUTHORITY" in {check["id"] for check in data["checks"]}
    later = nowhere.run("law", "show", "tt21/2019", "--on", "2026-04-15").data
    assert len(later["says"]) < len(data["says"])


def test_two_instruments_of_one_name_are_named(nowhere: Sogoc) -> None:
    answer = nowhere.run("law", "show", "TT 21")
    assert answer.code == 2
    assert set(answer.data["error"]["near"]) == {"TT-21-2018", "TT-21-2019"}


def test_a_kind_through_time_by_its_old_name(nowhere: Sogoc) -> None:
    data = nowhere.run("law", "timeline", "PTTH").data
    assert data["kind"] == "bang_thpt"
    assert "ptth" in data["other_names"]
    spans = {s["topic"]: s["spans"] for s in data["sections"]}
    assert spans["authority"][0]["id"] == "THPT-0"
    assert {"deadline", "register_form", "custody"} <= set(spans)
    assert nowhere.run("law", "timeline", "bằng lái xe").code == 2


def test_values_of_a_topic_on_a_day(nowhere: Sogoc) -> None:
    data = nowhere.run("law", "values", "--topic", "disclosure_field", "--on", "2022-01-01").data
    (value,) = data["values"]
    assert value["verdict"] == "review"
    assert len(value["detail"]["items"]) == 6
    by_name = nowhere.run("law", "values", "--topic", "mức phạt").data
    assert {v["topic"] for v in by_name["values"]} == {"penalty"}
    assert nowhere.run("law", "values", "--topic", "bằng lái xe").code == 2


def test_overdue_values_say_so(nowhere: Sogoc, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    from sogoc.cli.law_reading import source
    from sogoc.policy.api import load_law

    checked = load_law().provenance["blanks"]
    assert "QUÁ HẠN" in source("found", None, checked, date(2030, 1, 1))
    assert "QUÁ HẠN" not in source("found", None, checked, checked.review_by)


def test_gaps_name_periods_that_nobody_confirmed(nowhere: Sogoc) -> None:
    unsure = nowhere.run("law", "gaps").data["uncertain"]
    by_name = {each["name"]: each for each in unsure}
    assert by_name["Sông Bé"]["unsure_of"] == ["from"]
    assert by_name["Gia Lai - Kon Tum"]["unsure_of"] == ["from", "until"]
    assert "Hà Sơn Bình" not in by_name
    assert {each["about"] for each in unsure} == {"kind", "province"}
    said = nowhere.run("law", "gaps", json_wanted=False).out
    assert "Tỉnh cũ «Bình Trị Thiên»: 27/12/1975 – 29/06/1989; chưa xác nhận ngày đầu" in said


def test_gaps_and_the_two_sides_of_a_day(nowhere: Sogoc) -> None:
    gaps = nowhere.run("law", "gaps").data["gaps"]
    assert {"topic": "correction_case"}.items() <= next(
        gap for gap in gaps if gap["topic"] == "correction_case"
    ).items()
    data = nowhere.run("law", "diff", "2026-04-14", "15/04/2026").data
    assert data["days_of_change"] == ["2026-04-15"]
    assert data["lines"]["judged_differently"] == 0
    sorts = {change["sort"] for change in data["changes"]}
    assert {"instrument", "issuer", "body", "deadline", "rule", "unknown"} == sorts
    text = nowhere.run("law", "diff", "2026-04-14", "2026-04-15", json_wanted=False).out
    for told in (
        "Trường THPT, trường phổ thông có cấp THPT nay rõ là được cấp (trước phải xin ý kiến)",
        "Sở Giáo dục và Đào tạo không được cấp nữa (trước phải xin ý kiến): Bằng tốt nghiệp trung",
        "Cơ sở đào tạo giáo viên muốn cấp phải xin ý kiến: quy định cũ hết hiệu lực",
        "Trước đó: 75 ngày từ quyết định công nhận tốt nghiệp.\n    Nay: 30 ngày từ quyết định",
        "Quy tắc ký. Như trước; căn cứ nay là Điều 13 NĐ 30/2020/NĐ-CP.",
        "Ai được cấp bản sao.",
    ):
        assert told in text, told
    assert "Viện nghiên cứu khoa học không còn được cấp: Bằng tiến sĩ." in text
    assert "75 ngày" in text
    assert nowhere.run("law", "diff", "2026-04-14", "current").code == 2
    assert not Path(nowhere.home).exists()


def test_a_new_home_has_its_rule_set_in_force(demo: Sogoc) -> None:
    data = demo.run("law", "activate", "list").data
    assert data["active"] == data["running"]
    (first,) = data["rule_sets"]
    assert first["is_first"]
    refused = demo.run("law", "activate", "propose", "--reason", "thử")
    assert refused.code == 1
    assert refused.data["error"]["code"] == "rule_set_in_force"
    assert demo.run("law", "activate", "confirm").data["error"]["code"] == "rule_set_confirmed"


def test_a_rule_set_beside_itself_judges_no_line_differently(demo: Sogoc) -> None:
    running = demo.run("law", "activate", "list").data["running"]
    data = demo.run("law", "diff", running, "current").data
    assert data["changes"] == []
    assert data["same_code"]
    assert data["lines"]["judged_differently"] == 0
    unknown = demo.run("law", "diff", "vn-2020.01-000000000000", "current")
    assert unknown.data["error"]["code"] == "rule_set_unknown"
