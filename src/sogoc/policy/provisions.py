"""One view of everything the law files say: dated statements of one shape, whatever their file.

Shown, compared and stored, never judged with: checks ask ``Law``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy.statute import EMPTY, Cite, Law, Provenance
from sogoc.policy.values import Form, Items, amount_words

ALWAYS: Final = Period(None, None)

CONFIDENCE: Final[Mapping[str, Text]] = {
    "found": Text("đã thấy", "seen"),
    "recalled": Text("theo trí nhớ", "recalled"),
    "uncertain": Text("chưa chắc chắn", "uncertain"),
}
"""How sure we are of a row of the law files, in words."""

SCORES: Final[Mapping[str, Text]] = {
    "score_theory": Text("điểm trắc nghiệm, lý thuyết", "theory score"),
    "score_practice": Text("điểm thực hành", "practice score"),
    "score_total": Text("tổng điểm", "total score"),
    "gpa": Text("điểm trung bình", "grade point average"),
    "each_advanced_module": Text("từng mô đun nâng cao", "each advanced module"),
}
"""What a pass mark binds, in words."""

STARTS: Final[Mapping[str, Text]] = {
    "graduation_decision": Text(
        "từ quyết định công nhận tốt nghiệp", "from the graduation decision"
    ),
    "course_or_exam_end": Text(
        "từ khi kết thúc khóa học, kỳ thi", "from the end of the course or exam"
    ),
    "request": Text("từ khi nhận đủ hồ sơ", "from the complete request"),
    "decision_received": Text("từ khi nhận quyết định", "from receipt of the decision"),
    "specimen_reported": Text("từ khi báo cáo mẫu", "from the report of the specimen"),
    "loss_found": Text("khi phát hiện mất", "when the loss is found"),
    "destroyed": Text("từ khi hủy", "from the destruction"),
    "issued_on": Text("từ ngày cấp", "from the issue date"),
}
"""From when a time runs, in words."""

ACT_WORDS: Final[Mapping[str, Text]] = {
    "issue": Text("cấp", "issue"),
    "issue_digital": Text("cấp bản số", "digital issue"),
    "reissue": Text("cấp lại", "re-issue"),
    "correct": Text("chỉnh sửa", "correction"),
    "copy": Text("cấp bản sao", "copy"),
    "revoke": Text("thu hồi, nộp lại", "revocation, return"),
}


@dataclass(frozen=True, slots=True)
class Provision:
    """One statement of the law: what it says, of which kinds and bodies, when, where it stands.

    ``about`` is the act, paper or form it concerns; no kinds: every kind. ``detail`` are plain
    values (numbers, patterns, columns) for programs; ``brief`` the text without a list's lines.
    """

    id: str
    topic: str
    about: str
    kinds: tuple[str, ...]
    issuer_kinds: tuple[str, ...]
    period: Period
    text: Text
    detail: Mapping[str, Any]
    basis: tuple[Cite, ...]
    confidence: str
    note: Text | None
    checked: Provenance
    brief: Text = EMPTY

    @property
    def short(self) -> Text:
        """What it is about, without the lines of a list or form."""
        return self.brief if self.brief.vi else self.text

    @property
    def verdict(self) -> str:
        """``decides``, or ``review`` for what is uncertain."""
        return "review" if self.confidence == "uncertain" else "decides"

    def plain(self, law: Law) -> dict[str, Any]:
        """Plain values; texts and days stay what they are."""
        return {
            "id": self.id,
            "topic": self.topic,
            "about": self.about or None,
            "kinds": list(self.kinds),
            "issuer_kinds": list(self.issuer_kinds),
            "from": self.period.start,
            "until": self.period.until,
            "text": self.text,
            "detail": dict(self.detail),
            "basis": law.cite(self.basis),
            "confidence": self.confidence,
            "verdict": self.verdict,
            "note": self.note,
            "reviewed": self.checked.reviewed,
            "review_by": self.checked.review_by,
        }


@lru_cache(maxsize=4)
def provisions(law: Law) -> tuple[Provision, ...]:
    """Everything the law says, in the order of topics."""
    order = {name: index for index, name in enumerate(law.topics)}
    found = [*_authority(law), *_later(law), *_deadlines(law), *_scores(law), *_words(law)]
    found += _values(law)
    return tuple(sorted(found, key=lambda p: order[p.topic]))


def in_force(
    law: Law, on: date | None, *, topic: str | None = None, kind: str | None = None
) -> list[Provision]:
    """Provisions in force on a day (``None``: any day), of a topic and of a kind where given."""
    return [
        p
        for p in provisions(law)
        if (on is None or p.period.contains(on))
        and (topic is None or p.topic == topic)
        and (kind is None or not p.kinds or kind in p.kinds)
    ]


def _authority(law: Law) -> Iterator[Provision]:
    for row in law.matrix:
        detail = {
            "signers": list(row.signers),
            "rank": "special" if row.special else "general",
            "levels": None
            if row.levels is None
            else {
                "everyone": [row.levels.everyone[0], row.levels.everyone[-1]],
                "also_holding": {
                    name: [r[0], r[-1]] for name, r in row.levels.also_holding.items()
                },
            },
        }
        checked = Provenance(row.reviewed, law.provenance["authority"].review_by)
        yield Provision(
            row.id, "authority", "issue", row.kinds, row.issuer_kinds, row.period, row.who, detail,
            row.basis, row.confidence, row.note, checked,
        )  # fmt: skip


def _later(law: Law) -> Iterator[Provision]:
    checked = law.provenance["custody"]
    for rule in law.act_rules:
        for act in rule.acts:
            yield Provision(
                rule.id, "later_act", act, (), (), rule.period, rule.why,
                {"verdict": rule.verdict}, rule.basis, rule.confidence, None, checked,
            )  # fmt: skip
    for keeper in law.custodians:
        yield Provision(
            keeper.id, "custody", "", keeper.kinds, keeper.issuer_kinds, keeper.period, keeper.who,
            {}, keeper.basis, keeper.confidence, None, checked,
        )  # fmt: skip
    for ending in law.endings:
        yield Provision(
            ending.id, "ending", "", ending.kinds, ending.issuer_kinds, Period(ending.start, None),
            ending.what, {}, ending.basis, ending.confidence, None, law.provenance["endings"],
        )  # fmt: skip


def _deadlines(law: Law) -> Iterator[Provision]:
    for found in law.deadlines:
        amount = amount_words(found.days, found.unit)
        starts = STARTS.get(found.starts, EMPTY)
        yield Provision(
            found.id,
            "deadline",
            found.act if found.medium == "paper" else f"{found.act}_{found.medium}",
            found.kinds,
            (),
            found.period,
            Text(f"{amount.vi} {starts.vi}", f"{amount.en} {starts.en}"),
            {
                "days": found.days,
                "unit": found.unit,
                "starts": found.starts,
                "medium": found.medium,
            },
            found.basis,
            found.confidence,
            None,
            law.provenance["deadlines"],
        )


def _scores(law: Law) -> Iterator[Provision]:
    checked = law.provenance["pass_marks"]
    for mark in law.pass_marks:
        bound = [SCORES.get(name, Text(name, name)) for name in mark.fields or mark.modules]
        vi, en = ", ".join(one.vi for one in bound), ", ".join(one.en for one in bound)
        yield Provision(
            mark.id, "pass_mark", "", mark.kinds, (), mark.period,
            Text(f"đạt từ {mark.percent:g}% ({vi})", f"pass from {mark.percent:g}% ({en})"),
            {
                "percent": mark.percent,
                "fields": list(mark.fields),
                "modules": list(mark.modules),
            },
            mark.basis, mark.confidence, None, checked,
        )  # fmt: skip
    for number, scale in enumerate(law.scales, 1):
        what = ", ".join(scale.fields)
        yield Provision(
            f"THANG-{number}", "scale", "", scale.kinds, (), ALWAYS,
            Text(
                f"từ {scale.low:g} đến {scale.high:g} ({what})",
                f"{scale.low:g} to {scale.high:g} ({what})",
            ),
            {"low": scale.low, "high": scale.high, "fields": list(scale.fields)},
            scale.basis, "found", None, checked,
        )  # fmt: skip


def _words(law: Law) -> Iterator[Provision]:
    checked = law.provenance["titles"]
    for form in law.titles.forms:
        detail = {"words": list(form.words), "review_from": form.review_from}
        basis = law.titles.form_basis
        yield Provision(
            f"KY-{form.id}", "signature_form", "", (), (), ALWAYS, form.name, detail, basis,
            "found", None, checked,
        )  # fmt: skip
    for kind in law.kinds.values():
        if kind.standing == "none":
            no_basis = law.no_credential_basis.get(kind.id, law.no_credential_basis[""])
            yield Provision(
                f"KHONG-{kind.id}", "no_credential", "", (kind.id,), (), ALWAYS, kind.name, {},
                no_basis, "found", None, law.provenance["kinds"],
            )  # fmt: skip


def _values(law: Law) -> Iterator[Provision]:
    for value in law.values:
        text = value.what
        detail: Mapping[str, Any] = {}
        brief = value.what if isinstance(value.body, Items | Form) else EMPTY
        if value.body is not None:
            words = value.body.words()
            text = Text(f"{text.vi}: {words.vi}", f"{text.en}: {words.en}")
            detail = value.body.plain()
        yield Provision(
            value.id, value.topic, value.about, value.kinds, value.issuer_kinds, value.period,
            text, detail, value.basis, value.confidence, value.note, value.checked, brief,
        )  # fmt: skip
