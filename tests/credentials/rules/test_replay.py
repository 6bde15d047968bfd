"""How many registered lines another version of the law would judge differently."""

from __future__ import annotations

from datetime import date

import pytest

from sogoc.credentials.sweep import api as sweeps
from sogoc.policy.api import Law, build_law, load_law
from tests.credentials import world


@pytest.fixture
def register(db: None) -> None:
    world.settle()
    world.issue_list(world.people_list(range(1, 6)))


def law_with(file: str, old: str, new: str) -> Law:
    texts = dict(load_law().texts)
    assert old in texts[file]
    return build_law(texts | {file: texts[file].replace(old, new, 1)})


def compare(new: Law, *, old: Law | None = None, chunk: int = 5_000) -> sweeps.LawComparison:
    return sweeps.compare_laws(
        by=world.who("sweep.run"),
        as_of=date(2026, 11, 21),
        old=old or load_law(),
        new=new,
        chunk=chunk,
    )


def test_the_same_law_judges_every_line_alike(register: None) -> None:
    found = compare(load_law())
    assert (found.lines, found.different, found.by_check) == (5, 0, ())


@pytest.mark.parametrize("chunk", [2, 5_000])
def test_a_higher_pass_mark_is_found_on_each_line_below_it(register: None, chunk: int) -> None:
    found = compare(law_with("pass_marks", "percent: 50", "percent: 75"), chunk=chunk)
    assert (found.lines, found.different) == (5, 5)
    (change,) = found.by_check
    assert change.check == "E-BELOW-PASS-MARK"
    assert (change.found_now, change.no_longer, change.other_level) == (5, 0, 0)


def test_the_other_way_round_they_are_found_no_longer(register: None) -> None:
    found = compare(load_law(), old=law_with("pass_marks", "percent: 50", "percent: 75"))
    (change,) = found.by_check
    assert (change.found_now, change.no_longer) == (0, 5)


def test_a_value_no_check_judges_by_changes_no_line(register: None) -> None:
    found = compare(law_with("penalties", "low: 10, high: 20", "low: 11, high: 20"))
    assert found.different == 0
