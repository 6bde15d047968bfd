"""Files nobody of good will makes: impossible times, words that steer, parts of two true ones."""

from __future__ import annotations

import json
import re
import time
import unicodedata
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from sogoc.kernel.multikey import base64url
from sogoc.verifier.api import Report, Result, Trust, TrustError, judge
from tests.verifier import making
from tests.verifier.making import BASE, NOW, World, record
from tests.verifier.making_xml import TRUST, WHOLE
from tests.verifier.test_credential import resigned, says

FAIL, UNKNOWN = Result.FAIL, Result.UNKNOWN


def altered_file(change: Callable[[dict[str, Any]], object]) -> Report:
    """Judge a genuine credential after a change to it."""
    document = json.loads(World().credential())
    change(document)
    return judge(json.dumps(document).encode(), World().trust(), NOW)


def test_what_the_issuer_calls_itself_and_the_kind_is_not_shown() -> None:
    """Both are its own word; shown are the names that the bundle has."""

    def lie(document: dict[str, Any]) -> None:
        document["name"] = document["credentialSubject"]["achievement"]["name"] = "Bằng tiến sĩ"
        document["issuer"]["name"] = "Đại học Quốc gia"

    facts = resigned(lie).facts
    assert (facts["credential_name"], facts["issuer_name"]) == (
        "Chứng chỉ CNTT cơ bản", "Trường Mẫu theo Bộ",
    )  # fmt: skip
    bundle = World().bundle()
    del bundle["kinds"]
    report = judge(World().credential(), Trust.parse(json.dumps(bundle).encode()), NOW)
    assert report.facts["credential_name"] == making.KIND


@pytest.mark.parametrize(
    "created",
    [
        "2025-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "-2025-04-10T03:00:00Z",
        "12025-04-10T03:00:00Z", "２０２５-04-10T03:00:00Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)  # fmt: skip
def test_times_that_cannot_be(created: str) -> None:
    """They look like a dateTime, or stand at the end of the calendar."""
    report = altered_file(lambda document: document["proof"].__setitem__("created", created))
    says(report, "invalid", document=FAIL)


@pytest.mark.parametrize(
    "value", [10**400, 1e308, True, [[[]]], "\ud800", "\x00"], ids=lambda value: repr(value)[:9]
)
def test_members_of_another_kind(value: Any) -> None:
    def put(document: dict[str, Any]) -> None:
        document["credentialSubject"]["identifier"][0]["hashed"] = value

    assert altered_file(put).verdict == "invalid"


def test_words_of_a_file_cannot_steer_who_reads_them() -> None:
    """Addresses and members are quoted in the reasons; a terminal obeys what is in them."""
    steering = "\x1b[2J\x9b1m\u202eHỢP_LỆ"
    address = f"https://{BASE}/{steering}/revocation"

    def listed(document: dict[str, Any]) -> None:
        document["credentialStatus"][0]["statusListCredential"] = address

    def named(document: dict[str, Any]) -> None:
        document["validFrom"] = steering

    for change in (listed, named):
        said = "".join(check.why.vi + check.why.en for check in altered_file(change).checks)
        assert "\\u001b[2J\\u009b1m\\u202eHỢP_LỆ" in said
        assert not set("\x1b\x9b\u202e") & set(said)


def test_the_same_name_in_another_spelling() -> None:
    """Signs and letters taken apart look the same and are not what was signed."""
    text = json.dumps(json.loads(World().credential()), ensure_ascii=False)
    apart = unicodedata.normalize("NFD", text)
    assert apart != text
    for altered in (apart, text.replace("Niê", "Niё")):
        report = judge(altered.encode(), World().trust(), NOW)
        assert report.verdict == "invalid"
        assert report.result_of("signature") is FAIL


def test_parts_of_two_genuine_credentials() -> None:
    fields = {**making.FIELDS, "full_name": "H'Len Mlô", "serial": "A 0002"}
    other = json.loads(World(fields=fields).credential())
    for part in ("proof", "evidence", "credentialSubject"):
        report = altered_file(lambda document, part=part: document.__setitem__(part, other[part]))
        assert report.verdict == "invalid"
        assert report.result_of("signature") is FAIL


@pytest.mark.parametrize("unit", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [100, 1_000, 300_000])
def test_nesting_without_end(unit: bytes, depth: int) -> None:
    close = b"]" if unit == b"[" else b"}"
    body = unit * depth + (b"" if unit == b"[" else b"1") + close * depth
    data = b'{"issuer":"https://so.example/","a":' + body + b"}"
    assert judge(data, World().trust(), NOW).verdict == "invalid"


def test_bundle_with_two_of_a_name_is_an_error() -> None:
    """The second DID document of a body, with a key of somebody, would hide the first."""
    bundle = World().bundle()
    forged = making.did_document(making.BODY, BASE, [record(making.BODY, b"e", making.START)])
    for name, more in (("dids", forged), ("logs", bundle["logs"][0])):
        doubled = {**bundle, name: [*bundle[name], more]}
        with pytest.raises(TrustError):
            Trust.parse(json.dumps(doubled).encode())
    text = json.dumps(bundle).encode()
    assert Trust.parse(text).base == BASE
    with pytest.raises(TrustError):
        Trust.parse(b'{"base":"khac.example",' + text[1:])


def test_list_that_unpacks_to_much_is_unknown() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(bytes(100_000_000)) + packer.flush()
    bundle = World().bundle()
    bundle["status_lists"][0]["credentialSubject"]["encodedList"] = base64url(packed)
    report = judge(World().credential(), Trust.parse(json.dumps(bundle).encode()), NOW)
    says(report, "unknown", status=UNKNOWN)


# --- signed lines -------------------------------------------------------------------------------


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_line_signed_at_the_end_of_the_calendar(time: str) -> None:
    altered = re.sub(rb"(<xades:SigningTime>)[^<]*", rb"\g<1>" + time.encode(), WHOLE)
    assert altered != WHOLE
    assert judge(altered, TRUST, NOW).verdict == "invalid"


@pytest.mark.parametrize("tag", [b"ds:KeyInfo", b"ds:X509Data", b"ds:SignatureValue", b"ds:Object"])
def test_names_put_where_no_signature_reaches(tag: bytes) -> None:
    """A namespace nobody uses holds any words; the parts about the signature are not signed."""
    for words in (b' xmlns:x="Hang: xuat sac"', b' xmlns="Hang: xuat sac"'):
        altered = WHOLE.replace(b"<" + tag, b"<" + tag + words, 1)
        assert altered != WHOLE
        assert judge(altered, TRUST, NOW).verdict == "invalid"


def test_another_version_of_xml() -> None:
    assert judge(WHOLE.replace(b"version='1.0'", b"version='1.1'", 1), TRUST, NOW).verdict == (
        "invalid"
    )
    assert b"version='1.0'" in WHOLE


def test_attributes_without_end() -> None:
    """A parser's work grows with the square of their number."""
    many = b" ".join(b'a%d="1"' % each for each in range(100_000))
    started = time.monotonic()
    report = judge(b'<a xmlns="urn:sogoc:register-line:1" ' + many + b"/>", TRUST, NOW)
    assert report.verdict == "invalid"
    assert time.monotonic() - started < 5


def test_nodes_without_names_in_a_credential() -> None:
    """Every node of ours has a name: there is no place for what is endless to compare."""

    def endless(document: dict[str, Any]) -> None:
        alike = [{"k": [{} for _ in range(9)]} for _ in range(9)]
        document["credentialSubject"]["identifier"][0]["identityType"] = alike

    started = time.monotonic()
    assert altered_file(endless).verdict == "invalid"
    assert time.monotonic() - started < 5
