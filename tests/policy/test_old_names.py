"""Old names of kinds: what they mean, and when they were in use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.policy.api import LawDataError, load_law, old_name, old_name_in
from sogoc.policy.old_names import OldName, old_names, read

NAMES = st.sampled_from(old_names())


def test_every_name_is_of_a_known_kind_and_says_one_thing() -> None:
    words = [word for name in old_names() for word in set(name.words)]
    assert len(words) == len(set(words))
    assert {name.kind for name in old_names()} <= set(load_law().kinds)
    assert all(name.period.until is not None for name in old_names())


def test_a_period_has_a_source_or_is_called_uncertain() -> None:
    assert all(bool(name.basis) != (name.confidence == "uncertain") for name in old_names())
    assert {name.id for name in old_names() if name.confidence == "found"} == {"PTTH", "PTCS"}


@pytest.mark.parametrize("lie", ["confidence: found", "confidence: uncertain, basis: Luật"])
def test_a_source_and_uncertain_exclude_each_other(lie: str) -> None:
    text = (
        "reviewed: 2026-01-01\nnames:\n- {id: A, kind: bang_thpt, shown: A, words: [a], "
        f"from: null, until: 1999-06-01, {lie}}}\n"
    )
    with pytest.raises(LawDataError, match="a basis, or uncertain"):
        read(text)


@given(name=NAMES, data=st.data())
def test_a_name_is_found_alone_and_in_a_title_of_any_case(
    name: OldName, data: st.DataObject
) -> None:
    word = data.draw(st.sampled_from(name.words))
    shown = data.draw(st.sampled_from([word, word.upper(), word.title()]))
    assert old_name(shown) == name
    assert old_name(f"Bằng tốt nghiệp {shown}") == name
    assert old_name_in(f"DANH SÁCH CẤP BẰNG TỐT NGHIỆP {shown}, KHÓA THI 1990") == name


@pytest.mark.parametrize("text", ["", "Bằng tốt nghiệp THPT", "ptthx", "Bổ túc"])
def test_other_words_are_no_old_names(text: str) -> None:
    assert old_name(text) is None
    assert old_name_in(text) is None


def test_the_longest_name_counts() -> None:
    found = old_name_in("Bằng tốt nghiệp bổ túc phổ thông trung học")
    assert found is not None
    assert found.id == "BT-PTTH"


def test_a_file_of_another_schema_is_refused() -> None:
    with pytest.raises(LawDataError):
        read("reviewed: 2026-11-22\nnames:\n- {id: X}\n")
