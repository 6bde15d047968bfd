"""The public door of the policy package. Everything else is private to it."""

from __future__ import annotations

from datetime import date

from sogoc.policy import matrix
from sogoc.policy.check import Check, checks
from sogoc.policy.checks.people.e_same_person_twice import reason_for_two
from sogoc.policy.coherence import Gap, gaps
from sogoc.policy.coverage import PLACES as COVERAGE_PLACES
from sogoc.policy.coverage import WORDS as COVERAGE_WORDS
from sogoc.policy.coverage import coverage
from sogoc.policy.difference import OWN_DATE as CHANGES_NO_LINE
from sogoc.policy.difference import WORDS as CHANGE_WORDS
from sogoc.policy.difference import Change, between_days, between_laws
from sogoc.policy.errors import LawDataError, PolicyCrash
from sogoc.policy.facts import (
    ACTS,
    Act,
    ActFacts,
    BalanceFact,
    BlanksFact,
    BodyFact,
    BookFact,
    CapacityFact,
    DecisionFact,
    LicenceFact,
    LineFacts,
    ListFacts,
    LotFact,
    MandateFact,
    OverrideFact,
    PriorOriginal,
    Role,
    RowFacts,
    RulingFact,
)
from sogoc.policy.findings import Finding, Level, Result, Status
from sogoc.policy.fingerprints import Fingerprint, fingerprints, plain
from sogoc.policy.history import (
    Saying,
    Section,
    UnknownInstrument,
    days_of_change,
    find_instrument,
    sayings,
    timeline,
)
from sogoc.policy.list_form import GRADES, MODES, RESULTS, ListForm, list_form
from sogoc.policy.loader import build_law, load_law
from sogoc.policy.matrix import WORDS as VERDICT_WORDS
from sogoc.policy.matrix import Verdict
from sogoc.policy.old_names import OldName, old_name, old_name_in, old_names
from sogoc.policy.provisions import ACT_WORDS, Provision, provisions
from sogoc.policy.provisions import in_force as provisions_in_force
from sogoc.policy.requirements import needed_kinds
from sogoc.policy.runner import run_check, run_lines, run_list
from sogoc.policy.statute import (
    Capacity,
    Cite,
    Deadline,
    Instrument,
    Kind,
    Law,
    PassMark,
    Provenance,
)
from sogoc.policy.values import Items, Topic, Value

__all__ = [
    "ACTS",
    "ACT_WORDS",
    "CHANGES_NO_LINE",
    "CHANGE_WORDS",
    "COVERAGE_PLACES",
    "COVERAGE_WORDS",
    "GRADES",
    "MODES",
    "RESULTS",
    "VERDICT_WORDS",
    "Act",
    "ActFacts",
    "BalanceFact",
    "BlanksFact",
    "BodyFact",
    "BookFact",
    "Capacity",
    "CapacityFact",
    "Change",
    "Check",
    "Cite",
    "Deadline",
    "DecisionFact",
    "Finding",
    "Fingerprint",
    "Gap",
    "Instrument",
    "Items",
    "Kind",
    "Law",
    "LawDataError",
    "Level",
    "LicenceFact",
    "LineFacts",
    "ListFacts",
    "ListForm",
    "LotFact",
    "MandateFact",
    "OldName",
    "OverrideFact",
    "PassMark",
    "PolicyCrash",
    "PriorOriginal",
    "Provenance",
    "Provision",
    "Result",
    "Role",
    "RowFacts",
    "RulingFact",
    "Saying",
    "Section",
    "Status",
    "Topic",
    "UnknownInstrument",
    "Value",
    "Verdict",
    "authority",
    "between_days",
    "between_laws",
    "build_law",
    "checks",
    "coverage",
    "days_of_change",
    "find_instrument",
    "fingerprints",
    "gaps",
    "list_form",
    "load_law",
    "needed_kinds",
    "old_name",
    "old_name_in",
    "old_names",
    "plain",
    "provisions",
    "provisions_in_force",
    "reason_for_two",
    "run_check",
    "run_lines",
    "run_list",
    "sayings",
    "timeline",
]


def authority(
    kind: str,
    on: date,
    *,
    act: str = "issue",
    issuer_kind: str | None = None,
    title: str | None = None,
    level: int | None = None,
    holds_register: bool | None = None,
    law: Law | None = None,
) -> Verdict:
    """Whether a body of ``issuer_kind`` may do ``act`` for ``kind`` that day; without it, who may.

    ``kind`` and ``issuer_kind`` are ids, old names or synonyms; ``title`` the signature title as
    typed. ``holds_register`` says for acts other than issue whether the body keeps the original
    register. Raises ``ValueError`` for an unknown act.
    """
    return matrix.authority(
        law or load_law(),
        kind,
        on,
        act=act,
        issuer_kind=issuer_kind,
        title=title,
        level=level,
        holds_register=holds_register,
    )
