"""XML signed as XAdES B-B, read so that nothing is left to interpret.

A document is one element of a form known beforehand, whose last child is the one signature over all
of it: no entities, comments or instructions, no attribute or text that the form does not name, no
`Id` but those of the signature. So the element that is signed is the one that is read, and nothing
can be wrapped, moved or hidden. Canonical form is inclusive C14N; 1.0 and 1.1 differ in `xml:`
attributes alone, which no form has. Source: W3C XML Signature 1.1, ETSI EN 319 132-1.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from sogoc.kernel.cms_check import load_certificate
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
C14N: Final = "http://www.w3.org/2006/12/xml-c14n11"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
ALGORITHMS: Final = {
    "ecdsa-p256-sha256": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "rsa-pkcs1-sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
}
"""Algorithm of a key → its name in XML Signature."""

LONGEST: Final = 2_000_000
"""Bytes of a document that are read."""
_MOST_CERTIFICATES: Final = 5
_P256_SIZE: Final = 64
_MOST_ATTRIBUTES: Final = 5_000
"""In a whole document; the work of a parser grows with the square of those of one element."""
_ATTRIBUTE: Final = re.compile(rb"=\s*[\"']")


class XmlError(Error):
    """A document that is not of the form it has to be."""


class SignatureError(Error):
    """A signature, well formed, that is false."""


@dataclass(frozen=True, slots=True)
class Form:
    """What an element may hold: children in order with how often, or text, never both.

    `attributes` → the one value allowed, or None for any; those in `may` can be left out.
    """

    children: tuple[tuple[str, int, int, Form], ...] = ()
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    may: frozenset[str] = frozenset()
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it stands, before anything of it is believed."""

    info: bytes
    value: bytes
    method: str
    digests: tuple[str, str]
    certificates: tuple[x509.Certificate, ...]
    certificate_digests: tuple[str, ...]
    signed_at: str


def text_form(**attributes: str | None) -> Form:
    """Return the form of an element of text with these attributes, all of them needed."""
    return Form(attributes=attributes, is_text=True)


def _ds(tag: str, form: Form, least: int = 1, most: int = 1) -> tuple[str, int, int, Form]:
    return f"{{{DS}}}{tag}", least, most, form


def _xades(tag: str, form: Form, most: int = 1) -> tuple[str, int, int, Form]:
    return f"{{{XADES}}}{tag}", 1, most, form


def _method(algorithm: str | None) -> Form:
    return Form(attributes={"Algorithm": algorithm})


def _reference(transforms: Sequence[str], **attributes: str) -> Form:
    steps = tuple(_ds("Transform", _method(each)) for each in transforms)
    return Form(
        (_ds("Transforms", Form(steps)), *_DIGEST),
        attributes=attributes,
    )


_DIGEST: Final = (_ds("DigestMethod", _method(SHA256)), _ds("DigestValue", text_form()))
_PROPERTIES: Final = Form(
    (
        _xades(
            "SignedSignatureProperties",
            Form(
                (
                    _xades("SigningTime", text_form()),
                    _xades(
                        "SigningCertificateV2",
                        Form(
                            (
                                _xades(
                                    "Cert",
                                    Form((_xades("CertDigest", Form(_DIGEST)),)),
                                    most=_MOST_CERTIFICATES,
                                ),
                            )
                        ),
                    ),
                )
            ),
        ),
    ),
    attributes={"Id": "signed-properties"},
)
SIGNATURE_FORM: Final = Form(
    (
        _ds(
            "SignedInfo",
            Form(
                (
                    _ds("CanonicalizationMethod", _method(C14N)),
                    _ds("SignatureMethod", _method(None)),
                    _ds("Reference", _reference((ENVELOPED, C14N), URI="")),
                    _ds(
                        "Reference", _reference((C14N,), URI="#signed-properties", Type=PROPERTIES)
                    ),
                )
            ),
        ),
        _ds("SignatureValue", text_form()),
        _ds(
            "KeyInfo",
            Form(
                (
                    _ds(
                        "X509Data",
                        Form((_ds("X509Certificate", text_form(), most=_MOST_CERTIFICATES),)),
                    ),
                )
            ),
        ),
        _ds(
            "Object",
            Form(
                (
                    _xades(
                        "QualifyingProperties",
                        Form(
                            (_xades("SignedProperties", _PROPERTIES),),
                            attributes={"Target": "#signature"},
                        ),
                    ),
                )
            ),
        ),
    ),
    attributes={"Id": "signature"},
)
"""The one signature a document has; it stands last in the root."""


def parse(data: bytes) -> etree._Element:
    """Return the root of a document: UTF-8, elements and text alone. Raises `XmlError`.

    There is no `<!` in what we read, so no DOCTYPE, entity, comment or CDATA section, and no
    instruction but the declaration: nothing to expand, fetch or overlook.
    """
    if len(data) > LONGEST:
        raise _malformed("length")
    try:
        data.decode()
    except UnicodeError:
        raise _malformed("encoding") from None
    body = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"<!" in body or body.count(b"<?") > body.startswith(b"<?xml "):
        raise _malformed("markup")
    if sum(1 for _ in _ATTRIBUTE.finditer(body)) > _MOST_ATTRIBUTES:
        raise _malformed("attributes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _malformed("xml") from None
    said = root.getroottree().docinfo
    if said.encoding not in {None, "UTF-8", "utf-8"} or said.xml_version != "1.0":
        raise _malformed("encoding")
    return root


def require_form(element: etree._Element, form: Form) -> None:
    """Check an element and all within against a form. Raises `XmlError` with the place."""
    name = str(element.tag).rpartition("}")[2]
    for attribute, value in element.attrib.items():
        allowed = form.attributes.get(str(attribute), "")
        if attribute not in form.attributes or allowed not in {None, value}:
            raise _malformed(f"{name}/@{attribute}")
    if missing := form.attributes.keys() - form.may - set(map(str, element.attrib)):
        raise _malformed(f"{name}/@{min(missing)}")
    above = element.getparent()
    default = (element if above is None else above).nsmap.get(None)
    if not element.nsmap.items() <= {None: default, "ds": DS, "xades": XADES}.items():
        raise _malformed(f"{name}/@xmlns")
    if element.text and not form.is_text:
        raise _malformed(name)
    children = list(element)
    at = 0
    for tag, least, most, inner in form.children:
        count = 0
        while at < len(children) and count < most and children[at].tag == tag:
            if children[at].tail:
                raise _malformed(name)
            require_form(children[at], inner)
            at, count = at + 1, count + 1
        if count < least:
            raise _malformed(f"{name}/{tag.rpartition('}')[2]}")
    if at != len(children):
        raise _malformed(f"{name}/{str(children[at].tag).rpartition('}')[2]}")


def canonical(element: etree._Element) -> bytes:
    """Return an element as inclusive C14N has it.

    Namespaces of the elements around it belong to it; comments do not.
    """
    alone = etree.Element(element.tag, dict(element.attrib), nsmap=element.nsmap)
    alone.text = element.text
    alone.extend(deepcopy(child) for child in element)
    data: bytes = etree.tostring(alone, method="c14n", exclusive=False, with_comments=False)
    return data


def digest(data: bytes) -> str:
    """Return the SHA-256 in base64, as `DigestValue` has it."""
    return base64.b64encode(sha256(data).digest()).decode()


def strict_base64(text: str | None) -> bytes:
    """Return what a text in base64 says; it has one spelling. Raises `XmlError`."""
    try:
        data = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        raise _malformed("base64") from None
    if base64.b64encode(data).decode() != text:
        raise _malformed("base64")
    return data


def read_signature(root: etree._Element) -> Signature:
    """Return the signature of a document whose form has been checked. Raises `XmlError`."""
    signature = root[-1]
    info, value, key_info, holder = signature
    method = info[1].get("Algorithm", "")
    if method not in ALGORITHMS.values():
        raise _malformed("SignatureMethod")
    (signing,) = holder[0][0]
    time, certs = signing
    try:
        certificates = tuple(load_certificate(strict_base64(each.text)) for each in key_info[0])
    except ValueError:
        raise _malformed("X509Certificate") from None
    digests = [info[2][-1].text, info[3][-1].text, *(each[0][1].text for each in certs)]
    for each in digests:
        strict_base64(each)
    return Signature(
        canonical(info),
        strict_base64(value.text),
        method,
        (str(digests[0]), str(digests[1])),
        certificates,
        tuple(map(str, digests[2:])),
        time.text or "",
    )


def verify_signature(root: etree._Element, signature: Signature) -> None:
    """Check that the signature is of all of the document and of its certificates.

    Whose the certificate is, is not judged here. Raises `SignatureError`.
    """
    content = deepcopy(root)
    content.remove(content[-1])
    properties = root[-1][-1][0][0]
    if signature.digests != (digest(canonical(content)), digest(canonical(properties))):
        raise _false("xml_digest")
    told = tuple(digest(each.public_bytes(Encoding.DER)) for each in signature.certificates)
    if signature.certificate_digests != told:
        raise _false("xml_certificate")
    try:
        key = signature.certificates[0].public_key()
        if isinstance(key, rsa.RSAPublicKey) and "rsa" in signature.method:
            key.verify(signature.value, signature.info, padding.PKCS1v15(), hashes.SHA256())
        elif (
            isinstance(key, ec.EllipticCurvePublicKey)
            and isinstance(key.curve, ec.SECP256R1)
            and "ecdsa" in signature.method
            and len(signature.value) == _P256_SIZE
        ):
            half = _P256_SIZE // 2
            r, s = (
                int.from_bytes(part, "big")
                for part in (signature.value[:half], signature.value[half:])
            )
            key.verify(encode_dss_signature(r, s), signature.info, ec.ECDSA(hashes.SHA256()))
        else:
            raise _false("xml_key")
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise _false("xml_signature") from None


def _malformed(part: str) -> XmlError:
    return XmlError(
        "xml_malformed",
        Text("Tệp XML không đúng dạng.", "The XML is not of the form it has to be."),
        part=part[:200],
    )


def _false(code: str) -> SignatureError:
    return SignatureError(code, Text("Chữ ký số không khớp.", "The signature does not fit."))
