"""What a check rests on: found in the sources, and compared with what is asked while it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from sogoc.policy import fingerprints as module
from sogoc.policy.api import Law, checks, fingerprints, load_law, plain, run_check
from sogoc.policy.statute import Cite, PassMark
from tests.policy.building import build
from tests.policy.test_checks import cases_of

NAMES = {f.name for f in fields(Law)}
ABOUT_REVIEW = {"reviewed", "provenance"}


class Recording(Law):
    """A law that notes which of its fields are asked for."""

    asked: set[str] = set()  # noqa: RUF012 - one for the whole test

    def __getattribute__(self, name: str) -> Any:
        if name in NAMES:
            Recording.asked.add(name)
        return super().__getattribute__(name)


def test_no_check_reads_a_value_its_fingerprint_leaves_out() -> None:
    law = load_law()
    recording = Recording(**{f.name: getattr(law, f.name) for f in fields(Law)})
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for check in checks():
        for case in cases_of(check):
            facts = build(case.get("given") or {})
            Recording.asked = asked[check.id]
            run_check(check, facts, recording)
    prints = fingerprints(law)
    assert any(asked.values())
    for check_id, names in asked.items():
        own = names - {"instruments"} - ABOUT_REVIEW
        # to cite, or to tell whether it is in force, a check asks for the instruments it cites
        assert own <= prints[check_id].law, check_id


def changed(**values: Any) -> set[str]:
    """The checks whose fingerprint is another under a law with these values."""
    law = load_law()
    before, after = fingerprints(law), fingerprints(replace(law, **values))
    return {name for name in before if before[name].digest != after[name].digest}


def test_a_changed_value_touches_the_checks_that_read_it() -> None:
    law = load_law()
    marks = tuple(replace(mark, percent=mark.percent + 1) for mark in law.pass_marks)
    touched = changed(pass_marks=marks)
    assert "E-BELOW-PASS-MARK" in touched
    assert not touched & {"E-BODY-WITHOUT-AUTHORITY", "E-SERIAL-TWICE", "E-NAME-MISSING"}
    matrix = {kind: rows[1:] for kind, rows in law.rows_by_kind.items()}
    touched = changed(rows_by_kind=matrix)
    assert "E-BODY-WITHOUT-AUTHORITY" in touched
    assert "E-WRONG-SIGNATORY" in touched
    assert not touched & {"E-SCORE-OFF-SCALE", "E-SERIAL-TWICE", "E-NOT-PASSED"}


def test_when_a_value_was_last_reviewed_touches_nothing() -> None:
    law = load_law()
    rows = {
        kind: tuple(replace(row, reviewed=date(2030, 1, 1)) for row in rows)
        for kind, rows in law.rows_by_kind.items()
    }
    assert changed(rows_by_kind=rows, reviewed=date(2030, 1, 1), rule_set_id="other") == set()


def test_an_instrument_touches_the_checks_that_cite_it() -> None:
    law = load_law()
    instruments = dict(law.instruments)
    instruments["TTLT-17-2016"] = replace(instruments["TTLT-17-2016"], short="TTLT khác")
    touched = changed(instruments=instruments)
    assert {"E-BODY-WITHOUT-AUTHORITY", "E-BELOW-PASS-MARK"} <= touched
    assert not touched & {"E-SERIAL-TWICE", "E-NAME-MISSING"}


def test_fingerprints_are_the_same_in_every_process() -> None:
    code = (
        "import json; from sogoc.policy.api import fingerprints, load_law;"
        "print(json.dumps({k: v.digest for k, v in fingerprints(load_law()).items()}))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    own = {name: found.digest for name, found in fingerprints(load_law()).items()}
    assert json.loads(said) == own


def test_what_is_looked_at_is_told() -> None:
    prints = fingerprints(load_law())
    assert "prior" in prints["E-ORIGINAL-ALREADY-ISSUED"].reads
    assert "seen_on" in prints["W-REGISTER-NOT-HANDED-OVER"].reads
    assert "prior" not in prints["E-NAME-MISSING"].reads


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("return PASSED", "return  PASSED  # a remark", True),
        ('"""Compare the words."""', '"""Other words."""', True),
        ("law.marks(row)", "law.scale(row)", False),
        ("return PASSED", "return FAILED", False),
    ],
)
def test_code_counts_and_remarks_do_not(old: str, new: str, same: bool) -> None:
    source = (
        "def run(row, act, law):\n"
        '    """Compare the words."""\n'
        "    law.marks(row)\n"
        "    return PASSED\n"
    )

    def code(text: str) -> str:
        [statement] = module.ast.parse(text).body
        return module._unit(statement).code

    assert (code(source) == code(source.replace(old, new))) is same


def test_plain_values_have_one_order() -> None:
    mark = PassMark(
        "M", ("b", "a"), load_law().pass_marks[0].period, ("x",), (), 50.0, (Cite("I"),), "found"
    )
    assert plain({"b": {3, 1, 2}, "a": mark}) == plain({"a": mark, "b": {2, 3, 1}})
    assert plain(range(1, 4)) == "range(1, 4)"
