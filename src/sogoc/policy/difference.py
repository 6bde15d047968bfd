"""What changed for whom: between two days of one law, or between two versions of the law files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sogoc.kernel.text import Text
from sogoc.policy.matrix import issue_verdict
from sogoc.policy.provisions import ACT_WORDS, CONFIDENCE, Provision, in_force, provisions
from sogoc.policy.statute import EMPTY, AuthorityRow, Kind, Law

_APART: Final = frozenset({"authority", "deadline", "general_regulation", "digital_milestone"})
"""Topics with sentences of their own, or that are no rule."""


WORDS: Final[Mapping[str, Text]] = {
    "instrument": Text("Văn bản", "Instruments"),
    "body": Text("Từng đơn vị", "Body by body"),
    "issuer": Text("Ai cấp, ai ký", "Who issues and signs"),
    "deadline": Text("Thời hạn", "Deadlines"),
    "rule": Text("Quy định khác", "Other rules"),
    "unknown": Text(
        "Hết hiệu lực, chưa biết quy định thay thế", "Ended, and what replaces it is not known"
    ),
    "edited": Text("Dữ liệu luật khác nhau", "The law files differ"),
}
"""Headings of the sorts of change, in the order they are told."""

OWN_DATE: Final = Text(
    "Sổ đã vào không đổi kết luận: mỗi dòng xét theo luật của chính ngày cấp, dưới cùng một bộ "
    "quy tắc.",
    "No registered line is judged differently: each is judged under the law of its own date, by "
    "one and the same rule set.",
)
"""What a change between two days means for lines registered already."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different, as a sentence, and for which kinds and bodies.

    ``sort`` groups them: ``instrument``, ``issuer`` (who issues a kind), ``body`` (what a body may
    issue), ``deadline``, ``rule``, ``unknown`` (a rule ended and nobody knows what came after) and,
    between two versions of the files, ``edited``.
    """

    sort: str
    topic: str
    kinds: tuple[str, ...]
    issuer_kinds: tuple[str, ...]
    sentence: Text
    before: tuple[str, ...]
    after: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Plain values; texts stay texts."""
        return {
            "sort": self.sort,
            "topic": self.topic,
            "kinds": list(self.kinds),
            "issuer_kinds": list(self.issuer_kinds),
            "sentence": self.sentence,
            "before": list(self.before),
            "after": list(self.after),
        }


def between_days(law: Law, old: date, new: date) -> list[Change]:
    """What is different on ``new`` from ``old``: instruments, who issues, deadlines, the rest."""
    return [
        *_instruments(law, old, new),
        *_authority(law, old, new),
        *_bodies(law, old, new),
        *_deadlines(law, old, new),
        *_others(law, old, new),
    ]


# --- instruments -------------------------------------------------------------------------------


def _instruments(law: Law, old: date, new: date) -> Iterator[Change]:
    ended, begun = [], []
    for found in law.instruments.values():
        was, is_ = found.period.contains(old), found.period.contains(new)
        if was and not is_:
            ended.append(found)
        elif is_ and not was:
            begun.append(found)
    if begun:
        names = "; ".join(f"{i.short} ({i.title})" for i in begun)
        yield Change(
            "instrument", "general_regulation", (), (),
            Text(f"Có hiệu lực: {names}.", f"In force: {names}."),
            (), tuple(i.id for i in begun),
        )  # fmt: skip
    if ended:
        names = "; ".join(f"{i.short} ({i.title})" for i in ended)
        yield Change(
            "instrument", "general_regulation", (), (),
            Text(f"Hết hiệu lực: {names}.", f"No longer in force: {names}."),
            tuple(i.id for i in ended), (),
        )  # fmt: skip


# --- who issues --------------------------------------------------------------------------------


def _authority(law: Law, old: date, new: date) -> Iterator[Change]:
    """Per kind who issues and signs; kinds with the same change in one sentence."""
    groups: dict[tuple[tuple[AuthorityRow, ...], tuple[AuthorityRow, ...]], list[Kind]] = {}
    for kind in _current(law):
        was, is_ = law.rows(kind.id, old), law.rows(kind.id, new)
        if was != is_:
            groups.setdefault((was, is_), []).append(kind)
    for (was, is_), kinds in groups.items():
        names = _names(law, kinds)
        before, after = _who(law, was, old), _who(law, is_, new)
        if _signing(was) == _signing(is_):
            sentence = Text(
                f"{names.vi}. Người cấp, ký như trước: {after.vi}.",
                f"{names.en}. Issued and signed as before by: {after.en}.",
            )
        else:
            sentence = Text(
                f"{names.vi}. Trước đó: {before.vi}. Nay: {after.vi}.",
                f"{names.en}. Before: {before.en}. Now: {after.en}.",
            )
        yield Change(
            "issuer",
            "authority",
            tuple(k.id for k in kinds),
            tuple(dict.fromkeys(c for r in (*was, *is_) for c in r.issuer_kinds)),
            sentence,
            tuple(r.id for r in was),
            tuple(r.id for r in is_),
        )


def _signing(rows: tuple[AuthorityRow, ...]) -> set[tuple[object, ...]]:
    return {(r.issuer_kinds, r.who, r.signers) for r in rows}


def _who(law: Law, rows: tuple[AuthorityRow, ...], on: date) -> Text:
    if not rows:
        return Text("chưa có quy định nào được biết", "no rule is known")
    vi, en = [], []
    for row in rows:
        cite = law.cite_in_force(row.basis, on)
        doubt = _ASK if row.uncertain else EMPTY
        vi.append(f"{row.who.vi} ({cite}){doubt.vi}")
        en.append(f"{row.who.en} ({cite}){doubt.en}")
    return Text("; ".join(vi), "; ".join(en))


_ASK: Final = Text(" – cần xin ý kiến", " – ask for a ruling")
_MOVES: Final[Mapping[tuple[str, str], Text]] = {
    ("allowed", "refused"): Text("không còn được cấp", "no longer issues"),
    ("refused", "allowed"): Text("được cấp", "now issues"),
    ("review", "allowed"): Text(
        "nay rõ là được cấp (trước phải xin ý kiến)", "now clearly issues (was for a ruling)"
    ),
    ("review", "refused"): Text(
        "không được cấp nữa (trước phải xin ý kiến)", "issues no more (was for a ruling)"
    ),
    ("allowed", "review"): Text(
        "muốn cấp phải xin ý kiến (trước được cấp)", "must ask for a ruling (issued before)"
    ),
    ("refused", "review"): Text(
        "muốn cấp phải xin ý kiến (trước không được cấp)",
        "must ask for a ruling (did not issue before)",
    ),
    ("allowed", "unknown"): Text(
        "muốn cấp phải xin ý kiến: quy định cũ hết hiệu lực, chưa biết quy định thay thế",
        "must ask for a ruling: the old rule ended, and what replaces it is not known",
    ),
    ("unknown", "allowed"): Text(
        "được cấp (trước chưa có quy định nào được biết)", "now issues (no rule was known before)"
    ),
}


def _bodies(law: Law, old: date, new: date) -> Iterator[Change]:
    """Per capacity what it may issue no more, or now; only where the kind has a rule on a day."""
    for capacity in law.capacities.values():
        moved: dict[tuple[str, str], list[Kind]] = {}
        for kind in _current(law):
            was = _verdict(law, kind, old, capacity.id)
            is_ = _verdict(law, kind, new, capacity.id)
            if was != is_ and (was, is_) in _MOVES:
                moved.setdefault((was, is_), []).append(kind)
        for move, kinds in moved.items():
            names, did = _names(law, kinds), _MOVES[move]
            yield Change(
                "body",
                "authority",
                tuple(k.id for k in kinds),
                (capacity.id,),
                Text(
                    f"{_capital(capacity.name.vi)} {did.vi}: {names.vi}.",
                    f"{_capital(capacity.name.en)} {did.en}: {names.en}.",
                ),
                (),
                (),
            )


def _verdict(law: Law, kind: Kind, on: date, capacity: str) -> str:
    rows = law.rows(kind.id, on)
    if not rows:
        return "unknown"
    if not any(capacity in row.issuer_kinds for row in rows):
        return "refused"
    return issue_verdict(law, kind, on, capacity).verdict


# --- deadlines ---------------------------------------------------------------------------------


def _deadlines(law: Law, old: date, new: date) -> Iterator[Change]:
    groups: dict[tuple[str, Text, Text], list[tuple[Kind | None, list[Provision]]]] = {}
    for kind, about in [
        *((k, "issue") for k in _current(law)),
        *((None, a) for a in ("issue_digital", "reissue", "correct", "copy", "revoke")),
    ]:
        if kind is not None and not law.rows(kind.id, new):
            continue  # it is not issued any more: said where authority is
        was, is_ = (_deadline(law, day, kind, about) for day in (old, new))
        if [p.id for p in was] != [p.id for p in is_]:
            before, after = _spoken(was), _spoken(is_)
            if before != after:
                groups.setdefault((about, before, after), []).append((kind, [*was, *is_]))
    for (about, before, after), members in groups.items():
        kinds = [kind for kind, _ in members if kind is not None]
        names, act = _names(law, kinds), ACT_WORDS[about]
        ids = dict.fromkeys(p.id for _, ps in members for p in ps)
        yield Change(
            "deadline",
            "deadline",
            tuple(k.id for k in kinds),
            (),
            Text(
                f"Thời hạn {act.vi}{_of(names.vi)}. Trước đó: {before.vi}. Nay: {after.vi}.",
                f"Deadline of {act.en}{_of(names.en)}. Before: {before.en}. Now: {after.en}.",
            ),
            (),
            tuple(ids),
        )


def _deadline(law: Law, on: date, kind: Kind | None, about: str) -> list[Provision]:
    """The deadline in force, but none of a kind that is not issued that day."""
    if kind is not None and not law.rows(kind.id, on):
        return []
    found = in_force(law, on, topic="deadline", kind=kind.id if kind else None)
    return [p for p in found if p.about == about]


def _spoken(found: Iterable[Provision]) -> Text:
    texts = [
        Text(f"{p.text.vi} (chưa chắc chắn)", f"{p.text.en} (not certain)")
        if p.verdict == "review"
        else p.text
        for p in found
    ]
    if not texts:
        return Text("chưa có thời hạn nào được biết", "no deadline is known")
    return Text("; ".join(t.vi for t in texts), "; ".join(t.en for t in texts))


# --- everything else ---------------------------------------------------------------------------


def _others(law: Law, old: date, new: date) -> Iterator[Change]:
    was = {(p.id, p.about): p for p in in_force(law, old) if p.topic not in _APART}
    is_ = {(p.id, p.about): p for p in in_force(law, new) if p.topic not in _APART}
    groups: dict[tuple[str, str], tuple[list[Provision], list[Provision]]] = {}
    for key, provision in was.items():
        if key not in is_:
            groups.setdefault((provision.topic, provision.about), ([], []))[0].append(provision)
    for key, provision in is_.items():
        if key not in was:
            groups.setdefault((provision.topic, provision.about), ([], []))[1].append(provision)
    order = list(law.topics)
    for (topic, about), (before, after) in sorted(
        groups.items(), key=lambda group: (order.index(group[0][0]), group[0][1])
    ):
        yield _change(law, topic, about, before, after)


def _change(
    law: Law, topic: str, about: str, before: list[Provision], after: list[Provision]
) -> Change:
    name = law.topics[topic].name
    if topic == "later_act":
        name = _WHO[about]
    gone, come = _listed(law, before), _listed(law, after)
    both = [*before, *after]
    if not before:
        sentence = Text(f"{name.vi}. Nay có: {come.vi}.", f"{name.en}. New: {come.en}.")
    elif not after:
        sentence = Text(
            f"{name.vi}. Thôi áp dụng: {gone.vi}. Chưa biết quy định thay thế.",
            f"{name.en}. No longer: {gone.en}. What replaces it is not known.",
        )
    elif {p.text for p in before} == {p.text for p in after}:
        cites = "; ".join(dict.fromkeys(law.cite(p.basis) for p in after))
        sentence = Text(
            f"{name.vi}. Như trước; căn cứ nay là {cites}.",
            f"{name.en}. As before; the basis is now {cites}.",
        )
    else:
        sentence = Text(
            f"{name.vi}. Trước đó: {gone.vi}. Nay: {come.vi}.",
            f"{name.en}. Before: {gone.en}. Now: {come.en}.",
        )
    return Change(
        "rule" if after else "unknown",
        topic,
        tuple(dict.fromkeys(k for p in both for k in p.kinds)),
        tuple(dict.fromkeys(c for p in both for c in p.issuer_kinds)),
        sentence,
        tuple(p.id for p in before),
        tuple(p.id for p in after),
    )


_WHO: Final[Mapping[str, Text]] = {
    "reissue": Text("Ai được cấp lại", "Who re-issues"),
    "correct": Text("Ai được chỉnh sửa", "Who corrects"),
    "copy": Text("Ai được cấp bản sao", "Who issues copies"),
    "revoke": Text("Ai được thu hồi, hủy bỏ", "Who revokes"),
}


def _listed(law: Law, found: list[Provision]) -> Text:
    vi: list[str] = []
    en: list[str] = []
    for p in found:
        names = _names(law, [law.kinds[k] for k in p.kinds])
        cite = law.cite(p.basis)
        said = p.short if "columns" in p.detail else p.text
        for words, language in ((vi, "vi"), (en, "en")):
            whom = f" [{names.in_language(language)}]" if p.kinds else ""
            doubt = _UNSURE.in_language(language) if p.verdict == "review" else ""
            words.append(f"{said.in_language(language).rstrip('.')}{whom} ({cite}){doubt}")
    return Text("; ".join(vi), "; ".join(en))


_UNSURE: Final = Text(" – chưa chắc chắn", " – not certain")


# --- two versions of the files -----------------------------------------------------------------


def between_laws(old: Law, new: Law) -> list[Change]:
    """What the files say differently, statement by statement: added, taken away, changed."""
    before = {(p.topic, p.id, p.about): p for p in provisions(old)}
    after = {(p.topic, p.id, p.about): p for p in provisions(new)}
    changes = []
    for key in [*before, *(k for k in after if k not in before)]:
        was, is_ = before.get(key), after.get(key)
        if was is not None and is_ is not None and _essence(was, old) == _essence(is_, new):
            continue
        changes.append(_edited(old, new, was, is_))
    order = list(new.topics)
    return sorted(changes, key=lambda c: order.index(c.topic) if c.topic in order else len(order))


def _essence(provision: Provision, law: Law) -> dict[str, Any]:
    """What decides: not when somebody looked last."""
    plain = provision.plain(law)
    return {k: v for k, v in plain.items() if k not in ("reviewed", "review_by", "note")}


def _edited(old: Law, new: Law, was: Provision | None, is_: Provision | None) -> Change:
    one = is_ or was
    if one is None:
        raise ValueError("a change needs a statement")
    name = (new.topics.get(one.topic) or old.topics[one.topic]).name
    head = f"{one.id} ({name.vi})", f"{one.id} ({name.en})"
    if was is None and is_ is not None:
        said = _dated(is_, new)
        sentence = Text(f"{head[0]}: thêm {said.vi}.", f"{head[1]}: added {said.en}.")
    elif is_ is None and was is not None:
        said = _dated(was, old)
        sentence = Text(f"{head[0]}: bỏ {said.vi}.", f"{head[1]}: taken away {said.en}.")
    elif was is not None and is_ is not None:
        first, second = _dated(was, old), _dated(is_, new)
        sentence = Text(
            f"{head[0]}: trước {first.vi}; nay {second.vi}.",
            f"{head[1]}: before, {first.en}; now {second.en}.",
        )
    return Change(
        "edited", one.topic, one.kinds, one.issuer_kinds, sentence,
        (was.id,) if was else (), (is_.id,) if is_ else (),
    )  # fmt: skip


def _dated(p: Provision, law: Law) -> Text:
    start = f"{p.period.start:%d/%m/%Y}" if p.period.start else "…"
    last = f"{p.period.last_day:%d/%m/%Y}" if p.period.last_day else "…"
    bodies = f" [{', '.join(p.issuer_kinds)}]" if p.issuer_kinds else ""
    tail = f"{bodies} {start}–{last} ({law.cite(p.basis)}"
    sure = CONFIDENCE[p.confidence]
    return Text(f"“{p.text.vi}”{tail}; {sure.vi})", f"“{p.text.en}”{tail}; {sure.en})")


# --- words -------------------------------------------------------------------------------------


def _current(law: Law) -> list[Kind]:
    return [kind for kind in law.kinds.values() if kind.standing == "current"]


def _names(law: Law, kinds: Iterable[Kind]) -> Text:
    """Kinds by name; a whole category in one word."""
    listed = list(kinds)
    for category, name in _WHOLE.items():
        all_of_it = [k for k in _current(law) if not category or k.category == category]
        if len(listed) > 1 and {k.id for k in listed} >= {k.id for k in all_of_it}:
            rest = _names(law, [k for k in listed if k not in all_of_it])
            more = rest.vi and Text(f", {rest.vi}", f", {rest.en}")
            return Text(f"{name.vi}{more.vi}", f"{name.en}{more.en}") if more else name
    return Text(", ".join(k.name.vi for k in listed), ", ".join(k.name.en for k in listed))


_WHOLE: Final[Mapping[str, Text]] = {
    "": Text("mọi văn bằng, chứng chỉ", "every credential"),
    "diploma": Text("mọi văn bằng", "every diploma"),
    "certificate": Text("mọi chứng chỉ", "every certificate"),
}


def _of(names: str) -> str:
    return f" – {names}" if names else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
