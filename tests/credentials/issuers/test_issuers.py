"""Keys of bodies with their periods, DID documents, and the Ministry's statement of authority."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sogoc.credentials.issuers import api
from sogoc.kernel import data_integrity
from sogoc.kernel.multikey import Algorithm, Multikey
from sogoc.people.demo import load_demo
from sogoc.verifier.api import jsonld
from tests.credentials.world import AT, CENTRE, SUSPENDED

BASE = "so.example/goc"
LATER = AT + timedelta(days=100)


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first = api.signer(tmp_path, CENTRE, Algorithm.ED25519, at=AT, is_playground=True)
    again = api.signer(tmp_path, CENTRE, Algorithm.ED25519, at=LATER, is_playground=True)
    assert again == first
    assert again.record.multikey.verifies(again.sign(b"text"), b"text")
    assert "secret" not in repr(first)
    files = list((tmp_path / "keys" / "issuers" / CENTRE).iterdir())
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600]


@pytest.mark.parametrize("algorithm", [Algorithm.ED25519, Algorithm.P256])
def test_a_new_key_retires_the_old_one_which_stays(tmp_path: Path, algorithm: Algorithm) -> None:
    old = api.signer(tmp_path, CENTRE, algorithm, at=AT, is_playground=True)
    new = api.rotate(tmp_path, CENTRE, algorithm, at=LATER, is_playground=True)
    kept = api.history(tmp_path, CENTRE)
    assert [each.multikey for each in kept] == [old.record.multikey, new.record.multikey]
    assert kept[0].serves(AT)
    assert not kept[0].serves(LATER)
    assert kept[1].serves(LATER)
    assert not kept[1].serves(LATER - timedelta(seconds=1))
    assert new.record.multikey.verifies(new.sign(b"x"), b"x")
    assert api.signer(tmp_path, CENTRE, algorithm, at=AT, is_playground=True) == api.Signer(
        kept[0],
        old._secret,
    )


def test_a_real_home_makes_no_key(tmp_path: Path) -> None:
    with pytest.raises(api.IssuerRefused):
        api.signer(tmp_path, CENTRE, Algorithm.ED25519, at=AT, is_playground=False)
    assert api.history(tmp_path, CENTRE) == []


def test_a_real_home_uses_no_key_in_a_file(tmp_path: Path) -> None:
    api.signer(tmp_path, CENTRE, Algorithm.ED25519, at=AT, is_playground=True)
    with pytest.raises(api.IssuerRefused) as refused:
        api.signer(tmp_path, CENTRE, Algorithm.ED25519, at=AT, is_playground=False)
    assert refused.value.code == "issuer_file_key_in_earnest"
    with pytest.raises(api.IssuerRefused):
        api.rotate(tmp_path, CENTRE, Algorithm.ED25519, at=LATER, is_playground=False)


def test_the_document_has_every_key_with_its_time(tmp_path: Path) -> None:
    api.signer(tmp_path, CENTRE, Algorithm.ED25519, at=AT, is_playground=True)
    api.rotate(tmp_path, CENTRE, Algorithm.ED25519, at=LATER, is_playground=True)
    document = api.did_document(CENTRE, BASE, api.history(tmp_path, CENTRE))
    assert document["id"] == f"did:web:so.example:goc:{CENTRE}"
    old, new = document["verificationMethod"]
    assert document["assertionMethod"] == [old["id"], new["id"]]
    assert old["validUntil"] == new["validFrom"] == "2025-07-19T03:00:00Z"
    assert "validUntil" not in new
    assert old["id"] == f"{document['id']}#{old['publicKeyMultibase']}"


def test_a_port_is_escaped() -> None:
    assert api.did_of("x", "localhost:8443") == "did:web:localhost%3A8443:x"


def test_authority_is_dated_and_cited(db: None) -> None:
    load_demo(AT)
    found = [each for each in api.authorisations(CENTRE) if each.kind == "cc_cntt_co_ban"]
    assert [(each.period.start, each.period.until, each.standing) for each in found] == [
        (date(2016, 8, 10), date(2026, 4, 15), "allowed"),
        (date(2026, 4, 15), None, "review"),
    ]
    assert found[0].basis == "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT"
    assert found[0].decision == "1320/QĐ-SGDĐT"


def test_a_suspended_capacity_authorises_nothing(db: None) -> None:
    load_demo(AT)
    found = api.authorisations(SUSPENDED)
    assert found
    assert {each.period.until for each in found} == {date(2024, 1, 1)}


def test_the_statement_is_signed_by_the_ministry(db: None, tmp_path: Path) -> None:
    load_demo(AT)
    signed = api.authority_credential(
        CENTRE, "Trung tâm", home=tmp_path, base=BASE, at=AT, is_playground=True
    )
    proof = dict(signed.pop("proof"))
    value, key = proof.pop("proofValue"), api.history(tmp_path, api.MINISTRY)[0].multikey
    assert proof["verificationMethod"] == f"did:web:so.example:goc:bo-gddt#{key}"
    assert signed["credentialSubject"]["id"] == api.did_of(CENTRE, BASE)

    def verifies(document: dict[str, object], by: Multikey) -> bool:
        options = {"@context": document["@context"], **proof}
        return data_integrity.verifies(
            value,
            by,
            proof["cryptosuite"],
            options=jsonld.canonical(options),
            document=jsonld.canonical(document),
        )

    assert verifies(signed, key)
    assert not verifies({**signed, "validFrom": "2020-01-01T00:00:00Z"}, key)
    other = api.signer(tmp_path, CENTRE, Algorithm.ED25519, at=AT, is_playground=True)
    assert not verifies(signed, other.record.multikey)
    assert datetime.fromisoformat(signed["validFrom"]) == AT.astimezone(UTC)
