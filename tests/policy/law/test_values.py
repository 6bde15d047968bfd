"""Values by topic: what the digest says is there, dated, cited, and honest about doubt."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from time import process_time

import pytest
import yaml

from sogoc.policy.api import Law, Value, build_law, gaps, load_law, provisions, provisions_in_force
from sogoc.policy.loader import VALUE_FILES
from sogoc.policy.values import Fine, Form, Items, Keeping, Pattern, Term, Yearly
from sogoc.policy.values_page import render

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "reference" / "law-values.md"
LAW = load_law()


def one(topic: str, on: date, *, kind: str = "", about: str = "") -> Value:
    found = LAW.values_on(topic, on, kind=kind, about=about)
    assert len(found) == 1, [v.id for v in found]
    return found[0]


def ids(value: Value) -> list[str]:
    assert isinstance(value.body, Items)
    return [item.id for item in value.body.items]


CASES = yaml.safe_load((HERE / "values.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_law_says(case: dict[str, object]) -> None:
    """Questions a lawyer reads: topic, day, and what is in force then."""
    kind = str(case.get("kind", ""))
    day = case["day"]
    assert isinstance(day, date)
    found = provisions_in_force(LAW, day, topic=str(case["topic"]), kind=kind or None)
    if "about" in case:
        found = [p for p in found if p.about == case["about"]]
    assert [p.id for p in found] == case["says"]
    if "words" in case:
        assert str(case["words"]) in found[0].text.vi
    if "basis" in case:
        assert LAW.cite(found[0].basis) == case["basis"]
    if "verdict" in case:
        assert found[0].verdict == case["verdict"]


def test_grounds_of_revocation_have_their_letters() -> None:
    value = one("revocation_ground", date(2021, 1, 1))
    assert isinstance(value.body, Items)
    assert [i.at for i in value.body.items] == [
        "điểm a", "điểm b", "điểm c", "điểm d", "điểm đ", "điểm e",
    ]  # fmt: skip
    assert ids(value)[2] == "no_authority"


def test_forms_have_the_columns_of_the_register() -> None:
    letters = {}
    for kind in ("bang_thcs", "bang_thpt", "cu_nhan", "cc_cntt_co_ban", "bang_cao_dang"):
        body = one("register_form", date(2022, 6, 1), kind=kind).body
        assert isinstance(body, Form)
        fields = [c.field for c in body.columns]
        assert fields[:6] == [
            "ordinal", "full_name", "birth_date", "birth_place", "sex", "ethnicity",
        ]  # fmt: skip
        assert {"serial", "entry_number", "receiver_signature", "note"} <= set(fields)
        letters[body.letter] = fields
    assert sorted(letters) == ["A", "B", "C", "D", "F"]
    assert len(letters["A"]) == 11
    appendix = one("appendix_form", date(2022, 6, 1)).body
    assert isinstance(appendix, Form)
    assert [c.field for c in appendix.columns if c.is_optional] == [
        "personal_id", "new_serial", "new_entry_number", "note",
    ]  # fmt: skip


def test_columns_that_lists_bring_have_the_names_lists_have() -> None:
    from sogoc.intake.api import FIELDS

    own = {
        "graduation_year", "specialty", "defended_on", "old_serial", "new_serial",
        "new_entry_number", "change", "copy_number", "copied_on", "copies",
    }  # fmt: skip
    for value in LAW.values:
        if isinstance(value.body, Form):
            assert {c.field for c in value.body.columns} <= set(FIELDS) | own


def test_numbers_have_shapes_with_examples() -> None:
    for value in LAW.values:
        if isinstance(value.body, Pattern):
            assert value.body.examples
            assert value.verdict == "review"  # no table of the Ministry was found


def test_terms_fines_reports_and_keeping_are_numbers() -> None:
    assert one("blank_term", date(2022, 1, 1), about="specimen_before_printing").settled == Term(
        30, "working_days", "specimen_reported", is_least=True
    )
    assert one("penalty", date(2022, 1, 1), about="late").settled == Fine(20, 30)
    report = one("report", date(2022, 1, 1), about="issuance").settled
    assert isinstance(report, Yearly)
    assert report.days == ((12, 31),)
    assert one("retention", date(2022, 1, 1), about="it_exam_camera").settled == Keeping(6)
    assert one("retention", date(2022, 1, 1), about="register").settled == Keeping(None)


def test_what_is_uncertain_is_never_a_constant() -> None:
    doubtful = [v for v in LAW.values if v.confidence == "uncertain"]
    assert len(doubtful) >= 10
    for value in doubtful:
        assert value.verdict == "review"
        assert value.settled is None
        assert value.note is not None
    fine = one("penalty", date(2022, 1, 1), about="wrong_content")
    assert (fine.settled, fine.body) == (None, Fine(None, None))
    for deadline in LAW.deadlines:
        assert deadline.verdict == ("review" if deadline.confidence == "uncertain" else "decides")


def test_every_value_begins_and_ends_where_it_says() -> None:
    day = timedelta(days=1)
    for p in provisions(LAW):
        if p.period.start is not None:
            assert p in provisions_in_force(LAW, p.period.start)
            assert p not in provisions_in_force(LAW, p.period.start - day)
        if p.period.until is not None:
            assert p in provisions_in_force(LAW, p.period.until - day)
            assert p not in provisions_in_force(LAW, p.period.until)


def test_everything_is_cited_dated_and_in_two_languages() -> None:
    for p in provisions(LAW):
        assert p.basis
        assert LAW.cite(p.basis)
        assert p.text.vi
        assert p.text.en
        assert p.checked.reviewed < p.checked.review_by
        plain = p.plain(LAW)
        assert plain["verdict"] in {"decides", "review"}
    keys = [(p.topic, p.id, p.about) for p in provisions(LAW)]
    assert len(set(keys)) == len(keys)


def test_a_value_is_overdue_the_day_after() -> None:
    checked = LAW.values[0].checked
    assert not checked.is_overdue(checked.review_by)
    assert checked.is_overdue(checked.review_by + timedelta(days=1))


def test_instruments_are_told_in_full() -> None:
    found = LAW.instruments["TT-21-2019"]
    assert found.number == "21/2019/TT-BGDĐT"
    assert found.issuer.vi == "Bộ Giáo dục và Đào tạo"
    assert (found.signed, found.period.start) == (date(2019, 11, 29), date(2020, 1, 15))
    assert found.replaced_by == ("TT-10-2026",)
    assert LAW.instruments["TT-13-2025"].amends == ("TT-21-2019",)
    for instrument in LAW.instruments.values():
        if instrument.replaced_by:
            assert instrument.period.until is not None


def test_gaps_name_what_nobody_knows() -> None:
    found = {(g.topic, g.about): g for g in gaps(LAW)}
    assert found["correction_case", ""].period.start == date(2026, 4, 15)
    assert found["deadline", "copy"].period.until is None
    assert ("general_regulation", "") not in found
    deadlines = [g for g in gaps(LAW) if (g.topic, g.about) == ("deadline", "issue")]
    kinds = {kind for gap in deadlines for kind in gap.kinds}
    assert "cc_cntt_co_ban" in kinds
    assert "bang_thcs" not in kinds  # abolished before the gap began
    assert "bang_thpt" not in kinds


def test_filling_a_gap_takes_it_away() -> None:
    texts = dict(LAW.texts)
    texts["deadlines"] += (
        "- {id: SAO-R4, act: copy, kinds: [], from: 2026-04-15, until: null, days: 1, "
        "unit: working_days, starts: request, basis: [{instrument: TT-10-2026}], "
        "confidence: found}\n"
    )
    assert ("deadline", "copy") not in {(g.topic, g.about) for g in gaps(build_law(texts))}


def test_special_values_go_before_general_ones() -> None:
    day = date(2022, 1, 1)
    assert one("revocation_competence", day, kind="cc_cntt_co_ban").id == "TH-AI-CNTT"
    assert one("revocation_competence", day, kind="bang_thpt").id == "TH-AI-R3"


def test_files_are_all_read() -> None:
    topics = {v.topic for v in LAW.values}
    assert {t.id for t in LAW.topics.values() if t.shape != "builtin"} == topics
    assert set(VALUE_FILES) <= set(LAW.texts)


def test_loading_is_quick() -> None:
    def load() -> tuple[Law, float]:
        begun = process_time()
        return build_law(LAW.texts), process_time() - begun

    assert min(load()[1] for _ in range(3)) < 0.15


def test_the_page_is_not_stale() -> None:
    told = f"python -m sogoc.policy.values_page > {PAGE}"
    assert PAGE.read_text("utf-8") == render(), told
