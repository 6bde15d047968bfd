"""Sổ gốc: books, lines, and the personal data of lines in a table of their own."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Upper

from sogoc.people.models import Organisation


def serial_key() -> Upper:
    """``upper(replace(serial, ' ', ''))``: how serials are compared, here and in ``guards.sql``."""
    return Upper(Replace(F("serial"), Value(" "), Value("")))


class RegisterBook(models.Model):
    """One book: issuer, kind, calendar year. Legacy books are stored as found.

    ``opening_number`` is the last entry number used on paper before the book went live here.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    is_live = models.BooleanField()
    pattern = models.CharField(max_length=80)
    opening_number = models.PositiveIntegerField(default=0)
    opening_minutes = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "credentials_register_book"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "kind", "year", "is_live"], name="register_book_once"
            ),
            models.CheckConstraint(
                condition=Q(opening_number=0) | ~Q(opening_minutes=""),
                name="register_book_opening_has_minutes",
            ),
        ]


class RegisterLine(models.Model):
    """One act in the register: issue, legacy import, revocation. Insert-only.

    Holds no name, birth date or personal ID: these stand in ``RegisterPersonal``. What foreign keys
    would check line by line (book, issuer, batch, line referred to, line of personal data), the
    guards check once a statement, and nothing referred to can be deleted: that and an index less
    for each halve the time of a large batch.
    A later act points back with ``ref``; the state of a credential is a fold over its lines.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class Act(models.TextChoices):
        """What the line records."""

        ISSUE = "issue", "Cấp"
        LEGACY = "legacy", "Nhập sổ cũ"
        REVOKE = "revoke", "Thu hồi"

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=25)
    act = models.CharField(max_length=10, choices=Act.choices)
    is_live = models.BooleanField()
    book = models.ForeignKey(
        RegisterBook, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    sequence = models.PositiveIntegerField(null=True)
    entry_number = models.CharField(max_length=60, blank=True)
    issuer = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=40)
    issued_on = models.DateField()  # day of the act
    serial = models.CharField(max_length=40, blank=True)
    signatory_title = models.CharField(max_length=120, blank=True)
    signatory_name = models.CharField(max_length=200, blank=True)
    decision_number = models.CharField(max_length=120, blank=True)
    decision_date = models.DateField(null=True)
    batch = models.ForeignKey(
        "credentials.Batch",
        null=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
    )
    ref = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    reason = models.TextField(blank=True)
    rule_set = models.CharField(max_length=60, blank=True)
    rulings = ArrayField(models.CharField(max_length=120), default=list)
    source_file = models.CharField(max_length=200, blank=True)
    source_sheet = models.CharField(max_length=100, blank=True)
    source_row = models.PositiveIntegerField(null=True)
    source_digest = models.BinaryField(null=True)  # SHA-256 of the file
    recorded_at = models.DateTimeField(db_default=models.functions.Now())
    leaf_hash = models.BinaryField(unique=True)

    class Meta:
        db_table = "credentials_register_line"
        constraints: ClassVar = [
            # not unique=True, which adds a second index for LIKE
            models.UniqueConstraint(fields=["code"], name="register_line_code_once"),
            models.UniqueConstraint(
                fields=["book", "sequence"],
                condition=Q(is_live=True, act="issue"),
                name="register_line_sequence_once",
            ),
            models.UniqueConstraint(
                fields=["issuer", "kind", "entry_number"],
                condition=Q(is_live=True, act="issue"),
                name="register_line_entry_number_once",
            ),
            # also what finds a live serial; those of old registers have an index of their own, so
            # that each line is entered in one of the two
            models.UniqueConstraint(
                serial_key(),
                F("kind"),
                condition=Q(is_live=True, act="issue"),
                name="register_line_serial_once",
            ),
            models.UniqueConstraint(
                fields=["ref"], condition=Q(act="revoke"), name="register_line_revoked_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(act="issue", is_live=True, sequence__isnull=False, batch__isnull=False)
                    & Q(ref__isnull=True)
                    & ~Q(serial="")
                    & ~Q(entry_number="")
                    & ~Q(rule_set="")
                )
                | Q(act="legacy", is_live=False, ref__isnull=True)
                | (Q(act="revoke", ref__isnull=False) & ~Q(reason="")),
                name="register_line_complete",
            ),
            # the same legacy file twice makes no second line
            models.UniqueConstraint(
                fields=["issuer", "source_digest", "source_sheet", "source_row"],
                condition=Q(act="legacy"),
                name="register_line_imported_once",
            ),
        ]
        indexes: ClassVar = [
            # sweep and export walk an issuer's lines by day
            models.Index(fields=["issuer", "issued_on", "id"], name="register_line_by_issuer"),
            # the lines of a batch, first and last
            models.Index(
                fields=["batch", "sequence"],
                condition=Q(act="issue"),
                name="register_line_by_batch",
            ),
            # look-up by serial; V12 and V14 ask whether a serial was ever used, live or legacy:
            # a query names both conditions, that of the live serials above and this one
            models.Index(
                serial_key(), "kind", condition=Q(act="legacy"), name="register_line_old_serial"
            ),
        ]


class RegisterPersonal(models.Model):
    """The personal columns of one line: erasable one by one, only with the logged act of erasure.

    ``record_key`` is the 32-byte key from which the salts of the commitment derive.
    """

    personal_fields: ClassVar[tuple[str, ...]] = (
        "full_name", "name_key", "name_fold", "sort_key", "birth_date", "birth_text",
        "birth_place", "sex", "ethnicity", "nationality", "personal_id", "details", "record_key",
    )  # fmt: skip

    line = models.OneToOneField(
        RegisterLine, primary_key=True, on_delete=models.PROTECT, db_constraint=False
    )
    issuer = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )  # that of the line, for row-level security; the guard compares
    full_name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200)
    name_fold = models.CharField(max_length=200)
    sort_key = models.BinaryField()
    birth_date = models.DateField(null=True)
    birth_text = models.CharField(max_length=40, blank=True)
    birth_place = models.CharField(max_length=200, blank=True)
    sex = models.CharField(max_length=6, blank=True)
    ethnicity = models.CharField(max_length=60, blank=True)
    nationality = models.CharField(max_length=60, blank=True)
    personal_id = models.CharField(max_length=12, blank=True)
    details = models.JSONField(default=dict)  # scores, result, grade, major, exam date …
    record_key = models.BinaryField()

    class Meta:
        db_table = "credentials_register_personal"
        indexes: ClassVar = [
            # V25: has this person an original already?
            models.Index(fields=["name_key", "birth_date"], name="register_personal_same"),
            models.Index(
                fields=["personal_id"], condition=~Q(personal_id=""), name="register_personal_by_id"
            ),
        ]


class ErasedFile(models.Model):
    """A file of the home of which nothing may stay, by the erasure that said so. Insert-only.

    Written in the transaction of the erasure, by its function in the database alone; the file goes
    after it, and a kill in between leaves this row to say so. Whoever misses the file looks here.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class Folder(models.TextChoices):
        """Where in the home it lay, under its SHA-256."""

        PAGES = "pages", "Ảnh trang sổ"
        DOCUMENTS = "documents", "Văn bản đã lập"

    folder = models.CharField(max_length=10, choices=Folder.choices)
    sha256 = models.BinaryField()
    act_hash = models.BinaryField()  # of the leaf of the erasure
    erased_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        db_table = "credentials_erased_file"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["folder", "sha256"], name="erased_file_once"),
        ]
