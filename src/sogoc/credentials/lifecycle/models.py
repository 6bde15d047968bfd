"""Revocations of many lines, proposed by one officer and ended by a second. All insert-only."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sogoc.people.models import Organisation


class RevocationProposal(models.Model):
    """Lines that one decision is to revoke: nothing happens before another officer confirms."""

    personal_fields: ClassVar[tuple[str, ...]] = ("reason",)

    token = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    codes = ArrayField(models.CharField(max_length=25))
    decision_number = models.CharField(max_length=120)
    decision_date = models.DateField()
    ground = models.CharField(max_length=300)
    reason = models.TextField()
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_revocation_proposal"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(decision_number="") & ~Q(ground="") & ~Q(reason="") & ~Q(codes=[]),
                name="revocation_proposal_complete",
            ),
        ]
        indexes: ClassVar = [
            # what waits at a body, the newest first
            models.Index(fields=["organisation", "-proposed_at"], name="revocation_by_body"),
        ]


class RevocationEnd(models.Model):
    """What became of a proposal, once: confirmed by another officer, or given up."""

    personal_fields: ClassVar[tuple[str, ...]] = ("reason",)

    class Outcome(models.TextChoices):
        """Which of the two."""

        CONFIRMED = "confirmed", "Đã xác nhận, đã thu hồi"
        WITHDRAWN = "withdrawn", "Đã rút"

    proposal = models.OneToOneField(RevocationProposal, on_delete=models.PROTECT, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.TextField(blank=True)
    ended_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_revocation_end"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="confirmed") | (Q(outcome="withdrawn") & ~Q(reason="")),
                name="revocation_end_complete",
            ),
        ]
