"""Overrides: proposed by one officer, confirmed by a second, read as facts by the law."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from sogoc.credentials.bulk import lock
from sogoc.credentials.overrides.errors import (
    OverrideConfirmed,
    OverrideRefused,
    OverrideWithdrawn,
    SameOfficer,
    UnknownOverride,
)
from sogoc.credentials.overrides.models import (
    Override,
    OverrideConfirmation,
    OverrideWithdrawal,
)
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, record_event, require
from sogoc.policy.api import Check, OverrideFact, checks, load_law

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideView:
    """An override as shown; ``confirmed_by`` is empty while it waits for the second officer.

    ``withdrawn_from`` is the first day on which it no longer counts, though not yet over.
    """

    number: str
    check: str
    body: str
    kind: str
    file_sha256: str
    valid_from: date
    valid_until: date
    reason: str
    document: str
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    withdrawn_from: date | None = None
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    withdraw_reason: str = ""


def propose_override(
    *,
    check: str,
    body: str,
    valid_from: date,
    valid_until: date,
    reason: str,
    document: str,
    kind: str = "",
    file_sha256: str = "",
    by: Actor,
    at: datetime,
) -> OverrideView:
    """Propose to set a check aside for acts of a body dated ``valid_from`` up to ``valid_until``.

    ``valid_until`` is the first day that no longer counts; ``file_sha256`` limits it to one list.
    It counts once another officer confirms it. Needs ``override.propose`` for the body. Raises
    ``OverrideRefused``, ``UnknownOrganisation``.
    """
    found = _overridable(check)
    reason, document, file_sha256 = reason.strip(), document.strip(), file_sha256.strip().lower()
    _require_complete(reason, document, valid_from, valid_until, file_sha256)
    with acting(by):
        organisation = get_organisation(body)
        require(by, "override.propose", organisation_id=organisation.pk)
        override = Override.objects.create(
            number=_next_number(at.year),
            check_id=found.id,
            organisation=organisation,
            kind=_known_kind(kind),
            file_sha256=file_sha256,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason,
            document=document,
            proposed_by=by.username,
            proposed_at=at,
        )
        record_event(
            actor=by,
            verb="overrides:override:propose",
            subject=override.number,
            at=at,
            reason=reason,
            organisation_code=body,
            detail={
                "check": found.id,
                "kind": override.kind,
                "file": file_sha256,
                "from": valid_from.isoformat(),
                "until": valid_until.isoformat(),
                "document": document,
            },
        )
        return view_of(override)


def confirm_override(*, number: str, by: Actor, at: datetime) -> OverrideView:
    """Confirm a proposed override: from now on failures it covers do not stop an act.

    Needs ``override.confirm`` for its body. Raises ``UnknownOverride``, ``SameOfficer``,
    ``OverrideConfirmed``.
    """
    with acting(by):
        override = locked_override(number)
        require(by, "override.confirm", organisation_id=override.organisation_id)
        if override.proposed_by == by.username:
            raise SameOfficer(
                "four_eyes",
                Text(
                    "Người đã đề nghị miễn áp dụng không được tự xác nhận.",
                    "Who proposed an override does not confirm it.",
                ),
            )
        if (ended := withdrawal_of(override)) is not None:
            raise OverrideWithdrawn(
                "override_withdrawn",
                Text(
                    f"Miễn áp dụng số {override.number} đã được {ended.withdrawn_by} thu hồi.",
                    f"The override {override.number} was withdrawn by {ended.withdrawn_by}.",
                ),
                number=override.number,
            )
        made, is_new = OverrideConfirmation.objects.get_or_create(
            override=override, defaults={"confirmed_by": by.username, "confirmed_at": at}
        )
        if not is_new:
            raise OverrideConfirmed(
                "override_confirmed",
                Text(
                    f"Miễn áp dụng số {number} đã được {made.confirmed_by} xác nhận.",
                    f"The override {number} is confirmed already, by {made.confirmed_by}.",
                ),
                number=number,
            )
        record_event(
            actor=by,
            verb="overrides:override:confirm",
            subject=override.number,
            at=at,
            organisation_code=override.organisation.code,
        )
        return view_of(override)


def overrides(*, by: Actor, body: str | None = None, limit: int = 200) -> list[OverrideView]:
    """Return overrides, the newest first, of one body or of all; withdrawn ones too."""
    with acting(by):
        found = Override.objects.select_related(
            "organisation", "overrideconfirmation", "overridewithdrawal"
        )
        if body is not None:
            found = found.filter(organisation=get_organisation(body))
        return [view_of(override) for override in found.order_by("-proposed_at", "-pk")[:limit]]


def override_facts(
    body: str | None = None, *, as_confirmed: bool = False
) -> tuple[OverrideFact, ...]:
    """Return confirmed overrides of a body (or of all) as facts; called inside ``acting``.

    One that was withdrawn covers acts of days before that alone; ``as_confirmed`` gives the whole
    period, for what was issued under it.
    """
    found = OverrideConfirmation.objects.select_related(
        "override__organisation", "override__overridewithdrawal"
    )
    if body is not None:
        found = found.filter(override__organisation__code=body)
    facts = []
    for made in found.order_by("override_id"):
        override = made.override
        until = override.valid_until
        ended = None if as_confirmed else withdrawal_of(override)
        if ended is not None:
            until = min(until, ended.withdrawn_from)
        if until <= override.valid_from:
            continue
        facts.append(
            OverrideFact(
                number=override.number,
                check=override.check_id,
                period=Period(override.valid_from, until),
                reason=override.reason,
                proposed_by=override.proposed_by,
                confirmed_by=made.confirmed_by,
                document=override.document,
                bodies=frozenset({override.organisation.code}),
                kinds=frozenset({override.kind} - {""}),
                file_sha256=override.file_sha256,
            )
        )
    return tuple(facts)


def locked_override(number: str) -> Override:
    """Return an override; who confirms or withdraws it at the same time waits. ``UnknownOverride``.

    The lock is advisory, as nobody may update the table.
    """
    with connection.cursor() as cursor:
        lock(cursor, f"sogoc:override:{number.strip()}")
    override = Override.objects.select_related("organisation").filter(number=number.strip()).first()
    if override is None:
        raise UnknownOverride(
            "override_unknown",
            Text(f"Không có miễn áp dụng số {number}.", f"There is no override {number}."),
            number=number,
        )
    return override


def withdrawal_of(override: Override) -> OverrideWithdrawal | None:
    """Return how an override ended before its time, if it did."""
    return getattr(override, "overridewithdrawal", None)


def _overridable(name: str) -> Check:
    found = next((check for check in checks() if check.id == name.strip().upper()), None)
    if found is None:
        raise OverrideRefused(
            "override_unknown_check",
            Text(f"Không có phép kiểm {name}.", f"There is no check {name}."),
            check=name,
        )
    if not found.may_be_overridden:
        raise OverrideRefused(
            "override_not_allowed",
            Text(
                f"Không ai được miễn áp dụng {found.id}: pháp luật về thẩm quyền, loại văn bằng, "
                "điều cơ sở dữ liệu cũng từ chối, điều không có thì không cấp được, hoặc phép kiểm "
                "vốn không chặn.",
                f"Nobody may set {found.id} aside: hard law, something the database refuses as "
                "well, something nothing can be issued without, or a check that stops nothing.",
            ),
            check=found.id,
        )
    return found


def _require_complete(
    reason: str, document: str, valid_from: date, valid_until: date, file_sha256: str
) -> None:
    if not reason or not document or valid_until <= valid_from:
        raise OverrideRefused(
            "override_incomplete",
            Text(
                "Miễn áp dụng cần lý do, văn bản căn cứ và ngày kết thúc sau ngày bắt đầu.",
                "An override needs a reason, a document and an end after its beginning.",
            ),
        )
    if file_sha256 and _DIGEST.fullmatch(file_sha256) is None:
        raise OverrideRefused(
            "override_file",
            Text("Mã SHA-256 của tệp danh sách không đúng.", "This is no SHA-256 of a file."),
        )


def _known_kind(kind: str) -> str:
    if not kind:
        return ""
    found = load_law().find_kind(kind)
    if found is None:
        raise OverrideRefused(
            "override_unknown_kind",
            Text(f"Không có loại “{kind}”.", f"There is no kind “{kind}”."),
            kind=kind,
        )
    return found.id


def _next_number(year: int) -> str:
    """``MA-2026-0001``: counted under a lock, so that two proposals never share a number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('credentials_override'))")
    taken = Override.objects.filter(number__startswith=f"MA-{year}-").count()
    return f"MA-{year}-{taken + 1:04}"


def view_of(override: Override) -> OverrideView:
    """Return an override as shown."""
    made: OverrideConfirmation | None = getattr(override, "overrideconfirmation", None)
    ended = withdrawal_of(override)
    return OverrideView(
        number=override.number,
        check=override.check_id,
        body=override.organisation.code,
        kind=override.kind,
        file_sha256=override.file_sha256,
        valid_from=override.valid_from,
        valid_until=override.valid_until,
        reason=override.reason,
        document=override.document,
        proposed_by=override.proposed_by,
        proposed_at=override.proposed_at,
        confirmed_by=made.confirmed_by if made is not None else "",
        confirmed_at=made.confirmed_at if made is not None else None,
        withdrawn_from=ended.withdrawn_from if ended is not None else None,
        withdrawn_by=ended.withdrawn_by if ended is not None else "",
        withdrawn_at=ended.withdrawn_at if ended is not None else None,
        withdraw_reason=ended.reason if ended is not None else "",
    )
