"""The one table behind every status list: which copy has which index, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sogoc.people.models import Organisation


class StatusList(models.Model):
    """One list of a body: the same indexes serve all its purposes. ``length`` is in entries."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    length = models.PositiveIntegerField()

    class Meta:
        db_table = "credentials_status_list"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "number"], name="status_list_once"),
        ]


class StatusEntry(models.Model):
    """One copy of a line under a random index of a list.

    ``copy`` says which: the format of a credential, or the number of a document. ``uuid`` names the
    copy in its own text. The index tells nothing of the line, nor of when it was given.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(unique=True)
    line = models.ForeignKey(
        "credentials.RegisterLine", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    copy = models.CharField(max_length=40)
    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, db_index=False)
    index = models.PositiveIntegerField()

    class Meta:
        db_table = "credentials_status_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "index"], name="status_entry_index_once"),
            models.UniqueConstraint(fields=["line", "copy"], name="status_entry_copy_once"),
        ]


class StatusMark(models.Model):
    """That a copy is suspended, superseded or withdrawn, or is so no more; the newest counts.

    A revocation of the line itself needs no mark: it is read from the register.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("reason",)

    class Purpose(models.TextChoices):
        """What is said of the copy; the words are those of Bitstring Status List."""

        REVOCATION = "revocation", "Thu hồi, hủy bỏ"
        SUSPENSION = "suspension", "Tạm dừng giá trị"
        REFRESH = "refresh", "Đã có bản mới"

    entry = models.ForeignKey(StatusEntry, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    is_set = models.BooleanField()
    reason = models.TextField()
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_status_mark"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(purpose__in=["revocation", "suspension", "refresh"]) & ~Q(reason=""),
                name="status_mark_complete",
            ),
        ]


class StatusIssue(models.Model):
    """One published state of a list for a purpose (or ``token``), under its SHA-256.

    The file lies in the home's ``status/archive``; the log holds a leaf whose commitment is that
    digest, so that what was said on a past day can be proven.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, db_index=False)
    purpose = models.CharField(max_length=10)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    content = models.BinaryField()  # SHA-256 of the packed bits, to tell whether anything changed
    sha256 = models.BinaryField(unique=True)
    leaf_hash = models.BinaryField(unique=True)

    class Meta:
        db_table = "credentials_status_issue"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=models.F("valid_from")), name="status_issue_forward"
            ),
        ]
        indexes: ClassVar = [
            # the newest state of a list, and the one of a past day
            models.Index(fields=["list", "purpose", "-valid_from"], name="status_issue_newest"),
        ]
