"""Every way of cheating with what a signed line says in XML, and its verdict."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from sogoc.credentials.documents import xml_issuing
from sogoc.kernel import merkle
from sogoc.kernel.notes import SignerKey
from sogoc.kernel.pdf_check import spki_hash
from sogoc.verifier.api import Result, judge, signed_xml
from tests.papers import ECDSA
from tests.verifier.making import AT, BASE, BODY, NOW, entry
from tests.verifier.making_xml import (
    LINE,
    TRUST,
    WHOLE,
    XmlWorld,
    committed,
    lies,
    office,
    q,
    trust_of,
)
from tests.verifier.test_credential import says

DAY = timedelta(days=1)
FAIL, UNKNOWN, PASS = Result.FAIL, Result.UNKNOWN, Result.PASS


def test_good_line_is_valid_as_of_its_list() -> None:
    report = XmlWorld().report()
    says(report, "valid")
    assert (report.kind, report.as_of, report.is_development) == ("xml", AT, True)
    assert {check.name for check in report.checks} == {
        "document", "signature", "certificate", "inclusion", "consistency", "quorum",
        "authority", "status",
    }  # fmt: skip
    assert report.facts["full_name"] == "Y Bhăm Niê"
    assert report.facts["issuer_name"] == "Trường Mẫu theo Bộ"
    assert report.facts["authority"].startswith("khoản 2 Điều 17")


@pytest.mark.parametrize(
    "leave_out",
    ["entry_number", "serial", "signatory", "decision", "source"],
)
def test_what_a_line_may_lack(leave_out: str) -> None:
    line = {name: value for name, value in LINE.items() if name != leave_out}
    says(XmlWorld(line=line, fields=committed(line)).report(), "valid")


def test_a_holder_of_whom_little_is_known() -> None:
    for holder in (
        {"full_name": "Niê"},
        {"full_name": "Niê", "birth_text": "1990"},
        {"full_name": "Niê", "birth_date": "1990-02-03", "details": {}},
    ):
        line = {**LINE, "holder": holder}
        says(XmlWorld(line=line, fields=committed(line)).report(), "valid")


def test_old_register() -> None:
    line = {**LINE, "act": "legacy", "book": {**LINE["book"], "live": False}}
    world = XmlWorld(line=line, fields=committed(line), act="legacy")
    says(world.report(), "invalid", inclusion=FAIL)  # the leaf's book is a live one


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_revoked_and_suspended_copies(purpose: str) -> None:
    says(XmlWorld(status={purpose: [4242]}).report(), "invalid", status=FAIL)
    says(XmlWorld(status={purpose: [4241]}).report(), "valid")


def test_a_line_that_says_it_is_revoked() -> None:
    revoked = {"code": LINE["code"], "date": "2025-05-01", "reason": "sai đối tượng"}
    line = {**LINE, "status": "revoked", "revocation": revoked}
    says(XmlWorld(line=line).report(), "invalid", status=FAIL)
    for each in ({**LINE, "status": "revoked"}, {**LINE, "revocation": revoked}):
        says(XmlWorld(line=each).report(), "invalid", document=FAIL)


def test_stale_and_unreachable_lists_are_unknown() -> None:
    old = XmlWorld(list_from=AT - 2 * DAY, list_until=AT - DAY)
    says(old.report(), "unknown", status=UNKNOWN)
    world = XmlWorld()
    trust = replace(world.trust(), status_lists={})
    says(judge(world.xml(), trust, NOW), "unknown", status=UNKNOWN)


@pytest.mark.parametrize(
    "key",
    [
        {"valid_until": AT},
        {"valid_from": AT + timedelta(seconds=1)},
        {"compromised_at": NOW + DAY},
        {"purpose": "person"},
    ],
)
def test_key_outside_of_its_period_or_of_another_purpose(key: dict[str, Any]) -> None:
    says(XmlWorld(key=key).report(), "invalid", certificate=FAIL)


def test_seal_of_another_body() -> None:
    """It must keep the register of the issuer; a bundle that does not say who does leaves it open,
    and so does one older than the signature.
    """
    world = XmlWorld(key={"organisation": "truong-khac"})
    says(world.report(), "invalid", certificate=FAIL)
    bundle = world.bundle()
    step = {"of": BODY, "by": "phong-x", "since": "2024-01-01"}
    bundle["certificates"]["custody"] = [step, {**step, "of": "phong-x", "by": "truong-khac"}]
    says(judge(world.xml(), trust_of(bundle), NOW), "valid")
    bundle["certificates"]["custody"][1]["since"] = "2025-04-11"  # the day after
    says(judge(world.xml(), trust_of(bundle), NOW), "invalid", certificate=FAIL)
    del bundle["certificates"]["custody"]
    says(judge(world.xml(), trust_of(bundle), NOW), "unknown", certificate=UNKNOWN)
    later = XmlWorld(key={"organisation": "truong-khac"}, signed_at=AT + timedelta(minutes=30))
    says(later.report(), "unknown", certificate=UNKNOWN)


def test_seal_nobody_knows() -> None:
    says(XmlWorld(signatory=office().person).report(), "invalid", certificate=FAIL)
    later = XmlWorld(signatory=office().person, signed_at=AT + timedelta(minutes=30))
    says(later.report(), "unknown", certificate=UNKNOWN)


def test_certificate_of_an_authority_nobody_knows() -> None:
    world = XmlWorld()
    bundle = world.bundle()
    bundle["certificates"]["roots"] = []
    says(judge(world.xml(), trust_of(bundle), NOW), "unknown", certificate=UNKNOWN)
    del bundle["certificates"]
    says(judge(world.xml(), trust_of(bundle), NOW), "unknown", certificate=UNKNOWN)


def test_certificate_revoked_or_not_in_force_at_signing() -> None:
    serial = office().seal.certificate.serial_number
    says(XmlWorld(revoked={serial: AT - DAY}).report(), "invalid", certificate=FAIL)
    says(XmlWorld(revoked={serial: NOW}).report(), "valid")
    before = office().seal.certificate.not_valid_before_utc - DAY
    report = XmlWorld(signed_at=before).report()
    assert (report.verdict, report.result_of("certificate")) == ("invalid", FAIL)


def test_signed_before_the_day_of_issue_or_after_the_check() -> None:
    assert XmlWorld(signed_at=AT - 2 * DAY).report().result_of("certificate") is FAIL
    says(XmlWorld().report(AT - timedelta(minutes=1)), "unknown", certificate=UNKNOWN,
         status=UNKNOWN)  # fmt: skip


def test_issuer_without_authority_on_that_day() -> None:
    says(XmlWorld(may_issue=[]).report(), "invalid", authority=FAIL)
    ended = [entry("allowed", "2020-01-01", "2025-04-10")]
    says(XmlWorld(may_issue=ended).report(), "invalid", authority=FAIL)
    says(XmlWorld(may_issue=[entry("review", "2020-01-01", None)]).report(), "unknown",
         authority=UNKNOWN)  # fmt: skip


def test_another_log_a_rolled_back_checkpoint_too_few_witnesses() -> None:
    other = XmlWorld(log=SignerKey("log.elsewhere/2025", b"l" * 32))
    says(other.report(), "invalid", inclusion=FAIL)
    says(XmlWorld(log=SignerKey(f"{BASE}/2025", b"x" * 32)).report(), "invalid", inclusion=FAIL)
    rolled = {5: merkle.leaf_hash(b"another root"), 9: merkle.leaf_hash(b"newer")}
    says(XmlWorld(published=rolled).report(), "invalid", consistency=FAIL)
    says(XmlWorld(published={4: b"4" * 32}).report(), "unknown", consistency=UNKNOWN)
    says(XmlWorld(cosigners=()).report(), "invalid", quorum=FAIL)


@pytest.mark.parametrize(
    "world",
    [
        XmlWorld(leaf_issuer="truong-khac"),
        XmlWorld(act="revoke"),
        XmlWorld(fields={**committed(LINE), "kind": "bang_thpt"}),
        XmlWorld(fields={k: v for k, v in committed(LINE).items() if k != "birth"}),
        XmlWorld(fields={k: v for k, v in committed(LINE).items() if k != "sex"}),
        XmlWorld(fields={**committed(LINE), "provenance": "no list"}),
    ],
)
def test_leaf_of_something_else(world: XmlWorld) -> None:
    says(world.report(), "invalid", inclusion=FAIL)


@pytest.mark.parametrize("name", lies())
def test_seal_under_another_content(name: str) -> None:
    report = XmlWorld(change=lies()[name]).report()
    assert (report.verdict, report.result_of("inclusion")) == ("invalid", FAIL)
    assert report.result_of("signature") is PASS


def shapes() -> dict[str, Callable[[etree._Element], object]]:
    """Deviations of form, signed by the seal all the same."""

    def add(path: str, tag: str, **attributes: str) -> Callable[[etree._Element], object]:
        return lambda root: etree.SubElement(
            root.find(q(path)) if path else root, tag, **attributes
        )

    def twice(path: str) -> Callable[[etree._Element], object]:
        def double(root: etree._Element) -> None:
            found = root.find(q(path))
            found.addnext(deepcopy(found))

        return double

    return {
        "a remark": add("", q("Remark")),
        "of another namespace": add("", "{urn:x}Code"),
        "an Id": lambda root: root.set("Id", "x"),
        "a language": lambda root: root.set("{http://www.w3.org/XML/1998/namespace}lang", "vi"),
        "a name twice": twice("Holder/FullName"),
        "a proof twice": twice("Proof"),
        "a detail twice": twice("Holder/Detail"),
        "a status less": lambda root: root.find(q("Proof")).remove(root.find(q("Proof"))[-1]),
        "statuses swapped": lambda root: root.find(q("Proof")).append(root.find(q("Proof"))[3]),
        "an index": lambda root: root.find(q("Proof"))[3].set("index", "04242"),
        "a list": lambda root: root.find(q("Proof"))[3].set("list", f"https://{BASE}/x"),
        "text between": lambda root: setattr(root.find(q("Code")), "tail", "x"),
        "blanks between": lambda root: setattr(root.find(q("Code")), "tail", "\n"),
        "text within": lambda root: setattr(root.find(q("Holder")), "text", "x"),
        "a child in a text": add("Code", q("Code")),
        "another version": lambda root: root.set("version", "2"),
        "a day in another form": lambda root: setattr(root.find(q("IssuedOn")), "text", "20250410"),
        "another leaf spelling": lambda root: setattr(
            root.find(q("Proof/Leaf")), "text", f"{root.find(q('Proof/Leaf')).text}\n"
        ),
        "an attribute": add("Proof", q("StatusEntry"), purpose="message", index="1", list="x"),
        "json that is none": lambda root: root.findall(q("Holder/Detail"))[1].attrib.pop("json"),
        "a status of its own": lambda root: setattr(root.find(q("Status")), "text", "VALID"),
        "a comment": lambda root: root.insert(0, etree.Comment("x")),
        "an instruction": lambda root: root.insert(0, etree.PI("x", "y")),
    }


@pytest.mark.parametrize("name", shapes())
def test_other_shapes_are_invalid(name: str) -> None:
    report = XmlWorld(change=shapes()[name]).report()
    assert report.verdict == "invalid"
    assert report.result_of("document") is FAIL or name == "json that is none"


def test_written_otherwise_it_is_the_same_line() -> None:
    """Other tools write quotes and declarations their way; the content is what is signed."""
    other = etree.tostring(etree.fromstring(WHOLE), encoding="UTF-8", xml_declaration=False)
    assert other != WHOLE
    says(judge(other, TRUST, NOW), "valid")
    assert BODY in other.decode()


def certified(name: str, key: Any, issuer: str, issuer_key: Any, *, is_ca: bool) -> Any:
    def named(text: str) -> Any:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - DAY)
        .not_valid_after(AT + DAY)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .sign(issuer_key, SHA256())
    )


@pytest.mark.parametrize("algorithm", signed_xml.ALGORITHMS)
def test_signed_under_an_authority_between(algorithm: str) -> None:
    """Certificates above the signer's go with it, signed; roots do not. RSA keys sign too."""
    root_key, middle_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    if "rsa" in algorithm:
        own_key = rsa.generate_private_key(65537, 2048)
    root = certified("root", root_key, "root", root_key, is_ca=True)
    middle = certified("middle", middle_key, "root", root_key, is_ca=True)
    own = certified("own", own_key, "middle", middle_key, is_ca=False)
    line = etree.fromstring(WHOLE)
    line.remove(line[-1])
    info = xml_issuing.add_signature(line, own, algorithm, AT.isoformat(), above=[middle, root])
    message = xml_issuing.canonical(info)
    how = [padding.PKCS1v15(), SHA256()] if "rsa" in algorithm else [ECDSA]
    data = xml_issuing.finish(line, own_key.sign(message, *how), algorithm)
    bundle = XmlWorld().bundle()
    bundle["certificates"]["roots"] = [root.public_bytes(Encoding.PEM).decode()]
    bundle["certificates"]["keys"][0]["spki_sha256"] = spki_hash(own).hex()
    trust = trust_of(bundle)
    assert len(etree.fromstring(data)[-1][2][0]) == 2
    says(judge(data, trust, NOW), "valid")
    alone = etree.fromstring(data)
    alone[-1][2][0].remove(alone[-1][2][0][1])
    says(judge(etree.tostring(alone), trust, NOW), "invalid", signature=FAIL)
    other = xml_issuing.finish(line, own_key.sign(message + b"x", *how), algorithm)
    says(judge(other, trust, NOW), "invalid", signature=FAIL)
