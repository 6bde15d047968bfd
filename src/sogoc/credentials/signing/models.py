"""Keys and what they signed: all insert-only. No private key is ever in the database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sogoc.people.models import Organisation


class SigningKey(models.Model):
    """A key of a signatory (``person``) or of a body's seal (``seal``), with its certificate.

    ``certificate`` is DER, ``chain`` PEM of the certificates above. ``provider`` and ``locator``
    say where the private key is, never what it is. ``authority`` is a value of the law (topic
    ``signature_authority``), or ``demo``.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ("holder", "certificate")

    class Purpose(models.TextChoices):
        """Whose signature it makes."""

        PERSON = "person", "Chữ ký người ký"
        SEAL = "seal", "Chữ ký số của cơ quan (con dấu)"

    number = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    holder = models.CharField(max_length=200)
    algorithm = models.CharField(max_length=24)
    certificate = models.BinaryField()
    chain = models.TextField(blank=True)
    spki = models.BinaryField(unique=True)  # SHA-256 of the public key
    provider = models.CharField(max_length=8)  # file, pkcs11, remote
    locator = models.JSONField(default=dict)
    authority = models.CharField(max_length=40)
    valid_from = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_signing_key"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(purpose__in=["person", "seal"])
                & Q(provider__in=["file", "pkcs11", "remote"])
                & Q(algorithm__in=["ecdsa-p256-sha256", "rsa-pkcs1-sha256"]),
                name="signing_key_known_words",
            ),
            models.CheckConstraint(
                condition=~Q(holder="") & ~Q(authority=""), name="signing_key_complete"
            ),
        ]
        indexes: ClassVar = [
            # which key serves a body
            models.Index(fields=["organisation", "purpose"], name="signing_key_by_body"),
        ]


class SigningKeyEnd(models.Model):
    """From ``ended_at`` on a key signs no more; a compromised one is not believed either."""

    personal_fields: ClassVar[tuple[str, ...]] = ("reason",)

    class Cause(models.TextChoices):
        """Why."""

        RETIRED = "retired", "Thôi dùng"
        COMPROMISED = "compromised", "Bị lộ"

    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    ended_at = models.DateTimeField()
    reason = models.TextField()
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_signing_key_end"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "cause"], name="signing_key_ends_once"),
            models.CheckConstraint(
                condition=Q(cause__in=["retired", "compromised"]) & ~Q(reason=""),
                name="signing_key_end_complete",
            ),
        ]


class SignatureRequest(models.Model):
    """What is about to be signed, before it is: the token without which no key is touched.

    ``digest`` is the SHA-256 of the document but for the place of the signature, ``to_sign`` the
    exact bytes a key signs. ``subject`` is a public label (a document's number).
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    token = models.CharField(max_length=40, unique=True)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT)
    line = models.ForeignKey(
        "credentials.RegisterLine", on_delete=models.PROTECT, db_constraint=False, null=True
    )
    subject = models.CharField(max_length=80)
    digest = models.BinaryField()
    to_sign = models.BinaryField()
    prepared_by = models.CharField(max_length=80)
    prepared_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_signature_request"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("prepared_at")), name="signature_request_forward"
            ),
        ]
        indexes: ClassVar = [
            # what a key signed in a period
            models.Index(fields=["key", "prepared_at"], name="signature_request_by_key"),
        ]


class MadeSignature(models.Model):
    """A request that was signed: once."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    request = models.OneToOneField(SignatureRequest, on_delete=models.PROTECT, primary_key=True)
    signature = models.BinaryField()
    signed_by = models.CharField(max_length=80)
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_made_signature"


class PausedPaper(models.Model):
    """A paper between its signatures: its request went out to be signed on somebody's own device.

    The page with the empty room lies in the home's ``documents`` under ``page_sha256``; its first
    ``page_size`` bytes are the page as printed. ``person_token`` is the signature it bears already
    when the seal is waited for. The document is the request's ``subject``; its newest pause counts.
    A line as XML (``form``) is no document: the subject is ``xml`` and its code, a seal alone
    signs it, and the signature goes where the empty value stands.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    class Stage(models.TextChoices):
        """Whose signature is waited for."""

        PERSON = "person", "Chờ người ký"
        SEAL = "seal", "Chờ con dấu"

    class Form(models.TextChoices):
        """What is signed."""

        PDF = "pdf", "Văn bản PDF"
        XML = "xml", "Dòng sổ gốc dạng XML"

    request = models.OneToOneField(SignatureRequest, on_delete=models.PROTECT, primary_key=True)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=6, choices=Stage.choices)
    cause = models.CharField(max_length=8)
    page_sha256 = models.BinaryField()
    page_size = models.PositiveIntegerField()
    room_start = models.PositiveIntegerField()
    room_end = models.PositiveIntegerField()
    person_token = models.CharField(max_length=40, blank=True)
    form = models.CharField(max_length=3, choices=Form.choices, default=Form.PDF)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_paused_paper"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(form="pdf", stage="person", person_token="")
                | (Q(form="pdf", stage="seal") & ~Q(person_token=""))
                | Q(form="xml", stage="seal", person_token="", cause="issue"),
                name="paused_paper_stage",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["issue", "renewal"]) & Q(room_end__gt=F("room_start")),
                name="paused_paper_complete",
            ),
        ]


class CredentialRequest(models.Model):
    """A credential about to be signed by a body's key, which lies outside the database.

    ``key`` is the public key (Multikey), ``copy`` which copy of the line it is: a format, or the
    number of the paper that carries it. ``digest`` is the SHA-256 of the bytes the key signs.
    """

    personal_fields: ClassVar[tuple[str, ...]] = ()

    token = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=100)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(
        "credentials.RegisterLine", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    copy = models.CharField(max_length=40)
    digest = models.BinaryField()
    prepared_by = models.CharField(max_length=80)
    prepared_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_credential_request"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(key="") & ~Q(copy=""), name="credential_request_complete"
            ),
        ]
        indexes: ClassVar = [
            # what a key signed in a period
            models.Index(fields=["key", "prepared_at"], name="credential_request_by_key"),
            # the newest signature of a copy
            models.Index(fields=["line", "copy"], name="credential_request_by_copy"),
        ]


class MadeCredential(models.Model):
    """A credential that was signed, once, from its request."""

    personal_fields: ClassVar[tuple[str, ...]] = ()

    request = models.OneToOneField(CredentialRequest, on_delete=models.PROTECT, primary_key=True)
    signature = models.BinaryField()
    signed_by = models.CharField(max_length=80)
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_made_credential"
