"""Reading a signature title: who signs, for whom, in which body, in which form.

Titles are typed in every spelling: "KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC", "K/T Giám đốc", "PGĐ", with or
without the body's name. They are folded (no accents, case, punctuation) before any comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.policy.statute import Law, SignatureForm, Titles

_WORDS = re.compile(r"\w+")
_SPLIT_MARK = re.compile(r"\b(k|t|u)\s*[/.]\s*(?=[tulqm]\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Title:
    """A title as read: ``head`` is the head title found (folded), ``for_the_head`` means KT.

    ``form`` is a form of signature a credential must not bear, ``place`` the capacities the body
    named after the title can have (``None``: no body named).
    """

    words: str
    head: str | None
    deputy: bool
    for_the_head: bool
    committee: bool
    form: SignatureForm | None
    place: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class TitleVerdict:
    """``allowed``, ``refused`` or ``review``; ``about`` says whether form or title is at fault."""

    verdict: str
    about: str
    why: Text


ALLOWED = TitleVerdict("allowed", "", Text("", ""))


@lru_cache(maxsize=4096)
def words_of(text: str) -> str:
    """Folded words with single spaces; "K/T" and "T.L." are one word."""
    return " ".join(_WORDS.findall(_SPLIT_MARK.sub(r"\1", fold(text))))


@lru_cache(maxsize=4096)
def read_title(text: str, law: Law) -> Title:
    """Read a title as typed."""
    titles = law.titles
    heads = sorted({t for group in titles.heads.values() for t in map(words_of, group)}, key=len)
    line = " ".join(_expand(words_of(text).split(), titles, heads))
    for_the_head = any(_has(line, mark) for mark in titles.for_the_head)
    committee = any(line.startswith(f"{w} ") or line == w for w in titles.committee_words)
    offices = [*heads, titles.deputy]
    form = next((f for f in titles.forms if _bears(line, f, offices)), None)
    deputy, rest = False, f" {line} "
    for head in reversed(heads):
        if f" {titles.deputy} {head} " in rest:
            deputy = True
            rest = rest.replace(f" {titles.deputy} {head} ", " | ")
    found = _first(rest, reversed(heads))
    if found is None and deputy:
        found = _first(f" {line} ".replace(f" {titles.deputy} ", " "), reversed(heads))
    place = _place(f" {line} ", found, heads, titles)
    return Title(line, found, deputy, for_the_head, committee, form, place)


def _expand(words: list[str], titles: Titles, heads: list[str]) -> list[str]:
    """Abbreviations written out; "P. Giám đốc" is a deputy."""
    full: list[str] = []
    for at, word in enumerate(words):
        if word == "p" and " ".join(words[at + 1 :]).startswith(tuple(heads)):
            full.append(titles.deputy)
        else:
            full.extend(titles.abbreviations.get(word, word).split())
    return full


def _has(line: str, mark: str) -> bool:
    return f" {mark} " in f" {line} "


def _bears(line: str, form: SignatureForm, offices: list[str]) -> bool:
    """One-word marks (TL, TUQ, Q) stand first or before a title; phrases stand anywhere."""
    for mark in form.words:
        if " " in mark:
            if _has(line, mark):
                return True
        elif f"{line} ".startswith(f"{mark} ") or any(_has(line, f"{mark} {o}") for o in offices):
            return True
    return False


def _first(line: str, heads: Iterable[str]) -> str | None:
    """The head title that stands first in the line; of two at one place the longer."""
    best: tuple[int, int, str] | None = None
    for head in heads:
        at = line.find(f" {head} ")
        if at >= 0 and (best is None or (at, -len(head)) < best[:2]):
            best = (at, -len(head), head)
    return best[2] if best else None


def _place(line: str, head: str | None, heads: list[str], titles: Titles) -> frozenset[str] | None:
    """Capacities of the kind of body named first after the title.

    A second title ("KT. TRƯỞNG PHÒNG - PHÓ TRƯỞNG PHÒNG") names no body with its own words.
    """
    start = line.find(f" {head} ") + len(head) + 1 if head else 0
    rest = line[start:]
    for office in reversed(heads):
        rest = rest.replace(f" {office} ", " | ")
    best: tuple[int, int, frozenset[str]] | None = None
    for word, capacities in titles.body_words.items():
        at = rest.find(f" {word} ")
        if at >= 0 and (best is None or (at, -len(word)) < best[:2]):
            best = (at, -len(word), capacities)
    return best[2] if best else None


def judge_title(
    text: str,
    law: Law,
    *,
    on: date,
    issuer_kind: str,
    signers: tuple[str, ...],
    also_holds: frozenset[str] = frozenset(),
) -> TitleVerdict:
    """Whether a title may sign for a body acting as ``issuer_kind``, the law naming ``signers``.

    Without ``signers`` any head title of the capacity will do.
    """
    title = read_title(text, law)
    if not title.words:
        return _refused("title", "Chưa ghi chức danh người ký.", "No signatory title is given.")
    if (by_form := _judge_form(title, on)) is not None:
        return by_form
    if title.committee and issuer_kind not in law.titles.committee_capacities:
        return _refused(
            "form",
            f"“{text}”: ký thay mặt (TM.) chỉ dùng cho tập thể như Ủy ban nhân dân.",
            f"“{text}”: signing for a collective (TM.) is only for people's committees.",
        )
    if title.deputy and not title.for_the_head:
        return _refused(
            "form",
            f"Cấp phó ký thì phải ghi “KT.” và chức danh người đứng đầu, không chỉ “{text}”.",
            f"A deputy signs “KT.” for the head; “{text}” alone will not do.",
        )
    return _judge_head(text, title, law, issuer_kind, signers, also_holds)


def _judge_form(title: Title, on: date) -> TitleVerdict | None:
    form = title.form
    if form is None:
        return None
    review_from = form.review_from or (form.deputy_review_from if title.deputy else None)
    if review_from is not None and on >= review_from:
        return TitleVerdict(
            "review",
            "form",
            Text(
                f"Từ {review_from:%d/%m/%Y} {form.name.vi}: chưa rõ có được không.",
                f"Whether a credential may be {form.name.en} from {review_from} is not clear.",
            ),
        )
    return _refused(
        "form",
        f"Văn bằng, chứng chỉ không được {form.name.vi}.",
        f"A credential must not bear this form: {form.name.en}.",
    )


def _judge_head(
    text: str,
    title: Title,
    law: Law,
    issuer_kind: str,
    signers: tuple[str, ...],
    also_holds: frozenset[str],
) -> TitleVerdict:
    accepted = accepted_heads(law, issuer_kind, signers)
    names = ", ".join(accepted)
    if title.place is not None and issuer_kind not in title.place:
        return _refused(
            "title",
            f"“{text}” là chức danh của cơ quan khác; phải là {names} của chính đơn vị cấp.",
            f"“{text}” is a title of another body; it must be {names} of the issuer itself.",
        )
    words = {words_of(name) for name in accepted}
    as_written = title.words in {words_of(signer) for signer in signers}
    if not as_written and title.head not in words and not _shortened(title, words):
        return _refused(
            "title",
            f"“{text}” không phải chức danh có thẩm quyền; phải là {names}.",
            f"“{text}” is not the competent title; it must be {names}.",
        )
    if title.for_the_head and not title.deputy and _other_office(title):
        return _refused(
            "form",
            f"“{text}”: chỉ cấp phó của chính đơn vị được ký thay (KT.).",
            f"“{text}”: only a deputy of the same body signs for the head (KT.).",
        )
    for head, capacity in law.titles.not_for:
        if capacity in also_holds and title.head == head:
            return _refused(
                "title",
                f"“{text}” không ký cho người học của {law.capacities[capacity].name.vi}.",
                f"“{text}” does not sign for learners of a {law.capacities[capacity].name.en}.",
            )
    return ALLOWED


def accepted_heads(law: Law, issuer_kind: str, signers: tuple[str, ...]) -> tuple[str, ...]:
    """Head titles that may sign: the law's, or every head title of the capacity."""
    if any(words_of(s).startswith(law.titles.generic_head) for s in signers) or not signers:
        return law.titles.heads[issuer_kind]
    return signers


def _shortened(title: Title, accepted: set[str]) -> bool:
    """Say so for "Giám đốc" where the law says "Giám đốc học viện": bodies are not printed."""
    if title.head is None:
        return False
    rest = title.words
    longer = [a for a in accepted if a.startswith(f"{title.head} ")]
    return bool(longer) and (
        title.place is None or any(_has(rest, a.removeprefix(f"{title.head} ")) for a in longer)
    )


def _other_office(title: Title) -> bool:
    """Whether words after the head's title name an office that is not a deputy's."""
    return any(_has(title.words, office) for office in _OFFICES)


_OFFICES = ("truong phong", "chanh van phong", "truong ban", "truong khoa", "chu tich hoi dong")


def _refused(about: str, vi: str, en: str) -> TitleVerdict:
    return TitleVerdict("refused", about, Text(vi, en))
