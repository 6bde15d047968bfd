"""A register line as signed XML: XAdES B-B, inclusive C14N 1.1, by the seal of the body.

With the line goes what proves it: its leaf, the opening of all fields, the log's proof, the place
of its status. The signature is enveloped; what is signed is prepared and the token signs, as with
papers. A seal elsewhere signs a file that is stored before (`pausing`), and the signature goes
where its empty value stands. The canonicalisation is inclusive, as exclusive C14N fails other
readers; what reads it is `sogoc.verifier.signed_xml`. Source: ETSI EN 319 132-1.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from sogoc.credentials.documents import store
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.open_lines import NAMESPACE, line_json, line_xml
from sogoc.credentials.documents.vc_lines import PublishedLine, published_line
from sogoc.credentials.documents.viewing import WORKER
from sogoc.credentials.log.api import sources
from sogoc.credentials.register.api import LineView, lines_by_code, show_line
from sogoc.credentials.signing import api as signing
from sogoc.credentials.status import api as status
from sogoc.kernel.pdf_update import Placed
from sogoc.kernel.periods import local_day
from sogoc.people.api import acting, get_organisation, successor
from sogoc.verifier.api import signed_xml

DS, XADES, C14N = signed_xml.DS, signed_xml.XADES, signed_xml.C14N
canonical = signed_xml.canonical

SUBJECT: Final = "xml "
"""What subjects of requests to seal a line as XML begin with; the line's code follows."""

_EMPTY: Final = b"<ds:SignatureValue/>"


@dataclass(frozen=True, slots=True)
class UnsignedXml:
    """A published line as XML that lacks its signature alone, and the key that is to seal it.

    `placed` is the file with the room of the signature, `message` the bytes the key signs.
    """

    line: LineView
    issuer_id: int
    key: signing.SigningKey
    placed: Placed
    message: bytes


def render_xml(request: Request) -> bytes:
    """Return the published line as signed XML; a revoked one says so.

    Where the seal is elsewhere it is the one assembled, while it says what the register says.
    Raises what `published_line` raises, and `KeyRefused`.
    """
    return _sealed(show_line(request.code, by=request.by), request)


def renew_xml(request: Request) -> bytes:
    """Seal a line as XML anew, after its key was compromised; for callers that checked who asks.

    Raises as `render_xml`.
    """
    with acting(WORKER):
        (line,) = lines_by_code([request.code]).values()
    return _sealed(line, request)


def _sealed(line: LineView, request: Request) -> bytes:
    proven = published_line(request, shown=sources.LINE_FIELDS, may_be_revoked=True)
    with acting(WORKER):
        key = sealing_key(line, request)
        if key.provider == "remote":
            return _assembled(line, key, request)
        unsigned = unsigned_xml(line, proven, key, request)
        (token,) = signing.prepare_raw(
            key=key, messages=[(unsigned.message, subject_of(line.code), line.id)], by=WORKER,
            at=request.at,
        )  # fmt: skip
        (made,) = signing.sign(
            [token], home=request.home, is_playground=request.is_playground, by=WORKER,
            at=request.at,
        )  # fmt: skip
    return filled(unsigned.placed, made.signature, key.algorithm)


def subject_of(code: str) -> str:
    """Return what requests to seal a line as XML are about."""
    return f"{SUBJECT}{code}"


def sealing_key(line: LineView, request: Request) -> signing.SigningKey:
    """Return the seal of the body that keeps the line's register, inside the documents' identity.

    Raises `UnknownKey`.
    """
    keeper = successor(line.issuer, "custody", local_day(request.at))
    body = get_organisation(line.issuer) if keeper is None else keeper
    return signing.serving_key(
        organisation=body.code, purpose="seal", holder=body.name, at=request.at,
        home=request.home, is_playground=request.is_playground, by=WORKER,
    )  # fmt: skip


def unsigned_xml(
    line: LineView, proven: PublishedLine, key: signing.SigningKey, request: Request
) -> UnsignedXml:
    """Return a line as XML with all but the signature, inside the documents' identity."""
    entries = status.ensure_entries(issuer_id=proven.issuer_id, lines=[proven.id], copy="xml")
    root = line_xml(line_json(line))
    add_proof(root, proven, entries[proven.id], request.base)
    info = add_signature(
        root, x509.load_der_x509_certificate(bytes(key.certificate)), key.algorithm,
        request.at.isoformat(timespec="seconds"),
        above=x509.load_pem_x509_certificates(key.chain.encode()) if key.chain else (),
    )  # fmt: skip
    message = canonical(info)
    return UnsignedXml(line, proven.issuer_id, key, _placed(root), message)


def message_of(data: bytes) -> bytes | None:
    """Return what a key signs of a file, `None` unless the digests in it are those of its content.

    Raises `XmlError`.
    """
    root = signed_xml.parse(data)
    signature = root[-1]
    info, properties = signature[0], signature[-1][0][0]
    content = deepcopy(root)
    content.remove(content[-1])
    told = (info[2][-1].text, info[3][-1].text)
    fits = told == (signed_xml.digest(canonical(content)), signed_xml.digest(canonical(properties)))
    return canonical(info) if fits else None


def says_the_same(data: bytes, line: LineView) -> bool:
    """Whether a file, signed or not, says of a line what the register says of it now."""
    root = signed_xml.parse(data)
    for tag in (f"{{{NAMESPACE}}}Proof", f"{{{DS}}}Signature"):
        part = root.find(tag)
        if part is not None:
            root.remove(part)
    return canonical(root) == canonical(line_xml(line_json(line)))


def filled(placed: Placed, signature: bytes, algorithm: str) -> bytes:
    """Return the file with the signature's value; XML has r and s where ECDSA gives DER."""
    if algorithm.startswith("ecdsa"):
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    start, end = placed.room
    value = b"<ds:SignatureValue>" + base64.b64encode(signature) + b"</ds:SignatureValue>"
    return placed.data[:start] + value + placed.data[end:]


def finish(root: etree._Element, signature: bytes, algorithm: str) -> bytes:
    """Return the document of `add_signature` with the signature's value."""
    return filled(_placed(root), signature, algorithm)


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


def _placed(root: etree._Element) -> Placed:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    start = data.rindex(_EMPTY)  # text has no `<`, so it is the element
    return Placed(data, sha256(data).digest(), (start, start + len(_EMPTY)))


def _assembled(line: LineView, key: signing.SigningKey, request: Request) -> bytes:
    """Return the newest file that `key` sealed elsewhere and that holds. Raises `KeyRefused`."""
    for row in reversed(signing.paused_papers(subject=subject_of(line.code))):
        if row.request.key_id == key.pk and hasattr(row.request, "madesignature"):
            data = store.fetch(request.home, bytes(row.page_sha256))
            if not says_the_same(data, line):
                break
            placed = Placed(data, bytes(row.page_sha256), (row.room_start, row.room_end))
            made = signing.made_for(row.request.token)
            return filled(placed, made.signature, key.algorithm)
    raise signing.key_elsewhere(key.number)


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
