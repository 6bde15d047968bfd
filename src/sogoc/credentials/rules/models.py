"""The rule sets a home has put in force."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class RuleSetActivation(models.Model):
    """One rule set put in force from a day on: proposed by one officer, confirmed by another.

    ``texts`` are the law files word for word, ``content_digest`` the digest of what they say,
    ``summary`` the differences from the rule set in force before, as shown to both officers. Only
    the confirmation is ever added; ``guards.sql`` refuses everything else.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    rule_set = models.CharField(max_length=60)
    content_digest = models.CharField(max_length=64)
    texts = models.JSONField()
    summary = models.JSONField()  # [{"vi": …, "en": …}]
    reason = models.TextField()
    valid_from = models.DateField()
    is_first = models.BooleanField(default=False)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "credentials_rule_set_activation"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule_set", "valid_from"], name="rule_set_once_a_day"),
            models.UniqueConstraint(
                fields=["is_first"], condition=Q(is_first=True), name="rule_set_one_first"
            ),
            models.CheckConstraint(
                condition=Q(is_first=True) | Q(confirmed_by="") | ~Q(confirmed_by=F("proposed_by")),
                name="rule_set_four_eyes",
            ),
        ]
