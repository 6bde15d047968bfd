"""Bodies: what they may do on a day, who signs for them, who took over from them.

Everything here queries, so it is called inside `acting`; any identity will do, as all of it is
public knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.people.identity import Actor, acting
from sogoc.people.models import Capacity, Organisation, Succession, Suspension
from sogoc.people.provinces import province_on

TASKS: Final = tuple(Succession.Task.values)
"""What a body can hand to a successor: issuing, custody of registers, supervision."""

_NEAR_PER_KIND: Final = 5


class UnknownOrganisation(Error):
    """No organisation has this code."""


def valid_on(on: date) -> Q:
    """Return the condition that a half-open period holds the day."""
    return Q(valid_from__lte=on) & (Q(valid_until__isnull=True) | Q(valid_until__gt=on))


def get_organisation(code: str) -> Organisation:
    """Return the organisation with the code. Raises `UnknownOrganisation`."""
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise UnknownOrganisation(
            "organisation_unknown",
            Text(
                f"Không có đơn vị nào mang mã “{code}”.",
                f"No organisation has the code {code!r}.",
            ),
            organisation=code,
        )
    return found


def organisations(
    *, capacity: str | None = None, on: date | None = None, codes: Iterable[str] | None = None
) -> list[Organisation]:
    """List organisations by code.

    `capacity` keeps those that ever held it, or with `on` hold it that day (suspended or not);
    `on` alone keeps those that exist that day.
    """
    found = Organisation.objects.order_by("code")
    if codes is not None:
        found = found.filter(code__in=list(codes))
    if capacity is not None:
        holding = Capacity.objects.filter(kind=capacity)
        if on is not None:
            holding = holding.filter(valid_on(on))
        found = found.filter(pk__in=holding.values("organisation_id"))
    if on is not None:
        found = _existing(found, on)
    return list(found)


def organisation_summaries(*, on: date) -> list[dict[str, Any]]:
    """Return `code`, `name`, `capacities` and `suspended` of every organisation, for a list.

    Opens its own work as nobody: all of it is public. Capacities are those of the day.
    """
    with acting(Actor.anonymous()):
        found = list(Organisation.objects.order_by("code"))
        usable = usable_kinds([body.pk for body in found], on)
        held: dict[int, set[str]] = {}
        for pk, kind in Capacity.objects.filter(valid_on(on)).values_list(
            "organisation_id", "kind"
        ):
            held.setdefault(pk, set()).add(kind)
    return [
        {
            "code": body.code,
            "name": body.name,
            "capacities": sorted(usable.get(body.pk, ())),
            "suspended": sorted(held.get(body.pk, set()) - usable.get(body.pk, frozenset())),
        }
        for body in found
    ]


def _existing(found: QuerySet[Organisation], on: date) -> QuerySet[Organisation]:
    return found.exclude(established_on__gt=on).exclude(dissolved_on__lte=on)


def successor(code: str, task: str, on: date) -> Organisation | None:
    """Return the body that carries out a task of `code` on the day, or `None`: itself.

    `task` is one of `TASKS`. Chains are followed to the end. Raises `UnknownOrganisation`.
    """
    body = get_organisation(code)
    steps = dict(
        Succession.objects.filter(task=task, valid_from__lte=on)
        .order_by("valid_from")  # the latest of one body wins
        .values_list("organisation_id", "successor_id")
    )
    current, visited = body.pk, {body.pk}
    while (following := steps.get(current)) is not None and following not in visited:
        visited.add(following)
        current = following
    return None if current == body.pk else Organisation.objects.get(pk=current)


def successions(task: str) -> list[tuple[str, str, date]]:
    """Return who took a task over from whom since when, as codes of bodies, the oldest first."""
    return list(
        Succession.objects.filter(task=task)
        .order_by("valid_from", "pk")
        .values_list("organisation__code", "successor__code", "valid_from")
    )


def predecessors(organisation_id: int, on: date, *, tasks: Iterable[str] = TASKS) -> set[int]:
    """Return ids of bodies, near and far, whose task passed to this body by the day."""
    found: set[int] = set()
    for task in tasks:
        latest = dict(
            Succession.objects.filter(task=task, valid_from__lte=on)
            .order_by("valid_from")
            .values_list("organisation_id", "successor_id")
        )
        back: dict[int, list[int]] = {}
        for before, after in latest.items():
            back.setdefault(after, []).append(before)
        ahead = [organisation_id]
        seen = {organisation_id}
        while ahead:
            for before in back.get(ahead.pop(), ()):
                if before not in seen:
                    seen.add(before)
                    ahead.append(before)
        found |= seen
    return found - {organisation_id}


def responsible_for(organisation_id: int, task: str, on: date) -> set[int]:
    """Return the bodies whose task this one carries out: its own, unless passed on, and others'."""
    if Succession.objects.filter(
        task=task, valid_from__lte=on, organisation_id=organisation_id
    ).exists():
        return set()
    return {organisation_id, *predecessors(organisation_id, on, tasks=(task,))}


def near_bodies(code: str, on: date) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return (name, capacity kinds) of bodies near `code`, to name who may do what it may not.

    Nearest first: those below it, the one above, those beside it, then its province's; at most five
    of a capacity. Suspended capacities are left out. Raises `UnknownOrganisation`.
    """
    body = get_organisation(code)
    around = Q(parent_id=body.pk)
    if body.parent_id is not None:
        around |= Q(pk=body.parent_id) | Q(parent_id=body.parent_id)
    here = province_on(body.province_code, on) if body.province_code else None
    if here is not None:
        around |= Q(province_code__in=here.codes)
    candidates = list(_existing(Organisation.objects.filter(around), on).exclude(pk=body.pk))
    kinds = usable_kinds([candidate.pk for candidate in candidates], on)

    def distance(other: Organisation) -> tuple[int, str]:
        if other.parent_id == body.pk:
            return 0, other.code
        if other.pk == body.parent_id:
            return 1, other.code
        return (2 if body.parent_id and other.parent_id == body.parent_id else 3), other.code

    taken: dict[str, int] = {}
    near = []
    for other in sorted(candidates, key=distance):
        wanted = [k for k in kinds.get(other.pk, ()) if taken.get(k, 0) < _NEAR_PER_KIND]
        if not wanted:
            continue
        for kind in wanted:
            taken[kind] = taken.get(kind, 0) + 1
        near.append((other.name, kinds[other.pk]))
    return tuple(near)


def usable_kinds(organisation_ids: Iterable[int], on: date) -> dict[int, frozenset[str]]:
    """Return the capacities each organisation may use on the day, suspended ones left out."""
    ids = list(organisation_ids)
    withheld = set(
        Suspension.objects.filter(valid_on(on), organisation_id__in=ids).values_list(
            "organisation_id", "capacity_kind"
        )
    )
    found: dict[int, set[str]] = {}
    held = Capacity.objects.filter(valid_on(on), organisation_id__in=ids)
    for body, kind in held.values_list("organisation_id", "kind"):
        if (body, kind) not in withheld and (body, "") not in withheld:
            found.setdefault(body, set()).add(kind)
    return {body: frozenset(kinds) for body, kinds in found.items()}
