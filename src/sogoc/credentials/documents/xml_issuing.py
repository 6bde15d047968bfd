"""A register line as signed XML: XAdES B-B, inclusive C14N 1.1, by the seal of the body.

The signature is enveloped; what is signed is prepared and the token signs, as with papers. The
canonicalisation is inclusive, as exclusive C14N fails other readers. Source: ETSI EN 319 132-1.
"""

from __future__ import annotations

import base64
from copy import deepcopy
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.open_lines import line_json, line_xml
from sogoc.credentials.log.api import prove
from sogoc.credentials.register.api import show_line
from sogoc.credentials.signing import api as signing
from sogoc.people.api import Actor, acting, get_organisation, successor

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
C14N: Final = "http://www.w3.org/2006/12/xml-c14n11"
_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_ALGORITHMS: Final = {
    "ecdsa-p256-sha256": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "rsa-pkcs1-sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
}


def render_xml(request: Request) -> bytes:
    """Return the published line as signed XML. Raises `UnknownLine`, `LogError`, `KeyRefused`."""
    line = show_line(request.code, by=request.by)
    prove(request.home, base=request.base, leaf_hash=line.leaf_hash)
    me = Actor.system("documents")
    with acting(me):
        keeper = successor(line.issuer, "custody", request.at.date())
        body = get_organisation(line.issuer) if keeper is None else keeper
        key = signing.serving_key(
            organisation=body.code, purpose="seal", holder=body.name, at=request.at,
            home=request.home, is_playground=request.is_playground, by=me,
        )  # fmt: skip
        certificate = x509.load_der_x509_certificate(bytes(key.certificate))
        root = line_xml(line_json(line))
        info = add_signature(
            root, certificate, key.algorithm, request.at.isoformat(timespec="seconds")
        )
        message = canonical(info)
        (token,) = signing.prepare_raw(
            key=key, messages=[(message, f"xml {line.code}", line.id)], by=me, at=request.at
        )
        (made,) = signing.sign(
            [token], home=request.home, is_playground=request.is_playground, by=me, at=request.at
        )
    return finish(root, made.signature, key.algorithm)


def add_signature(
    root: etree._Element, certificate: x509.Certificate, algorithm: str, at: str
) -> etree._Element:
    """Put an unfinished signature into the element and return its SignedInfo, to be signed.

    `at` is the time of signing, ISO 8601 with its offset.
    """
    digest = _digest(canonical(root))
    signature = etree.SubElement(root, f"{{{DS}}}Signature", nsmap={"ds": DS}, Id="signature")
    info = _ds(signature, "SignedInfo")
    _ds(info, "CanonicalizationMethod", Algorithm=C14N)
    _ds(info, "SignatureMethod", Algorithm=_ALGORITHMS[algorithm])
    reference = _ds(info, "Reference", URI="")
    transforms = _ds(reference, "Transforms")
    _ds(transforms, "Transform", Algorithm=_ENVELOPED)
    _ds(transforms, "Transform", Algorithm=C14N)
    _ds(reference, "DigestMethod", Algorithm=_SHA256)
    _ds(reference, "DigestValue").text = digest
    properties_reference = _ds(
        info, "Reference", URI="#signed-properties",
        Type="http://uri.etsi.org/01903#SignedProperties",
    )  # fmt: skip
    transforms = _ds(properties_reference, "Transforms")
    _ds(transforms, "Transform", Algorithm=C14N)
    _ds(properties_reference, "DigestMethod", Algorithm=_SHA256)
    properties_digest = _ds(properties_reference, "DigestValue")
    _ds(signature, "SignatureValue")
    data = _ds(_ds(signature, "KeyInfo"), "X509Data")
    der = certificate.public_bytes(Encoding.DER)
    _ds(data, "X509Certificate").text = base64.b64encode(der).decode()
    properties = _properties(signature, der, at)
    properties_digest.text = _digest(canonical(properties))
    return info


def finish(root: etree._Element, signature: bytes, algorithm: str) -> bytes:
    """Return the document with the signature's value; XML has r and s where ECDSA gives DER."""
    if algorithm.startswith("ecdsa"):
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    value = root.find(f"{{{DS}}}Signature/{{{DS}}}SignatureValue")
    assert value is not None  # noqa: S101 - put there by `add_signature`
    value.text = base64.b64encode(signature).decode()
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def canonical(element: etree._Element) -> bytes:
    """Return an element as inclusive C14N has it; for our documents 1.0 and 1.1 are the same.

    They differ in `xml:` attributes alone, of which there are none. Namespaces of the elements
    around it belong to it.
    """
    alone = etree.Element(element.tag, dict(element.attrib), nsmap=element.nsmap)
    alone.text = element.text
    alone.extend(deepcopy(child) for child in element)
    data: bytes = etree.tostring(alone, method="c14n", exclusive=False, with_comments=False)
    return data


def _properties(signature: etree._Element, der: bytes, at: str) -> etree._Element:
    holder = _ds(signature, "Object")
    qualifying = etree.SubElement(
        holder, f"{{{XADES}}}QualifyingProperties", nsmap={"xades": XADES}, Target="#signature"
    )
    properties = _xades(qualifying, "SignedProperties", Id="signed-properties")
    signed = _xades(properties, "SignedSignatureProperties")
    _xades(signed, "SigningTime").text = at
    cert = _xades(_xades(signed, "SigningCertificateV2"), "Cert")
    digest = _xades(cert, "CertDigest")
    _ds(digest, "DigestMethod", Algorithm=_SHA256)
    _ds(digest, "DigestValue").text = _digest(der)
    return properties


def _ds(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DS}}}{tag}", **attributes)


def _xades(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XADES}}}{tag}", **attributes)


def _digest(data: bytes) -> str:
    return base64.b64encode(sha256(data).digest()).decode()
