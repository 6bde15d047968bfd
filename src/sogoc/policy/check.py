"""What a check is, and the registry that finds them: one file a check, named after its id."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import ModuleType
from typing import Final, Literal

from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy.facts import ActFacts, ListFacts, RowFacts
from sogoc.policy.findings import NOT_APPLICABLE, NOT_IN_FORCE, Result
from sogoc.policy.statute import EMPTY, Cite, Law

Scope = Literal["act", "row", "list"]
Confidence = Literal["found", "recalled", "uncertain"]
ActRun = Callable[[ActFacts, Law], Result]
RowRun = Callable[[RowFacts, ActFacts, Law], Result]
ListRun = Callable[[ListFacts, Law], Iterable[tuple[int | None, Result]]]
BatchRun = Callable[[Sequence[RowFacts], ActFacts, Law], Iterable[tuple[int, Result]]]


HARD: Final[frozenset[str]] = frozenset({"V01", "V02", "V05", "V47"})
"""Hard law: authority, signatory, an ended kind or issuer, no credential. Nobody waives these."""

GUARDED: Final[frozenset[str]] = frozenset({"V12", "V13", "V14", "V16"})
"""What the database refuses as well: a waiver would be a promise nobody can keep."""


def every_act(act: ActFacts) -> bool:  # noqa: ARG001 - the signature all `applies` share
    """A check that applies whatever the act."""
    return True


def only_issue(act: ActFacts) -> bool:
    """A check of the act of issue alone."""
    return act.act == "issue"


def only_live(act: ActFacts) -> bool:
    """A check of acts being prepared now, never of registers taken over from paper."""
    return not act.legacy


def live_issue(act: ActFacts) -> bool:
    """A check of issues being prepared now."""
    return act.act == "issue" and not act.legacy


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: data, and one small function.

    A module in ``checks/<area>/`` defines ``CHECK = Check(...)`` and ``run``; its docstring's first
    paragraph is the message shown (Vietnamese), the second the same in English; ``{places}`` are
    filled by the result's values. ``citations`` are tried in order: the first whose instrument is
    in force on the day of the act is cited. Acts outside ``period`` are ``not_in_force``, and with
    ``only_while_cited`` so are acts of days on which none of the cited instruments is in force.
    ``scope`` says what ``run`` gets: ``act``, ``row`` (one person) or ``list``. A row check may add
    ``run_batch(rows, act, law)`` yielding what is not passed; ``run`` stays its oracle.
    ``whole_register``: a list check that also runs over all lines of a sweep at once;
    ``each_act_of_sweep``: one that runs over the lines of each act, under the law of its day.
    ``is_needed``: issuing itself cannot do without what is asked for, so nobody waives it.
    ``confidence`` is ``uncertain`` where the rule itself could not be confirmed; such a check
    never does more than warn.
    """

    id: str
    violation: str | None
    scope: Scope
    citations: tuple[Cite, ...]
    remedy: Text
    reviewed: date
    period: Period = field(default_factory=Period)
    applies: Callable[[ActFacts], bool] = every_act
    ground_for_revocation: Cite | None = None
    whole_register: bool = False
    each_act_of_sweep: bool = False
    only_while_cited: bool = False
    is_needed: bool = False
    confidence: Confidence = "found"
    message: Text = EMPTY
    explanation: str = ""
    area: str = ""
    run_act: ActRun | None = None
    run_row: RowRun | None = None
    run_list: ListRun | None = None
    run_batch: BatchRun | None = None

    @property
    def may_be_overridden(self) -> bool:
        """Whether two officers may set a failure aside, with a reason."""
        return (
            self.id.startswith("E-") and not self.is_needed and self.violation not in HARD | GUARDED
        )

    def in_force(self, on: date, law: Law) -> bool:
        """Whether acts of that day are judged by this check."""
        return self.period.contains(on) and (
            not self.only_while_cited
            or any(law.instruments[c.instrument].period.contains(on) for c in self.citations)
        )

    def skipped(self, act: ActFacts, law: Law) -> Result | None:
        """``not_in_force`` or ``not_applicable`` for acts the check does not judge."""
        if not self.in_force(act.issued_on, law):
            return NOT_IN_FORCE
        return None if self.applies(act) else NOT_APPLICABLE


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """Every check shipped, by id. Raises ``ValueError`` for a file that breaks the conventions."""
    from sogoc.policy import checks as package

    found: dict[str, Check] = {}
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if info.ispkg or info.name.rsplit(".", 1)[1].startswith("_"):
            continue
        check = bind(importlib.import_module(info.name))
        if check.id in found:
            raise ValueError(f"check {check.id} twice")
        found[check.id] = check
    return tuple(found[name] for name in sorted(found))


def bind(module: ModuleType) -> Check:
    """The check of a module, with its message and functions. Raises ``ValueError``."""
    name = module.__name__.rsplit(".", 1)[1]
    check: Check = module.CHECK
    if name != check.id.lower().replace("-", "_"):
        raise ValueError(f"{module.__name__} defines {check.id}")
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", (module.__doc__ or "").strip())]
    if len(paragraphs) < 2:
        raise ValueError(f"{check.id}: the docstring needs a Vietnamese and an English paragraph")
    values = {name: getattr(check, name) for name in _DECLARED}
    return Check(
        **values,
        message=Text(paragraphs[0], paragraphs[1]),
        explanation="\n\n".join(paragraphs[2:]),
        area=module.__name__.rsplit(".", 2)[1],
        run_act=module.run if check.scope == "act" else None,
        run_row=module.run if check.scope == "row" else None,
        run_list=module.run if check.scope == "list" else None,
        run_batch=getattr(module, "run_batch", None),
    )


_DECLARED = (
    "id", "violation", "scope", "citations", "remedy", "reviewed", "period", "applies",
    "ground_for_revocation", "whole_register", "each_act_of_sweep",
    "only_while_cited", "is_needed", "confidence",
)  # fmt: skip
