"""From lines of a register to the facts that the law is asked about."""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sogoc.credentials.issuing.api import (
    licence_facts,
    likenesses,
    member_universities,
    ruling_facts,
)
from sogoc.credentials.overrides.api import override_facts
from sogoc.credentials.sweep.lines import Found, list_mates, people_before
from sogoc.kernel.names import name_key
from sogoc.people.api import body_fact, mandate_facts, near_bodies, successor
from sogoc.people.models import Capacity, Organisation, Suspension
from sogoc.policy.api import (
    ActFacts,
    BodyFact,
    DecisionFact,
    LicenceFact,
    LineFacts,
    MandateFact,
    OverrideFact,
    PriorOriginal,
    RowFacts,
    needed_kinds,
)

SOURCE_DIGEST: Final = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
"""Other facts, other findings: what was judged under another text of this file is judged again."""

_SCORES: Final = ("score_theory", "score_practice", "score_total", "gpa")
_APART_BY: Final = ("candidate_number", "student_code")
_NO_SCORES: Mapping[str, float | None] = {}
_NO_TEXTS: Mapping[str, str] = {}
_NOT_ASKED: tuple[PriorOriginal, ...] = ()
_LEVEL: Final = re.compile(r"(?<!\d)([1-9])(?!\d)")


@dataclass(frozen=True, slots=True)
class World:
    """What is known of one body whatever the line: the same for all its lines."""

    body: BodyFact
    mandates: tuple[MandateFact, ...]
    licences: tuple[LicenceFact, ...] | None
    kept_by: frozenset[str]
    keeper: str
    overrides: tuple[OverrideFact, ...]
    issued_under: Mapping[str, OverrideFact]
    """Overrides as they stood before any withdrawal, for lines issued under them."""

    def overrides_of(self, issued_under: Sequence[str]) -> tuple[OverrideFact, ...]:
        """Those that count for a line: what it was issued under stands, though withdrawn since."""
        if not issued_under:
            return self.overrides
        own = tuple(self.issued_under[n] for n in issued_under if n in self.issued_under)
        return (*own, *(each for each in self.overrides if each.number not in issued_under))


class Facts:
    """Turns lines into facts as of a day; bodies, mandates and neighbours are asked for once."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.rulings = ruling_facts()
        self._worlds: dict[str, World] = {}
        self._near: dict[tuple[str, int], tuple[tuple[str, frozenset[str]], ...]] = {}
        self._members: dict[tuple[str, int], tuple[str, ...]] = {}
        self._changes = _days_of_change()

    def of(self, lines: Sequence[Found], *, with_prior: bool = False) -> list[LineFacts]:
        """Return the facts of lines; with the person's other originals where they are asked for."""
        prior = self._prior(lines) if with_prior else {}
        held = self._held(lines)
        acts: dict[tuple[object, ...], ActFacts] = {}
        facts = []
        for index, line in enumerate(lines):
            row = _row(line, prior.get(index, _NOT_ASKED), held.get(index))
            facts.append(LineFacts(line["code"], self._act(line, acts), row))
        return facts

    def world(self, code: str) -> World:
        """Return what is known of a body. Raises ``UnknownOrganisation``."""
        if code not in self._worlds:
            body = body_fact(code)
            heir = successor(code, "custody", self.as_of)
            keeper = body if heir is None else body_fact(heir.code)
            self._worlds[code] = World(
                body=body,
                mandates=mandate_facts(code),
                licences=licence_facts(code),
                kept_by=keeper.capacity_kinds(self.as_of),
                keeper=keeper.code,
                overrides=override_facts(code),
                issued_under={
                    each.number: each for each in override_facts(code, as_confirmed=True)
                },
            )
        return self._worlds[code]

    def _act(self, line: Found, acts: dict[tuple[object, ...], ActFacts]) -> ActFacts:
        key = (
            line["issuer"], line["kind"], line["issued_on"], line["is_live"],
            line["signatory_title"], line["decision_number"], line["decision_date"],
            line["exam_date"], line["level"], line["submitted_by"], line["learners_confirmed_on"],
            line["file_sha256"], tuple(line["overrides"] or ()),
        )  # fmt: skip
        known = acts.get(key)
        if known is not None:
            return known
        world = self.world(line["issuer"])
        number, day = line["decision_number"], line["decision_date"]
        acts[key] = act = ActFacts(
            kind=line["kind"],
            issued_on=line["issued_on"],
            body=world.body,
            title_text=line["signatory_title"],
            mandates=world.mandates if line["is_live"] else None,
            exam_date=line["exam_date"],
            decision=DecisionFact(number, day, line["decided_by"], line["decided_for"])
            if number and day
            else None,
            decision_by=line["decided_by"],
            submitted_by=line["submitted_by"] or None,
            level=line["level"],
            learners_confirmed_on=line["learners_confirmed_on"],
            legacy=not line["is_live"],
            near=self._neighbours(line["issuer"], line["issued_on"]),
            rulings=self.rulings,
            overrides=world.overrides_of(line["overrides"] or ()),
            file_sha256=line["file_sha256"],
            licences=world.licences,
            members=self._members_on(line["issuer"], line["issued_on"]),
            seen_on=self.as_of,
            kept_by=world.kept_by,
        )
        return act

    def _neighbours(self, code: str, on: date) -> tuple[tuple[str, frozenset[str]], ...]:
        """Competent bodies nearby; the same on all days between two changes."""
        key = (code, bisect_right(self._changes, on))
        if key not in self._near:
            self._near[key] = near_bodies(code, on)
        return self._near[key]

    def _members_on(self, code: str, on: date) -> tuple[str, ...]:
        """Member universities; the same on all days between two changes."""
        key = (code, bisect_right(self._changes, on))
        if key not in self._members:
            self._members[key] = member_universities(code, on)
        return self._members[key]

    def _held(self, lines: Sequence[Found]) -> dict[int, frozenset[str]]:
        """What people held when a live line was issued whose kind supposes it.

        What was revoked after that day was held on it.
        """
        acts: dict[tuple[str, date], list[int]] = {}
        for index, line in enumerate(lines):
            if line["is_live"] and not line["is_erased"]:
                acts.setdefault((line["kind"], line["issued_on"]), []).append(index)
        found: dict[int, frozenset[str]] = {}
        for (kind, on), indexes in acts.items():
            needed = needed_kinds(kind, on)
            if not needed:
                continue
            held: dict[int, set[str]] = {index: set() for index in indexes}
            people = [_person(lines[index]) for index in indexes]
            for name in needed:
                for other in people_before(name, people):
                    gone = other["revoked_on"] is not None and other["revoked_on"] <= on
                    if other["issued_on"] <= on and not gone:
                        held[indexes[other["place"]]].add(name)
            found |= {index: frozenset(kinds) for index, kinds in held.items()}
        return found

    def _prior(self, lines: Sequence[Found]) -> dict[int, tuple[PriorOriginal, ...]]:
        """Originals of the same person that came before each line; the later one is at fault.

        Whether an original was revoked is answered for the day of the sweep, not for today. Two
        people of one list whom the exam or the school told apart stay two people. How sure it is
        that the person is the same (`likeness`) is asked for all at once.
        """
        by_kind: dict[str, list[int]] = {}
        for index, line in enumerate(lines):
            if line["name_key"] or line["personal_id"]:
                by_kind.setdefault(line["kind"], []).append(index)
        before: list[tuple[int, Found]] = []
        for kind, indexes in by_kind.items():
            found = people_before(kind, [_person(lines[i]) for i in indexes])
            mates = list_mates(lines[indexes[each["place"]]]["id"] for each in found)
            for prior in found:
                own = lines[indexes[prior["place"]]]
                if (prior["issued_on"], prior["code"]) >= (own["issued_on"], own["code"]):
                    continue
                if not told_apart(own, mates.get((own["id"], prior["code"]))):
                    before.append((indexes[prior["place"]], prior))
        asked = [
            (prior["code"], lines[index]["personal_id"], lines[index]["birth_place"])
            for index, prior in before
        ]
        originals: dict[int, list[PriorOriginal]] = {}
        for (index, prior), likeness in zip(before, likenesses(asked), strict=True):
            originals.setdefault(index, []).append(self._original(prior, likeness))
        return {index: tuple(those) for index, those in originals.items()}

    def _original(self, prior: Found, likeness: str) -> PriorOriginal:
        revoked = prior["revoked_on"] is not None and prior["revoked_on"] <= self.as_of
        return PriorOriginal(
            code=prior["code"],
            issuer_name=prior["issuer_name"],
            kind=prior["kind"],
            issued_on=prior["issued_on"],
            status="revoked" if revoked else "valid",
            level=_level(prior["level"]),
            major=prior["major"],
            likeness=likeness,
        )


def _person(line: Found) -> tuple[str, date | None, str | None]:
    return line["name_key"] or "", line["birth_date"], line["personal_id"] or None


def told_apart(own: Found, mate: Found | None) -> bool:
    """Whether candidate numbers or student codes of one list say that two lines are two people.

    As before issue: personal IDs that both have decide first.
    """
    if mate is None or (own["personal_id"] and mate["personal_id"]):
        return False
    mine: Mapping[str, Any] = json.loads(own["details"] or "{}")
    return any(
        mine.get(name) and mate[name] and str(mine[name]).casefold() != mate[name].casefold()
        for name in _APART_BY
    )


def _days_of_change() -> list[date]:
    days: set[date | None] = {date(2025, 7, 1)}  # the provinces were merged
    for model in (Capacity, Suspension):
        for period in model.objects.values_list("valid_from", "valid_until"):
            days.update(period)
    for lived in Organisation.objects.values_list("established_on", "dissolved_on"):
        days.update(lived)
    return sorted(day for day in days if day is not None)


def _row(line: Found, prior: tuple[PriorOriginal, ...], held: frozenset[str] | None) -> RowFacts:
    text: str = line["details"]
    details: Mapping[str, Any] = json.loads(text) if len(text) > 2 else {}
    get = details.get
    name = line["full_name"]
    has_raws = "_raw" in text
    return RowFacts(
        sheet=line["source_sheet"],
        row=line["source_row"] or 0,
        full_name=name or None,
        name_key=(line["name_key"] or name_key(name)) if name else None,
        birth_date=line["birth_date"],
        birth_date_raw=line["birth_text"] or None,
        birth_place=line["birth_place"] or None,
        sex=line["sex"] or None,
        sex_raw=get("sex_raw"),
        personal_id=line["personal_id"] or None,
        scores={name: _number(details[name]) for name in _SCORES if name in details}
        if details
        else _NO_SCORES,
        score_raws={
            name: str(details[f"{name}_raw"]) for name in _SCORES if f"{name}_raw" in details
        }
        if has_raws
        else _NO_TEXTS,
        result=get("result"),
        grade=get("grade"),
        level=_level(get("level")),
        major=get("major"),
        exam_date=_day(get("exam_date")),
        serial=line["serial"] or None,
        entry_number=line["entry_number"] or None,
        issued_on=line["issued_on"],
        prior=prior,
        prior_kinds=held,
        ethnicity=line["ethnicity"] or None,
        nationality=line["nationality"] or None,
        major_code=get("major_code"),
        training_mode=get("training_mode"),
        school=get("school"),
        note=get("note"),
        receiver=get("receiver_signature"),
        printed=_texts(get("printed")),
        overridden=tuple(line["overrides"] or ()),
        candidate_number=_text(get("candidate_number")),
        student_code=_text(get("student_code")),
    )


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _level(value: object) -> int | None:
    """Read "Bậc 3" and "B1 (bậc 3)" as 3, as a list is read."""
    found = _LEVEL.findall(str(value)) if value is not None else []
    return int(found[-1]) if found else None


def _text(value: object) -> str | None:
    return str(value) if value is not None and value != "" else None


def _texts(value: object) -> Mapping[str, str]:
    """What the paper bears, field by field; anything but an object of texts was not recorded so."""
    if not isinstance(value, Mapping) or not value:
        return _NO_TEXTS
    return {str(name): str(text) for name, text in value.items() if text is not None}


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
