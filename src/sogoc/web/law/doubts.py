"""What the rule set does not know, or is not sure of, said openly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sogoc.policy.api import ACT_WORDS, Law, gaps
from sogoc.web.law.instruments import Line, index
from sogoc.web.law.kinds import Topic, by_topic
from sogoc.web.law.statements import Statement, statements
from sogoc.web.law.telling import Link, kind_link
from sogoc.web.law.words import period_words
from sogoc.web.templatetags.sogoc_web import in_words


@dataclass(frozen=True, slots=True)
class Silence:
    """Days on which the rule set says nothing of a thing; no kinds: whatever the kind."""

    topic: str
    about: str
    kinds: tuple[Link, ...]
    period: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything in doubt: uncertain values, values not compared, silences, overdue reviews."""

    uncertain: list[Topic]
    uncertain_count: int
    recalled: list[Topic]
    recalled_count: int
    instruments: list[Line]
    silences: list[Silence]
    undecided_kinds: list[Link]
    overdue: list[Topic]
    overdue_count: int
    total: int


def page(law: Law, today: date) -> Page:
    """Gather what is in doubt; `today` decides what is due for another look."""
    said = statements(law)
    uncertain = [s for s in said if s.confidence == "uncertain"]
    recalled = [s for s in said if s.confidence == "recalled"]
    overdue = [s for s in said if _is_overdue(s, today)]
    doubtful = {one.id for one in law.instruments.values() if one.confidence != "found"}
    return Page(
        uncertain=by_topic(law, uncertain),
        uncertain_count=len(uncertain),
        recalled=by_topic(law, recalled),
        recalled_count=len(recalled),
        instruments=[line for line in index(law) if line.id in doubtful],
        silences=_silences(law),
        undecided_kinds=[
            kind_link(law, kind.id)
            for kind in law.kinds.values()
            if kind.standing in ("legacy", "open")
        ],
        overdue=by_topic(law, overdue),
        overdue_count=len(overdue),
        total=len(said),
    )


def _is_overdue(statement: Statement, today: date) -> bool:
    return today > statement.review_by


def _silences(law: Law) -> list[Silence]:
    return [
        Silence(
            in_words(law.topics[gap.topic].name),
            in_words(ACT_WORDS.get(gap.about)),
            tuple(kind_link(law, name) for name in gap.kinds),
            period_words(gap.period),
        )
        for gap in gaps(law)
    ]
