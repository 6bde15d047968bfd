"""Who may act: the authority matrix for issuing; `custody` has the acts that come later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sogoc.kernel.text import Text
from sogoc.policy.facts import ACTS, BodyFact
from sogoc.policy.statute import EMPTY, AuthorityRow, Cite, Kind, Law
from sogoc.policy.titles import TitleVerdict, judge_title

_ORDER = {"allowed": 0, "review": 1, "refused": 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to "may this be done so": who may, by which rule, and why.

    ``verdict`` is ``allowed``, ``refused``, ``review`` or ``no_such_kind``; ``basis`` the citations
    in the legal form; ``rule`` the id of the deciding row. ``suspended`` says that the capacity is
    the right one but may not be used that day; ``title`` that the signature is what was refused.
    """

    verdict: str
    issuer_kinds: tuple[str, ...] = ()
    signatory: Text = EMPTY
    rule: str | None = None
    basis: str = ""
    why: Text = EMPTY
    confidence: str | None = None
    suspended: bool = False
    title: bool = False

    def as_dict(self, language: str = "vi") -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "verdict": self.verdict,
            "issuer_kinds": list(self.issuer_kinds),
            "signatory": self.signatory.in_language(language) or None,
            "rule": self.rule,
            "basis": self.basis,
            "why": self.why.in_language(language),
        }


WORDS: Mapping[str, Text] = {
    "allowed": Text("Đúng thẩm quyền", "Competent"),
    "refused": Text("Không đúng thẩm quyền", "Not competent"),
    "review": Text("Cần xin ý kiến", "Ask for a ruling"),
    "no_such_kind": Text(
        "Không thuộc văn bằng, chứng chỉ của hệ thống giáo dục quốc dân",
        "Not a credential of the national education system",
    ),
}
"""The four verdicts in the words shown."""


def authority(
    law: Law,
    kind: str,
    on: date,
    *,
    act: str = "issue",
    issuer_kind: str | None = None,
    title: str | None = None,
    level: int | None = None,
    holds_register: bool | None = None,
) -> Verdict:
    """Whether a body of ``issuer_kind`` may do the act on that day; without it, who may.

    ``title`` is the signature title as typed, ``level`` the level certified. ``holds_register``
    tells acts other than issue whether the body keeps the original register of the credential
    (``None``: not known, judged by capacity). Raises ``ValueError`` for an unknown act.
    """
    if act not in ACTS:
        raise ValueError(f"unknown act {act!r}: one of {', '.join(ACTS)}")
    found = law.find_kind(kind)
    if (shut := _not_in_matrix(law, kind, found, on)) is not None or found is None:
        return shut or Verdict("no_such_kind")
    capacity = law.find_capacity(issuer_kind) if issuer_kind is not None else None
    if issuer_kind is not None and capacity is None:
        capacity = issuer_kind
    if act != "issue":
        from sogoc.policy.custody import custody  # a later act asks the matrix back

        verdict = custody(law, found, on, act=act, capacity=capacity, holds_register=holds_register)
    else:
        verdict = issue_verdict(law, found, on, capacity)
        if verdict.verdict != "refused":
            verdict = _worst(verdict, judge_level(law, found, on, level, capacity, frozenset()))
    if title is None or verdict.verdict == "refused":
        return verdict
    candidates = verdict.issuer_kinds if capacity is None else (capacity,)
    by_title = [
        signature(law, found, on, c, title, frozenset({c}))
        for c in candidates
        if c in law.capacities
    ]
    if not by_title:
        return verdict
    return _with_title(law, verdict, min(by_title, key=lambda t: _ORDER[t.verdict]), on)


def _not_in_matrix(law: Law, word: str, kind: Kind | None, on: date) -> Verdict | None:
    """The answer for words nobody knows, papers that are no credentials, and reviewed kinds."""
    if kind is None:
        return Verdict(
            "no_such_kind",
            why=Text(
                f"Không có loại “{word}” trong danh mục; xem danh mục bằng lệnh “sogoc law kinds”.",
                f"No kind “{word}” is listed; “sogoc law kinds” shows the list.",
            ),
        )
    if kind.standing == "none":
        basis = law.no_credential_basis.get(kind.id, law.no_credential_basis[""])
        return Verdict(
            "no_such_kind",
            basis=law.cite_in_force(basis, on),
            why=Text(
                f"{kind.name.vi} không thuộc văn bằng, chứng chỉ của hệ thống giáo dục quốc dân.",
                f"{kind.name.en} is not a credential of the national education system.",
            ),
        )
    if kind.standing != "current":
        return Verdict(
            "review",
            why=Text(
                f"{kind.name.vi}: quy định về người cấp chưa có trong bộ luật của phần mềm.",
                f"{kind.name.en}: who issues it is not in the software's rules.",
            ),
        )
    return None


def issue_verdict(law: Law, kind: Kind, on: date, capacity: str | None) -> Verdict:
    """The matrix for the act of issue: ``capacity`` decides, or without it, who may."""
    rows = law.rows(kind.id, on)
    if not rows:
        return Verdict(
            "review",
            why=Text(
                f"Chưa có quy định nào trong bộ luật của phần mềm cho {kind.name.vi} ngày này.",
                f"The software holds no rule for {kind.name.en} on this day.",
            ),
        )
    if capacity is None:
        deciding = tuple(r for r in rows if not r.uncertain) or rows
        return _from_rows(law, deciding, on)
    mine = tuple(r for r in rows if capacity in r.issuer_kinds)
    if mine:
        certain = tuple(r for r in mine if not r.uncertain) or mine
        return _from_rows(law, certain[:1], on)
    deciding = tuple(r for r in rows if not r.uncertain) or rows
    answer = _from_rows(law, deciding, on)
    name = law.capacities[capacity].name if capacity in law.capacities else Text(capacity, capacity)
    return Verdict(
        "refused",
        answer.issuer_kinds,
        answer.signatory,
        answer.rule,
        answer.basis,
        Text(
            f"Tư cách {name.vi} không cấp {kind.this.vi}. Thẩm quyền: {answer.signatory.vi}.",
            f"The capacity of {name.en} does not issue {kind.this.en}. "
            f"Competent: {answer.signatory.en}.",
        ),
        answer.confidence,
    )


def _from_rows(law: Law, rows: tuple[AuthorityRow, ...], on: date) -> Verdict:
    """What rows that speak together say: allowed, or review when they are uncertain."""
    kinds = tuple(dict.fromkeys(k for r in rows for k in r.issuer_kinds))
    cites: tuple[Cite, ...] = tuple(dict.fromkeys(c for r in rows for c in r.basis))
    notes = [r.note for r in rows if r.note is not None]
    who = _joined(dict.fromkeys(r.who for r in rows))
    return Verdict(
        "review" if rows[0].uncertain else "allowed",
        kinds,
        who,
        rows[0].id,
        law.cite_in_force(cites, on),
        Text(
            " ".join([f"Thẩm quyền: {who.vi}.", *(n.vi for n in notes)]),
            " ".join([f"Competent: {who.en}.", *(n.en for n in notes)]),
        ),
        rows[0].confidence,
    )


def _joined(texts: Iterable[Text]) -> Text:
    both = list(texts)
    return Text("; ".join(t.vi for t in both), "; ".join(t.en for t in both))


def body_verdict(law: Law, kind: Kind, on: date, body: BodyFact) -> tuple[Verdict, str | None]:
    """The best verdict any capacity of the body gets for issuing, and that capacity.

    A capacity that is suspended, or whose decision does not cover the kind, does not count; when a
    suspended one would have done, the refusal says so.
    """
    usable = {c.kind for c in body.held(on) if not c.is_suspended(on) and _covers(c.scope, kind.id)}
    who_may = issue_verdict(law, kind, on, None)
    best: tuple[Verdict, str | None] = (
        (who_may if not who_may.issuer_kinds else _verdict(who_may, "refused")),
        None,
    )
    for capacity in sorted(usable):
        verdict = issue_verdict(law, kind, on, capacity)
        if _ORDER.get(verdict.verdict, 3) < _ORDER.get(best[0].verdict, 3):
            best = (verdict, capacity)
    if best[0].verdict == "refused":
        for capacity in sorted(body.suspended_kinds(on)):
            if issue_verdict(law, kind, on, capacity).verdict != "refused":
                return _verdict(best[0], "refused", suspended=True), capacity
    return best


def _verdict(of: Verdict, verdict: str, *, suspended: bool = False) -> Verdict:
    return replace(of, verdict=verdict, suspended=suspended)


def _covers(scope: frozenset[str], kind: str) -> bool:
    return not scope or kind in scope


def judge_level(
    law: Law,
    kind: Kind,
    on: date,
    level: int | None,
    capacity: str | None,
    also_holding: frozenset[str],
    decided: range | None = None,
) -> Verdict:
    """Whether the level exists and the body may certify it; ``decided`` is its own decision."""
    if level is None or kind.levels is None:
        return Verdict("allowed")
    row = next((r for r in law.rows(kind.id, on) if r.levels is not None), None)
    basis = (
        law.cite_in_force(row.levels.basis, on)
        if row is not None and row.levels is not None
        else ""
    )
    if level not in kind.levels:
        first, last = kind.levels[0], kind.levels[-1]
        why = Text(
            f"Không có bậc {level}; khung gồm bậc {first} đến {last}.",
            f"There is no level {level}; levels are {first} to {last}.",
        )
        return Verdict("refused", basis=basis, why=why)
    limits = row.levels if row is not None else None
    holding = limits.also_holding if limits is not None else {}
    known = [holding[c] for c in also_holding if c in holding]
    widest = decided or (max(known, key=lambda r: r.stop) if known else None)
    if widest is not None and level not in widest:
        return Verdict(
            "refused",
            basis=basis,
            why=Text(
                f"Đơn vị chỉ được cấp bậc {widest[0]} đến {widest[-1]}, không phải bậc {level}.",
                f"The body may certify levels {widest[0]} to {widest[-1]}, not level {level}.",
            ),
        )
    if limits is None or widest is not None or capacity is None or level in limits.everyone:
        return Verdict("allowed")
    return Verdict(
        "review",
        basis=basis,
        why=Text(
            f"Bậc {level} chỉ trường đại học có ngành ngôn ngữ được cấp; "
            f"trung tâm chỉ được cấp bậc {limits.everyone[0]} đến {limits.everyone[-1]}.",
            f"Level {level} is for universities with language majors; "
            f"centres certify levels {limits.everyone[0]} to {limits.everyone[-1]}.",
        ),
    )


def signature(
    law: Law, kind: Kind, on: date, capacity: str, title: str, also_holds: frozenset[str]
) -> TitleVerdict:
    """Whether the title may sign for a body acting in the capacity."""
    rows = tuple(r for r in law.rows(kind.id, on) if capacity in r.issuer_kinds)
    signers = tuple(dict.fromkeys(s for r in rows for s in r.signers))
    verdict = judge_title(
        title, law, on=on, issuer_kind=capacity, signers=signers, also_holds=also_holds
    )
    if verdict.verdict == "refused" and verdict.about == "title" and rows and rows[0].uncertain:
        return TitleVerdict("review", "title", verdict.why)
    return verdict


def _with_title(law: Law, verdict: Verdict, by_title: TitleVerdict, on: date) -> Verdict:
    if by_title.verdict == "allowed":
        return verdict
    by_form = by_title.about == "form"
    basis = law.cite_in_force(law.titles.form_basis, on) if by_form else verdict.basis
    return replace(verdict, verdict=by_title.verdict, basis=basis, why=by_title.why, title=True)


def _worst(one: Verdict, other: Verdict) -> Verdict:
    """The stricter of two; who may and which rule stay the first's."""
    if _ORDER[other.verdict] <= _ORDER[one.verdict]:
        return one
    return replace(one, verdict=other.verdict, basis=other.basis or one.basis, why=other.why)


def body_level(law: Law, kind: Kind, on: date, level: int | None, body: BodyFact) -> Verdict:
    """Whether a body may certify a level in the capacity it is competent in on that day."""
    verdict, capacity = body_verdict(law, kind, on, body)
    if capacity is None or verdict.suspended:
        return judge_level(law, kind, on, level, None, frozenset())
    held = body.held(on)
    decided = next((c.levels for c in held if c.kind == capacity and c.levels is not None), None)
    others = frozenset(c.kind for c in held if c.kind != capacity)
    return judge_level(law, kind, on, level, capacity, others, decided)
