"""Which columns a list is asked for: those of the register's form, and what checks look at."""

from __future__ import annotations

from datetime import date

import pytest

from sogoc.intake.api import FIELDS
from sogoc.policy.api import GRADES, RESULTS, list_form, load_law

LAW = load_law()
KINDS = [kind for kind in LAW.kinds.values() if kind.standing != "none"]
DAYS = [date(2007, 7, 1), date(2018, 6, 1), date(2020, 1, 15), date(2026, 4, 14), date(2026, 4, 15)]


@pytest.mark.parametrize("on", DAYS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_kind_has_columns_that_are_fields(kind: object, on: date) -> None:
    form = list_form(kind, on, LAW)  # type: ignore[arg-type]  # parametrised
    fields = [column.field for column in form.columns]
    assert len(fields) == len(set(fields))
    assert set(fields) <= set(FIELDS)
    assert {"full_name", "birth_date", "serial", "entry_number", "personal_id"} <= set(fields)
    assert set(form.kind.told_apart_by) <= set(fields)
    for mark in LAW.marks(form.kind.id, on):
        assert set(mark.fields) <= set(fields)


@pytest.mark.parametrize(
    ("kind", "on", "form", "is_prescribed"),
    [
        ("bang_thcs", date(2025, 12, 31), "SG-A-R3", True),
        ("bang_thcs", date(2026, 1, 1), "SG-A-R3", False),
        ("bang_thpt", date(2020, 1, 14), "SG-B-R3", False),
        ("bang_thpt", date(2020, 1, 15), "SG-B-R3", True),
        ("bang_thpt", date(2026, 4, 14), "SG-B-R3", True),
        ("bang_thpt", date(2026, 4, 15), "SG-B-R3", False),
        ("thac_si", date(2024, 1, 1), "SG-C-SDH-R3", True),
        ("cc_cntt_co_ban", date(2024, 1, 1), "SG-D-R3", True),
        ("bang_cao_dang", date(2017, 5, 1), "SG-F", True),
        ("bang_cao_dang", date(2017, 4, 30), "SG-F", False),
        ("bang_trung_hoc_nghe", date(2026, 5, 1), "SG-F", False),
        ("bang_bo_tuc_thpt", date(2024, 1, 1), "SG-B-R3", False),
        ("cc_tin_hoc_abc", date(2024, 1, 1), "SG-D-R3", False),
    ],
)
def test_the_form_of_the_day(kind: str, on: date, form: str, is_prescribed: bool) -> None:
    known = LAW.find_kind(kind)
    assert known is not None
    found = list_form(known, on, LAW)
    assert (found.form.id, found.is_prescribed) == (form, is_prescribed)


def test_columns_of_the_form_keep_their_order_and_checks_add_to_them() -> None:
    known = LAW.find_kind("cc_cntt_co_ban")
    assert known is not None
    form = list_form(known, date(2024, 1, 1), LAW)
    fields = [column.field for column in form.columns]
    assert [f for f in fields if f not in form.from_checks] == [
        "ordinal", "full_name", "birth_date", "birth_place", "sex", "ethnicity", "result", "level",
        "serial", "entry_number", "receiver_signature", "note",
    ]  # fmt: skip
    assert form.from_checks == {
        "nationality", "personal_id", "candidate_number", "score_theory", "score_practice",
    }  # fmt: skip
    assert fields.index("score_practice") < fields.index("result") < fields.index("serial")


def test_words_to_choose_from_are_words_the_law_data_know() -> None:
    assert [LAW.results.says(word) for word in RESULTS] == [True, False]
    assert [LAW.results.says(word) for word in GRADES] == [True] * len(GRADES)
