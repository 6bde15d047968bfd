"""Which checks a sweep makes, and making them over lines: one by one, and across the register."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Final

from sogoc.credentials.issuing.api import member_universities
from sogoc.credentials.sweep.facts import SOURCE_DIGEST, Facts
from sogoc.credentials.sweep.lines import (
    ANY,
    ENTRY_NUMBER,
    PERSON,
    SERIAL,
    Alike,
    Found,
    Scope,
    alike_lines,
)
from sogoc.kernel import canonical
from sogoc.kernel.text import Text
from sogoc.policy.api import (
    BodyFact,
    Check,
    Finding,
    LineFacts,
    checks,
    fingerprints,
    load_law,
    plain,
    run_lines,
)

OF_LEDGERS: Final = ("W-BLANKS-DO-NOT-BALANCE",)
"""Checks that judge the ledgers of a body and no line: see ``ledgers``."""
_NUMBERS: Final[Mapping[str, Alike]] = {"V12": SERIAL, "V16": ENTRY_NUMBER}
_OTHER_ORIGINALS: Final = "prior"
_OF_THE_DAY: Final = frozenset({"seen_on", "kept_by", "prior_kinds"})
"""Facts that change with the day a sweep looks from, and what other registers say by then."""
_ANY_BODY: Final = BodyFact("", "")
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class LineFinding:
    """A finding on one register line: ``code`` is its look-up code.

    What is found about a whole ledger of an issuer has a ``subject`` (``blanks:<kind>``) and no
    line.
    """

    code: str
    issuer: str
    kind: str
    issued_on: date
    finding: Finding
    line_id: int = 0
    issuer_id: int = 0
    subject: str = ""


def one_by_one() -> tuple[Check, ...]:
    """The checks that judge a line by itself and by its act."""
    return tuple(
        check
        for check in checks()
        if check.id not in across() and (check.scope != "list" or check.each_act_of_sweep)
    )


def across() -> dict[str, Alike]:
    """The checks that judge a line beside others, by id, and which others that are."""
    prints = fingerprints(load_law())
    found = {}
    for check in checks():
        if check.whole_register:
            found[check.id] = _NUMBERS.get(check.violation or "", ANY)
        elif check.scope == "row" and _OTHER_ORIGINALS in prints[check.id].reads:
            found[check.id] = PERSON
    return found


class Judge:
    """Judges lines as of a day, all under one law; made once for a sweep, inside ``acting``."""

    def __init__(self, as_of: date) -> None:
        self.law = load_law()
        self.facts = Facts(as_of)
        self.one_by_one = one_by_one()
        self.across = across()
        self._of_acts = tuple(check for check in self.one_by_one if check.scope == "act")
        self._by_id = {check.id: check for check in checks()}

    def digests(self) -> dict[str, str]:
        """What each check rests on: the law, its code, rulings about it, and maybe the day.

        Two sweeps whose digests of a check are equal find the same on a line whose body is known
        by the same ``world_digest``.
        """
        prints = fingerprints(self.law)
        found = {}
        for check_id in (*(check.id for check in self.one_by_one), *self.across, *OF_LEDGERS):
            about = [plain(r) for r in self.facts.rulings if check_id in r.checks]
            day = self.facts.as_of.isoformat() if _OF_THE_DAY & prints[check_id].reads else ""
            found[check_id] = _digest([prints[check_id].digest, SOURCE_DIGEST, about, day])
        return found

    def world_digest(self, issuer: str) -> str:
        """What is known of a body: its capacities, signatories, licences and members."""
        world = self.facts.world(issuer)
        members = member_universities(issuer, self.facts.as_of)
        return _digest(
            plain((world.body, world.mandates, world.licences, members, world.overrides))
        )

    def lines(
        self, lines: Sequence[Found], *, only: Collection[str] | None = None
    ) -> Iterator[LineFinding]:
        """Yield what the checks that judge line by line find; ``only`` these ids.

        Of a person whose data were erased only the act is judged.
        """
        for erased, group in groupby(lines, key=lambda line: bool(line["is_erased"])):
            chosen = self._of_acts if erased else self.one_by_one
            if only is not None:
                chosen = tuple(check for check in chosen if check.id in only)
            part = list(group)
            yield from self._found(part, self.facts.of(part), chosen)

    def alike(self, check_id: str, scope: Scope, size: int) -> Iterator[list[LineFinding]]:
        """Yield, some at a time, what a check finds among lines that are alike.

        What is alike may lie at issuers outside the scope; found are only lines of the scope.
        """
        alike = self.across[check_id]
        wanted = frozenset(scope.issuers)
        for lines in alike_lines(scope, alike, size):
            facts = self.facts.of(lines, with_prior=alike is PERSON)
            if "issuer_id" not in alike.within and alike.within:
                facts = _of_whatever_body(facts, lines, alike)
            found = self._found(lines, facts, (self._by_id[check_id],))
            near = _others(lines, alike) if alike.within else {}
            yield [
                _naming(each, near.get(each.line_id, ()))
                for each in found
                if each.issuer_id in wanted
            ]

    def _found(
        self, lines: Sequence[Found], facts: Sequence[LineFacts], chosen: tuple[Check, ...]
    ) -> Iterator[LineFinding]:
        if not chosen:
            return
        about = {line["code"]: line for line in lines}
        for code, finding in run_lines(facts, self.law, only=chosen):
            line = about[code]
            yield LineFinding(
                code,
                line["issuer"],
                line["kind"],
                line["issued_on"],
                finding if finding.row else finding._replace(row=line["source_row"] or finding.row),
                line["id"],
                line["issuer_id"],
            )


def _of_whatever_body(
    facts: Sequence[LineFacts], lines: Sequence[Found], alike: Alike
) -> list[LineFacts]:
    """Lines of several bodies as of one: numbers of blanks do not ask whose they are.

    A row number says nothing where the other line lies in another body's file.
    """
    several = {
        key
        for key, group in groupby(lines, key=alike.key_of)
        if len({line["issuer_id"] for line in group}) > 1
    }
    return [
        LineFacts(
            each.key,
            replace(each.act, body=_ANY_BODY),
            replace(each.row, row=0) if alike.key_of(line) in several else each.row,
        )
        for each, line in zip(facts, lines, strict=True)
    ]


def _others(lines: Sequence[Found], alike: Alike) -> dict[int, tuple[Found, ...]]:
    """For each line the first few that are like it."""
    near: dict[int, tuple[Found, ...]] = {}
    for _, group in groupby(lines, key=alike.key_of):
        same = list(group)
        for line in same:
            others = (other for other in same[: _SHOWN + 1] if other is not line)
            near[line["id"]] = tuple(others)[:_SHOWN]
    return near


def _naming(found: LineFinding, others: Sequence[Found]) -> LineFinding:
    """Name the other lines by their codes: they may be in another file, of another body."""
    if not others:
        return found
    vi = ", ".join(f"{other['code']} ({other['issuer']})" for other in others)
    message = found.finding.message
    said = Text(f"{message.vi} Dòng trùng: {vi}.", f"{message.en} The same on: {vi}.")
    return replace(found, finding=found.finding._replace(message=said))


def _digest(content: object) -> str:
    return hashlib.sha256(canonical.dumps(content)).hexdigest()[:16]
