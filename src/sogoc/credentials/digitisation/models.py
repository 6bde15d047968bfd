"""Digitisation of paper books: jobs, page images, keyings, settlements, minutes, counted lines.

Every table but the job's is insert-only; ``issuer`` stands everywhere for row-level security and
is compared with that of the job by ``guards.sql``.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sogoc.people.models import Organisation


class DigitisationJob(models.Model):
    """A stretch of pages of one paper book on its way into the legacy register.

    ``digitisation.state.TRANSITIONS``, enforced by a trigger. No two living jobs hold the same page
    of the same book.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("signatory_name",)

    class State(models.TextChoices):
        """Where the job stands."""

        KEYING = "keying", "Đang nhập, đối chiếu"
        COMPARED = "compared", "Đã đối chiếu, lập biên bản, chờ ký"
        SIGNED = "signed", "Biên bản đã ký, chờ vào sổ"
        COUNTED = "counted", "Đã vào sổ gốc"
        CANCELLED = "cancelled", "Đã hủy"

    class Method(models.TextChoices):
        """How two persons vouch for a page."""

        TWICE = "twice", "Hai người nhập độc lập"
        COMPARE = "compare", "Một người nhập, một người đối chiếu"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    token = models.CharField(max_length=40, unique=True)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT)  # who issued what it records
    custodian = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)  # what is written on the cover
    year_from = models.PositiveSmallIntegerField()
    year_to = models.PositiveSmallIntegerField()
    first_page = models.PositiveIntegerField()
    last_page = models.PositiveIntegerField()
    method = models.CharField(max_length=10, choices=Method.choices)
    signatory_title = models.CharField(max_length=120, blank=True)  # as the book has it
    signatory_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.KEYING)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    counted_by = models.CharField(max_length=80, blank=True)
    counted_at = models.DateTimeField(null=True)
    count_xid = models.BigIntegerField(null=True)  # set by trigger: transaction that counted
    cancelled_by = models.CharField(max_length=80, blank=True)
    cancel_reason = models.TextField(blank=True)

    class Meta:
        db_table = "credentials_digitisation_job"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(first_page__gte=1, last_page__gte=F("first_page"))
                & Q(year_to__gte=F("year_from"))
                & ~Q(title=""),
                name="digitisation_job_complete",
            ),
        ]
        indexes: ClassVar = [
            # the list of jobs of a body, the newest first
            models.Index(fields=["issuer", "opened_at"], name="digitisation_job_by_issuer"),
        ]


class PageImage(models.Model):
    """The picture of one page; the newest take holds, and with it only what was keyed from it.

    The bytes lie in the uploads directory under their SHA-256.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    job = models.ForeignKey(DigitisationJob, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    page = models.PositiveIntegerField()
    take = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    sha256 = models.BinaryField()
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()  # bytes
    reason = models.TextField(blank=True)  # why a keyed page is done again
    attached_by = models.CharField(max_length=80)
    attached_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_page_image"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "page", "take"], name="page_image_take_once"),
        ]
        indexes: ClassVar = [
            # a register line names its picture: was it counted under minutes?
            models.Index(fields=["sha256"], name="page_image_by_digest"),
        ]


class PageKeying(models.Model):
    """One person's pass over one page: keyed from the image, or compared with the first pass."""

    personal_fields: ClassVar[tuple[str, ...]] = ("note",)

    class Method(models.TextChoices):
        """What this person did."""

        KEY = "key", "Nhập"
        COMPARE = "compare", "Đối chiếu"

    job = models.ForeignKey(DigitisationJob, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(PageImage, on_delete=models.PROTECT)
    ordinal = models.PositiveSmallIntegerField()  # 1: first person, 2: second
    method = models.CharField(max_length=10, choices=Method.choices)
    line_count = models.PositiveIntegerField()  # 0: the page has no lines, `note` says why
    note = models.CharField(max_length=500, blank=True)
    digest = models.BinaryField()  # SHA-256 over the canonical JSON of the lines
    keyed_by = models.CharField(max_length=80)
    keyed_at = models.DateTimeField()
    xid = models.BigIntegerField(null=True)  # set by trigger: its lines come in this transaction

    class Meta:
        db_table = "credentials_page_keying"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["image", "keyed_by"], name="page_keying_once_a_person"),
            models.UniqueConstraint(fields=["image", "ordinal"], name="page_keying_twice"),
            models.CheckConstraint(
                condition=Q(ordinal__in=(1, 2)) & (Q(line_count__gt=0) | ~Q(note="")),
                name="page_keying_complete",
            ),
        ]


class KeyedLine(models.Model):
    """One line as one person read it: texts as found, by the closed set ``fields.KEYED``."""

    personal_fields: ClassVar[tuple[str, ...]] = ("values",)

    id = models.BigAutoField(primary_key=True)
    keying = models.ForeignKey(PageKeying, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField()
    values = models.JSONField()

    class Meta:
        db_table = "credentials_keyed_line"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["keying", "line"], name="keyed_line_once"),
            models.CheckConstraint(condition=Q(line__gte=1), name="keyed_line_counts_from_one"),
        ]


class LineSettlement(models.Model):
    """A third person's decision on one field of one line, with its reason; the newest holds.

    Field ``line`` decides whether the line exists at all (``kept`` or ``dropped``).
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("value", "reason")

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(DigitisationJob, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(PageImage, on_delete=models.PROTECT)
    line = models.PositiveIntegerField()
    field = models.CharField(max_length=40)
    value = models.TextField(blank=True)
    reason = models.TextField()
    settled_by = models.CharField(max_length=80)
    settled_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_line_settlement"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="line_settlement_has_reason"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["image", "line", "field", "id"], name="line_settlement_by_line"),
        ]


class DigitisationMinutes(models.Model):
    """Biên bản: what the two persons agreed on, by its digest; the newest of a job holds."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    job = models.ForeignKey(DigitisationJob, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=120)
    date = models.DateField()
    first_page = models.PositiveIntegerField()
    last_page = models.PositiveIntegerField()
    line_count = models.PositiveIntegerField()  # lines that will count
    aside_count = models.PositiveIntegerField()  # struck out or without a name: kept, not counted
    days = models.JSONField(default=dict)  # day of issue for texts that are no full day
    days_basis = models.CharField(max_length=300, blank=True)
    digest = models.BinaryField()  # SHA-256, see `minutes.digest_of`
    drawn_up_by = models.CharField(max_length=80)
    drawn_up_at = models.DateTimeField()
    xid = models.BigIntegerField(null=True)  # set by trigger: the job moves in this transaction

    class Meta:
        db_table = "credentials_digitisation_minutes"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "number", "date"], name="digitisation_minutes_once"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & (Q(days={}) | ~Q(days_basis="")),
                name="digitisation_minutes_complete",
            ),
        ]


class MinutesSignature(models.Model):
    """One person signs the minutes under their own account."""

    personal_fields: ClassVar[tuple[str, ...]] = ("signer_name",)

    minutes = models.ForeignKey(DigitisationMinutes, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField()  # that of the minutes when signed
    signed_by = models.CharField(max_length=80)
    signer_name = models.CharField(max_length=200)
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_minutes_signature"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["minutes", "signed_by"], name="minutes_signed_once"),
        ]


class CountedLine(models.Model):
    """Which register line a line of a page became."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(DigitisationJob, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(PageImage, on_delete=models.PROTECT)
    line = models.PositiveIntegerField()
    register_line = models.OneToOneField(
        "credentials.RegisterLine", on_delete=models.PROTECT, db_constraint=False
    )

    class Meta:
        db_table = "credentials_counted_line"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["image", "line"], name="counted_line_once"),
        ]
