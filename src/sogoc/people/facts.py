"""Bodies and mandates as the plain facts that the checks of the law look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, cast

from sogoc.kernel.names import clean
from sogoc.kernel.periods import Period
from sogoc.people.models import Capacity, Mandate, Organisation, Suspension
from sogoc.people.organisations import get_organisation, valid_on
from sogoc.policy.facts import BodyFact, CapacityFact, MandateFact


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

    "Giám đốc", "GIÁM ĐỐC" and "KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC" find their holder of the day; the
    body's name after the title is let pass. Signing TL., TUQ. or Q. has no mandate. Of several
    deputies with the title the longest in office is returned. Raises `UnknownOrganisation`.
    """
    body = get_organisation(code)
    own = _own_title(title_text)
    if not own:
        return None
    held = Mandate.objects.filter(valid_on(on), organisation=body).order_by("valid_from", "pk")
    names = [clean(name).casefold() for name in (body.name, body.short_name) if name]
    for mandate in held:
        title = clean(mandate.title).casefold()
        if own == title or any(own == f"{title} {name}" for name in names):
            return mandate
    return None


def _own_title(text: str) -> str:
    """Return the title of the one who holds the pen: for "KT." the part after the head's."""
    plain = clean(text.replace("\n", " - ").replace("–", "-").replace("—", "-")).casefold()
    if plain.startswith(("tl.", "tuq.", "q.", "t/l", "tm.")):
        return ""
    if plain.startswith(("kt.", "kt ")):
        _, dash, own = plain.partition("-")
        return own.strip() if dash else ""
    return plain
