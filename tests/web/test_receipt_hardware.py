"""Receipts of the page that takes a file, signed with the operator's key in SoftHSM2."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.trust import api as trust
from sogoc.credentials.verify import api as verify
from sogoc.kernel.multikey import Algorithm
from sogoc.verifier.api import Trust, Verdict, judge
from tests.credentials import world
from tests.credentials.documents.conftest import (  # noqa: F401 - fixtures
    BASE,
    codes,
    sequence,
    unpublished,
)
from tests.credentials.signing import hardware
from tests.judges import test_receipts as judges
from tests.web.helpers import words
from tests.web.test_file_check import Home, home, make, send, token_in  # noqa: F401 - fixtures

SIGN = "/kiem-tra-tep/bien-nhan"


@pytest.fixture
def operator(home: Home) -> issuers.KeyRecord:  # noqa: F811 - the fixture
    """The operator's key, on the token alone."""
    place, label = hardware.token(), f"operator-{home.home.name}"
    hardware.new_key(place, label, kind="ed25519")
    (home.home / "keys").mkdir(exist_ok=True)
    (home.home / "keys" / issuers.PIN_FILE).write_text(hardware.PIN)
    return issuers.record_issuer_key(
        home.home, issuers.OPERATOR, locator={**place, "label": label},
        by=world.who("org.import"), at=world.AT,
    )  # fmt: skip


def false_ones(receipt: bytes) -> list[bytes]:
    made = [
        receipt.replace(b"verdict valid", b"verdict invalid"),
        receipt.replace(b"check status pass", b"check status fail", 1),
        receipt.replace(b"checked 2025", b"checked 2024"),
    ]
    assert all(each != receipt for each in made)
    return made


def openssl(receipt: bytes, key: str, folder: Path) -> str:
    """The commands of the reference, with the key the register publishes."""
    (folder / "bien-nhan-so-goc.txt").write_bytes(receipt)
    done = subprocess.run(
        ["sh", "-c", judges.documented().replace(judges.BASE, BASE)], cwd=folder,
        env={**os.environ, "KEY": key}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_the_page_signs_with_the_token_and_others_verify(
    make: Callable[[str], bytes],  # noqa: F811 - the fixture
    home: Home,  # noqa: F811 - the fixture
    operator: issuers.KeyRecord,
    tmp_path: Path,
) -> None:
    token = token_in(send(make("vc")))
    answer = Client().post(SIGN, {"token": token})
    assert answer.status_code == 200
    receipt = answer.content
    assert Client().post(SIGN, {"token": token}).content == receipt
    key = Client().get("/receipts/keys").content.decode().splitlines()[-1]
    assert "Signature Verified Successfully" in openssl(receipt, key, tmp_path)
    bundle = trust.export_trust(home.home, base=BASE, at=world.AT, is_playground=True)
    known = Trust.parse(json.dumps(bundle).encode())
    assert judge(receipt, known, world.AT).verdict is Verdict.VALID
    assert "Biên nhận thật" in words(send(receipt))
    for false in false_ones(receipt):
        assert "Signature Verification Failure" in openssl(false, key, tmp_path)
        assert judge(false, known, world.AT).verdict is Verdict.INVALID
    (record,) = issuers.history(home.home, issuers.OPERATOR)
    assert (record.label, record.provider) == (operator.label, "pkcs11")
    (kept,) = (home.home / "keys" / "issuers" / issuers.OPERATOR).iterdir()
    assert json.loads(kept.read_text("ascii"))["secret"] == ""


def test_a_token_that_is_gone_leaves_the_verdict(
    make: Callable[[str], bytes],  # noqa: F811 - the fixture
    home: Home,  # noqa: F811 - the fixture
    operator: issuers.KeyRecord,
) -> None:
    """Between the verdict and the receipt, and before the verdict."""
    data = make("vc")
    token = token_in(send(data))
    (home.home / "keys" / issuers.PIN_FILE).unlink()
    refused = Client().post(SIGN, {"token": token})
    assert refused.status_code == 409
    assert b"says-only" not in refused.content
    said = words(send(data))
    assert "Khớp với sổ gốc" in said
    assert "Nơi này chưa ký được biên nhận" in said
    assert operator.multikey.algorithm is Algorithm.ED25519


def test_a_real_home_signs_receipts_with_the_token_alone(
    codes: tuple[str, ...],  # noqa: F811 - the fixture
    home: Home,  # noqa: F811 - the fixture
    operator: issuers.KeyRecord,
    tmp_path: Path,
) -> None:
    report = verify.check_file(
        b"%PDF-1.7", home=home.home, base=BASE, at=world.AT, is_playground=False
    )
    ready = verify.prepare_receipt(
        report, b"%PDF-1.7", home=home.home, base=BASE, at=world.AT, is_playground=False
    )
    made = verify.sign_receipt(
        ready.token, home=home.home, base=BASE, at=world.AT, is_playground=False
    )
    key = Client().get("/receipts/keys").content.decode().splitlines()[-1]
    assert "Signature Verified Successfully" in openssl(made, key, tmp_path)
    for false in (made.replace(b"verdict invalid", b"verdict valid"), made.replace(b"-", b"_", 1)):
        assert false != made
        assert "Verified Successfully" not in openssl(false, key, tmp_path)
    assert operator.provider == "pkcs11"
