"""Every way of cheating with a signed line in XML, and its verdict."""

from __future__ import annotations

import base64
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sogoc.credentials.documents import xml_issuing
from sogoc.kernel import merkle
from sogoc.kernel.notes import SignerKey
from sogoc.kernel.pdf_check import spki_hash
from sogoc.verifier.api import Result, judge, signed_xml
from sogoc.verifier.register_xml import judge as judge_xml
from tests.papers import ECDSA
from tests.verifier.making import AT, BASE, BODY, NOW, entry
from tests.verifier.making_xml import LINE, XmlWorld, committed, office, q
from tests.verifier.test_credential import says

DAY = timedelta(days=1)
FAIL, UNKNOWN, PASS = Result.FAIL, Result.UNKNOWN, Result.PASS
DS = f"{{{signed_xml.DS}}}"


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


def test_seal_of_another_body_is_unknown() -> None:
    """It may keep the register of the issuer, which the bundle does not say."""
    says(XmlWorld(key={"organisation": "truong-khac"}).report(), "unknown", certificate=UNKNOWN)


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


def trust_of(bundle: dict[str, Any]) -> Any:
    import json

    from sogoc.verifier.api import Trust

    return Trust.parse(json.dumps(bundle).encode())


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


def lies() -> dict[str, Callable[[etree._Element], object]]:
    """What the seal itself may sign although the log holds something else."""

    def text(path: str, said: str) -> Callable[[etree._Element], object]:
        return lambda root: setattr(root.find(q(path)), "text", said)

    def attribute(path: str, name: str, said: str) -> Callable[[etree._Element], object]:
        return lambda root: root.find(q(path)).set(name, said)

    def without(path: str) -> Callable[[etree._Element], object]:
        def drop(root: etree._Element) -> None:
            found = root.find(q(path))
            found.getparent().remove(found)

        return drop

    texts = {
        "Code": "SG-0000-0000-0000-0000-00", "Act": "legacy", "Kind": "bang_thpt",
        "EntryNumber": "13/2025", "Serial": "A 0002", "IssuedOn": "2025-04-11",
        "LeafHash": "0" * 64, "Signatory/Name": "Khác", "Holder/FullName": "Y Bhăm Niế",
        "Holder/BirthDate": "1991-02-03", "Holder/BirthText": "4/2/1990",
        "Holder/BirthPlace": "Huế", "Holder/Sex": "Nữ", "Holder/Ethnicity": "Kinh",
        "Holder/Nationality": "Lào", "Holder/PersonalId": "012345678902", "Holder/Detail": "Giỏi",
    }  # fmt: skip
    attributes = {
        ("Issuer", "code"): "truong-khac", ("Book", "kind"): "khac", ("Book", "year"): "2024",
        ("Book", "live"): "false", ("Book", "sequence"): "2", ("Decision", "number"): "16/QĐ",
        ("Decision", "date"): "2025-04-08", ("Source", "file"): "x.xlsx",
        ("Source", "row"): "8", ("Source", "sheet"): "Sheet2", ("Holder/Detail", "name"): "hạng",
    }  # fmt: skip
    gone = (
        "EntryNumber", "Serial", "Signatory", "Signatory/Title", "Decision", "Source",
        "Holder/BirthDate", "Holder/BirthText", "Holder/Sex", "Holder/PersonalId", "Holder/Detail",
    )  # fmt: skip
    found = {f"{path}={said}": text(path, said) for path, said in texts.items()}
    found |= {f"{p}/@{n}={v}": attribute(p, n, v) for (p, n), v in attributes.items()}
    return found | {f"no {path}": without(path) for path in gone}


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


# --- wrapping: the element that is signed is the one that is read ------------------------------

WHOLE = XmlWorld().xml()
TRUST = XmlWorld().trust()


def liar() -> etree._Element:
    """The line with another name, unsigned, beside the signed one to be put somewhere."""
    root = etree.fromstring(XmlWorld(change=lies()["Holder/FullName=Y Bhăm Niế"]).xml())
    root.remove(root[-1])
    return root


def wrap_original_in_object() -> etree._Element:
    """The classic one: the genuine line hides in the signature, another stands in its place."""
    good, bad = etree.fromstring(WHOLE), liar()
    signature = good[-1]
    good.remove(signature)
    good.set("Id", "original")
    etree.SubElement(signature, f"{DS}Object").append(good)
    signature[0][2].set("URI", "#original")
    bad.append(signature)
    return bad


def wrap_signature_moved() -> etree._Element:
    bad, good = liar(), etree.fromstring(WHOLE)
    bad.append(good)  # the signed line whole inside another
    return bad


def wrap_two_signatures() -> etree._Element:
    root = etree.fromstring(WHOLE)
    root.append(deepcopy(root[-1]))
    return root


def wrap_properties() -> etree._Element:
    """Genuine properties under another Id; others with a better time where they are read."""
    root = etree.fromstring(WHOLE)
    qualifying = root[-1][-1][0]
    genuine = deepcopy(qualifying[0])
    qualifying[0][0][0].text = "2025-04-10T10:00:00+07:00"
    etree.SubElement(root[-1], f"{DS}Object").append(genuine)
    return root


def wrap_outside() -> etree._Element:
    outer = etree.Element(q("Register"), nsmap={None: "urn:sogoc:register-line:1"})
    outer.append(etree.fromstring(WHOLE))
    return outer


def wrap_no_transform() -> etree._Element:
    root = etree.fromstring(WHOLE)
    transforms = root[-1][0][2][0]
    transforms.append(
        etree.SubElement(
            transforms, f"{DS}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"
        )
    )
    return root


def wrap_reference_less() -> etree._Element:
    root = etree.fromstring(WHOLE)
    info = root[-1][0]
    info.remove(info[2])
    return root


WRAPS = [
    wrap_original_in_object, wrap_signature_moved, wrap_two_signatures, wrap_properties,
    wrap_outside, wrap_no_transform, wrap_reference_less,
]  # fmt: skip


@pytest.mark.parametrize("wrap", WRAPS, ids=lambda f: str(f.__name__))
def test_wrapped_signatures_are_invalid(wrap: Callable[[], etree._Element]) -> None:
    data = etree.tostring(wrap(), xml_declaration=True, encoding="UTF-8")
    says(judge(data, TRUST, NOW), "invalid", document=FAIL)


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><a>&b;</a>',
        WHOLE.replace(b"<Code>", b"<!-- x --><Code>"),
        WHOLE.replace(b"<Code>", b"<?x y?><Code>"),
        WHOLE.replace("Y Bhăm Niê".encode(), "<![CDATA[Y Bhăm Niê]]>".encode()),
        WHOLE.replace("Y Bhăm Niê".encode(), b"&name;"),
        WHOLE.replace(b"<RegisterLine", b'<?xml-stylesheet href="x"?><RegisterLine'),
        WHOLE + b"<!-- x -->",
        WHOLE + b"x",
        WHOLE.decode().encode("utf-16"),
        WHOLE.replace(b"UTF-8", b"latin1"),
        b"<" * 100_000,
        b"<a>" * 100_000,
        b"<a" + b" x" * 100_000,
        b"<",
        b"<?xml",
        b"<a>\xff</a>",
        b"<a>" + b"x" * 3_000_000 + b"</a>",
    ],
)  # fmt: skip
def test_markup_that_is_not_read(data: bytes) -> None:
    assert judge_xml(data, TRUST, NOW).verdict == "invalid"
    assert judge(data, TRUST, NOW).verdict == "invalid"


def test_lines_of_others() -> None:
    assert judge(b"<a/>", TRUST, NOW).verdict == "unknown"
    theirs = WHOLE.replace(BASE.encode(), b"so.other")
    assert judge(theirs, TRUST, NOW).verdict == "unknown"
    unsigned = b'<RegisterLine xmlns="urn:sogoc:register-line:1" version="1"/>'
    assert judge(unsigned, TRUST, NOW).verdict == "invalid"
    assert judge(b'<Register xmlns="urn:sogoc:register-line:1"/>', TRUST, NOW).verdict == "invalid"


def test_other_keys_and_algorithms() -> None:
    """A value made otherwise, or by somebody whose certificate was put in."""
    root = etree.fromstring(WHOLE)
    certificate = root[-1][2][0][0]
    certificate.text = base64.b64encode(
        office().person.certificate.public_bytes(signed_xml.Encoding.DER)
    ).decode()
    assert judged(root) == ("invalid", FAIL)
    root = etree.fromstring(WHOLE)
    root[-1][0][1].set("Algorithm", signed_xml.ALGORITHMS["rsa-pkcs1-sha256"])
    assert judged(root) == ("invalid", FAIL)
    for value in (b"", b"\0" * 64, b"\xff" * 64, b"x" * 63):
        root = etree.fromstring(WHOLE)
        root[-1][1].text = base64.b64encode(value).decode()
        assert judged(root) == ("invalid", FAIL if value else None)
    for method in ("hmac-sha256", "ecdsa-sha1", "none"):
        root = etree.fromstring(WHOLE)
        root[-1][0][1].set("Algorithm", f"http://www.w3.org/2001/04/xmldsig-more#{method}")
        assert judge(etree.tostring(root), TRUST, NOW).verdict == "invalid"


def judged(root: etree._Element) -> tuple[str, Result | None]:
    report = judge(etree.tostring(root, encoding="UTF-8"), TRUST, NOW)
    return report.verdict.value, report.result_of("signature")


# --- whatever the bytes are --------------------------------------------------------------------


def is_same(data: bytes) -> bool:
    """Whether a file says exactly what the genuine one says: only quotes and blanks in tags."""
    try:
        read = etree.fromstring(data)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return etree.tostring(read, method="c14n") == etree.tostring(
        etree.fromstring(WHOLE), method="c14n"
    )


@settings(max_examples=400)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_one_byte_changed_anywhere_is_invalid(at: int, change: int) -> None:
    altered = bytearray(WHOLE)
    altered[at] ^= change
    verdict = judge_xml(bytes(altered), TRUST, NOW).verdict
    assert verdict == "invalid" or (verdict == "valid" and is_same(bytes(altered)))


@settings(max_examples=100)
@given(st.integers(0, len(WHOLE) - 1))
def test_file_cut_anywhere_is_invalid(at: int) -> None:
    assert judge_xml(WHOLE[:at], TRUST, NOW).verdict == "invalid"
    assert judge_xml(WHOLE[at:], TRUST, NOW).verdict == "invalid" or at == 0


@settings(max_examples=100)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=40))
def test_bytes_put_in_anywhere_are_invalid(at: int, put_in: bytes) -> None:
    data = WHOLE[:at] + put_in + WHOLE[at:]
    verdict = judge_xml(data, TRUST, NOW).verdict
    assert verdict == "invalid" or (verdict == "valid" and is_same(data))


ELEMENTS = sum(1 for _ in etree.fromstring(WHOLE).iter())
ATTRIBUTES = sum(len(each.attrib) for each in etree.fromstring(WHOLE).iter())
OTHERS = ["", "x", "0", "true", "\N{THAI DIGIT ONE}", "9" * 400, "null", "AA==", "[]", "\n", "É"]


@settings(max_examples=150)
@given(st.integers(0, ELEMENTS - 1), st.sampled_from(["out", "twice", "empty", "renamed"]))
def test_any_element_changed_is_invalid(at: int, how: str) -> None:
    root = etree.fromstring(WHOLE)
    element = list(root.iter())[at]
    parent = element.getparent()
    if how == "renamed":
        element.tag = f"{{urn:x}}{element.tag.rpartition('}')[2]}"
    elif how == "empty":
        if not len(element) and not element.text:
            return
        element.text = None
        for each in list(element):
            element.remove(each)
    elif parent is not None:
        if how == "out":
            parent.remove(element)
        else:
            element.addnext(deepcopy(element))
    else:
        return
    assert judge_xml(etree.tostring(root, encoding="UTF-8"), TRUST, NOW).verdict == "invalid"


@settings(max_examples=150)
@given(st.integers(0, ELEMENTS - 1), st.sampled_from(OTHERS))
def test_any_text_replaced_is_invalid(at: int, other: str) -> None:
    root = etree.fromstring(WHOLE)
    element = list(root.iter())[at]
    if (element.text or "") == other:
        return
    element.text = other
    assert judge_xml(etree.tostring(root, encoding="UTF-8"), TRUST, NOW).verdict == "invalid"


@settings(max_examples=150)
@given(st.integers(0, ATTRIBUTES - 1), st.sampled_from([None, *OTHERS]))
def test_any_attribute_replaced_or_left_out_is_invalid(at: int, other: str | None) -> None:
    root = etree.fromstring(WHOLE)
    element, name = [(each, n) for each in root.iter() for n in each.attrib][at]
    if element.get(name) == other:
        return
    if other is None:
        del element.attrib[name]
    else:
        element.set(name, other)
    assert judge_xml(etree.tostring(root, encoding="UTF-8"), TRUST, NOW).verdict == "invalid"


@settings(max_examples=150)
@given(st.integers(0, ELEMENTS - 1), st.sampled_from(OTHERS), st.booleans())
def test_the_seal_signs_nonsense(at: int, other: str, is_text: bool) -> None:
    """However the line deviates, properly signed: only the issuer's name is the seal's word."""
    hit: list[str] = []

    def change(root: etree._Element) -> None:
        elements = list(root.iter())
        element = elements[at % len(elements)]
        before = etree.tostring(root)
        if is_text:
            element.text = other
        elif element.attrib:
            element.set(element.attrib.keys()[0], other)
        else:
            element.tag = q("X")
        if etree.tostring(root, method="c14n") != etree.tostring(
            etree.fromstring(before), method="c14n"
        ):
            hit.append(etree.QName(element).localname)

    verdict = judge_xml(XmlWorld(change=change).xml(), TRUST, NOW).verdict
    assert verdict == "invalid" or (verdict == "valid" and hit in ([], ["Issuer"]))


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_have_a_verdict(data: bytes) -> None:
    assert judge_xml(data, TRUST, NOW).verdict in {"invalid", "unknown"}
    assert judge_xml(b"<" + data, TRUST, NOW).verdict in {"invalid", "unknown"}


def test_written_otherwise_it_is_the_same_line() -> None:
    """Other tools write quotes and declarations their way; the content is what is signed."""
    other = etree.tostring(etree.fromstring(WHOLE), encoding="UTF-8", xml_declaration=False)
    assert other != WHOLE
    says(judge(other, TRUST, NOW), "valid")
    assert BODY in other.decode()


def certified(name: str, key: Any, issuer: str, issuer_key: Any, *, is_ca: bool) -> Any:
    x509 = signed_xml.x509

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
        .sign(issuer_key, signed_xml.hashes.SHA256())
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
    how = [padding.PKCS1v15(), signed_xml.hashes.SHA256()] if "rsa" in algorithm else [ECDSA]
    data = xml_issuing.finish(line, own_key.sign(message, *how), algorithm)
    bundle = XmlWorld().bundle()
    bundle["certificates"]["roots"] = [root.public_bytes(signed_xml.Encoding.PEM).decode()]
    bundle["certificates"]["keys"][0]["spki_sha256"] = spki_hash(own).hex()
    trust = trust_of(bundle)
    assert len(etree.fromstring(data)[-1][2][0]) == 2
    says(judge(data, trust, NOW), "valid")
    alone = etree.fromstring(data)
    alone[-1][2][0].remove(alone[-1][2][0][1])
    says(judge(etree.tostring(alone), trust, NOW), "invalid", signature=FAIL)
    other = xml_issuing.finish(line, own_key.sign(message + b"x", *how), algorithm)
    says(judge(other, trust, NOW), "invalid", signature=FAIL)
