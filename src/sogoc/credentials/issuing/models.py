"""Recognition decisions, batches with their rows and findings, and rulings."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sogoc.people.models import Mandate, Organisation


class RecognitionDecision(models.Model):
    """Quyết định công nhận: the list it recognises, by number, day, signer and file."""

    personal_fields: ClassVar[tuple[str, ...]] = ("signer",)

    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT)  # whose act it serves
    number = models.CharField(max_length=120)
    date = models.DateField()
    decided_by = models.CharField(max_length=300)
    signer = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40)
    row_count = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "credentials_recognition_decision"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "number", "date", "kind", "file_sha256"],
                name="recognition_decision_once",
            )
        ]


class Batch(models.Model):
    """One list on its way from file to register; ``token`` binds everything that was checked.

    ``issuing.state.TRANSITIONS``, enforced by a trigger: prepared → approved → printed → signed →
    issued; signed → printed (a misprint found after signing: signed and sealed anew); every state
    before issued → cancelled.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("signatory_name",)

    class State(models.TextChoices):
        """Where the batch stands."""

        PREPARED = "prepared", "Đã kiểm tra, chờ duyệt"
        APPROVED = "approved", "Đã duyệt, chờ in"
        PRINTED = "printed", "Đã in, chờ ký và đóng dấu"
        SIGNED = "signed", "Đã ký, đóng dấu, chờ vào sổ"
        ISSUED = "issued", "Đã vào sổ gốc"
        CANCELLED = "cancelled", "Đã hủy"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARED)
    act_date = models.DateField()
    exam_date = models.DateField(null=True)
    level = models.PositiveSmallIntegerField(null=True)
    decision = models.ForeignKey(RecognitionDecision, on_delete=models.PROTECT)
    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.PROTECT)
    signatory_title = models.CharField(max_length=120)
    signatory_name = models.CharField(max_length=200, blank=True)
    submitted_by = models.CharField(max_length=80, blank=True)
    learners_confirmed_on = models.DateField(null=True)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    sheet = models.CharField(max_length=100, blank=True)  # empty: every sheet of the file
    rule_set = models.CharField(max_length=60)
    rulings = ArrayField(models.CharField(max_length=120), default=list)
    binding = models.BinaryField()  # SHA-256 over facts, act date, rule set and rows
    token = models.CharField(max_length=80, unique=True)
    row_count = models.PositiveIntegerField()
    refused_rows = models.PositiveIntegerField(default=0)
    prepared_by = models.CharField(max_length=80)
    prepared_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)
    printed_by = models.CharField(max_length=80, blank=True)
    printed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=80, blank=True)
    signed_on = models.DateField(null=True)
    sealed_by = models.CharField(max_length=80, blank=True)
    sealed_on = models.DateField(null=True)
    issued_by = models.CharField(max_length=80, blank=True)
    issued_at = models.DateTimeField(null=True)
    issue_key = models.CharField(max_length=80, null=True)  # idempotency key of the issue
    issue_xid = models.BigIntegerField(null=True)  # set by trigger: transaction that issued
    cancelled_by = models.CharField(max_length=80, blank=True)
    cancel_reason = models.TextField(blank=True)

    class Meta:
        db_table = "credentials_batch"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("prepared_by")),
                name="batch_four_eyes",
            ),
            # the same list for the same act only once while it lives
            models.UniqueConstraint(
                fields=["issuer", "kind", "file_sha256", "sheet", "act_date", "decision"],
                condition=~Q(state="cancelled"),
                name="batch_same_file_once",
            ),
            models.UniqueConstraint(fields=["issuer", "issue_key"], name="batch_issue_key_once"),
        ]


class BatchRow(models.Model):
    """One person of a batch, as read and checked; gets a serial at print."""

    personal_fields: ClassVar[tuple[str, ...]] = ("data",)

    id = models.BigAutoField(primary_key=True)
    # Foreign keys are judged once a statement by a trigger: batch and issuer must be a batch's.
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    issuer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    n = models.PositiveIntegerField()  # order in the register, from 1
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()  # row in the file
    data = models.JSONField()
    serial = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "credentials_batch_row"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "n"], name="batch_row_once"),
        ]


class BatchFinding(models.Model):
    """A finding as shown when the batch was prepared; replayable by rule set and binding."""

    personal_fields: ClassVar[tuple[str, ...]] = ("message", "message_en", "remedy", "remedy_en")

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    check_id = models.CharField(max_length=80)
    violation = models.CharField(max_length=10, blank=True)
    level = models.CharField(max_length=10)
    result = models.CharField(max_length=16)
    sheet = models.CharField(max_length=100, blank=True)
    row = models.PositiveIntegerField(null=True)
    column = models.PositiveIntegerField(null=True)
    column_name = models.CharField(max_length=40, blank=True)
    citation = models.CharField(max_length=300, blank=True)
    message = models.TextField()
    message_en = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    remedy_en = models.TextField(blank=True)
    ruling = models.CharField(max_length=120, blank=True)
    override = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        db_table = "credentials_batch_finding"
        indexes: ClassVar = [
            # the page of one batch lists its findings in order
            models.Index(fields=["batch", "id"], name="batch_finding_by_batch"),
        ]


class Ruling(models.Model):
    """A written legal opinion that answers a ``review``: one officer records, another confirms."""

    personal_fields: ClassVar[tuple[str, ...]] = ("author",)

    document_number = models.CharField(max_length=120, unique=True)
    document_date = models.DateField()
    author = models.CharField(max_length=300)
    summary = models.TextField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    kinds = ArrayField(models.CharField(max_length=40))
    checks = ArrayField(models.CharField(max_length=80))
    bodies = ArrayField(models.CharField(max_length=80), default=list)  # codes; empty = all
    is_allowed = models.BooleanField(default=True)
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "credentials_ruling"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("recorded_by")),
                name="ruling_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="ruling_period_forward",
            ),
        ]
