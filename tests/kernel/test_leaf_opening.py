from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel.leaf import Committer
from sogoc.kernel.leaf_opening import Opener, OpeningError, read_opening

NAMES = ("serial", "birth", "full_name", "sex", "code")
VALUES = ("A1", "1990-01-01", 'Nguyễn "Văn" An', None, "XYZ")
KEY = bytes(range(32))
COMMITMENT = Committer(NAMES).commit(KEY, VALUES)


@given(st.sets(st.sampled_from(NAMES)))
def test_what_is_shown_is_read_and_the_rest_is_not_there(shown: set[str]) -> None:
    text = Opener(NAMES, shown).open(KEY, VALUES)
    fields = dict(zip(NAMES, VALUES, strict=True))
    assert read_opening(text, COMMITMENT) == {name: fields[name] for name in shown}
    assert all(name in shown or (fields[name] or "…") not in text for name in NAMES)


def altered() -> list[str]:
    good = json.loads(Opener(NAMES, {"birth", "full_name"}).open(KEY, VALUES))
    found = []
    for index, change in ((0, ["birth", "1991-01-01", good[0][2]]), (0, good[0][:2])):
        found.append([*good[:index], change, *good[index + 1 :]])
    found += [good[1:], [good[1], good[0], *good[2:]], [*good, good[0]], [], {}, [[]], [["a"]]]
    found.append([[7, "x", "00" * 32]])
    found.append([*good[:-1], [good[-1][0], good[-1][1][:-2]]])
    found.append([*good[:-1], [good[-1][0], {"a": 1}, "00" * 32]])
    return [*map(json.dumps, found), "", "[", "7"]


@pytest.mark.parametrize("text", altered())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(OpeningError):
        read_opening(text, COMMITMENT)
