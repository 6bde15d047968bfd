"""What verifiers of others resolve, from the web process: the bytes and addresses of the export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sogoc.credentials.documents import api as documents
from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.status import api as status
from sogoc.credentials.trust import api as trust
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.notes import VerifierKey
from tests.credentials import world
from tests.credentials.documents.conftest import (  # noqa: F401 - fixtures
    BASE,
    codes,
    sequence,
    unpublished,
)

HIDDEN = {"Vary", "Content-Language", "Set-Cookie"}


@dataclass
class Home:
    """An installation at a moment."""

    home: Path
    log_origin: str = BASE
    is_playground: bool = True
    at: datetime = world.AT + timedelta(minutes=2, seconds=7)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def home(codes: tuple[str, ...], tmp_path: Path, settings: Any) -> Home:  # noqa: F811
    """A home with a credential, its lists, and keys of every kind."""
    made = settings.SOGOC_ENVIRONMENT = Home(tmp_path)
    for key in (issuers.OPERATOR, issuers.MINISTRY):
        issuers.signer(tmp_path, key, Algorithm.ED25519, at=made.at, is_playground=True)
    asked = documents.Request(
        code=codes[0], home=tmp_path, base=BASE, at=world.AT, by=world.who("register.view"),
        is_playground=True,
    )  # fmt: skip
    (tmp_path / "credential.json").write_bytes(documents.render("vc", asked))
    status.publish(tmp_path, base=BASE, at=world.AT, is_playground=True)
    return made


def exported(home: Home) -> dict[str, bytes]:
    """The files of the export, by path."""
    bundle = trust.export_trust(home.home, base=home.log_origin, at=home.at, is_playground=True)
    target = home.home / "site"
    paths = trust.write_site(bundle, home.home, target, base=home.log_origin)
    return {path: (target / path).read_bytes() for path in paths}


def test_files_are_those_of_the_export(home: Home) -> None:
    files = exported(home)
    kinds = {path.partition("/")[0] for path in files}
    assert kinds == {".well-known", "authority", "bo-gddt", "receipts", "status", world.CENTRE}
    home.at += timedelta(minutes=2)  # statements keep their date for five minutes
    for path, data in files.items():
        answer = Client().get(f"/{path}")
        assert answer.status_code == 200, path
        assert answer.content == data, path
        assert not answer.cookies
        assert not HIDDEN & set(answer.headers)
        assert answer["Access-Control-Allow-Origin"] == "*"


def test_what_a_credential_names_resolves(home: Home) -> None:
    made = json.loads((home.home / "credential.json").read_bytes())
    prefix = f"did:web:{BASE}:"
    body = made["issuer"]["id"].removeprefix(prefix)
    did = Client().get(f"/{body}/did.json")
    assert did["Content-Type"] == "application/did+ld+json"
    assert made["proof"]["verificationMethod"] in did.json()["assertionMethod"]
    for entry in made["credentialStatus"]:
        path = entry["statusListCredential"].removeprefix(f"https://{BASE}")
        listed = Client().get(path)
        assert listed["Content-Type"] == "application/ld+json"
        assert listed.json()["id"] == entry["statusListCredential"]
    token = Client().get(path.rpartition("/")[0] + "/token")
    assert token["Content-Type"] == "application/statuslist+jwt"
    assert token.content.count(b".") == 2
    statement = Client().get(f"/authority/{body}").json()
    assert statement["credentialSubject"]["id"] == made["issuer"]["id"]


def test_the_operator_is_the_host_and_its_key_opens_receipts(home: Home) -> None:
    did = Client().get("/.well-known/did.json").json()
    assert did["id"] == f"did:web:{BASE}"
    (line,) = Client().get("/receipts/keys").content.decode().splitlines()
    key = VerifierKey.parse(line)
    assert key.name == f"{BASE}/receipts"
    method = did["verificationMethod"][0]["publicKeyMultibase"]
    assert issuers.history(home.home, issuers.OPERATOR)[0].multikey.raw == key.public_key
    assert str(issuers.history(home.home, issuers.OPERATOR)[0].multikey) == method


def test_headers_conditions_and_what_is_refused(home: Home) -> None:
    path = f"/status/{world.CENTRE}/1/revocation"
    whole = Client().get(path)
    assert whole["Cache-Control"] == "public, max-age=60"
    known = Client().get(path, headers={"if-none-match": whole["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known["ETag"] == whole["ETag"]
    other = Client().get(path, headers={"if-none-match": '"x"'})
    assert other.content == whole.content
    head = Client().head(path)
    assert (head["Content-Length"], head.content) == (str(len(whole.content)), b"")
    refused = Client().post(path)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")
    archived = next((home.home / "status" / "archive").iterdir()).name
    for wrong in (
        "/nobody/did.json", "/_operator/did.json", "/authority/nobody", "/did.json",
        "/authority/bo-gddt", "/status/nobody/1/revocation", f"/status/{world.CENTRE}/2/refresh",
        f"/status/{world.CENTRE}/1/other", f"/status/{world.CENTRE}/1/..",
        f"/status/archive/1/{archived}", "/a/b/c/did.json", "/../keys/issuers/did.json",
    ):  # fmt: skip
        answer = Client().get(wrong)
        assert answer.status_code == 404, wrong
        assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_a_retired_key_stays_and_the_next_one_signs_at_once(home: Home) -> None:
    before = Client().get("/authority/" + world.CENTRE).json()["proof"]["verificationMethod"]
    issuers.rotate(home.home, issuers.MINISTRY, Algorithm.ED25519, at=home.at, is_playground=True)
    home.at += timedelta(seconds=20)
    did = Client().get("/bo-gddt/did.json").json()
    assert len(did["verificationMethod"]) == 2
    after = Client().get("/authority/" + world.CENTRE).json()["proof"]["verificationMethod"]
    assert after != before
    assert {before, after} <= set(did["assertionMethod"])


def test_a_register_below_a_path_of_its_host(home: Home) -> None:
    home.log_origin = f"{BASE}/so"
    assert Client().get("/so/did.json").json()["id"] == f"did:web:{BASE}:so"
    did = Client().get(f"/so/{world.CENTRE}/did.json").json()
    assert did["id"] == f"did:web:{BASE}:so:{world.CENTRE}"
    assert Client().get(f"/{world.CENTRE}/did.json").status_code == 404
    assert Client().get("/.well-known/did.json").status_code == 404
