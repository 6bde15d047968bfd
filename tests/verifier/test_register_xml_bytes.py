"""Signed lines wrapped, altered and filled with anything: the element signed is the one read."""

from __future__ import annotations

import base64
from collections.abc import Callable
from copy import deepcopy

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sogoc.verifier.api import Result, judge, signed_xml
from sogoc.verifier.register_xml import judge as judge_xml
from tests.verifier.making import BASE, NOW
from tests.verifier.making_xml import TRUST, WHOLE, XmlWorld, lies, office, q
from tests.verifier.test_credential import says

FAIL = Result.FAIL
DS = f"{{{signed_xml.DS}}}"

# --- wrapping: the element that is signed is the one that is read ------------------------------


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
        office().person.certificate.public_bytes(Encoding.DER)
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
    rest = WHOLE[at:]  # without its declaration it says the same
    assert judge_xml(rest, TRUST, NOW).verdict == "invalid" or is_same(rest)


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
