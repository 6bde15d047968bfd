"""The facts a check may look at: plain frozen data, built once by the caller, never queried.

Dates are ``datetime.date`` without clock or zone (Asia/Ho_Chi_Minh by convention); ``None`` means
"not known", an empty tuple means "known to be none".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sogoc.kernel.periods import Period

Act = Literal["issue", "reissue", "correct", "copy", "revoke"]
Role = Literal["head", "deputy", "acting"]
ACTS: tuple[Act, ...] = ("issue", "reissue", "correct", "copy", "revoke")

_NO_COLUMNS: Mapping[str, int] = {}
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class CapacityFact:
    """One capacity (tư cách) an organisation holds by a decision, with its suspensions.

    ``scope`` names the credential kinds its decision is limited to (empty: every kind the law gives
    the capacity); ``levels`` the levels it may certify (``range(1, 4)`` is levels 1 to 3).
    """

    kind: str
    period: Period
    scope: frozenset[str] = frozenset()
    levels: range | None = None
    suspended: tuple[Period, ...] = ()

    def is_suspended(self, on: date) -> bool:
        """Whether a suspension covers the day."""
        return any(period.contains(on) for period in self.suspended)


@dataclass(frozen=True, slots=True)
class BodyFact:
    """The organisation whose act is judged, with every capacity it ever held."""

    code: str
    name: str
    capacities: tuple[CapacityFact, ...] = ()

    def held(self, on: date) -> tuple[CapacityFact, ...]:
        """Capacities whose decision covers the day, suspended ones included."""
        return tuple(c for c in self.capacities if c.period.contains(on))

    def capacity_kinds(self, on: date) -> frozenset[str]:
        """Issuer kinds it may act in on the day; suspended ones are left out."""
        return frozenset(c.kind for c in self.held(on) if not c.is_suspended(on))

    def suspended_kinds(self, on: date) -> frozenset[str]:
        """Issuer kinds it holds on the day but may not use."""
        usable = self.capacity_kinds(on)
        return frozenset(c.kind for c in self.held(on) if c.kind not in usable)


@dataclass(frozen=True, slots=True)
class MandateFact:
    """A person's title in a body for a period; ``title`` without the body's name.

    ``body`` is the code (or name) of the body; ``acting`` is a deputy put in charge while there is
    no head, which needs ``assignment_decision``.
    """

    title: str
    person: str | None
    period: Period
    role: Role = "head"
    assignment_decision: str | None = None
    body: str = ""


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """The decision recognising graduation or approving results."""

    number: str
    date: date
    by: str | None = None
    row_count: int | None = None


@dataclass(frozen=True, slots=True)
class RulingFact:
    """A recorded and confirmed legal opinion that settles a ``review``.

    ``checks`` must name the checks it settles; the other sets limit it, empty means no limit.
    ``period`` holds the dates of the acts it covers.
    """

    document_number: str
    author: str
    period: Period
    checks: frozenset[str]
    kinds: frozenset[str] = frozenset()
    issuer_kinds: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OverrideFact:
    """A waiver (miễn áp dụng): one check set aside for acts of a period, by two officers.

    Empty ``bodies``, ``kinds`` or ``file_sha256`` mean no limit; ``file_sha256`` is the digest of
    the one list it is for. ``period`` holds the dates of the acts it covers.
    """

    number: str
    check: str
    period: Period
    reason: str
    proposed_by: str
    confirmed_by: str
    document: str = ""
    bodies: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    file_sha256: str = ""


@dataclass(frozen=True, slots=True)
class LicenceFact:
    """Permission for one programme: ``subject`` is its name or code, ``level`` a kind or empty."""

    subject: str
    period: Period
    level: str = ""


@dataclass(frozen=True, slots=True)
class ActFacts:
    """One act of one body on one day: everything but the people.

    ``title_text`` is the signature title as typed ("KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC"). ``mandates`` is
    ``None`` when nobody knows who held office (legacy), ``()`` when the body is known to have
    recorded none. ``near`` are competent bodies to name in a remedy: (name, capacity kinds).
    Hashable, so that results are shared between lines of the same act.

    ``licences`` is ``None`` when the body's licences are not recorded; ``members`` are the names
    and codes of member universities under the body; ``seen_on`` is the day a sweep looks from and
    ``kept_by`` the capacities that day of who keeps the register then; ``file_sha256`` is the
    digest of the list.
    """

    kind: str
    issued_on: date
    body: BodyFact
    act: Act = "issue"
    title_text: str = ""
    mandates: tuple[MandateFact, ...] | None = None
    exam_date: date | None = None
    decision: DecisionFact | None = None
    decision_by: str | None = None
    submitted_by: str | None = None
    level: int | None = None
    learners_confirmed_on: date | None = None
    legacy: bool = False
    near: tuple[tuple[str, frozenset[str]], ...] = ()
    rulings: tuple[RulingFact, ...] = ()
    overrides: tuple[OverrideFact, ...] = ()
    file_sha256: str = ""
    licences: tuple[LicenceFact, ...] | None = None
    members: tuple[str, ...] = ()
    seen_on: date | None = None
    kept_by: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class PriorOriginal:
    """An original the same person already has; ``status`` is the register's word for it.

    ``likeness`` is how the person is the same: ``id`` (personal ID), ``place`` (name, birth date
    and birth place), ``unknown`` (name and birth date, a birth place is missing), ``other_place``.
    """

    code: str
    issuer_name: str
    kind: str
    issued_on: date
    status: str = "valid"
    level: int | None = None
    major: str | None = None
    likeness: str = "place"


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One person of a list, or one register line.

    ``name_key`` is ``sogoc.kernel.names.name_key(full_name)``. ``sex`` is ``male``/``female`` or
    ``None`` with the typed text in ``sex_raw``; dates likewise with ``…_raw``. ``scores`` maps
    ``score_theory``, ``score_practice``, ``score_total``, ``gpa`` to numbers, ``score_raws`` to the
    text of cells that are no number. ``columns`` (shared by all rows of a sheet) maps field names
    to 1-based columns; a field that is absent from it has no column in the file.

    ``prior_kinds`` are the kinds the register says the person held before this act (``None``: not
    asked). ``printed`` is what the paper bears where somebody recorded it, by field name.
    ``overridden`` are the overrides under which the line was issued. ``candidate_number`` and
    ``student_code`` are what the exam and the school tell people apart by.
    """

    sheet: str = ""
    row: int = 0
    full_name: str | None = None
    name_key: str | None = None
    birth_date: date | None = None
    birth_date_raw: str | None = None
    birth_place: str | None = None
    sex: str | None = None
    sex_raw: str | None = None
    personal_id: str | None = None
    scores: Mapping[str, float | None] = field(default_factory=dict)
    score_raws: Mapping[str, str] = field(default_factory=dict)
    result: str | None = None
    grade: str | None = None
    level: int | None = None
    major: str | None = None
    exam_date: date | None = None
    serial: str | None = None
    entry_number: str | None = None
    issued_on: date | None = None
    columns: Mapping[str, int] = field(default_factory=lambda: _NO_COLUMNS)
    prior: tuple[PriorOriginal, ...] = ()
    ethnicity: str | None = None
    nationality: str | None = None
    major_code: str | None = None
    training_mode: str | None = None
    school: str | None = None
    note: str | None = None
    receiver: str | None = None
    prior_kinds: frozenset[str] | None = None
    printed: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    overridden: tuple[str, ...] = ()
    candidate_number: str | None = None
    student_code: str | None = None


@dataclass(frozen=True, slots=True)
class LotFact:
    """Blanks received or printed in one go: ``prefix`` + number, ``width`` digits, both ends in.

    ``source`` is ``opening``, ``received``, ``printed``, or empty where it is not known.
    """

    prefix: str
    width: int
    first: int
    last: int
    source: str = ""
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class BalanceFact:
    """What a ledger of blanks counts: all that came in, and where each blank is now."""

    came_in: int
    issued: int
    destroyed: int
    lost: int
    in_stock: int
    on_the_way: int = 0
    """Printed for somebody or spoiled, and not yet issued or destroyed."""

    @property
    def missing(self) -> int:
        """Blanks that came in and are nowhere; below zero, blanks from nowhere."""
        return self.came_in - (
            self.issued + self.destroyed + self.lost + self.in_stock + self.on_the_way
        )


@dataclass(frozen=True, slots=True)
class BlanksFact:
    """The body's blanks of the act's kind.

    ``lots`` is everything ever received or printed; ``in_stock`` how many are free to use;
    ``states`` says of serials that are no longer free why (``issued``, ``destroyed``, ``lost``,
    ``spoiled``, ``reserved``); serials written without spaces, in capitals.
    """

    lots: tuple[LotFact, ...] = ()
    in_stock: int = 0
    states: Mapping[str, str] = field(default_factory=dict)
    balance: BalanceFact | None = None


@dataclass(frozen=True, slots=True)
class BookFact:
    """The live register book of body, kind and calendar year the act would write in.

    ``last_sequence`` is the last number used in that year, ``None`` when it is not known.
    ``pattern`` overrides the kind's pattern of entry numbers.
    """

    code: str
    year: int
    last_sequence: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A whole list put forward for one act.

    ``blanks`` / ``book`` are ``None`` where no ledger or book is kept (nothing is then judged
    against it). ``stated_count`` is the number of people the file itself states. ``is_sweep`` says
    that the rows are lines of a register, so that what concerns a row stays on it.
    """

    act: ActFacts
    rows: Sequence[RowFacts]
    blanks: BlanksFact | None = None
    book: BookFact | None = None
    stated_count: int | None = None
    has_serial_column: bool = False
    has_entry_column: bool = False
    is_sweep: bool = False


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One register line for a sweep: ``key`` names it in the findings."""

    key: str
    act: ActFacts
    row: RowFacts
