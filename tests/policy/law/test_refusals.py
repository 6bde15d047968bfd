"""The loader refuses each kind of bad data, and says where."""

from __future__ import annotations

import pytest

from sogoc.policy.api import LawDataError, build_law, load_law

TEXTS = dict(load_law().texts)
RETURN = "- {id: DK-CNTT-NC, topic: prerequisite,"
CEILING = "topic: penalty_rule, about: ceiling, from: 2022-01-01, until: null"

BROKEN = [
    # topics
    ("topics", "shape: items, series: one", "shape: poem, series: one", "shape must be one of"),
    ("topics", "series: one, known_from: 2003-01-10", "series: one", "known_from goes with"),
    ("topics", "abouts: [diploma, certificate]", "abouts: [diploma]", "about must be one of"),
    ("topics", "concerns: [cu_nhan,", "concerns: [bang_lai_xe, cu_nhan,", "unknown kind"),
    ("topics", "abouts: [diploma, certificate]", "abouts: [diploma, certificate, x]", "no value"),
    # values
    ("conditions", RETURN, "- {id: DK-CNTT-NC, topic: wish,", "unknown topic"),
    ("conditions", RETURN, "- {id: DK-CNTT-NC, topic: deadline,", "a file of its own"),
    ("conditions", RETURN, f"{RETURN} about: x,", "knows no about"),
    ("conditions", "kinds: [cc_cntt_nang_cao]", "kinds: [bang_lai_xe]", "unknown kind"),
    ("conditions", "instrument: TTLT-17-2016", "instrument: TT-99-2099", "unknown instrument"),
    ("conditions", "confidence: found, what", "confidence: sure, what", "confidence must be"),
    ("conditions", "confidence: found, what", "confidence: recalled, what", "needs a note"),
    ("conditions", "- {id: completed,", "- {id: decision,", "each once"),
    ("conditions", "- {id: completed,", "- {id: Completed,", "lower-case"),
    ("conditions", "  - {id: prosecution,", "  - {mood: x, id: prosecution,", "unknown: mood"),
    ("conditions", "{id: TD-ABC,", "{id: DK-CNTT-NC,", "id twice"),
    ("signing", "- {id: DAU,", "- {id: TAM-R3,", "id twice"),
    ("reports", "issuer_kinds: [ubnd_xa]", "issuer_kinds: [ai]", "unknown capacity ai"),
    # overlaps
    ("regulations", "until: 2025-07-01, basis", "until: 2025-07-02, basis", "overlap"),
    ("deadlines", "until: 2025-07-01, days: 5", "until: 2025-07-02, days: 5", "overlap"),
    ("pass_marks", "fields: [score_theory, score_practice]\n  percent", None, "overlap"),
    ("custody", "until: 2015-10-23, verdict: refused", None, "overlap"),
    # outside the instrument's period
    ("penalties", CEILING, CEILING.replace("2022-01-01", "2021-12-31"), "outside the period"),
    ("authority", "  until: 2006-01-01", "  until: 2006-01-02", "outside the period"),
    # orphans
    ("penalties", "{instrument: ND-127-2021}", "{instrument: ND-04-2021}", "cited by nothing"),
    # bodies of values
    ("numbers", 'examples: ["T04742981"]', 'examples: ["04742981"]', "does not fit"),
    ("numbers", "regex: '[A-Z]{1,3}", "regex: '[A-Z{1,3}", "pattern"),
    ("numbers", 'template: "B{yy}/{unit}/{seq:06}"', 'template: "B{yy}"', "pattern"),
    ("numbers", 'template: "B{yy}', "regex: 'x', template: \"B{yy}", "either a regex"),
    ("blanks", "amount: 30, unit: working_days", "amount: 0, unit: working_days", "at least 1"),
    ("blanks", "amount: 30, unit: working_days", "amount: 30, unit: moons", "unit must be"),
    ("blanks", "least: true", "least: maybe", "true or false"),
    ("reports", 'days: ["12-31"]', 'days: ["31-12"]', "MM-DD"),
    ("reports", "keeping: {months: 24}", "keeping: {months: two}", "whole number"),
    ("reports", "milestone: {day: 2026-05-31}", "milestone: {day: soon}", "must be a date"),
    ("penalties", "fine: {low: 10, high: 20}", "fine: {low: 30, high: 20}", "low is above high"),
    ("registers", "letter: A", "letter: []", "letter must be a string"),
    ("registers", "- {field: birth_place,", "- {field: full_name,", "each once"),
    # instruments
    ("instruments", "issuer: quoc_hoi", "issuer: ai_do", "unknown issuer"),
    ("instruments", "signed: 2019-11-29", "signed: 2020-11-29", "signed after"),
    ("instruments", "replaced_by: [TT-10-2026], confidence", None, "unknown instrument TT-11"),
    ("instruments", "until: null, amends: [LGD-2019]", None, "without an end"),
    ("instruments", "replaced_by: [TT-21-2019]", "replaced_by: [TT-10-2026]", "ended before"),
    ("instruments", "amends: [TT-21-2019]", "amends: [TT-12-2019]", "unknown instrument"),
    # review
    ("holders", "review_by: 2027-05-21", "review_by: 2026-11-21", "after reviewed"),
    ("holders", "review_by: 2027-05-21\n", "", "review_by is missing"),
]
CHANGED = {
    "fields: [score_theory, score_practice]\n  percent": (
        "modules: [each_advanced_module]\n  percent"
    ),
    "until: 2015-10-23, verdict: refused": "until: 2015-10-24, verdict: refused",
    "replaced_by: [TT-10-2026], confidence": "replaced_by: [TT-11-2099], confidence",
    "until: null, amends: [LGD-2019]": "until: null, amends: [LGD-2019], replaced_by: [LGD-2019]",
}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"), BROKEN, ids=[f"{b[0]}: {b[3]}" for b in BROKEN]
)
def test_refuses(file: str, old: str, new: str | None, says: str) -> None:
    assert old in TEXTS[file]
    text = TEXTS[file].replace(old, CHANGED[old] if new is None else new, 1)
    with pytest.raises(LawDataError) as caught:
        build_law(TEXTS | {file: text})
    detail = str(caught.value.context["detail"])
    assert says in detail, detail


def test_a_review_date_of_its_own_goes_before_the_files() -> None:
    law = build_law(TEXTS)
    pattern = next(v for v in law.values if v.id == "PHOI-CAP-2")
    assert pattern.checked.review_by < law.provenance["blanks"].review_by


def test_files_that_judge_beside_these_cite_what_is_known() -> None:
    from sogoc.policy.requirements import requirements

    law, needs = load_law(), requirements()
    for name in ("prerequisites", "programmes", "printing", "specimens"):
        for entry in getattr(needs, name):
            assert {c.instrument for c in entry.basis} <= law.instruments.keys()
            assert set(entry.kinds) <= law.kinds.keys()


def test_layout_and_comments_do_not_make_another_rule_set() -> None:
    same = {name: f"# remark\n{text}\n\n" for name, text in TEXTS.items()}
    law = build_law(same)
    assert law.rule_set_id == load_law().rule_set_id
    assert law.content_digest == load_law().content_digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("penalties", "low: 10, high: 20", "low: 11, high: 20"),
        ("registers", "letter: A", "letter: A1"),
        ("topics", "Nơi in phôi", "Ai in phôi"),
        ("instruments", "2019-11-29", "2019-11-28"),
    ],
)
def test_any_content_makes_another_rule_set(file: str, old: str, new: str) -> None:
    law = build_law(TEXTS | {file: TEXTS[file].replace(old, new, 1)})
    assert law.rule_set_id != load_law().rule_set_id
    assert law.content_digest != load_law().content_digest
