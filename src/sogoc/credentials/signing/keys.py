"""Recording, choosing, replacing and reporting keys. Retired keys stay, with their dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.db.models import Exists, OuterRef

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.signing.demo_ca import SINCE, DemoAuthority, new_key_pem, write_secret
from sogoc.credentials.signing.errors import KeyRefused, UnknownKey
from sogoc.credentials.signing.models import MadeSignature, SigningKey, SigningKeyEnd
from sogoc.credentials.signing.providers import key_file
from sogoc.kernel.pdf_check import spki_hash
from sogoc.kernel.periods import local_day
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, body_fact, get_organisation, record_event, require
from sogoc.policy.api import Items, load_law

DEMO: Final = "demo"
"""The authority of keys that prove nothing outside a demo or development home."""

_TOPIC: Final = "signature_authority"
_SIGNED: Final = ("request__subject", "request__line__code", "signed_at", "request__token")
"""Columns of a `Signed`."""

_STATE: Final = frozenset({"so_gddt", "phong_gddt", "ubnd_xa"})
"""Capacities only public bodies hold."""


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key as shown; `ended` is why and since when it signs no more."""

    number: str
    organisation: str
    purpose: str
    holder: str
    algorithm: str
    provider: str
    authority: str
    valid_from: datetime
    not_after: datetime
    retired_at: datetime | None
    compromised_at: datetime | None
    signatures: int


@dataclass(frozen=True, slots=True)
class Signed:
    """One document a key signed."""

    subject: str
    line: str | None
    signed_at: datetime
    token: str


def record_key(  # long: one check after another over what is handed in
    *,
    organisation: str,
    purpose: str,
    holder: str,
    certificates: bytes,
    provider: str,
    locator: dict[str, str],
    authority: str,
    valid_from: datetime,
    by: Actor,
    at: datetime,
    is_playground: bool,
) -> KeyView:
    """Record a key by its certificate: PEM, the key's own first, then those above it.

    `purpose` `person` or `seal`; `provider` `pkcs11` (locator: `module`, `token`, `label`),
    `remote` or, in demo homes, `file`. `authority` must be one the law allows the body that day.
    Needs `keys.manage`. Raises `KeyRefused`, `UnknownOrganisation`.
    """
    try:
        certificate, *above = x509.load_pem_x509_certificates(certificates)
    except ValueError:
        raise _refused(
            "key_certificate", "Chứng thư số không đọc được.", "No certificate."
        ) from None
    algorithm = _algorithm(certificate)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise _refused(
            "key_certificate", "Chứng thư số hết hạn.", "The certificate is not in force."
        )
    with acting(by):
        body = get_organisation(organisation)
        require(by, "keys.manage", organisation_id=body.pk)
        _require_authority(organisation, authority, at, is_playground=is_playground)
        if provider == "file" and not is_playground:
            raise _refused(
                "file_key_in_earnest", "Khóa trong tệp chỉ dùng trong bản thử.",
                "Keys in files serve demo and development homes only.",
            )  # fmt: skip
        spki = spki_hash(certificate)
        lock(cursor(), f"signing-key {spki.hex()}")
        if SigningKey.objects.filter(spki=spki).exists():
            raise _refused(
                "key_known", "Khóa này đã được ghi nhận.", "The key is recorded already."
            )
        key = SigningKey.objects.create(
            number=f"K-{spki.hex()[:12].upper()}",
            organisation=body,
            purpose=purpose,
            holder=holder,
            algorithm=algorithm,
            certificate=certificate.public_bytes(Encoding.DER),
            chain="".join(each.public_bytes(Encoding.PEM).decode("ascii") for each in above),
            spki=spki,
            provider=provider,
            locator=locator,
            authority=authority,
            valid_from=valid_from,
            recorded_by=by.username,
            recorded_at=at,
        )
        record_event(
            actor=by,
            verb="signing:key:record",
            subject=key.number,
            at=at,
            organisation_code=body.code,
            detail={"purpose": purpose, "provider": provider, "authority": authority},
        )
        return _view(key)


def make_demo_key(
    *, organisation: str, purpose: str, holder: str, home: Path, by: Actor, at: datetime
) -> SigningKey:
    """Make a file key certified by the demo authority, inside the caller's `acting(by)`."""
    authority = DemoAuthority.of(home)
    pem = new_key_pem()
    private = load_pem_private_key(pem, None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)  # noqa: S101 - made above
    body = get_organisation(organisation)
    certificate = authority.issue(f"(Thử nghiệm) {holder}", body.name, private.public_key())
    spki = spki_hash(certificate)
    number = f"K-{spki.hex()[:12].upper()}"
    write_secret(key_file(home, number), pem)
    return SigningKey.objects.create(
        number=number,
        organisation=body,
        purpose=purpose,
        holder=holder,
        algorithm="ecdsa-p256-sha256",
        certificate=certificate.public_bytes(Encoding.DER),
        chain=authority.root.public_bytes(Encoding.PEM).decode("ascii"),
        spki=spki,
        provider="file",
        locator={},
        authority=DEMO,
        valid_from=SINCE if not _has_key(body.pk, purpose, holder) else at,
        recorded_by=by.username,
        recorded_at=at,
    )


def serving_key(
    *,
    organisation: str,
    purpose: str,
    holder: str,
    at: datetime,
    home: Path,
    is_playground: bool,
    by: Actor,
) -> SigningKey:
    """Return the key that signs for a person or body now, inside the caller's `acting(by)`.

    A demo home makes one on first use. Raises `UnknownKey` where there is none.
    """
    serving = known_key(organisation=organisation, purpose=purpose, holder=holder, at=at)
    if serving is not None:
        return serving
    if is_playground:
        lock(cursor(), f"demo-key {organisation}/{purpose}/{holder}")
        return make_demo_key(
            organisation=organisation, purpose=purpose, holder=holder, home=home, by=by, at=at
        )
    raise no_key(get_organisation(organisation).name, holder)


def known_key(*, organisation: str, purpose: str, holder: str, at: datetime) -> SigningKey | None:
    """Return the recorded key that serves a person or body at a time, inside the caller's identity.

    Of a body's seal any `holder` will do.
    """
    keys = SigningKey.objects.select_related("organisation").filter(
        organisation=get_organisation(organisation), purpose=purpose, valid_from__lte=at
    )
    if purpose == "person":
        keys = keys.filter(holder=holder)
    return keys.exclude(signingkeyend__ended_at__lte=at).order_by("-valid_from", "-pk").first()


def require_serving(key: SigningKey, *, at: datetime) -> None:
    """Raise `KeyRefused` unless a key serves at a time and its certificate is in force.

    Inside the caller's identity.
    """
    certificate = x509.load_der_x509_certificate(bytes(key.certificate))
    is_over = SigningKeyEnd.objects.filter(key=key, ended_at__lte=at).exists()
    in_force = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    if is_over or not in_force or at < key.valid_from:
        raise _refused(
            "key_serves_no_more", f"Khóa {key.number} đã thôi dùng hoặc chứng thư đã hết hạn.",
            f"The key {key.number} has ended, or its certificate has.",
        )  # fmt: skip


def no_key(body: str, holder: str) -> UnknownKey:
    """Return the refusal of a body without a key for a holder, to raise or to show."""
    return UnknownKey(
        "no_serving_key",
        Text(
            f"{body} chưa có khóa để ký ({holder}); hãy ghi nhận bằng `sogoc keys record`.",
            f"{body} has no key to sign with ({holder}); record one with `sogoc keys record`.",
        ),
    )


def list_keys(*, by: Actor, organisation: str | None = None) -> list[KeyView]:
    """Return all keys, or those of a body: serving, retired and compromised, the oldest first."""
    with acting(by):
        require(by, "keys.manage")
        keys = SigningKey.objects.select_related("organisation").order_by("pk")
        if organisation is not None:
            keys = keys.filter(organisation=get_organisation(organisation))
        return [_view(key) for key in keys[:10_000]]


def end_key(
    number: str, *, cause: str, since: datetime, reason: str, by: Actor, at: datetime
) -> KeyView:
    """Retire a key, or report it compromised since a moment; it signs no more.

    What it signed before stays in the list and can be found by `signed_by`. Raises `UnknownKey`,
    `KeyRefused` (ended so already, a moment in the future, no reason).
    """
    with acting(by):
        key = _key(number)
        require(by, "keys.manage", organisation_id=key.organisation_id)
        lock(cursor(), f"signing-key {bytes(key.spki).hex()}")
        if since > at or not reason.strip():
            raise _refused(
                "key_end", "Cần lý do và thời điểm đã qua.", "Say why, and a past moment."
            )
        if SigningKeyEnd.objects.filter(key=key, cause=cause).exists():
            raise _refused(
                "key_ended", "Khóa đã được ghi như vậy.", "The key has ended so already."
            )
        SigningKeyEnd.objects.create(
            key=key, cause=cause, ended_at=since, reason=reason.strip(), recorded_by=by.username,
            recorded_at=at,
        )  # fmt: skip
        record_event(
            actor=by,
            verb=f"signing:key:{cause}",
            subject=number,
            at=at,
            reason=reason.strip(),
            organisation_code=key.organisation.code,
            detail={"since": since.isoformat()},
        )
        return _view(key)


def rotate_demo_key(
    number: str, *, home: Path, reason: str, by: Actor, at: datetime, is_playground: bool
) -> KeyView:
    """Replace a file key of a demo home by a new one and retire it. Raises as `end_key` does."""
    with acting(by):
        old = _key(number)
        require(by, "keys.manage", organisation_id=old.organisation_id)
        if not is_playground or old.provider != "file":
            raise _refused(
                "key_needs_certificate",
                "Khóa thật được thay bằng khóa mới có chứng thư: dùng --certificate.",
                "A real key is replaced by a new one with its certificate: use --certificate.",
            )
        new = make_demo_key(
            organisation=old.organisation.code, purpose=old.purpose, holder=old.holder, home=home,
            by=by, at=at,
        )  # fmt: skip
        record_event(
            actor=by, verb="signing:key:record", subject=new.number, at=at,
            organisation_code=old.organisation.code, detail={"replaces": number},
        )  # fmt: skip
        if not SigningKeyEnd.objects.filter(key=old).exists():
            end_key(number, cause="retired", since=at, reason=reason, by=by, at=at)
        return _view(new)


def body_of(number: str) -> str:
    """Return the code of the body whose key this is. Raises `UnknownKey`."""
    with acting(Actor.system("keys")):
        code: str = _key(number).organisation.code
        return code


def signed_by(
    number: str, *, since: datetime | None = None, until: datetime | None = None, by: Actor
) -> list[Signed]:
    """Return every document a key signed in a period, the oldest first. Raises `UnknownKey`."""
    with acting(by):
        key = _key(number)
        require(by, "keys.manage", organisation_id=key.organisation_id)
        made = MadeSignature.objects.filter(request__key=key).order_by("signed_at", "pk")
        if since is not None:
            made = made.filter(signed_at__gte=since)
        if until is not None:
            made = made.filter(signed_at__lt=until)
        return [Signed(*row) for row in made.values_list(*_SIGNED)]


def lost_signatures(prefix: str) -> list[Signed]:
    """Return what compromised keys signed of subjects that begin with `prefix`, the oldest first.

    What was signed anew since is left out. For callers that have checked who asks: it opens the
    applet's own identity.
    """
    newer = MadeSignature.objects.filter(
        request__line=OuterRef("request__line"),
        request__subject=OuterRef("request__subject"),
        request__gt=OuterRef("request"),
    )
    lost = SigningKeyEnd.objects.filter(cause="compromised").values("key")
    with acting(Actor.system("signing")):
        made = MadeSignature.objects.filter(
            ~Exists(newer), request__key__in=lost, request__subject__startswith=prefix
        )
        return [Signed(*row) for row in made.order_by("signed_at", "pk").values_list(*_SIGNED)]


def _key(number: str) -> SigningKey:
    found = SigningKey.objects.select_related("organisation").filter(number=number).first()
    if found is None:
        raise UnknownKey(
            "key_unknown",
            Text(f"Không có khóa {number}.", f"There is no key {number}."),
            key=number,
        )
    return found


def _view(key: SigningKey) -> KeyView:
    certificate = x509.load_der_x509_certificate(bytes(key.certificate))
    ends = {end.cause: end.ended_at for end in SigningKeyEnd.objects.filter(key=key)}
    return KeyView(
        number=key.number,
        organisation=key.organisation.code,
        purpose=key.purpose,
        holder=key.holder,
        algorithm=key.algorithm,
        provider=key.provider,
        authority=key.authority,
        valid_from=key.valid_from,
        not_after=certificate.not_valid_after_utc,
        retired_at=ends.get("retired"),
        compromised_at=ends.get("compromised"),
        signatures=MadeSignature.objects.filter(request__key=key).count(),
    )


def _has_key(organisation_id: int, purpose: str, holder: str) -> bool:
    return SigningKey.objects.filter(
        organisation_id=organisation_id, purpose=purpose, holder=holder
    ).exists()


def _algorithm(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return "ecdsa-p256-sha256"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return "rsa-pkcs1-sha256"
    key_bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raise _refused(
        "key_algorithm", "Chỉ dùng khóa P-256 hoặc RSA từ 2048 bit.",
        f"Only P-256 or RSA of 2048 bits and more ({len(key_bytes)} bytes of another kind).",
    )  # fmt: skip


def _require_authority(
    organisation: str, authority: str, at: datetime, *, is_playground: bool
) -> None:
    """The law says whose certificates a public or another body may use that day."""
    if authority == DEMO:
        if is_playground:
            return
        raise _refused(
            "key_authority", "CA thử nghiệm chỉ dùng trong bản thử.", "A demo authority."
        )
    day = local_day(at)
    held = {fact.kind for fact in body_fact(organisation).capacities}
    allowed = {
        item.id
        for value in load_law().values_on(_TOPIC, day)
        if not (held & _STATE) or value.about == "public_body"
        if isinstance(value.settled, Items)
        for item in value.settled.items
    }
    if authority not in allowed:
        raise _refused(
            "key_authority",
            f"Ngày {day:%d/%m/%Y} đơn vị này không được dùng chứng thư số của “{authority}”.",
            f"On {day} this body may not use certificates of {authority!r}.",
        )


def _refused(code: str, vi: str, en: str) -> KeyRefused:
    return KeyRefused(code, Text(vi, en))
