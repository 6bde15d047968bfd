"""Stored sweeps, how far they got, and the cases that findings become."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sogoc.credentials.sweep import state
from sogoc.people.models import Organisation


class SweepRun(models.Model):
    """One stored sweep as it was begun. Insert-only; how far it got stands in ``SweepProgress``.

    ``digests`` says what each check rested on. Under ``since_rules`` only ``changed`` checks judge
    lines that an earlier run of that rule set, ``base``, judged already.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("started_by",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    as_of = models.DateField()
    rule_set = models.CharField(max_length=60)
    digests = models.JSONField()
    scope_issuer = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )  # null: every register the actor sees
    issuers = ArrayField(models.BigIntegerField())
    up_to = models.BigIntegerField()  # id of the last line there was
    since_rules = models.CharField(max_length=60, blank=True)
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    changed = ArrayField(models.CharField(max_length=80), default=list)
    started_by = models.CharField(max_length=80)
    started_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_sweep_run"
        indexes: ClassVar = [
            # the newest run of a rule set
            models.Index(fields=["rule_set", "-started_at"], name="sweep_run_by_rules"),
        ]


class SweepPart(models.Model):
    """The register of one issuer in a run. Insert-only.

    ``world`` is the digest of what was known of the body; ``originals`` how many lines there were,
    revoked ones included. Lines up to ``from_line`` are judged by the run's changed checks alone.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(SweepRun, on_delete=models.PROTECT, db_index=False)
    issuer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    world = models.CharField(max_length=16)
    originals = models.PositiveBigIntegerField()
    from_line = models.BigIntegerField(default=0)

    class Meta:
        db_table = "credentials_sweep_part"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "issuer"], name="sweep_part_once"),
        ]


class SweepProgress(models.Model):
    """One step of a run, committed with the cases it opened and closed. Insert-only.

    Stages: ``lines`` (up to the position given), ``across`` (one check over the whole scope),
    ``done``.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class Stage(models.TextChoices):
        """What the step was about."""

        LINES = "lines", "Từng dòng"
        ACROSS = "across", "Đối chiếu các dòng"
        DONE = "done", "Xong"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(SweepRun, on_delete=models.PROTECT, db_index=False)
    n = models.PositiveIntegerField()
    stage = models.CharField(max_length=8, choices=Stage.choices)
    issuer_id = models.BigIntegerField(null=True)
    issued_on = models.DateField(null=True)
    line_id = models.BigIntegerField(null=True)
    check_id = models.CharField(max_length=80, blank=True)
    lines = models.PositiveIntegerField(default=0)
    by_check = models.JSONField(default=dict)
    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    recorded_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        db_table = "credentials_sweep_progress"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "n"], name="sweep_progress_once"),
        ]


class SweepCase(models.Model):
    """One finding on one line, or about one ledger, that somebody has to answer for.

    A case about a ledger has no line but a ``subject`` (``blanks:<kind>``, of the issuer). Holds no
    name and no message: the message is made anew from the line. ``owner`` answers for the line: who
    keeps the register. ``digest`` is what the check rested on when it last found it. ``speaks``
    holds of the case that answers for this line and check now: one that is not closed, or that a
    person explained or dismissed and whose rule is still the same.
    """

    personal_fields: ClassVar[tuple[str, ...]] = (
        "assigned_to", "assigned_by", "closed_by", "close_reason",
    )  # fmt: skip

    class State(models.TextChoices):
        """Where the case stands; steps: ``sweep.state.TRANSITIONS``."""

        OPEN = state.OPEN, "Mới"
        ASSIGNED = state.ASSIGNED, "Đã giao"
        EXPLAINED = state.EXPLAINED, "Đã giải trình"
        CORRECTED = state.CORRECTED, "Đã khắc phục"
        REVOKED = state.REVOKED, "Đã thu hồi"
        DISMISSED = state.DISMISSED, "Không phải vi phạm"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    line = models.ForeignKey(
        "credentials.RegisterLine",
        null=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
    )
    line_code = models.CharField(max_length=25, blank=True)
    subject = models.CharField(max_length=80, blank=True, default="")
    issuer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=40)
    check_id = models.CharField(max_length=80)
    violation = models.CharField(max_length=10, blank=True)
    level = models.CharField(max_length=10)
    citation = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=16)
    first_found_on = models.DateField()  # the day the sweep looked from
    last_found_on = models.DateField()
    first_run = models.ForeignKey(
        SweepRun, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    last_run = models.ForeignKey(
        SweepRun, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    speaks = models.BooleanField(default=True)
    assigned_to = models.CharField(max_length=80, blank=True)
    assigned_by = models.CharField(max_length=80, blank=True)
    assigned_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)  # empty: by a sweep
    closed_at = models.DateTimeField(null=True)
    closed_run = models.ForeignKey(
        SweepRun, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    close_reason = models.TextField(blank=True)

    class Meta:
        db_table = "credentials_sweep_case"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "check_id"], condition=Q(speaks=True), name="sweep_case_speaks_once"
            ),
            models.UniqueConstraint(
                fields=["issuer", "subject", "check_id"],
                condition=Q(speaks=True, line__isnull=True),
                name="sweep_case_of_subject_once",
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=False, subject="") & ~Q(line_code="")
                | Q(line__isnull=True, line_code="") & ~Q(subject=""),
                name="sweep_case_line_or_subject",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "assigned"])
                | (~Q(close_reason="") & (~Q(closed_by="") | Q(closed_run__isnull=False))),
                name="sweep_case_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="assigned") | ~Q(assigned_to=""), name="sweep_case_has_owner"
            ),
        ]
        indexes: ClassVar = [
            # the work list of one body, and of one check
            models.Index(fields=["owner", "state", "check_id"], name="sweep_case_by_owner"),
            models.Index(fields=["check_id", "issuer"], name="sweep_case_by_check"),
        ]


class SweepCaseNote(models.Model):
    """What was said or done about a case. Insert-only."""

    personal_fields: ClassVar[tuple[str, ...]] = ("by", "text")

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(SweepCase, on_delete=models.PROTECT)
    issuer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    step = models.CharField(max_length=10)  # note, assign, close
    text = models.TextField()

    class Meta:
        db_table = "credentials_sweep_case_note"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="sweep_case_note_says_something"),
        ]
