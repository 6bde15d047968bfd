"""Everything the law files say, in one shape: what, for which kinds, when, by which article.

The matrix, the rules of later acts, custody, endings, marks, deadlines and all further values
become `Statement`s, so that a page about a kind, an instrument or a doubt is a choice among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, Protocol

from sogoc.intake.api import FIELDS, label
from sogoc.kernel.periods import ALWAYS, Period
from sogoc.kernel.text import Text
from sogoc.policy.api import Deadline, Law
from sogoc.web.law.words import ACT_TEXTS, STARTS, UNITS, joined

AUTHORITY: Final = "authority"
LATER: Final = "later_act"
DEADLINE: Final = "deadline"

TOPICS: Final = {
    AUTHORITY: Text("Thẩm quyền cấp", "Authority to issue"),
    LATER: Text("Cấp lại, chỉnh sửa, bản sao, thu hồi", "Re-issue, correction, copy, revocation"),
    "custody": Text("Quản lý sổ gốc", "Custody of registers"),
    "ending": Text("Chấm dứt", "Endings"),
    DEADLINE: Text("Thời hạn", "Deadlines"),
    "pass_mark": Text("Mức đạt", "Pass marks"),
    "scale": Text("Thang điểm", "Score scales"),
    "signature": Text("Cách ký", "Ways of signing"),
    "no_credential": Text("Không phải văn bằng, chứng chỉ", "What is no credential"),
}
_MODULES: Final = {
    "each_advanced_module": Text("từng mô đun nâng cao", "each advanced module"),
}


class Cited(Protocol):
    """A place in an instrument."""

    @property
    def instrument(self) -> str:
        """The id of the instrument."""

    @property
    def at(self) -> str:
        """The article; nothing when none is recorded."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One dated thing the law says. No `kinds`: it speaks of all of them.

    `id` is unique within `topic`. `signers` are titles, without the body's name.
    """

    topic: str
    topic_name: Text
    id: str
    kinds: tuple[str, ...]
    period: Period
    what: Text
    basis: tuple[Cited, ...]
    confidence: str
    note: Text | None = None
    signers: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    details: tuple[Text, ...] = ()
    review_by: date | None = None

    def speaks_of(self, kind: str) -> bool:
        """Whether the kind is named, or all are meant."""
        return not self.kinds or kind in self.kinds


@lru_cache(maxsize=2)
def statements(law: Law) -> tuple[Statement, ...]:
    """Every statement of a rule set, topics together, each in the order of the files."""
    return (
        *_authority(law),
        *_later_acts(law),
        *_deadlines(law),
        *_marks(law),
        *_endings(law),
        *_other_builtin(law),
        *_values(law),
    )


def of_topic(law: Law, topic: str) -> tuple[Statement, ...]:
    """The statements of one topic."""
    return tuple(s for s in statements(law) if s.topic == topic)


def by_id(law: Law, topic: str, name: str) -> Statement | None:
    """One statement; None when there is none of that id."""
    return next((s for s in of_topic(law, topic) if s.id == name), None)


def topics(law: Law) -> dict[str, Text]:
    """Topics in the order they are shown, with their names."""
    return {s.topic: s.topic_name for s in statements(law)}


def citing(law: Law, instrument: str) -> Iterator[tuple[str, Statement]]:
    """Statements that rest on an instrument, each with the article it names (or nothing)."""
    for statement in statements(law):
        for place in statement.basis:
            if place.instrument == instrument:
                yield place.at, statement


def _review_by(law: Law, file: str) -> date | None:
    checked = law.provenance.get(file)
    return checked.review_by if checked is not None else None


def _authority(law: Law) -> Iterator[Statement]:
    for row in law.matrix:
        yield Statement(
            AUTHORITY, TOPICS[AUTHORITY], row.id, row.kinds, row.period, row.who, row.basis,
            row.confidence, row.note, signers=row.signers,
            review_by=_review_by(law, "authority"),
        )  # fmt: skip


def _later_acts(law: Law) -> Iterator[Statement]:
    due = _review_by(law, "custody")
    for rule in law.act_rules:
        acts = joined([ACT_TEXTS[act] for act in rule.acts])
        what = Text(f"{acts.vi}: {rule.why.vi}", f"{acts.en}: {rule.why.en}")
        yield Statement(
            LATER, TOPICS[LATER], rule.id, (), rule.period, what, rule.basis, rule.confidence,
            acts=rule.acts, review_by=due,
        )  # fmt: skip
    for keeper in law.custodians:
        yield Statement(
            "custody", TOPICS["custody"], keeper.id, keeper.kinds, keeper.period, keeper.who,
            keeper.basis, keeper.confidence, review_by=due,
        )  # fmt: skip


def _deadlines(law: Law) -> Iterator[Statement]:
    for deadline in law.deadlines:
        yield Statement(
            DEADLINE, TOPICS[DEADLINE], deadline.id, deadline.kinds, deadline.period,
            _deadline_words(deadline), deadline.basis, deadline.confidence,
            acts=(deadline.act,), review_by=_review_by(law, "deadlines"),
        )  # fmt: skip


def _deadline_words(deadline: Deadline) -> Text:
    act = ACT_TEXTS.get(deadline.act, Text(deadline.act, deadline.act))
    unit = UNITS.get(deadline.unit, Text(deadline.unit, deadline.unit))
    start = STARTS.get(deadline.starts)
    days = deadline.days
    unit_en = unit.en[:-1] if days == 1 else unit.en
    vi, en = f"{act.vi}: {days} {unit.vi}", f"{act.en}: {days} {unit_en}"
    if deadline.medium == "digital":
        vi, en = f"{vi} (bản số)", f"{en} (digital)"
    if start is None:
        return Text(vi, en)
    return Text(f"{vi}, kể từ {start.vi}", f"{en}, from {start.en}")


def _marks(law: Law) -> Iterator[Statement]:
    due = _review_by(law, "pass_marks")
    for mark in law.pass_marks:
        parts = joined([_field(f) for f in mark.fields] + [_module(m) for m in mark.modules])
        what = Text(
            f"{parts.vi}: ít nhất {mark.percent:g}% thang điểm",
            f"{parts.en}: at least {mark.percent:g}% of the scale",
        )
        yield Statement(
            "pass_mark", TOPICS["pass_mark"], mark.id, mark.kinds, mark.period, what, mark.basis,
            mark.confidence, review_by=due,
        )  # fmt: skip
    for number, scale in enumerate(law.scales, 1):
        fields = joined([_field(f) for f in scale.fields])
        ends = f"{scale.low:g}–{scale.high:g}"
        yield Statement(
            "scale", TOPICS["scale"], f"{number}", scale.kinds, ALWAYS,
            Text(f"{fields.vi}: {ends}", f"{fields.en}: {ends}"), scale.basis, "found",
            review_by=due,
        )  # fmt: skip


def _field(name: str) -> Text:
    return label(name) if name in FIELDS else Text(name, name)


def _module(name: str) -> Text:
    return _MODULES.get(name, Text(name.replace("_", " "), name.replace("_", " ")))


def _endings(law: Law) -> Iterator[Statement]:
    for ending in law.endings:
        yield Statement(
            "ending", TOPICS["ending"], ending.id, ending.kinds, Period(ending.start, None),
            ending.what, ending.basis, ending.confidence, review_by=_review_by(law, "endings"),
        )  # fmt: skip


def _other_builtin(law: Law) -> Iterator[Statement]:
    forms = joined([form.name for form in law.titles.forms])
    yield Statement(
        "signature", TOPICS["signature"], "1", (), ALWAYS,
        Text(
            f"Người đứng đầu ký, hoặc cấp phó ký thay (KT.). Không nhận hoặc phải hỏi: {forms.vi}.",
            f"The head signs, or a deputy for the head (KT.). Refused or asked about: {forms.en}.",
        ),
        law.titles.form_basis, "found", review_by=_review_by(law, "titles"),
    )  # fmt: skip
    basis: tuple[Cited, ...] = tuple(
        dict.fromkeys(c for cites in law.no_credential_basis.values() for c in cites)
    )
    papers = tuple(kind.id for kind in law.kinds.values() if kind.standing == "none")
    yield Statement(
        "no_credential", TOPICS["no_credential"], "1", papers, ALWAYS,
        Text(
            "Giấy tờ này không thuộc văn bằng, chứng chỉ của hệ thống giáo dục quốc dân.",
            "This paper is no credential of the national education system.",
        ),
        basis, "found", review_by=_review_by(law, "kinds"),
    )  # fmt: skip


def _values(law: Law) -> Iterator[Statement]:
    for value in law.values:
        topic = law.topics[value.topic]
        yield Statement(
            value.topic, topic.name, value.id, value.kinds, value.period, value.what, value.basis,
            value.confidence, value.note, details=_details(value),
            review_by=value.checked.review_by,
        )  # fmt: skip


def _details(value: Any) -> tuple[Text, ...]:
    """What a value carries, line by line: the items of a list, the columns of a form, one line."""
    body = value.body
    if body is None:
        return ()
    plain = body.plain()
    if "items" in plain:
        return tuple(_with_point(item["text"], item["at"]) for item in plain["items"])
    if "columns" in plain:
        return tuple(column["heading"] for column in plain["columns"])
    words: Text = body.words()
    return () if words == value.what else (words,)


def _with_point(text: Text, at: str) -> Text:
    return Text(f"{text.vi} ({at})", f"{text.en} ({at})") if at else text
