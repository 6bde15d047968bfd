"""Putting a rule set in force: propose, confirm, and what is in force on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from sogoc.credentials.rules.errors import (
    ActivationConflict,
    RuleSetNotActive,
    SameOfficer,
    UnknownRuleSet,
)
from sogoc.credentials.rules.models import RuleSetActivation
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, record_event, require
from sogoc.policy.api import Law, LawDataError, between_laws, build_law, load_law


@dataclass(frozen=True, slots=True)
class Activation:
    """A rule set proposed, or in force from ``valid_from`` once ``confirmed_by`` is there."""

    rule_set: str
    content_digest: str
    summary: tuple[Text, ...]
    reason: str
    valid_from: date
    is_first: bool
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        """Whether a second officer confirmed it."""
        return bool(self.confirmed_by)


@dataclass(frozen=True, slots=True)
class StoredLaw:
    """An old rule set read again: its values; ``same_code`` when the judging code is unchanged."""

    law: Law
    same_code: bool


def propose_rule_set(
    *, valid_from: date, reason: str, by: Actor, at: datetime, today: date, law: Law | None = None
) -> Activation:
    """Propose the program's rule set from a day on (today or later); a second officer confirms.

    The law files and what they change are stored. Needs ``rules.propose``. Raises
    ``ActivationConflict`` when it is in force or proposed already, without a reason, or back-dated.
    """
    running = law or load_law()
    with acting(by):
        require(by, "rules.propose")
        if not reason.strip() or valid_from < today:
            raise ActivationConflict(
                "rule_set_incomplete",
                Text(
                    "Cần lý do, và ngày áp dụng từ hôm nay trở đi.",
                    "It takes a reason, and a first day that is not past.",
                ),
                valid_from=valid_from,
            )
        before = _active(valid_from)
        if before is not None and before.rule_set == running.rule_set_id:
            raise ActivationConflict(
                "rule_set_in_force",
                Text(
                    f"Bộ quy tắc {running.rule_set_id} đang áp dụng rồi.",
                    f"Rule set {running.rule_set_id} is in force already.",
                ),
                rule_set=running.rule_set_id,
            )
        row = RuleSetActivation(
            **_content(running, _summary(before, running)),
            reason=reason.strip(),
            valid_from=valid_from,
            proposed_by=by.username,
            proposed_at=at,
        )
        _insert(row)
        record_event(
            actor=by,
            verb="rules:rule-set:propose",
            subject=row.rule_set,
            at=at,
            reason=row.reason,
            detail={"content": row.content_digest, "valid_from": valid_from.isoformat()},
        )
        return _view(row)


def confirm_rule_set(*, rule_set: str, by: Actor, at: datetime) -> Activation:
    """Confirm a proposed rule set; from its day on it is the one in force.

    Needs ``rules.activate``. Raises ``UnknownRuleSet`` when nobody proposed it, ``SameOfficer`` for
    who did, ``ActivationConflict`` when it is confirmed already.
    """
    with acting(by):
        require(by, "rules.activate")
        row = (
            RuleSetActivation.objects.select_for_update()
            .filter(rule_set=rule_set)
            .order_by("confirmed_by", "-pk")  # one that waits comes first
            .first()
        )
        if row is None:
            raise _unknown(rule_set)
        if row.confirmed_by:
            raise ActivationConflict(
                "rule_set_confirmed",
                Text(
                    f"Bộ quy tắc {rule_set} đã được xác nhận.",
                    f"Rule set {rule_set} is confirmed already.",
                ),
                rule_set=rule_set,
            )
        if row.proposed_by == by.username:
            raise SameOfficer(
                "four_eyes",
                Text(
                    "Người đề nghị không được tự xác nhận; cần người thứ hai.",
                    "Who proposed a rule set does not confirm it; a second person must.",
                ),
            )
        row.confirmed_by, row.confirmed_at = by.username, at
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        record_event(
            actor=by,
            verb="rules:rule-set:confirm",
            subject=row.rule_set,
            at=at,
            detail={"content": row.content_digest, "valid_from": row.valid_from.isoformat()},
        )
        return _view(row)


def activate_first(*, at: datetime, today: date) -> Activation | None:
    """Put the program's rule set in force in a home that has none; otherwise do nothing.

    Under the name of the machine that makes the home, with an event in the log.
    """
    by = Actor.system("init")
    with acting(by):
        if RuleSetActivation.objects.exists():
            return None
        require(by, "rules.propose")
        row = RuleSetActivation(
            **_content(load_law(), []),
            reason="Bộ quy tắc đầu tiên của kho dữ liệu",
            valid_from=today,
            is_first=True,
            proposed_by=by.username,
            proposed_at=at,
            confirmed_by=by.username,
            confirmed_at=at,
        )
        _insert(row)
        record_event(
            actor=by,
            verb="rules:rule-set:first",
            subject=row.rule_set,
            at=at,
            detail={"content": row.content_digest, "valid_from": today.isoformat()},
        )
        return _view(row)


def require_active(*, on: date, law: Law | None = None) -> None:
    """Refuse to go on unless the program's rule set is in force that day; inside ``acting``.

    A home that never put one in force requires nothing. Raises ``RuleSetNotActive``.
    """
    running = (law or load_law()).rule_set_id
    active = _active(on)
    if active is None and not RuleSetActivation.objects.exists():
        return
    if active is not None and active.rule_set == running:
        return
    now = active.rule_set if active is not None else None
    raise RuleSetNotActive(
        "rule_set_not_active",
        Text(
            f"Phần mềm chạy bộ quy tắc {running}, nhưng bộ đang áp dụng là {now or 'chưa có'}. "
            "Hai người làm “sogoc law activate propose” rồi “sogoc law activate confirm”.",
            f"The program runs rule set {running}, but {now or 'none'} is in force. Two people run "
            "“sogoc law activate propose”, then “sogoc law activate confirm”.",
        ),
        running=running,
        active=now,
    )


def active_on(on: date, *, by: Actor) -> Activation | None:
    """The rule set in force on a day."""
    with acting(by):
        row = _active(on)
        return _view(row) if row is not None else None


def activations(*, by: Actor, limit: int = 200) -> list[Activation]:
    """Rule sets proposed and in force, the newest first."""
    with acting(by):
        rows = RuleSetActivation.objects.defer("texts").order_by("-valid_from", "-pk")[:limit]
        return [_view(row) for row in rows]


def law_of(rule_set: str, *, by: Actor) -> StoredLaw:
    """A rule set of this home, from its stored files; the program's own without asking the home.

    Raises ``UnknownRuleSet`` when no activation names it, or today's program cannot read its files.
    """
    running = load_law()
    if rule_set == running.rule_set_id:
        return StoredLaw(running, same_code=True)
    with acting(by):
        row = RuleSetActivation.objects.filter(rule_set=rule_set).order_by("pk").first()
    if row is None:
        raise _unknown(rule_set)
    try:
        law = build_law(row.texts)
    except LawDataError as problem:
        raise UnknownRuleSet(
            "rule_set_unreadable",
            Text(
                f"Phiên bản này không đọc được bộ quy tắc {rule_set}: {problem.message.vi}",
                f"This version cannot read rule set {rule_set}: {problem.message.en}",
            ),
            rule_set=rule_set,
        ) from problem
    return StoredLaw(law, same_code=law.rule_set_id == rule_set)


# --- inside -----------------------------------------------------------------------------------


def _active(on: date) -> RuleSetActivation | None:
    return (
        RuleSetActivation.objects.filter(valid_from__lte=on)
        .exclude(confirmed_by="")
        .order_by("-valid_from", "-confirmed_at", "-pk")
        .first()
    )


def _content(law: Law, summary: list[dict[str, str]]) -> dict[str, object]:
    return {
        "rule_set": law.rule_set_id,
        "content_digest": law.content_digest,
        "texts": dict(law.texts),
        "summary": summary,
    }


def _summary(before: RuleSetActivation | None, law: Law) -> list[dict[str, str]]:
    """What the files say differently; that only the program changed is said too."""
    if before is None:
        return []
    if before.content_digest == law.content_digest:
        only_code = Text(
            "Dữ liệu luật như trước; chỉ phần mềm kiểm tra thay đổi.",
            "The law files are as before; only the checking program changed.",
        )
        return [{"vi": only_code.vi, "en": only_code.en}]
    try:
        changes = between_laws(build_law(before.texts), law)
    except LawDataError as problem:
        return [{"vi": problem.message.vi, "en": problem.message.en}]
    return [{"vi": c.sentence.vi, "en": c.sentence.en} for c in changes]


def _insert(row: RuleSetActivation) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise ActivationConflict(
            "rule_set_proposed",
            Text(
                f"Bộ quy tắc {row.rule_set} đã được đề nghị cho ngày này.",
                f"Rule set {row.rule_set} is proposed for that day already.",
            ),
            rule_set=row.rule_set,
        ) from None


def _unknown(rule_set: str) -> UnknownRuleSet:
    return UnknownRuleSet(
        "rule_set_unknown",
        Text(
            f"Chưa ai đề nghị bộ quy tắc {rule_set} ở đây.",
            f"Nobody proposed a rule set {rule_set} here.",
        ),
        rule_set=rule_set,
    )


def _view(row: RuleSetActivation) -> Activation:
    return Activation(
        rule_set=row.rule_set,
        content_digest=row.content_digest,
        summary=tuple(Text(s["vi"], s["en"]) for s in row.summary),
        reason=row.reason,
        valid_from=row.valid_from,
        is_first=row.is_first,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
