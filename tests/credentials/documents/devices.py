"""Keys on devices of their holders, as tests have them: made and used by openssl alone."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from sogoc.kernel.errors import Error
from sogoc.people.identity import Actor, acting
from tests.credentials.documents.conftest import BASE

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
HOLDER = "Y Bhăm Niê"


@dataclass(frozen=True)
class Device:
    """A key in a file that only openssl reads: the holder's own machine."""

    number: str
    file: Path

    def sign(self, to_sign: bytes) -> bytes:
        message = self.file.with_suffix(".bin")
        message.write_bytes(to_sign)
        done = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", str(self.file), str(message)],
            check=True, capture_output=True,
        )  # fmt: skip
        return done.stdout


def make_device(home: Path, purpose: str) -> Device:
    """Make a key with openssl and record its certificate alone: `person` or `seal`."""
    file = home / f"{purpose}.pem"
    subprocess.run(
        ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(file)],
        check=True,
    )
    private = load_pem_private_key(file.read_bytes(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return Device(record(home, purpose, private.public_key()), file)


def request(home: Path, at: datetime = AT, **more: Any) -> Any:
    from sogoc.credentials.documents.api import Request
    from tests.credentials import world

    given = {"code": "", "by": world.who("keys.manage"), **more}
    return Request(home=home, base=BASE, at=at, is_playground=True, **given)


def of_line(home: Path, code: str, at: datetime = AT) -> Any:
    """A request of who sees the line."""
    from tests.credentials import world

    return request(home, at, code=code, by=world.who("register.view"))


def record(home: Path, purpose: str, public: Any, holder: str = HOLDER) -> str:
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    certificate = signing.DemoAuthority.of(home).issue(holder, "TT", public)
    view = signing.record_key(
        organisation=world.CENTRE, purpose=purpose, holder=holder,
        certificates=certificate.public_bytes(Encoding.PEM)
        + signing.DemoAuthority.of(home).root.public_bytes(Encoding.PEM),
        provider="remote", locator={}, authority="demo", valid_from=AT - timedelta(days=1),
        by=world.who("keys.manage"), at=AT, is_playground=True,
    )  # fmt: skip
    return view.number


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Error) as refused:
        call()
    return refused.value.code


def lose_key(number: str, at: datetime = AT) -> None:
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    signing.end_key(
        number, cause="compromised", since=at, reason="Mất", by=world.who("keys.manage"), at=at
    )


def key_here(home: Path, purpose: str) -> None:
    """A newer key of the same holder, in a file of the home."""
    from sogoc.credentials.signing.keys import make_demo_key
    from tests.credentials import world

    me = Actor.system("tests")
    with acting(me):
        make_demo_key(
            organisation=world.CENTRE, purpose=purpose, holder=HOLDER, home=home, by=me, at=AT
        )


def revoke(code: str) -> None:
    from sogoc.credentials.lifecycle import api as lifecycle
    from tests.credentials import world

    lifecycle.revoke_lines(
        codes=[code], decision_number="1/QĐ", decision_date=world.TODAY, ground="c",
        reason="Sai thẩm quyền", by=world.who("register.revoke"), at=world.AT,
    )  # fmt: skip


def erase(code: str, home: Path) -> Any:
    from sogoc.credentials.lifecycle import api as lifecycle
    from tests.credentials import world

    return lifecycle.erase_personal(
        codes=[code], decision_number="12/QĐ-TT", decision_date=world.TODAY, reason="theo yêu cầu",
        by=world.who("register.erase"), at=AT, home=home,
    )  # fmt: skip


def new_head() -> None:
    """The head of the Centre leaves office on 02/06/2026, and another follows."""
    from sogoc.people.api import import_mandates
    from tests.credentials import world

    text = (
        "organisation,person_name,title,role,valid_from,valid_until,decision_number,"
        "decision_date,decision_by\n"
        f"{world.CENTRE},{HOLDER},Giám đốc,head,2019-01-01,2026-06-02,1701/QĐ-SGDĐT,2018-12-20,"
        "Sở GDĐT Đắk Nông\n"
        f"{world.CENTRE},Võ Thị Sáu,Giám đốc,head,2026-06-02,,9/QĐ,,\n"
    )
    import_mandates(text.encode(), "nguoi-ky.csv", by=Actor.system("tests"), at=AT)


def editions() -> int:
    from sogoc.credentials.documents.models import DocumentEdition

    with acting(Actor.system("tests")):
        return DocumentEdition.objects.count()


def roots(home: Path) -> bytes:
    """The roots of the home, PEM, for judges."""
    from sogoc.credentials.signing.api import paper_trust

    trust = paper_trust(home, is_playground=True, at=AT)
    return b"".join(root.public_bytes(Encoding.PEM) for root in trust.roots)
