"""Signed papers: PAdES B-B beside pyHanko, whole papers beside typst alone, and a PKCS#11 token.

A prepared page is a page as typst made it; two signatures go into each (person, seal). A whole
paper is QR, page, attached proof and credential, both signatures: on two processes, one a core.
"""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.place import say
from bench.result import Measure, Result

TITLE = "signed papers"
FULL = 2_000
PEER_SIGNATURES = 40
CORES = 2
AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
MIN_SIGNATURES, MIN_PAPERS, MIN_SHARE = 2_000, 180, 0.65


def run(rows: int) -> Result:
    """Measure `rows` papers; signatures are counted singly, two a paper."""
    page = _page(0)
    say("signatures")
    ours = 2 * _rate(lambda: _sign(page), max(rows // 2, 50))
    say("pyHanko")
    plain, tuned = _pyhanko(page)
    say("papers")
    alone = _on_cores(_pages, rows)
    papers = _on_cores(_papers, rows)
    say("PKCS#11")
    token = _pkcs11(max(rows // 4, 50))
    return Result(
        name="pdf",
        title=TITLE,
        size=f"{rows:,} papers",
        is_full=rows == FULL,
        measures=(
            Measure(
                "PAdES B-B into prepared pages, one core", ours, "signatures/s",
                peer_name="pyHanko, key held and room given", peer=tuned,
                target=f"at least {MIN_SIGNATURES:,}/s", is_met=ours >= MIN_SIGNATURES,
            ),
            Measure("pyHanko as it comes, one core", plain, "signatures/s"),
            Measure(
                "QR, page, two files attached, two signatures; two cores", papers, "papers/s",
                peer_name="typst alone", peer=alone,
                target=f"at least {MIN_PAPERS}/s and {MIN_SHARE} of typst alone",
                is_met=papers >= MIN_PAPERS and papers >= MIN_SHARE * alone,
            ),
            Measure("ECDSA P-256 by a PKCS#11 token (SoftHSM2)", token, "signatures/s"),
        ),
    )  # fmt: skip


@cache
def _keys() -> tuple[Any, Any, Any]:
    """Return a private key, what builds its signatures, and the authority."""
    from cryptography.hazmat.primitives.asymmetric import ec

    from sogoc.credentials.signing.demo_ca import DemoAuthority
    from sogoc.kernel.cms import CmsSigner

    authority = DemoAuthority.of(Path(tempfile.mkdtemp(prefix="sogoc-bench-")))
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.issue("Người ký", "Đơn vị", private.public_key())
    return private, CmsSigner(certificate, [authority.root], "ecdsa-p256-sha256"), authority


def _sign(page: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    from sogoc.kernel.pdf_update import PERSON, SEAL, PreparedPdf

    private, signer, _ = _keys()
    algorithm = ec.ECDSA(hashes.SHA256())
    prepared = PreparedPdf.prepare(page)
    place = prepared.place(PERSON, at=AT, signer="Người ký", reason="Ký", certifies=True)
    attributes = signer.signed_attributes(place.digest)
    data = place.with_signature(signer.assemble(attributes, private.sign(attributes, algorithm)))
    place = prepared.signed(PERSON, data).place(SEAL, at=AT, signer="Đơn vị", reason="Dấu")
    attributes = signer.signed_attributes(place.digest)
    return place.with_signature(signer.assemble(attributes, private.sign(attributes, algorithm)))


@cache
def _press() -> Any:
    from sogoc.credentials.documents.press import Press

    return Press()


def _page(number: int, *, attached: bool = False) -> bytes:
    from sogoc.credentials.documents.press import Attached, qr_picture

    code = f"SG-{number:04}-Q0XA-9D3T-HV5B-1R"
    # as of a real home, without the mark of samples
    data = {**_sample(), "sample": False}
    data |= {"full_name": f"Nguyễn Thị Mẫu {number}", "serial": f"A{number:08}"}
    files = []
    if attached:
        data = {**data, "qr": qr_picture(f"https://so.example/c/{code}"), "code": code}
        files = [
            Attached("credential.json", b'{"id":"%s"}' % (b"x" * 1_600), "application/vc", "VC"),
            Attached("so-goc.tlog-proof", b"p" * 1_200, "text/plain", "Proof", "supplement"),
        ]
    return bytes(_press().print("certificate", data, files, at=AT))


@cache
def _sample() -> dict[str, Any]:
    from sogoc.credentials.documents.samples import sample

    return sample("certificate")


def _pages(first: int, count: int) -> float:
    _page(0)
    start = time.perf_counter()
    for number in range(first, first + count):
        _page(number)
    return time.perf_counter() - start


def _papers(first: int, count: int) -> float:
    _sign(_page(0, attached=True))
    start = time.perf_counter()
    for number in range(first, first + count):
        _sign(_page(number, attached=True))
    return time.perf_counter() - start


def _on_cores(work: Callable[[int, int], float], count: int) -> float:
    """Return papers a second of all processes together; each times its own work, warm."""
    share = max(count // CORES, 1)
    # Not forked: typst has threads by now.
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        seconds = list(pool.map(work, [n * share for n in range(CORES)], [share] * CORES))
    return sum(share / each for each in seconds)


def _rate(once: Callable[[], object], count: int) -> float:
    once()
    start = time.perf_counter()
    for _ in range(count):
        once()
    return count / (time.perf_counter() - start)


def _pyhanko(page: bytes) -> tuple[float, float]:
    """Return signatures a second of pyHanko: as it comes, and with the size of the CMS told."""
    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives import serialization as form
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    private, _, authority = _keys()
    certificate = authority.issue("Người ký", "Đơn vị", private.public_key())
    der = private.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificate.public_bytes(form.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(der),
        cert_registry=SimpleCertificateStore(),
    )
    about = signers.PdfSignatureMetadata(
        field_name="Signature", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )

    def once(room: int | None) -> None:
        signers.PdfSigner(about, signer).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(page)), bytes_reserved=room
        )

    return _rate(lambda: once(None), PEER_SIGNATURES), _rate(lambda: once(8192), PEER_SIGNATURES)


def _pkcs11(count: int) -> float:
    """Return signatures a second of a SoftHSM2 token, one session."""
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    module = next(str(path) for path in Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"))
    with tempfile.TemporaryDirectory(prefix="sogoc-bench-") as folder:
        Path(folder, "tokens").mkdir()
        Path(folder, "conf").write_text(f"directories.tokendir = {folder}/tokens\n")
        os.environ["SOFTHSM2_CONF"] = f"{folder}/conf"
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "bench", "--pin", "1234",
             "--so-pin", "12345678"], check=True, capture_output=True,
        )  # fmt: skip
        token = pkcs11.lib(module).get_token(token_label="bench")
        with token.open(user_pin="1234", rw=True) as session:
            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC,
                {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")},
                local=True,
            )
            _, private = parameters.generate_keypair(store=True, label="bench")
            digest = b"\x07" * 32
            return _rate(lambda: private.sign(digest, mechanism=pkcs11.Mechanism.ECDSA), count)
