"""Leaves, their positions, and the checkpoints signed over them. All insert-only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LogLeaf(models.Model):
    """The exact bytes logged for one act; never made again from columns.

    ``stream`` is the short name of the origin: ``2025`` (live acts of a year) or ``so-hoa``
    (legacy digitisation); the full origin is ``<base>/<stream>``. No time stands here: nothing
    could pin it, and the row the leaf stands for has its own.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=20)
    source = models.CharField(max_length=30)  # table whose row this leaf stands for
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(unique=True)

    class Meta:
        db_table = "credentials_log_leaf"


class LogArrival(models.Model):
    """Ids between which leaves were inserted; gone once the sequencer has placed them.

    It only says where to look: without it a leaf waits longer, for a run that looks everywhere.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    low = models.BigIntegerField()
    high = models.BigIntegerField()

    class Meta:
        db_table = "credentials_log_arrival"


class LogPosition(models.Model):
    """The index the sequencer gave a leaf, once."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    leaf = models.OneToOneField(LogLeaf, primary_key=True, on_delete=models.PROTECT)
    stream = models.CharField(max_length=20)
    index = models.BigIntegerField()

    class Meta:
        db_table = "credentials_log_position"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "index"], name="log_position_once"),
            models.CheckConstraint(condition=models.Q(index__gte=0), name="log_position_natural"),
        ]


class LogCheckpoint(models.Model):
    """A signed checkpoint, kept as published."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    stream = models.CharField(max_length=20)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        db_table = "credentials_log_checkpoint"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "size"], name="log_checkpoint_once"),
        ]
