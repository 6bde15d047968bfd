"""Phôi: lots as ranges of serials, movements of single blanks, reservations that expire.

A blank is (kind, prefix, number). It is in stock when a lot holds it and no movement names it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from sogoc.people.models import Organisation


class SerialRange(Func):
    """``int8range(first, last, '[]')``."""

    function = "int8range"
    output_field = BigIntegerRangeField()


def _range() -> SerialRange:
    return SerialRange(F("first"), F("last"), Value("[]"))


class BlankLot(models.Model):
    """Blanks taken in: opening stock (with minutes of the stock-take), received, or printed."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class Source(models.TextChoices):
        """Where the blanks came from."""

        OPENING = "opening", "Tồn đầu kỳ (biên bản kiểm kê)"
        RECEIVED = "received", "Nhận"
        PRINTED = "printed", "Tự in"

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    prefix = models.CharField(max_length=12)
    width = models.PositiveSmallIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    source = models.CharField(max_length=10, choices=Source.choices)
    document_number = models.CharField(max_length=120)
    received_on = models.DateField()
    record_key = models.BinaryField()
    leaf_hash = models.BinaryField(unique=True)

    class Meta:
        db_table = "credentials_blank_lot"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(first__gt=0) & Q(last__gte=F("first")) & ~Q(document_number=""),
                name="blank_lot_complete",
            ),
            ExclusionConstraint(
                name="blank_lot_no_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("prefix", RangeOperators.EQUAL),
                    (_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class BlankMovement(models.Model):
    """One step in the life of one blank. Insert-only; ``step`` counts from 1.

    TRANSITIONS (enforced by a trigger): stock | returned → bound | spoiled; bound → issued |
    spoiled | returned; stock | returned | spoiled | bound → destroyed (minutes) | lost (notice).
    An ``issued`` movement shares the leaf of its register line; every other has its own.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class State(models.TextChoices):
        """State after the step."""

        BOUND = "bound", "Đã in cho người được cấp"
        RETURNED = "returned", "Trả về kho"
        ISSUED = "issued", "Đã cấp"
        SPOILED = "spoiled", "Hỏng"
        DESTROYED = "destroyed", "Đã hủy"
        LOST = "lost", "Mất"

    id = models.BigAutoField(primary_key=True)
    # Foreign keys are judged once a statement by the trigger (the owner is that of the lot), not
    # row by row: neither lots nor batches ever go.
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=40)
    prefix = models.CharField(max_length=12)
    number = models.BigIntegerField()
    step = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    on_date = models.DateField()
    batch = models.ForeignKey(
        "credentials.Batch",
        null=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
    )
    batch_row = models.PositiveIntegerField(null=True)
    document_number = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField(db_default=models.functions.Now())
    record_key = models.BinaryField(null=True)
    leaf_hash = models.BinaryField()

    class Meta:
        db_table = "credentials_blank_movement"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "prefix", "number", "step"], name="blank_movement_linear"
            ),
            models.UniqueConstraint(
                fields=["kind", "prefix", "number"],
                condition=Q(state__in=["issued", "destroyed", "lost"]),
                name="blank_movement_one_end",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["bound", "returned", "issued"])
                | (Q(state="spoiled") & ~Q(reason=""))
                | (Q(state__in=["destroyed", "lost"]) & ~Q(document_number="")),
                name="blank_movement_complete",
            ),
        ]
        indexes: ClassVar = [
            # issue and misprint find the blanks a batch bound
            models.Index(fields=["batch", "batch_row"], name="blank_movement_by_batch"),
            # the balance counts the states of one owner's blanks
            models.Index(
                fields=["owner", "kind", "state"],
                condition=~Q(state__in=["bound", "issued"]),
                name="blank_movement_odd",
            ),
        ]


class BlankReservation(models.Model):
    """Blanks set aside for a prepared batch until ``expires_at``; not a ledger, rows may go."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    batch = models.ForeignKey("credentials.Batch", on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    prefix = models.CharField(max_length=12)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_blank_reservation"
        constraints: ClassVar = [
            ExclusionConstraint(
                name="blank_reservation_no_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("prefix", RangeOperators.EQUAL),
                    (_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
