"""What stands around a body that the law asks about: licences, member universities, custody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import connection
from django.db.models import Q

from sogoc.credentials.register.api import prior_originals
from sogoc.kernel.periods import Period
from sogoc.people.api import body_fact, province_named, successor
from sogoc.people.models import Capacity, Licence
from sogoc.policy.api import LicenceFact, PriorOriginal, needed_kinds

Person = tuple[str, date | None, str | None]
_MEMBER = "truong_dh_thanh_vien"


def licence_facts(body: str) -> tuple[LicenceFact, ...] | None:
    """Return the body's licences, ``None`` where none was ever recorded; inside ``acting``."""
    found = Licence.objects.filter(organisation__code=body).order_by("valid_from", "pk")
    licences = tuple(
        LicenceFact(
            subject=licence.subject,
            period=Period(licence.valid_from, licence.valid_until),
            level=licence.level,
        )
        for licence in found
    )
    return licences or None


def member_universities(body: str, on: date) -> tuple[str, ...]:
    """Return names and codes of the member universities under a body on a day."""
    found = Capacity.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=on),
        organisation__parent__code=body,
        kind=_MEMBER,
        valid_from__lte=on,
    ).order_by("organisation__code")
    names: dict[str, None] = {}
    for name, code in found.values_list("organisation__name", "organisation__code"):
        names |= {name: None, code: None}
    return tuple(names)


def keepers_capacities(body: str, on: date) -> frozenset[str]:
    """Return the capacities on a day of who keeps the body's registers then."""
    keeper = successor(body, "custody", on)
    return body_fact(keeper.code if keeper is not None else body).capacity_kinds(on)


def held_before(kind: str, on: date, people: Sequence[Person]) -> dict[int, frozenset[str]] | None:
    """Return which of the kinds a credential supposes each person holds, by position.

    ``None`` where the law supposes none: nobody is asked for then.
    """
    needed = needed_kinds(kind, on)
    if not needed:
        return None
    held: dict[int, set[str]] = {index: set() for index in range(len(people))}
    for name in needed:
        for index, originals in prior_originals(name, people).items():
            if any(o.status == "valid" and o.issued_on <= on for o in originals):
                held[index].add(name)
    return {index: frozenset(kinds) for index, kinds in held.items()}


def earlier_originals(
    kind: str, people: Sequence[Person], places: Sequence[str | None]
) -> dict[int, tuple[PriorOriginal, ...]]:
    """Return the originals of the kind these people have at any issuer, by position.

    ``likeness`` says how it is the same person: ``id`` and ``place`` surely, ``unknown`` and
    ``other_place`` by name and birth date alone. ``places`` are the birth places of ``people``.
    """
    prior = prior_originals(kind, people)
    if not prior:
        return {}
    asked = [(index, one.code) for index, originals in prior.items() for one in originals]
    known = likenesses([(code, people[index][2], places[index]) for index, code in asked])
    found = dict(zip(asked, known, strict=True))
    return {
        index: tuple(replace(one, likeness=found[index, one.code]) for one in originals)
        for index, originals in prior.items()
    }


def likenesses(asked: Sequence[tuple[str, str | None, str | None]]) -> list[str]:
    """Return how the holders of originals are people; ``asked`` are code, ID and birth place.

    One answer each, in order: ``id``, ``place``, ``unknown`` or ``other_place``; one query.
    """
    found = ["unknown"] * len(asked)
    if not asked:
        return found
    codes, ids, places = zip(*asked, strict=True)
    ways = {place: _ways_to_write(place) for place in set(places)}
    query = "SELECT * FROM sogoc_prior_likeness(%s::text[], %s::text[], %s::text[])"
    parameters = [list(codes), [one or "" for one in ids], [ways[place] for place in places]]
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        for place, likeness in cursor:
            found[place - 1] = likeness
    return found


def _ways_to_write(place: str | None) -> str:
    """A birth place as typed, and the province it names: "Gia Nghĩa, Đắk Nông" is Đắk Nông."""
    if not place or not place.strip():
        return ""
    province = province_named(place)
    ways = (place, place.replace(";", ",").rsplit(",", 1)[-1], province.name if province else "")
    return "\n".join(dict.fromkeys(way.replace("\n", " ") for way in ways if way))
