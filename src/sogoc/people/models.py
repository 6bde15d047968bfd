"""Tables of the applet: bodies, what they may do, who signs for them, and who works here.

Integrity lives in PostgreSQL: constraints below, triggers, grants and row-level security in
``guards.sql``. Periods are half-open: ``valid_until`` is the first day that no longer counts.
Every model declares ``personal_fields``: the columns that hold personal data.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class DateRange(Func):
    """``daterange(from, until)``: half-open, an empty end is open."""

    function = "daterange"
    output_field = DateRangeField()


def _period_is_forward(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name=name
    )


def _has_decision(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=~Q(decision_number=""), name=name)


class Organisation(models.Model):
    """A body: Sở, school, university, exam centre, commune, ministry department."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    short_name = models.CharField(max_length=120, blank=True)
    province_code = models.CharField(max_length=8, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    established_on = models.DateField(null=True, blank=True)
    dissolved_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(dissolved_on__isnull=True)
                | Q(established_on__isnull=True)
                | Q(dissolved_on__gt=F("established_on")),
                name="people_organisation_lives_forward",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DecisionMixin(models.Model):
    """The paper by which something was granted, and the half-open period it holds for."""

    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    decision_number = models.CharField(max_length=120)
    decision_date = models.DateField(null=True, blank=True)
    decision_by = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Capacity(DecisionMixin):
    """Tư cách: what a body may do, for a period, by a decision. One body can hold many."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    scope = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    level_from = models.PositiveSmallIntegerField(null=True, blank=True)
    level_to = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            _period_is_forward("people_capacity_period_forward"),
            _has_decision("people_capacity_by_decision"),
            ExclusionConstraint(
                name="people_capacity_no_overlap",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Suspension(DecisionMixin):
    """Đình chỉ: a capacity (or, with an empty kind, every capacity) is withheld for a period."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    capacity_kind = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            _period_is_forward("people_suspension_period_forward"),
            _has_decision("people_suspension_by_decision"),
            models.UniqueConstraint(
                fields=["organisation", "capacity_kind", "valid_from"],
                name="people_suspension_once",
            ),
        ]


class Licence(DecisionMixin):
    """Permission for one programme, major or exam, by a decision."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    subject = models.CharField(max_length=80)
    level = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            _period_is_forward("people_licence_period_forward"),
            _has_decision("people_licence_by_decision"),
            models.UniqueConstraint(
                fields=["organisation", "subject", "level", "valid_from"],
                name="people_licence_once",
            ),
        ]


class Mandate(DecisionMixin):
    """A person's power to sign for a body: title without the body's name, period, decision."""

    personal_fields: ClassVar[tuple[str, ...]] = ("person_name",)

    class Role(models.TextChoices):
        """How the person holds the office."""

        HEAD = "head", "Người đứng đầu"
        DEPUTY = "deputy", "Cấp phó, ký thay (KT.)"
        ACTING = "acting", "Được giao phụ trách, ký thay (KT.)"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    person_name = models.CharField(max_length=200)
    title = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            _period_is_forward("people_mandate_period_forward"),
            _has_decision("people_mandate_by_decision"),
            models.UniqueConstraint(
                fields=["organisation", "person_name", "title", "valid_from"],
                name="people_mandate_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["head", "deputy", "acting"]), name="people_mandate_role_known"
            ),
            ExclusionConstraint(
                name="people_mandate_one_head",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("title", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(role="head"),
            ),
        ]
        indexes: ClassVar = [
            # who could sign for this body on a day
            models.Index(fields=["organisation", "valid_from"], name="people_mandate_by_body"),
        ]


class Succession(models.Model):
    """Đơn vị kế thừa, per task: issuing, custody of registers, supervision."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class Task(models.TextChoices):
        """What passes to the successor."""

        ISSUING = "issuing", "Cấp văn bằng, chứng chỉ"
        CUSTODY = "custody", "Quản lý sổ gốc"
        SUPERVISION = "supervision", "Quản lý nhà nước"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=12, choices=Task.choices)
    valid_from = models.DateField()
    decision_number = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "task", "valid_from"], name="people_succession_one_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(organisation=F("successor")), name="people_succession_not_itself"
            ),
        ]


class Account(AbstractBaseUser):
    """Somebody (or a machine) who signs in. Roles are granted apart, for periods.

    Readable only while signing in (``identity.for_purpose``). There is no ``last_login``: Django
    would write it outside any identity, and the web server's log already says it.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("username", "display_name", "email")

    last_login = None
    password = models.CharField("mật khẩu (băm)", max_length=128)
    username = models.CharField(max_length=80, unique=True)
    display_name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    objects = BaseUserManager["Account"]()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints: ClassVar = [
            # no colon: the names of machines (``system:sequencer``) can never be an account's
            models.CheckConstraint(
                condition=Q(username__regex=r"^[a-z0-9][a-z0-9._-]{1,79}$"),
                name="people_account_username_plain",
            ),
        ]


class RoleGrant(models.Model):
    """One role of one account, for a half-open period; names of roles: ``permissions.Role``."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    role = models.CharField(max_length=30)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            _period_is_forward("people_role_grant_period_forward"),
            ExclusionConstraint(
                name="people_role_grant_no_overlap",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class SignedInSession(models.Model):
    """One browser session. The key is stored as its SHA-256, so a copy of the table opens none."""

    personal_fields: ClassVar[tuple[str, ...]] = ("data",)

    key_hash = models.CharField(max_length=64, primary_key=True)
    data = models.TextField()
    expires_at = models.DateTimeField(db_index=True)


class SignInFailure(models.Model):
    """Failed sign-ins of one name, or from one address, in one window; the key is a SHA-256."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    key = models.CharField(max_length=64)
    window = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "window"], name="people_sign_in_failure_once")
        ]


class AuditEvent(models.Model):
    """Who decided what, why, on whose behalf. Insert-only, and a leaf of the log.

    Holds labels, not foreign keys, so that it never blocks or loses anything when rows go.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("actor", "actor_name", "detail")

    at = models.DateTimeField()
    verb = models.CharField(max_length=60)  # source:subject:action, as in register:line:revoke
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200, blank=True)
    organisation_code = models.CharField(max_length=80, blank=True)
    on_behalf_of = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    record_key = models.BinaryField()
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(unique=True)

    class Meta:
        indexes: ClassVar = [
            # everything that happened to one thing
            models.Index(fields=["subject", "at"], name="people_auditevent_by_subject"),
        ]
