"""Ending an override before its time: by one officer, with a reason, never for days gone by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sogoc.credentials.overrides.errors import OverrideRefused, OverrideWithdrawn
from sogoc.credentials.overrides.models import OverrideWithdrawal
from sogoc.credentials.overrides.waiving import (
    OverrideView,
    locked_override,
    view_of,
    withdrawal_of,
)
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, may, record_event, require


def withdraw_override(
    *,
    number: str,
    reason: str,
    by: Actor,
    at: datetime,
    today: date,
    from_date: date | None = None,
) -> OverrideView:
    """End an override: acts dated ``from_date`` (``today`` when not given) or later lose it.

    One officer is enough: to stop a waiver is to go back to the rule. Lines issued under it stand
    under it; a batch that relies on it and is dated later dies at issue. One that nobody confirmed
    yet can no longer be confirmed. Needs ``override.confirm`` or ``override.propose`` for its body.
    Raises ``OverrideRefused`` without a reason, for a day gone by, or when it is over by then;
    ``OverrideWithdrawn``, ``UnknownOverride``, ``NotPermitted``.
    """
    reason, day = reason.strip(), from_date or today
    with acting(by):
        override = locked_override(number)
        confirms = may(by, "override.confirm", organisation_id=override.organisation_id)
        permission = "override.confirm" if confirms else "override.propose"
        require(by, permission, organisation_id=override.organisation_id)
        ended = withdrawal_of(override)
        if ended is not None:
            raise OverrideWithdrawn(
                "override_withdrawn_already",
                Text(
                    f"Miễn áp dụng số {override.number} đã được {ended.withdrawn_by} thu hồi từ "
                    f"{ended.withdrawn_from:%d/%m/%Y}.",
                    f"The override {override.number} was withdrawn by {ended.withdrawn_by} from "
                    f"{ended.withdrawn_from.isoformat()} on.",
                ),
                number=override.number,
            )
        _require_sensible(reason, day, today, override.valid_until)
        OverrideWithdrawal.objects.create(
            override=override,
            withdrawn_from=day,
            reason=reason,
            withdrawn_by=by.username,
            withdrawn_at=at,
        )
        record_event(
            actor=by,
            verb="overrides:override:withdraw",
            subject=override.number,
            at=at,
            reason=reason,
            organisation_code=override.organisation.code,
            detail={"check": override.check_id, "from": day.isoformat()},
        )
        return view_of(locked_override(override.number))


def require_standing(numbers: Collection[str], on: date) -> None:
    """Raise ``OverrideWithdrawn`` if one of these overrides no longer counts for acts of a day.

    Numbers of rulings among them are left alone. Called inside ``acting``.
    """
    found = (
        OverrideWithdrawal.objects.select_related("override")
        .filter(override__number__in=list(numbers), withdrawn_from__lte=on)
        .order_by("override_id")
        .first()
    )
    if found is not None:
        raise OverrideWithdrawn(
            "override_no_longer_stands",
            Text(
                f"Miễn áp dụng số {found.override.number} mà đợt cấp dựa vào đã bị thu hồi từ "
                f"{found.withdrawn_from:%d/%m/%Y}; phải lập lại đợt cấp.",
                f"The override {found.override.number} this batch relies on was withdrawn from "
                f"{found.withdrawn_from.isoformat()} on; prepare the batch again.",
            ),
            number=found.override.number,
        )


def _require_sensible(reason: str, day: date, today: date, over: date) -> None:
    if not reason:
        raise OverrideRefused(
            "override_withdrawal_reason",
            Text("Hãy ghi lý do thu hồi.", "Say why it is withdrawn."),
        )
    if day < today:
        raise OverrideRefused(
            "override_withdrawal_backdated",
            Text(
                f"Không thu hồi lùi ngày: sớm nhất từ hôm nay, {today:%d/%m/%Y}.",
                f"No withdrawal for days gone by: from today, {today.isoformat()}, on.",
            ),
        )
    if day >= over:
        raise OverrideRefused(
            "override_over",
            Text(
                f"Đến ngày đó miễn áp dụng đã hết hạn ({over:%d/%m/%Y}).",
                f"By that day the override is over ({over.isoformat()}).",
            ),
        )
