"""What a verifier trusts about papers: roots, CRLs, and every key ever used, with its period.

`<home>/trusted-roots.pem` and `<home>/time-stamp-roots.pem` are the roots of the authorities a real
home relies on; `<home>/crls/*.pem` their revocation lists. A demo home trusts its own authority and
says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509

from sogoc.credentials.signing.demo_ca import SINCE, DemoAuthority
from sogoc.credentials.signing.models import SigningKey, SigningKeyEnd
from sogoc.kernel.pdf_check import Custody, PaperTrust, TrustedKey
from sogoc.people.api import Actor, acting, successions


def paper_trust(home: Path, *, is_playground: bool, at: datetime) -> PaperTrust:
    """Return the trust of a home, as of `at`; `as_json` makes it part of an offline bundle."""
    with acting(Actor.system("trust")):
        keys = list(
            SigningKey.objects.select_related("organisation").prefetch_related("signingkeyend_set")
        )
        known = tuple(_trusted(key) for key in keys)
        revoked = {
            x509.load_der_x509_certificate(bytes(key.certificate)).serial_number: end.ended_at
            for key in keys
            if key.authority == "demo"
            for end in key.signingkeyend_set.all()
            if end.cause == "compromised"
        }
    roots = _certificates(home / "trusted-roots.pem")
    stamp_roots = _certificates(home / "time-stamp-roots.pem")
    crls = tuple(
        x509.load_pem_x509_crl(file.read_bytes()) for file in sorted((home / "crls").glob("*.pem"))
    )
    if is_playground:
        authority = DemoAuthority.of(home)
        roots = (*roots, authority.root)
        stamp_roots = (*stamp_roots, authority.root)
        crls = (*crls, authority.crl(revoked, at))
    return PaperTrust(
        roots, stamp_roots, crls, known, is_demo=is_playground, custody=tuple(_custody())
    )


def trust_part(home: Path) -> dict[str, Any]:
    """Return the trust of a home for the bundle; a demo authority is there in demo homes alone."""
    is_playground = (home / "keys" / "papers" / "ca.pem").exists()
    with acting(Actor.system("trust")):
        last = SigningKeyEnd.objects.order_by("-recorded_at").first()
    at = SINCE + timedelta(days=1) if last is None else last.recorded_at
    return paper_trust(home, is_playground=is_playground, at=at).as_json()


def _custody() -> Iterator[Custody]:
    with acting(Actor.system("trust")):
        for former, keeper, since in successions("custody"):
            yield Custody(former, keeper, since)


def _trusted(key: SigningKey) -> TrustedKey:
    ends = {end.cause: end.ended_at for end in key.signingkeyend_set.all()}
    return TrustedKey(
        spki=bytes(key.spki),
        purpose="seal" if key.purpose == "seal" else "person",
        organisation=key.organisation.code,
        holder=key.holder,
        valid_from=key.valid_from,
        valid_until=ends.get("retired"),
        compromised_at=ends.get("compromised"),
    )


def _certificates(file: Path) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(file.read_bytes()))
    except FileNotFoundError:
        return ()
