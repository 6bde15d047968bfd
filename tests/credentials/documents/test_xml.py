"""The open interface: JSON and XML of a line, back again, and the XML signed: others judge."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sogoc.credentials.documents import open_lines
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.kernel.identifiers import new_lookup_code
from tests.papers import SIGNED_AT, Office

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1
).filter(lambda text: text.strip() == text)
days = st.dates(date(1000, 1, 1)).map(date.isoformat)
codes = st.binary(min_size=10, max_size=10).map(new_lookup_code)
optional = {
    "entry_number": words,
    "serial": words,
    "signatory": st.fixed_dictionaries({"title": words}, optional={"name": words}),
    "decision": st.fixed_dictionaries({"number": words}, optional={"date": days}),
    "holder": st.fixed_dictionaries(
        {"full_name": words},
        optional={
            "birth_date": days,
            "birth_text": words,
            "sex": words,
            "ethnicity": words,
            "details": st.dictionaries(
                words, words | st.integers() | st.lists(words) | st.none(), min_size=1
            ),
        },
    ),
    "revocation": st.fixed_dictionaries(
        {"code": codes, "date": days, "reason": words}, optional={"decision": words}
    ),
    "source": st.fixed_dictionaries(
        {"file": words}, optional={"sheet": words, "row": st.integers(1, 10**6)}
    ),
}
lines = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "code": codes,
        "act": st.sampled_from(["issue", "legacy"]),
        "status": st.sampled_from(["valid", "revoked"]),
        "kind": st.just("cc_cntt_co_ban"),
        "issuer": st.fixed_dictionaries({"code": words, "name": words}),
        "book": st.fixed_dictionaries(
            {"kind": st.just("cc"), "year": st.integers(1900, 2100), "live": st.booleans()},
            optional={"sequence": st.integers(1, 10**6)},
        ),
        "issued_on": days,
        "leaf_hash": st.binary(min_size=32, max_size=32).map(bytes.hex),
    },
    optional=optional,
)


@given(lines)
def test_xml_says_what_json_says(line: dict[str, Any]) -> None:
    text = etree.tostring(open_lines.line_xml(line), encoding="UTF-8")
    assert open_lines.read_xml(open_lines.parse_xml(text)) == line


@given(st.lists(lines, max_size=4))
def test_a_whole_register_comes_back(found: list[dict[str, Any]]) -> None:
    data = b"".join(open_lines.write_xml(found))
    root = open_lines.parse_xml(data)
    assert open_lines.schema().validate(root)
    assert [open_lines.read_xml(each) for each in root] == found
    assert [json.loads(each) for each in open_lines.write_json_lines(found)] == found


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<a/>", b'<RegisterLine xmlns="urn:sogoc:register-line:1" version="2"/>',
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    ],
)  # fmt: skip
def test_what_is_not_of_the_schema(data: bytes) -> None:
    with pytest.raises(DocumentRefused):
        open_lines.read_xml(open_lines.parse_xml(data))


LINE = {
    "version": 1, "code": "SG-7K2M-Q0XA-9D3T-HV5B-1R", "act": "issue", "status": "valid",
    "kind": "cc_cntt_co_ban", "issuer": {"code": "mau", "name": "Trung tâm Mẫu"},
    "book": {"kind": "cc_cntt_co_ban", "year": 2025, "live": True, "sequence": 1},
    "serial": "A02500001", "issued_on": "2025-04-10",
    "holder": {"full_name": "H'Nguyệt Bkrông", "details": {"result": "Đạt"}},
    "leaf_hash": "ab" * 32,
}  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def signed(office: Office) -> bytes:
    from sogoc.credentials.documents.xml_issuing import add_signature, canonical, finish
    from tests.papers import ECDSA

    root = open_lines.line_xml(LINE)
    algorithm = "ecdsa-p256-sha256"
    info = add_signature(root, office.seal.certificate, algorithm, SIGNED_AT.isoformat())
    return finish(root, office.seal.private.sign(canonical(info), ECDSA), algorithm)


def altered(data: bytes) -> list[bytes]:
    return [
        data.replace("H'Nguyệt".encode(), "H'Nguyết".encode()),
        data.replace(b"A02500001", b"A02500002"),
        data.replace(b"<xades:SigningTime>2026", b"<xades:SigningTime>2025"),
    ]


def xmlsec1(data: bytes, office: Office, tmp_path: Path) -> bool:
    file, root = tmp_path / "line.xml", office.root_file(tmp_path)
    file.write_bytes(data)
    done = subprocess.run(
        ["xmlsec1", "--verify", "--trusted-pem", root, "--enabled-reference-uris", "empty,same-doc",
         "--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
         "--verification-gmt-time", f"{SIGNED_AT:%Y-%m-%d+%H:%M:%S}", file],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert "OK" in said or "FAIL" in said, said
    return done.returncode == 0 and "OK" in said


def test_xmlsec1_judges(signed: bytes, office: Office, tmp_path: Path) -> None:
    assert xmlsec1(signed, office, tmp_path)
    for bad in altered(signed):
        assert bad != signed
        assert not xmlsec1(bad, office, tmp_path)


def test_signxml_judges(signed: bytes, office: Office, tmp_path: Path) -> None:
    from signxml import SignatureConfiguration
    from signxml.exceptions import InvalidDigest, InvalidSignature
    from signxml.xades import XAdESVerifier

    root = str(office.root_file(tmp_path))

    def verify(data: bytes) -> Any:
        return XAdESVerifier().verify(
            etree.fromstring(data), ca_pem_file=root, expect_references=2,
            expect_config=SignatureConfiguration(expect_references=2),
        )  # fmt: skip

    assert len(verify(signed)) == 2
    for bad in altered(signed):
        with pytest.raises((InvalidDigest, InvalidSignature)):
            verify(bad)


def test_the_signed_line_is_still_of_the_schema(signed: bytes) -> None:
    assert open_lines.read_xml(open_lines.parse_xml(signed)) == LINE


def test_a_line_of_the_register(codes: tuple[str, ...], tmp_path: Path) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world
    from tests.credentials.documents.conftest import BASE

    request = api.Request(
        code=codes[0], home=tmp_path, base=BASE, at=SIGNED_AT, by=world.who("register.view"),
        is_playground=True,
    )  # fmt: skip
    line = open_lines.read_xml(open_lines.parse_xml(api.render("xml", request)))
    assert (line["code"], line["status"], line["serial"]) == (codes[0], "valid", "A02500001")
    assert line["holder"]["details"]["result"] == "Đạt"
