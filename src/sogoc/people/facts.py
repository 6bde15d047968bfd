"""Bodies and mandates as the plain facts that the checks of the law look at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, cast

from sogoc.kernel.names import fold
from sogoc.kernel.periods import Period
from sogoc.people.models import Capacity, Mandate, Organisation, Suspension
from sogoc.people.organisations import get_organisation, valid_on
from sogoc.policy.api import BodyFact, CapacityFact, MandateFact


def body_fact(code: str) -> BodyFact:
    """Return an organisation with every capacity it ever held. Raises `UnknownOrganisation`."""
    return body_facts([get_organisation(code)])[code]


def body_facts(bodies: Iterable[Organisation]) -> dict[str, BodyFact]:
    """Return the facts of many organisations by code, in three queries at most."""
    wanted = {body.pk: body for body in bodies}
    withheld: dict[tuple[int, str], list[Period]] = {}
    for stop in Suspension.objects.filter(organisation_id__in=wanted).order_by("valid_from"):
        key = (stop.organisation_id, stop.capacity_kind)
        withheld.setdefault(key, []).append(Period(stop.valid_from, stop.valid_until))
    held: dict[int, list[CapacityFact]] = {}
    for capacity in Capacity.objects.filter(organisation_id__in=wanted).order_by(
        "valid_from", "kind"
    ):
        stops = [
            *withheld.get((capacity.organisation_id, ""), ()),
            *withheld.get((capacity.organisation_id, capacity.kind), ()),
        ]
        held.setdefault(capacity.organisation_id, []).append(
            CapacityFact(
                kind=capacity.kind,
                period=Period(capacity.valid_from, capacity.valid_until),
                scope=frozenset(capacity.scope),
                levels=_levels(capacity),
                suspended=tuple(stops),
            )
        )
    return {
        body.code: BodyFact(code=body.code, name=body.name, capacities=tuple(held.get(pk, ())))
        for pk, body in wanted.items()
    }


def _levels(capacity: Capacity) -> range | None:
    if capacity.level_from is None and capacity.level_to is None:
        return None
    last = capacity.level_to if capacity.level_to is not None else 99
    return range(capacity.level_from or 0, last + 1)


def mandate_facts(code: str, on: date | None = None) -> tuple[MandateFact, ...]:
    """Return who could sign for the body, ever or on the day, oldest first.

    Raises `UnknownOrganisation`.
    """
    body = get_organisation(code)
    found = Mandate.objects.filter(organisation=body).order_by("valid_from", "pk")
    if on is not None:
        found = found.filter(valid_on(on))
    return tuple(_mandate_fact(mandate, code) for mandate in found)


def _mandate_fact(mandate: Mandate, code: str) -> MandateFact:
    role = cast(Literal["head", "deputy", "acting"], mandate.role)
    return MandateFact(
        title=mandate.title,
        person=mandate.person_name,
        period=Period(mandate.valid_from, mandate.valid_until),
        role=role,
        assignment_decision=mandate.decision_number if role == "acting" else None,
        body=code,
    )


def find_mandate(code: str, title_text: str, on: date) -> Mandate | None:
    """Return the mandate behind a signature title as typed, or `None`.

    "Giám đốc" finds the head of the day; "KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC" and "Phó Giám đốc" a deputy
    or who is in charge. Case, accents, abbreviations and a body's name behind the title do not
    matter. Signing TL., TUQ. or Q. has no mandate. Of several deputies the longest in office is
    returned. Whether the title may sign at all is for the checks of the law. Raises
    `UnknownOrganisation`.
    """
    body = get_organisation(code)
    words = _words(title_text)
    if not words or words[0] in _NO_MANDATE:
        return None
    line = f" {' '.join(words)} "
    is_deputy = " kt " in line or " pho " in line
    roles = ["deputy", "acting"] if is_deputy else ["head"]
    held = Mandate.objects.filter(valid_on(on), organisation=body, role__in=roles)
    for mandate in held.order_by("valid_from", "pk"):
        title = " ".join(_words(mandate.title))
        if f" {title.removeprefix('pho ')} " in line:
            return mandate
    return None


_NO_MANDATE: Final = frozenset({"tl", "tuq", "q", "quyen", "thua"})
_ABBREVIATIONS: Final = {
    "gd": "giam doc",
    "pgd": "pho giam doc",
    "ht": "hieu truong",
    "pht": "pho hieu truong",
    "ct": "chu tich",
    "pct": "pho chu tich",
    "p": "pho",
}


def _words(text: str) -> list[str]:
    """Return folded words; "K/T" is one, abbreviated titles are written out."""
    plain = re.sub(r"\b(k|t|tu)\s*/\s*(?=[tlq]\b)", r"\1", fold(text))
    return [
        word for raw in re.findall(r"\w+", plain) for word in _ABBREVIATIONS.get(raw, raw).split()
    ]
