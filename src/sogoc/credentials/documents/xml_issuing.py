"""A register line as signed XML: XAdES B-B, inclusive C14N 1.1, by the seal of the body.

With the line goes what proves it: its leaf, the opening of all fields, the log's proof, the place
of its status. The signature is enveloped; what is signed is prepared and the token signs, as with
papers. The canonicalisation is inclusive, as exclusive C14N fails other readers; what reads it is
`sogoc.verifier.signed_xml`. Source: ETSI EN 319 132-1.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.open_lines import NAMESPACE, line_json, line_xml
from sogoc.credentials.documents.vc_lines import PublishedLine, published_line
from sogoc.credentials.log.api import sources
from sogoc.credentials.register.api import show_line
from sogoc.credentials.signing import api as signing
from sogoc.credentials.status import api as status
from sogoc.people.api import Actor, acting, get_organisation, successor
from sogoc.verifier.api import signed_xml

DS, XADES, C14N = signed_xml.DS, signed_xml.XADES, signed_xml.C14N
canonical = signed_xml.canonical


def render_xml(request: Request) -> bytes:
    """Return the published line as signed XML; a revoked one says so.

    Raises what `published_line` raises, and `KeyRefused`.
    """
    line = show_line(request.code, by=request.by)
    proven = published_line(request, shown=sources.LINE_FIELDS, may_be_revoked=True)
    me = Actor.system("documents")
    with acting(me):
        entries = status.ensure_entries(issuer_id=proven.issuer_id, lines=[proven.id], copy="xml")
        keeper = successor(line.issuer, "custody", request.at.date())
        body = get_organisation(line.issuer) if keeper is None else keeper
        key = signing.serving_key(
            organisation=body.code, purpose="seal", holder=body.name, at=request.at,
            home=request.home, is_playground=request.is_playground, by=me,
        )  # fmt: skip
        certificate = x509.load_der_x509_certificate(bytes(key.certificate))
        root = line_xml(line_json(line))
        add_proof(root, proven, entries[proven.id], request.base)
        info = add_signature(
            root, certificate, key.algorithm, request.at.isoformat(timespec="seconds"),
            above=x509.load_pem_x509_certificates(key.chain.encode()) if key.chain else (),
        )  # fmt: skip
        message = canonical(info)
        (token,) = signing.prepare_raw(
            key=key, messages=[(message, f"xml {line.code}", line.id)], by=me, at=request.at
        )
        (made,) = signing.sign(
            [token], home=request.home, is_playground=request.is_playground, by=me, at=request.at
        )
    return finish(root, made.signature, key.algorithm)


def add_proof(root: etree._Element, line: PublishedLine, entry: status.Entry, base: str) -> None:
    """Put into a line's XML what proves it; `base` is the host of the status lists."""
    proof = etree.SubElement(root, f"{{{NAMESPACE}}}Proof", copy=f"urn:uuid:{entry.uuid}")
    for tag, text in (("Leaf", line.leaf), ("Opening", line.opening), ("TlogProof", line.proof)):
        etree.SubElement(proof, f"{{{NAMESPACE}}}{tag}").text = text
    for purpose in status.PURPOSES:
        etree.SubElement(
            proof, f"{{{NAMESPACE}}}StatusEntry", purpose=purpose, index=str(entry.index),
            list=f"https://{base}/{entry.list_path(purpose)}",
        )  # fmt: skip


def add_signature(
    root: etree._Element,
    certificate: x509.Certificate,
    algorithm: str,
    at: str,
    *,
    above: Sequence[x509.Certificate] = (),
) -> etree._Element:
    """Put an unfinished signature into the element and return its SignedInfo, to be signed.

    `at` is the time of signing, ISO 8601 with its offset; `above` are the certificates over the
    signer's, of which roots are left out.
    """
    digest = signed_xml.digest(canonical(root))
    chain = [certificate, *(each for each in above if each.subject != each.issuer)]
    encoded = [each.public_bytes(Encoding.DER) for each in chain]
    signature = etree.SubElement(root, f"{{{DS}}}Signature", nsmap={"ds": DS}, Id="signature")
    info = _ds(signature, "SignedInfo")
    _ds(info, "CanonicalizationMethod", Algorithm=C14N)
    _ds(info, "SignatureMethod", Algorithm=signed_xml.ALGORITHMS[algorithm])
    reference = _ds(info, "Reference", URI="")
    transforms = _ds(reference, "Transforms")
    _ds(transforms, "Transform", Algorithm=signed_xml.ENVELOPED)
    _ds(transforms, "Transform", Algorithm=C14N)
    _ds(reference, "DigestMethod", Algorithm=signed_xml.SHA256)
    _ds(reference, "DigestValue").text = digest
    properties_reference = _ds(
        info, "Reference", URI="#signed-properties",
        Type=signed_xml.PROPERTIES,
    )  # fmt: skip
    transforms = _ds(properties_reference, "Transforms")
    _ds(transforms, "Transform", Algorithm=C14N)
    _ds(properties_reference, "DigestMethod", Algorithm=signed_xml.SHA256)
    properties_digest = _ds(properties_reference, "DigestValue")
    _ds(signature, "SignatureValue")
    data = _ds(_ds(signature, "KeyInfo"), "X509Data")
    for der in encoded:
        _ds(data, "X509Certificate").text = base64.b64encode(der).decode()
    properties = _properties(signature, encoded, at)
    properties_digest.text = signed_xml.digest(canonical(properties))
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


def _properties(signature: etree._Element, encoded: Sequence[bytes], at: str) -> etree._Element:
    holder = _ds(signature, "Object")
    qualifying = etree.SubElement(
        holder, f"{{{XADES}}}QualifyingProperties", nsmap={"xades": XADES}, Target="#signature"
    )
    properties = _xades(qualifying, "SignedProperties", Id="signed-properties")
    signed = _xades(properties, "SignedSignatureProperties")
    _xades(signed, "SigningTime").text = at
    certificates = _xades(signed, "SigningCertificateV2")
    for der in encoded:
        digest = _xades(_xades(certificates, "Cert"), "CertDigest")
        _ds(digest, "DigestMethod", Algorithm=signed_xml.SHA256)
        _ds(digest, "DigestValue").text = signed_xml.digest(der)
    return properties


def _ds(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DS}}}{tag}", **attributes)


def _xades(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XADES}}}{tag}", **attributes)
