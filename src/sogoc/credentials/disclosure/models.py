"""What the look-up itself must remember: failures, counted per serial."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LookupFailure(models.Model):
    """Failed look-ups of one serial in one hour; the key is an HMAC: no typed serial rests here."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    key = models.BinaryField()
    hour = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "credentials_lookup_failure"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "hour"], name="lookup_failure_once")
        ]
