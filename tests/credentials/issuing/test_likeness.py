"""Who is the same person as the holder of an earlier original: by ID, by place, or perhaps."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.issuing.surroundings import earlier_originals
from sogoc.credentials.register.models import RegisterLine
from sogoc.kernel.names import name_key
from sogoc.people.api import acting
from tests.credentials.world import AT, KIND, issue_list, people_list, prepare, proposal, who

pytestmark = pytest.mark.usefixtures("settled")

PLACE = "Nơi sinh"
IDS = "Số định danh cá nhân"


def listed(place: str, personal_id: str = "", name: str = "ds.csv") -> issuing.ListFile:
    file = people_list([1], more={IDS: [personal_id]}, name=name)
    text = file.data.decode("utf-8-sig").replace("Đắk Nông", f'"{place}"')
    return replace(file, data=text.encode("utf-8-sig"))


def said(file: issuing.ListFile) -> list[tuple[str, str]]:
    report = issuing.check_list(file=file, proposal=proposal(), by=who("batch.check"), at=AT)
    return [
        (f.level.value, f.message.vi) for f in report.findings if f.check.startswith("E-ORIGINAL")
    ]


@pytest.mark.parametrize(
    ("held", "asked", "level"),
    [
        (("Đắk Nông", ""), ("Đắk Nông", ""), "error"),
        (("Đắk Nông", ""), ("TỈNH ĐĂK NÔNG", ""), "error"),
        (("Gia Nghĩa, Đắk Nông", ""), ("Đắk Nông", ""), "error"),
        (("Đắk Nông", ""), ("Gia Nghĩa, Đắk Nông", ""), "error"),
        (("TP. Hồ Chí Minh", ""), ("TPHCM", ""), "error"),
        (("Đắk Nông", ""), ("", ""), "warning"),
        (("", ""), ("Đắk Nông", ""), "warning"),
        (("Đắk Nông", ""), ("Lâm Đồng", ""), "warning"),
        (("Đắk Nông", "067181000001"), ("Lâm Đồng", "067181000001"), "error"),
        (("Đắk Nông", "067181000001"), ("Đắk Nông", "067181000002"), None),
        (("Đắk Nông", "067181000001"), ("Đắk Nông", ""), "error"),
    ],
)
def test_an_earlier_original(
    held: tuple[str, str], asked: tuple[str, str], level: str | None
) -> None:
    issue_list(listed(*held, name="cu.csv"))
    assert [found for found, _ in said(listed(*asked))] == ([level] if level else [])


@pytest.mark.parametrize(("place", "is_whole"), [("Đắk Nông", True), ("Lâm Đồng", False)])
def test_the_code_of_somebody_who_may_be_a_stranger_is_not_given_away(
    place: str, is_whole: bool
) -> None:
    issue_list(listed("Đắk Nông", name="cu.csv"))
    with acting(who("batch.check")):
        (code,) = RegisterLine.objects.values_list("code", flat=True)
    ((_, message),) = said(listed(place))
    assert (code in message) is is_whole
    assert code[:7] in message


def test_what_only_warned_at_the_check_does_not_kill_the_token() -> None:
    issue_list(listed("Đắk Nông", name="cu.csv"))
    again = listed("Lâm Đồng")
    ((level, message),) = said(again)
    assert (level, "được coi là người khác" in message) == ("warning", True)
    assert prepare(again).row_count == 1
    assert issue_list(again, key="key-2").lines == 1


def test_a_person_is_found_however_the_place_is_spelled() -> None:
    """Accents, case, spaces and a leading "tỉnh" make no other place."""
    issue_list(listed("Thừa Thiên Huế", name="cu.csv"))
    report = issuing.check_list(
        file=listed("Thừa Thiên Huế"), proposal=proposal(), by=who("batch.check"), at=AT
    )
    (row,) = report.rows
    person: Any = (name_key(row.full_name or ""), row.birth_date, None)
    letters = random.Random(20250410)
    with acting(who("batch.check")):
        for _ in range(25):
            words = ["Thừa", "Thiên", "Huế"]
            place = letters.choice(["", "Tỉnh ", "tinh "]) + letters.choice([" ", "  ", "-"]).join(
                letters.choice([word.upper(), word.lower(), word]) for word in words
            )
            ((found,),) = earlier_originals(KIND, [person], [place]).values()
            assert found.likeness == "place", place
