"""Keys on devices elsewhere, from the command line: sheets, signed XML, the Ministry's words."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from tests.cli.conftest import CENTRE, SO, Sogoc

PROPERTIES = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"
ANOTHER_DAY = """
from datetime import date
from sogoc.config.environment import LocalEnvironment
LocalEnvironment().set_business_date(date(2025, 6, 9))
"""
run: Any = partial(subprocess.run, check=True, capture_output=True)


def test_formats_are_those_of_the_applet() -> None:
    from sogoc.cli.key_devices import FORMS
    from sogoc.credentials.documents.formats import FORMATS

    assert set(FORMS) == set(FORMATS) - {"vc", "vc-ecdsa"}


@pytest.fixture(scope="module")
def keys(issued: Sogoc, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The signatory's key and the seal, which only openssl has."""
    folder = tmp_path_factory.mktemp("devices")
    made = {}
    for purpose in ("person", "seal"):
        made[purpose] = folder / f"{purpose}.pem"
        certificate = certified(issued, made[purpose])
        recorded = issued.run(
            "keys", "record", "--org", CENTRE, "--purpose", purpose, "--holder", "Y Bhăm Niê",
            "--provider", "remote", "--authority", "demo", "--certificate", str(certificate),
        )  # fmt: skip
        assert recorded.code == 0, recorded.err
    return made


def certified(demo: Sogoc, key: Path) -> Path:
    from sogoc.credentials.signing.demo_ca import DemoAuthority

    run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(key)])
    private = load_pem_private_key(key.read_bytes(), None)
    assert isinstance(private, EllipticCurvePrivateKey)
    authority = DemoAuthority.of(demo.home)
    issued = authority.issue("Y Bhăm Niê", "TT", private.public_key())
    root = authority.root.public_bytes(Encoding.PEM)
    key.with_suffix(".root").write_bytes(root)
    certificate = key.with_suffix(".crt")
    certificate.write_bytes(issued.public_bytes(Encoding.PEM) + root)
    return certificate


def sign(key: Path, asked: dict[str, Any], folder: Path) -> None:
    to_sign = folder / f"{asked['file']}.bin"
    signature = to_sign.with_suffix(".sig")
    run(["openssl", "dgst", "-sha256", "-sign", str(key), "-out", str(signature), str(to_sign)])


def live_line(demo: Sogoc) -> dict[str, str]:
    return demo.lines("register", "export", "--issuer", CENTRE)[0]


def xmlsec1(file: Path, root: Path) -> bool:
    done = subprocess.run(
        ["xmlsec1", "--verify", "--trusted-pem", root, "--enabled-reference-uris", "empty,same-doc",
         "--id-attr:Id", PROPERTIES, "--verification-gmt-time", "2025-04-10+12:00:00", file],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode == 0 and "OK" in done.stdout + done.stderr


def test_a_line_as_xml(issued: Sogoc, keys: dict[str, Path], tmp_path: Path) -> None:
    code, folder = live_line(issued)["code"], tmp_path / "out"
    handed = issued.run("keys", "prepare", code, "--format", "xml", "-o", str(folder))
    (asked,) = handed.data["requests"]
    assert (asked["document"], asked["stage"], asked["form"]) == (f"xml {code}", "seal", "xml")
    assert (folder / f"xml-{code}-seal.xml").read_bytes().startswith(b"<?xml")
    out = tmp_path / "x.xml"
    early = issued.run("document", code, "--format", "xml", "-o", str(out))
    assert (early.code, early.data["error"]["code"]) == (1, "key_elsewhere")
    sign(keys["person"], asked, folder)
    wrong = issued.run("keys", "assemble", str(folder))
    assert (wrong.code, wrong.data["refused"][0]["code"]) == (1, "signature_token_refused")
    sign(keys["seal"], asked, folder)
    page = folder / f"{asked['file']}.xml"
    shown = page.read_bytes()
    page.write_bytes(shown.replace(b"<Serial>", b"<Serial> "))
    other = issued.run("keys", "assemble", str(folder))
    assert (other.code, other.data["refused"][0]["code"]) == (1, "paper_changed")
    page.write_bytes(shown)
    done = issued.run("keys", "assemble", str(folder))
    assert done.code == 0, done.err
    (made,) = done.data["assembled"]
    file, root = Path(made["file"]), keys["seal"].with_suffix(".root")
    assert file == folder / f"xml-{code}.xml"
    assert xmlsec1(file, root)
    false = tmp_path / "false.xml"
    for old, new in ((b"<Serial>", b"<Serial>X"), (b"Y Bh", b"Y Bg"), (b"<Status>v", b"<Status>V")):
        false.write_bytes(file.read_bytes().replace(old, new, 1))
        assert false.read_bytes() != file.read_bytes()
        assert not xmlsec1(false, root)
    assert issued.run("document", code, "--format", "xml", "-o", str(out)).code == 0
    assert out.read_bytes() == file.read_bytes()
    assert issued.run("verify", str(out)).data["verdict"] == "valid"
    again = issued.run("keys", "assemble", str(folder))
    assert (again.code, again.data["assembled"], again.data["refused"]) == (0, [], [])


def test_a_page_of_the_register(issued: Sogoc, keys: dict[str, Path], tmp_path: Path) -> None:
    """Person, then seal, both elsewhere; what is done lies in the folder."""
    code, folder = live_line(issued)["code"], tmp_path / "out"
    form = ("--format", "register-page")
    (asked,) = issued.run("keys", "prepare", code, *form, "-o", str(folder)).data["requests"]
    sign(keys["person"], asked, folder)
    (further,) = issued.run("keys", "assemble", str(folder)).data["further"]
    assert (further["stage"], further["document"]) == ("seal", asked["document"])
    waiting = issued.run("originals", "pending").data["at_devices"]
    assert [each["document"] for each in waiting] == [asked["document"]]
    sign(keys["person"], further, folder)
    wrong = issued.run("keys", "assemble", str(folder))
    assert (wrong.code, wrong.data["refused"][0]["code"]) == (1, "signature_token_refused")
    sign(keys["seal"], further, folder)
    done = issued.run("keys", "assemble", str(folder))
    (made,) = done.data["assembled"]
    assert (done.code, made["role"], made["number"]) == (0, "page", asked["document"])
    said = run(["pdfsig", "-nocert", made["file"]]).stdout.decode()
    assert said.count("Signature is Valid.") == 2
    assert issued.run("paper", "show", made["number"]).data["status"] == "current"
    assert issued.run("keys", "prepare", code, *form, "-o", str(folder)).data["requests"] == []
    kind = live_line(issued)["kind"]
    book = ("--book", CENTRE, kind, "2025")
    others = issued.run("keys", "prepare", *book, "-o", str(folder)).data["requests"]
    lines = issued.lines("register", "export", "--issuer", CENTRE, "--kind", kind)
    count = sum(each["issued_on"].startswith("2025") for each in lines)
    assert len(others) == -(-count // 12) - 1  # of its pages of twelve lines one is made
    assert asked["document"] not in {each["document"] for each in others}
    assert issued.run("verify", made["file"]).data["verdict"] == "valid"


@pytest.fixture
def ministry(issued: Sogoc, tmp_path: Path) -> Path:
    """The Ministry's key, which only openssl has; its public half is recorded."""
    key = tmp_path / "bo.pem"
    run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)])
    from sogoc.kernel.multikey import Multikey

    private = load_pem_private_key(key.read_bytes(), None)
    assert isinstance(private, Ed25519PrivateKey)
    public = str(Multikey.of(private.public_key()))
    taken = issued.run("keys", "record-issuer", "--org", "bo-gddt", "--public-key", public)
    assert taken.code == 0, taken.err
    run(["openssl", "pkey", "-in", str(key), "-pubout", "-out", str(key.with_suffix(".pub"))])
    return key


def state(key: Path, folder: Path, body: str) -> None:
    to_sign, signature = folder / f"{body}.bin", folder / f"{body}.sig"
    run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", to_sign, "-out", signature])


def test_the_ministry_signs_statements_elsewhere(
    issued: Sogoc, ministry: Path, tmp_path: Path
) -> None:
    """Another key's, what was altered, what holds no more, what is too old: refused and left."""
    code, folder = live_line(issued)["code"], tmp_path / "bo"
    file, bundle = tmp_path / "c.json", tmp_path / "trust.json"
    assert issued.run("document", code, "--format", "vc", "-o", str(file)).code == 0
    early = issued.run("trust", "export", "-o", str(bundle))
    assert early.data["error"]["code"] == "authority_statement_missing"
    prepared = issued.run("trust", "prepare", CENTRE, SO, "-o", str(folder))
    assert [each["body"] for each in prepared.data["prepared"]] == [CENTRE, SO]
    stranger = tmp_path / "x.pem"
    run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(stranger)])

    def assembled() -> tuple[int, list[str], list[str]]:
        done = issued.run("trust", "assemble", str(folder))
        return done.code, done.data["taken"], [each["code"] for each in done.data["refused"]]

    assert assembled() == (0, [], [])
    state(ministry, folder, SO)
    state(stranger, folder, CENTRE)
    assert assembled() == (1, [SO], ["authority_signature"])
    to_sign = folder / f"{CENTRE}.bin"
    good = to_sign.read_bytes()
    to_sign.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    state(ministry, folder, CENTRE)
    assert assembled() == (1, [], ["authority_signature"])
    to_sign.write_bytes(good)
    state(ministry, folder, CENTRE)
    signature = (folder / f"{CENTRE}.sig").read_bytes()
    assert assembled() == (0, [CENTRE], [])
    assert openssl_verifies(ministry, good, signature, tmp_path)
    assert not openssl_verifies(ministry, good[:-1] + b"!", signature, tmp_path)
    (folder / f"{CENTRE}.sig").write_bytes(signature)
    assert assembled() == (1, [], ["authority_not_prepared"])
    (folder / f"{CENTRE}.sig").unlink()

    assert issued.run("trust", "export", "-o", str(bundle)).code == 0
    judged = issued.run("verify", str(file), "--bundle", str(bundle))
    assert judged.data["verdict"] == "valid", judged.data
    text = bundle.read_text("utf-8")
    for old, new in (('"mayIssue"', '"mayIssues"'), ('"validFrom": "2025', '"validFrom": "2024')):
        bundle.write_text(text.replace(old, new), "utf-8")
        assert bundle.read_text("utf-8") != text
        judged = issued.run("verify", str(file), "--bundle", str(bundle))
        assert judged.code != 0 or judged.data["verdict"] != "valid"


def test_a_statement_that_changed_or_lapsed(issued: Sogoc, ministry: Path, tmp_path: Path) -> None:
    folder, changes = tmp_path / "bo", tmp_path / "dinh-chi.csv"
    prepare = ("trust", "prepare", CENTRE, "-o", str(folder))

    def refused() -> list[str]:
        done = issued.run("trust", "assemble", str(folder))
        assert (done.code, done.data["taken"]) == (1, [])
        return [each["code"] for each in done.data["refused"]]

    assert issued.run(*prepare).code == 0
    state(ministry, folder, CENTRE)
    changes.write_text(
        "record,code,subject,valid_from,valid_until,decision_number,reason\n"
        f"suspension,{CENTRE},trung_tam_sat_hach,2025-05-01,2025-05-20,12/QĐ,Thiếu phòng máy\n",
        "utf-8",
    )
    brought = issued.run("org", "import", str(changes))
    assert brought.code == 0, brought.out + brought.err
    assert refused() == ["authority_request_changed"]
    assert (folder / f"{CENTRE}.sig").exists()
    assert issued.run(*prepare).code == 0
    assert not (folder / f"{CENTRE}.sig").exists()
    state(ministry, folder, CENTRE)
    run([sys.executable, "-c", ANOTHER_DAY], env=issued.environment)
    assert refused() == ["authority_request_lapsed"]
    assert issued.run(*prepare).code == 0
    state(ministry, folder, CENTRE)
    assert issued.run("trust", "assemble", str(folder)).data["taken"] == [CENTRE]


def openssl_verifies(key: Path, message: bytes, signature: bytes, folder: Path) -> bool:
    text, made = folder / "message", folder / "signature"
    text.write_bytes(message)
    made.write_bytes(signature)
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key.with_suffix(".pub"),
         "-in", text, "-sigfile", made],
        capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0
