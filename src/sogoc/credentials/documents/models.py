"""Documents made of the register: one digital original a line, copies, sheets, and their files."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sogoc.people.models import Organisation


class Document(models.Model):
    """A document of a published line: its digital original, a copy, its supplement; or a sheet.

    A sheet (a page of the register, a decision with its list) is of the lines of one book from
    ``line`` to ``last_line``; ``content`` is the SHA-256 of what it says of them. ``number`` is
    public and random. The status of the credential is that of its line; that of this document is
    the newest of its ``DocumentState`` rows, ``valid`` without any. The one original on paper is
    no document: it is the blank whose serial stands in the line.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class Role(models.TextChoices):
        """What it is in law."""

        ORIGINAL = "original", "Văn bằng, chứng chỉ số"
        COPY = "copy", "Bản sao"
        SUPPLEMENT = "supplement", "Phụ lục văn bằng"
        PAGE = "page", "Trang sổ gốc"
        DECISION = "decision", "Trích quyết định công nhận"

    number = models.CharField(max_length=24, unique=True)
    line = models.ForeignKey(
        "credentials.RegisterLine", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    last_line = models.ForeignKey(
        "credentials.RegisterLine",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        null=True,
    )
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    template = models.CharField(max_length=40)
    copy_number = models.CharField(max_length=40, blank=True)
    page_number = models.PositiveIntegerField(null=True)  # of a page: which one of its book
    content = models.BinaryField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_document"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(role="original"), name="document_one_original"
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(role="supplement"), name="document_one_supplement"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["original", "supplement", "page", "decision"], copy_number="")
                | (Q(role="copy") & ~Q(copy_number="")),
                name="document_copy_has_number",
            ),
            models.CheckConstraint(
                condition=Q(
                    role__in=["original", "copy", "supplement"],
                    last_line__isnull=True,
                    content__isnull=True,
                    page_number__isnull=True,
                )
                | Q(
                    role="page",
                    last_line__isnull=False,
                    content__isnull=False,
                    page_number__gte=1,
                )
                | Q(
                    role="decision",
                    last_line__isnull=False,
                    content__isnull=False,
                    page_number__isnull=True,
                ),
                name="document_sheet_complete",
            ),
            models.UniqueConstraint(
                fields=["issuer", "copy_number"],
                condition=Q(role="copy"),
                name="document_copy_number_once",
            ),
        ]
        indexes: ClassVar = [
            # the documents of a line
            models.Index(fields=["line", "role"], name="document_by_line"),
        ]


class DocumentEdition(models.Model):
    """One signed file of a document; a renewal (new keys, long-term data) makes the next edition.

    The file lies under its SHA-256 in the home's `documents`. ``requests`` are the tokens of the
    prepared signatures it bears: an edition without one cannot be stored.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class Cause(models.TextChoices):
        """Why it was made."""

        ISSUE = "issue", "Lập lần đầu"
        RENEWAL = "renewal", "Ký lại vì khóa cũ không còn tin được"
        ARCHIVE = "archive", "Thêm bằng chứng lưu trữ lâu dài"

    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    edition = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=8, choices=Cause.choices)
    sha256 = models.BinaryField(unique=True)
    size = models.PositiveIntegerField()
    person_token = models.CharField(max_length=40)
    seal_token = models.CharField(max_length=40)
    stamped_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_document_edition"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "edition"], name="document_edition_once"),
        ]


class DocumentState(models.Model):
    """A change of a document's own status; the credential's status is that of its line.

    After ``withdrawn`` and ``superseded`` nothing follows; an original is never superseded.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("reason",)

    class State(models.TextChoices):
        """From then on."""

        WITHDRAWN = "withdrawn", "Không còn giá trị"
        RENEWAL_DUE = "renewal_due", "Cần lập lại"
        VALID = "valid", "Còn giá trị"
        SUPERSEDED = "superseded", "Đã có bản khác thay"

    document = models.ForeignKey(Document, on_delete=models.PROTECT)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices)
    reason = models.TextField()
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_document_state"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["withdrawn", "renewal_due", "valid", "superseded"])
                & ~Q(reason=""),
                name="document_state_complete",
            ),
        ]
