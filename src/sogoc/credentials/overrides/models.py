"""Overrides, their confirmations and withdrawals, all insert-only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sogoc.people.models import Organisation


class Override(models.Model):
    """A check set aside for acts of one body in a period; counts once it is confirmed.

    ``kind`` and ``file_sha256`` limit it, empty means no limit. ``valid_until`` is the first day
    that no longer counts.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("reason",)

    number = models.CharField(max_length=40, unique=True)
    check_id = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    reason = models.TextField()
    document = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_override"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="override_period_forward"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(document="") & ~Q(check_id=""),
                name="override_complete",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256="") | Q(file_sha256__regex="^[0-9a-f]{64}$"),
                name="override_file_is_a_digest",
            ),
        ]
        indexes: ClassVar = [
            # what counts for the lists of a body
            models.Index(fields=["organisation", "valid_from"], name="override_by_body"),
        ]


class OverrideConfirmation(models.Model):
    """The second officer's yes."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    override = models.OneToOneField(Override, on_delete=models.PROTECT, primary_key=True)
    confirmed_by = models.CharField(max_length=80)
    confirmed_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_override_confirmation"


class OverrideWithdrawal(models.Model):
    """One officer's end of an override: from ``withdrawn_from`` on, never an earlier day, no more.

    What was issued before stands under the override.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("reason",)

    override = models.OneToOneField(Override, on_delete=models.PROTECT, primary_key=True)
    withdrawn_from = models.DateField()  # the first day it no longer counts
    reason = models.TextField()
    withdrawn_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_override_withdrawal"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="override_withdrawal_has_reason"),
        ]
