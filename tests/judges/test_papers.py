"""Signed papers before programs that are not ours: good ones pass, altered ones do not."""

from __future__ import annotations

import datetime
import io
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from sogoc.credentials.documents.press import Press, qr_picture
from sogoc.credentials.documents.samples import sample
from sogoc.kernel.identifiers import LookupCodeError, new_lookup_code, parse_lookup_code
from sogoc.kernel.pdf_read import PdfReader
from tests.papers import ADDRESS, SIGNED_AT, Office, page


def one_byte(data: bytes) -> bytes:
    """A byte of the page's content, long before the signatures."""
    at = data.index(b"\nendstream") - 8
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def grown(data: bytes) -> bytes:
    """Another title, put in by an incremental update after the last signature."""
    reader = PdfReader(data)
    number = reader.root
    trailer = reader.revisions[-1].trailer
    catalogue = data[data.rindex(b"\n%d 0 obj\n<<" % number) :].split(b"\nendobj")[0]
    body = catalogue.partition(b" obj\n")[2][:-2] + b"/PageLayout/TwoColumnLeft>>"
    at = len(data)
    update = b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = at + len(update)
    start = int(re.findall(rb"startxref\n(\d+)", data)[-1])
    update += b"xref\n%d 1\n%010d 00000 n\r\n" % (number, at)
    update += b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        trailer["Size"],
        number,
        start,
        table,
    )
    return data + update


ALTERED = [one_byte, grown]


def run(*words: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout + done.stderr


@pytest.fixture
def nss(office: Office, tmp_path: Path) -> Path:
    """A store of certificates that trusts the demo authority."""
    store = tmp_path / "nss"
    store.mkdir()
    run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    root = office.root_file(tmp_path)
    run("certutil", "-A", "-d", f"sql:{store}", "-n", "root", "-t", "CT,C,C", "-i", root)
    return store


def pdfsig(nss: Path, data: bytes, tmp_path: Path) -> str:
    file = tmp_path / "paper.pdf"
    file.write_bytes(data)
    return run("pdfsig", "-nssdir", f"sql:{nss}", file)


def test_pdfsig(paper: bytes, nss: Path, tmp_path: Path) -> None:
    said = pdfsig(nss, paper, tmp_path)
    assert said.count("Signature is Valid.") == 2
    assert said.count("Certificate is Trusted.") == 2
    assert said.count("Total document signed") == 1
    assert "ETSI.CAdES.detached" in said
    said = pdfsig(nss, one_byte(paper), tmp_path)
    assert "Signature is Valid." not in said
    assert said.count("Digest Mismatch") == 2
    assert "Total document signed" not in pdfsig(nss, grown(paper), tmp_path).replace(
        "Not total document signed", ""
    )


def test_mutool(paper: bytes, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(paper)
    said = run("mutool", "sign", "-v", file)
    assert "The document is unchanged since signing" in said
    file.write_bytes(one_byte(paper))
    assert run("mutool", "sign", "-v", file).count("Digest error") == 2
    file.write_bytes(grown(paper))
    assert "The document is unchanged since signing" not in run("mutool", "sign", "-v", file)


def test_qpdf_and_pdfinfo(paper: bytes, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(paper)
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", file)
    said = run("pdfinfo", file)
    assert re.search(r"Tagged:\s+yes", said)
    assert b"pdfaid:part" in page()
    assert b"pdfuaid:part" in page()
    assert "no" not in [line.split()[-5] for line in run("pdffonts", file).splitlines()[2:]]
    assert "credential.json" in run("pdfdetach", "-list", file)
    file.write_bytes(paper[:-3000])
    assert "No syntax or stream encoding errors" not in run("qpdf", "--check", file)


@pytest.mark.parametrize("density", [100, 150, 300])
def test_zbarimg_reads_the_square(paper: bytes, density: int, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(paper)
    run("pdftoppm", "-r", str(density), "-png", file, tmp_path / "seen")
    (picture,) = tmp_path.glob("seen*.png")
    assert f"QR-Code:{ADDRESS}\n" in run("zbarimg", "-q", picture)


def seen(data: bytes, tmp_path: Path) -> str:
    file = tmp_path / "paper.pdf"
    file.write_bytes(data)
    run("pdftoppm", "-r", "150", "-png", file, tmp_path / "seen")
    (picture,) = tmp_path.glob("seen*.png")
    return run("zbarimg", "-q", picture)


def with_square(square: str) -> bytes:
    """The same page with another square."""
    return Press().print("certificate", {**sample("certificate"), "qr": square}, at=SIGNED_AT)


def test_zbarimg_reads_another_square_as_it_is(tmp_path: Path) -> None:
    """One symbol of the code changed: the square is read, and its check symbols give it away."""
    true = new_lookup_code(bytes(range(10)))
    false = true.replace(true[5], "X" if true[5] != "X" else "Y", 1)
    said = seen(with_square(qr_picture(f"https://vanbang.example.vn/c/{false}")), tmp_path)
    assert false in said
    assert true not in said
    assert parse_lookup_code(true) == true
    with pytest.raises(LookupCodeError):
        parse_lookup_code(false)


@pytest.mark.parametrize("lost", [4, 200])
def test_zbarimg_and_a_damaged_square(lost: int, tmp_path: Path) -> None:
    """A few dots lost are mended by the square itself; many of them lost, nothing is read."""
    head, runs, tail = re.split(r'(?<=stroke="#000" d=")([^"]*)', qr_picture(ADDRESS), maxsplit=1)
    dots = runs.split("M")[1:]
    middle = len(dots) // 2
    left = [*dots[: middle - lost // 2], *dots[middle + lost // 2 :]]
    said = seen(with_square(f"{head}M{'M'.join(left)}{tail}"), tmp_path)
    assert (ADDRESS in said) == (lost == 4)
    assert "QR-Code:" not in said.replace(f"QR-Code:{ADDRESS}", "")


def openssl_cms(data: bytes, office: Office, tmp_path: Path, spot: int) -> str:
    found = PdfReader(data).signatures()[spot]
    cms, content = tmp_path / "signature.der", tmp_path / "content"
    length = int.from_bytes(found.cms[2:4], "big") + 4
    cms.write_bytes(found.cms[:length])
    content.write_bytes(found.covered)
    return run(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", cms, "-content", content,
        "-CAfile", office.root_file(tmp_path), "-purpose", "any", "-out", "/dev/null",
        "-attime", str(int(SIGNED_AT.timestamp())), "-cades",
    )  # fmt: skip


@pytest.mark.parametrize("spot", [0, 1])
def test_openssl_cms(paper: bytes, office: Office, tmp_path: Path, spot: int) -> None:
    assert "CAdES Verification successful" in openssl_cms(paper, office, tmp_path, spot)
    assert "Verification failure" in openssl_cms(one_byte(paper), office, tmp_path, spot)
    other = office.sign(page(full_name="Trần Văn An"))
    mixed = PdfReader(other).signatures()[spot].cms.hex().encode()
    swapped = paper.replace(PdfReader(paper).signatures()[spot].cms.hex().encode(), mixed)
    assert "Verification failure" in openssl_cms(swapped, office, tmp_path, spot)


def test_openssl_ts(office: Office, tmp_path: Path) -> None:
    token, message = tmp_path / "token.der", tmp_path / "message"
    token.write_bytes(office.authority.time_stamp(b"stamped", SIGNED_AT))
    verify = (
        "openssl", "ts", "-verify", "-token_in", "-in", token, "-data", message,
        "-CAfile", office.root_file(tmp_path),
    )  # fmt: skip
    message.write_bytes(b"stamped")
    assert "Verification: OK" in run(*verify)
    message.write_bytes(b"stampee")
    assert "Verification: FAILED" in run(*verify)
    message.write_bytes(b"stamped")
    altered = bytearray(token.read_bytes())
    altered[-5] ^= 1
    token.write_bytes(altered)
    assert "Verification: FAILED" in run(*verify)


def test_a_stamp_by_openssl_is_read_here(office: Office, tmp_path: Path) -> None:
    """The other way round: openssl's authority, our reading."""
    from sogoc.kernel.cms_check import CmsError, verify_time_stamp

    folder = office.authority.folder
    (tmp_path / "message").write_bytes(b"stamped")
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "ts.cnf").write_text(
        f"[tsa]\nserial={tmp_path}/serial\ndefault_policy=1.2.3.4\ndigests=sha256\n"
        "ess_cert_id_alg=sha256\nsigner_digest=sha256\n"
    )
    query, reply = tmp_path / "q.tsq", tmp_path / "r.tst"
    run("openssl", "ts", "-query", "-data", tmp_path / "message", "-sha256", "-cert", "-out", query)
    run(
        "openssl", "ts", "-reply", "-config", tmp_path / "ts.cnf", "-section", "tsa", "-queryfile",
        query, "-inkey", folder / "tsa.key", "-signer", folder / "tsa.pem", "-token_out", "-out",
        reply,
    )  # fmt: skip
    stamp = verify_time_stamp(reply.read_bytes(), b"stamped")
    assert stamp.certificate == office.authority.stamper
    with pytest.raises(CmsError):
        verify_time_stamp(reply.read_bytes(), b"stampee")


def pyhanko(data: bytes, office: Office) -> list[tuple[bool, str]]:
    """In a thread of its own: pyHanko starts an event loop, browser tests may have one here."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(_pyhanko, data, office).result()


def _pyhanko(data: bytes, office: Office) -> list[tuple[bool, str]]:
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    root = Certificate.load(office.authority.root.public_bytes(Encoding.DER))
    context = ValidationContext(
        trust_roots=[root], moment=SIGNED_AT + datetime.timedelta(days=1), allow_fetching=False
    )
    found = []
    for signature in PdfFileReader(io.BytesIO(data)).embedded_regular_signatures:
        status = validate_pdf_signature(signature, context, ts_validation_context=context)
        found.append((bool(status.bottom_line), status.summary()))
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pyhanko(paper: bytes, office: Office) -> None:
    first, second = pyhanko(paper, office)
    assert first[0]
    assert second[0]
    assert "TIMESTAMP_TOKEN<INTACT:TRUSTED>" in second[1]
    assert [good for good, _ in pyhanko(one_byte(paper), office)] == [False, False]
    assert [good for good, _ in pyhanko(grown(paper), office)] == [False, False]


@pytest.mark.parametrize("alter", ALTERED, ids=lambda f: str(f.__name__))
def test_what_was_altered_is_altered(paper: bytes, alter: Callable[[bytes], bytes]) -> None:
    """The judges above are asked about something that really differs."""
    assert sha256(alter(paper)).digest() != sha256(paper).digest()
