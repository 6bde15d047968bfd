"""Papers from the command line: made, verified, altered; a lost key and what follows."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from tests.cli.conftest import CENTRE, Sogoc


def test_a_paper_its_verdict_and_a_lost_key(demo: Sogoc, tmp_path: Path) -> None:
    code = demo.lines("register", "export")[0]["code"]
    paper = tmp_path / "paper.pdf"
    assert demo.run("document", code, "--format", "pdf", "-o", str(paper)).code == 0
    assert demo.run("status", "publish").code == 0
    assert demo.run("verify", str(paper)).data["verdict"] == "valid"
    altered = bytearray(paper.read_bytes())
    altered[9_000] ^= 1
    (tmp_path / "altered.pdf").write_bytes(altered)
    answer = demo.run("verify", str(tmp_path / "altered.pdf"))
    assert (answer.code, answer.data["verdict"]) == (1, "invalid")
    known = demo.run("keys", "list").data["keys"]
    keys = {key["purpose"]: key["number"] for key in known}
    assert {key["purpose"] for key in known} >= {"person", "seal", "credential"}
    signed = demo.run("keys", "signed", keys["person"]).data["signed"]
    assert [each["code"] for each in signed] == [code]
    drill = ("keys", "compromised", keys["person"], "--since", "2025-04-10", "--reason", "Mất")
    lost = demo.run(*drill, "--renew")
    assert (lost.code, lost.data["doubtful"], len(lost.data["renewed"])) == (0, 1, 1)
    assert demo.run("verify", str(paper)).data["verdict"] == "invalid"
    assert demo.run("keys", "rotate", keys["seal"], "--reason", "Định kỳ").code == 0
    assert demo.run("keys", "pending").data == {"waiting": []}


def test_templates_and_exports(demo: Sogoc, tmp_path: Path) -> None:
    assert demo.run("paper", "copy").data["copied"]
    listed = demo.run("paper", "list").data["templates"]
    assert all(each["own"] for each in listed)
    picture = tmp_path / "look.png"
    assert demo.run("paper", "preview", "certificate", "-o", str(picture)).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    out = demo.run("export", "--all", str(tmp_path / "out"))
    assert out.code == 0
    assert out.data["lines"] > 0


def test_a_lost_key_of_credentials(make_home: Callable[[], Sogoc], tmp_path: Path) -> None:
    """Listed, reported, everything it signed made anew, from the command line alone."""
    demo = make_home()
    assert demo.run("init", "--demo").code == 0
    code, other = [line["code"] for line in demo.lines("register", "export")][:2]
    credential, paper = tmp_path / "c.json", tmp_path / "p.pdf"
    assert demo.run("document", code, "--format", "vc", "-o", str(credential)).code == 0
    assert demo.run("document", other, "--format", "pdf", "-o", str(paper)).code == 0
    assert demo.run("status", "publish").code == 0
    assert demo.run("verify", str(credential)).data["verdict"] == "valid"
    (key,) = [
        each["number"]
        for each in demo.run("keys", "list").data["keys"]
        if each["purpose"] == "credential" and each["signatures"]
    ]
    drill = ("keys", "compromised", key, "--since", "2025-04-10", "--reason", "Mất")
    lost = demo.run(*drill)
    assert (lost.code, lost.data["doubtful"], lost.data["waiting"]) == (1, 2, 2)
    assert demo.run("verify", str(credential)).data["verdict"] == "invalid"
    assert demo.run(*drill).code == 1  # reported already
    assert demo.run("keys", "renew", "--reason", "Mất").data["waiting"] == 1
    out = tmp_path / "anew"
    done = demo.run("keys", "renew", "--reason", "Mất", "-o", str(out))
    assert (done.code, done.data["waiting"]) == (0, 0)
    fresh = out / f"{code}.vc.json"
    assert demo.run("verify", str(fresh)).data["verdict"] == "valid"
    (now,) = [
        each["number"]
        for each in demo.run("keys", "list").data["keys"]
        if each["purpose"] == "credential" and each["retired_at"] is None and each["signatures"]
    ]
    assert now != key
    rotated = demo.run("keys", "rotate", now, "--reason", "Định kỳ")
    assert (rotated.code, rotated.data["number"] not in {now, key}) == (0, True)
    assert demo.run("keys", "record-issuer", "--org", "bo-gddt").code == 1


def test_a_device_elsewhere_and_the_archive(demo: Sogoc, tmp_path: Path) -> None:
    """A signatory's key that only openssl has; then the paper is archived, twice."""
    code = demo.lines("register", "export")[2]["code"]
    key, folder = tmp_path / "officer.pem", tmp_path / "out"
    certificate = _certified(demo, key)
    given = ("--purpose", "person", "--holder", "Y Bhăm Niê", "--provider", "remote")
    recorded = demo.run(
        "keys", "record", "--org", CENTRE, *given, "--authority", "demo",
        "--certificate", str(certificate),
    )  # fmt: skip
    assert recorded.code == 0, recorded.err
    refused = demo.run("document", code, "--format", "pdf", "-o", str(tmp_path / "x.pdf"))
    assert refused.data["error"]["code"] == "key_elsewhere"
    prepared = demo.run("keys", "prepare", code, "--copy", "-o", str(folder))
    (asked,) = prepared.data["requests"]
    assert (asked["key"], asked["stage"]) == (recorded.data["number"], "person")
    assert [each["token"] for each in demo.run("keys", "pending").data["waiting"]] == [
        asked["token"]
    ]
    to_sign = folder / f"{asked['file']}.bin"
    assert sha256(to_sign.read_bytes()).hexdigest() == asked["sha256"]
    signature = to_sign.with_suffix(".sig")
    signature.write_bytes(b"no signature")
    wrong = demo.run("keys", "assemble", str(folder))
    assert (wrong.code, wrong.data["refused"][0]["code"]) == (1, "signature_token_refused")
    subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", str(key), "-out", str(signature), str(to_sign)],
        check=True,
    )
    done = demo.run("keys", "assemble", str(folder))
    assert (done.code, len(done.data["assembled"])) == (0, 1), done.err
    assert demo.run("keys", "assemble", str(folder)).data["assembled"] == []
    number = done.data["assembled"][0]["number"]
    for edition in (2, 3):
        kept = demo.run("archive", number)
        assert (kept.code, kept.data["archived"][0]["edition"]) == (0, edition), kept.data
    assert demo.run("archive", "D-NOBODY").code == 1
    assert demo.run("archive").code == 2
    waiting = demo.run("originals", "pending").data
    assert (waiting["law_knows_originals"], waiting["at_devices"]) == (False, [])
    assert demo.run("originals", "make").data == {"made": 0, "not_made": []}


def _certified(demo: Sogoc, key: Path) -> Path:
    """A key made by openssl, its certificate by the home's demo authority."""
    from sogoc.credentials.signing.demo_ca import DemoAuthority

    run = partial(subprocess.run, check=True, capture_output=True)
    run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(key)])
    private = load_pem_private_key(key.read_bytes(), None)
    assert isinstance(private, EllipticCurvePrivateKey)
    authority = DemoAuthority.of(demo.home)
    issued = authority.issue("Y Bhăm Niê", "TT", private.public_key())
    certificate = key.with_suffix(".crt")
    certificate.write_bytes(
        issued.public_bytes(Encoding.PEM) + authority.root.public_bytes(Encoding.PEM)
    )
    return certificate
