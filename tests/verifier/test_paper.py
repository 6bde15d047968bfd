"""Signed papers whatever their bytes are: a verdict, never an error, never `valid` by chance."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.credentials.documents.press import Attached, Press
from sogoc.credentials.documents.samples import sample
from sogoc.kernel.cms_check import CmsError, verify_cms, verify_time_stamp
from sogoc.kernel.pdf_read import PdfReader
from sogoc.verifier.api import Result, Trust, judge
from sogoc.verifier.paper import CREDENTIAL
from sogoc.verifier.paper import judge as judge_paper
from tests.judges.test_papers import grown
from tests.papers import SIGNED_AT, Office
from tests.verifier import making
from tests.verifier.making import NOW, World, until
from tests.verifier.making_xml import trust_of

_FOLDER = TemporaryDirectory()


@cache
def office() -> Office:
    return Office(Path(_FOLDER.name))


@cache
def paper(attached: bool = True) -> bytes:
    """A certificate with the world's credential inside, signed by a person and a seal."""
    files = [Attached(CREDENTIAL, World().credential(), "application/vc", "Chứng thực")]
    page = Press().print(
        "certificate", sample("certificate"), files if attached else [], at=SIGNED_AT
    )
    return office().sign(page)


@cache
def trust() -> Trust:
    return trust_with()


def trust_with(**changes: Any) -> Trust:
    bundle = World().bundle()
    bundle["certificates"] = office().trust(**changes).as_json()
    return trust_of(bundle)


def verdict(data: bytes, bundle: Trust | None = None) -> str:
    return judge_paper(data, bundle or trust(), NOW).verdict.value


def test_good_paper_is_valid() -> None:
    report = judge(paper(), trust(), NOW)
    assert (report.verdict, report.kind) == ("valid", "pdf")
    assert report.facts["full_name"] == "Y Bhăm Niê"
    names = {check.name for check in report.checks}
    assert {"paper:person:signature", "paper:seal:signature", "signature", "inclusion"} <= names


def test_paper_without_a_credential_or_with_an_update_behind_is_invalid() -> None:
    report = judge_paper(paper(attached=False), trust(), NOW)
    assert report.result_of("paper:credential") is Result.FAIL
    report = judge_paper(grown(paper()), trust(), NOW)
    assert report.result_of("paper:unchanged") is Result.FAIL


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_until": SIGNED_AT},
        {"valid_from": SIGNED_AT.replace(year=2027)},
        {"compromised_at": SIGNED_AT},
    ],
)
def test_key_of_the_person_outside_of_its_period(changes: dict[str, Any]) -> None:
    report = judge_paper(paper(), trust_with(**changes), NOW)
    assert (report.verdict, report.result_of("paper:person:key")) == ("invalid", Result.FAIL)


def test_revoked_line_and_stale_list_on_a_paper() -> None:
    for world, expected in (
        (World(status={"revocation": [4242]}), "invalid"),
        (World(list_until=NOW), "unknown"),
    ):
        bundle = {**world.bundle(), "certificates": office().trust().as_json()}
        assert verdict(paper(), trust_of(bundle)) == expected


@pytest.mark.parametrize(
    ("world", "expected", "name", "result"),
    [
        (World(may_issue=[]), "invalid", "authority", Result.FAIL),
        (World(published={5: b"5" * 32, 9: b"9" * 32}), "invalid", "consistency", Result.FAIL),
        (World(published={4: b"4" * 32}), "unknown", "consistency", Result.UNKNOWN),
        (World(body_keys=(until(making.BODY_KEY, making.AT),)), "invalid", "certificate",
         Result.FAIL),
    ],
)  # fmt: skip
def test_what_the_bundle_says_of_the_credential_inside(
    world: World, expected: str, name: str, result: Result
) -> None:
    """No authority, a history rewritten, an old bundle, a key retired before."""
    bundle = {**world.bundle(), "certificates": office().trust().as_json()}
    report = judge_paper(paper(), trust_of(bundle), NOW)
    assert (report.verdict.value, report.result_of(name)) == (expected, result)


def test_proof_from_a_log_that_is_not_the_registers() -> None:
    bundle = {**World().bundle(), "certificates": office().trust().as_json(), "logs": []}
    report = judge_paper(paper(), trust_of(bundle), NOW)
    assert (report.verdict, report.result_of("inclusion")) == ("invalid", Result.FAIL)


def test_unreachable_lists_are_unknown() -> None:
    bundle = {**World().bundle(), "certificates": office().trust().as_json(), "status_lists": []}
    assert verdict(paper(), trust_of(bundle)) == "unknown"


def test_bundle_that_knows_no_papers_is_unknown() -> None:
    assert verdict(paper(), World().trust()) == "unknown"


def test_one_visible_letter_with_the_signatures_kept() -> None:
    """The name on the page is another, both signatures are those of the genuine paper."""
    other = Press().print(
        "certificate",
        {**sample("certificate"), "full_name": "Trần Văn An"},
        [Attached(CREDENTIAL, World().credential(), "application/vc", "Chứng thực")],
        at=SIGNED_AT,
    )
    forged = office().sign(other)
    for mine, genuine in zip(
        PdfReader(forged).signatures(), PdfReader(paper()).signatures(), strict=True
    ):
        old, new = mine.cms.rstrip(b"\0").hex(), genuine.cms.rstrip(b"\0").hex()
        width = max(len(old), len(new))
        forged = forged.replace(old.ljust(width, "0").encode(), new.ljust(width, "0").encode(), 1)
    assert verdict(forged) == "invalid"


# --- whatever the bytes are --------------------------------------------------------------------


def is_same(data: bytes) -> bool:
    """Whether only the case of hexadecimal digits differs, in the place of the last signature."""
    end = PdfReader(paper()).signatures()[-1].end
    start = paper().rindex(b"/Contents", 0, end)
    stop = paper().index(b">", start)
    whole = paper()
    return (
        data[:start] == whole[:start]
        and data[stop:] == whole[stop:]
        and data[start:stop].lower() == whole[start:stop].lower()
    )


@settings(max_examples=250)
@given(st.data(), st.integers(1, 255))
def test_one_byte_changed_anywhere_is_invalid(data: st.DataObject, change: int) -> None:
    altered = bytearray(paper())
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= change
    assert verdict(bytes(altered)) == "invalid" or is_same(bytes(altered))


@settings(max_examples=150)
@given(st.data(), st.integers(1, 255))
def test_one_byte_of_the_last_signature_changed_is_invalid(
    data: st.DataObject, change: int
) -> None:
    """No signature covers it but itself."""
    place = paper().rindex(b"/Contents")
    used = len(PdfReader(paper()).signatures()[-1].cms.rstrip(b"\0"))
    end = data.draw(st.sampled_from([place + 12 + 2 * used, len(paper()) - 1]))
    altered = bytearray(paper())
    altered[data.draw(st.integers(place, end))] ^= change
    assert verdict(bytes(altered)) == "invalid" or is_same(bytes(altered))


@pytest.mark.parametrize("change", [0x01, 0x20, 0x80])
def test_every_byte_of_a_signature_counts(change: int) -> None:
    """What it does not cover of itself – versions, names of algorithms – has one form each."""
    spot = PdfReader(paper()).signatures()[-1]
    genuine = spot.cms.rstrip(b"\0")
    assert stands(genuine, spot.digest)
    for at in range(len(genuine)):
        altered = bytearray(genuine)
        altered[at] ^= change
        assert not stands(bytes(altered), spot.digest), at


def stands(cms: bytes, digest: bytes) -> bool:
    try:
        signed = verify_cms(cms, digest)
        verify_time_stamp(signed.time_stamp_token or b"", signed.signature)
    except CmsError:
        return False
    return True


@settings(max_examples=100)
@given(st.data())
def test_paper_cut_anywhere_is_invalid(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(paper()) - 1))
    assert verdict(paper()[:at]) == "invalid"
    assert verdict(b"%PDF-1.7\n" + paper()[at + 9 :]) == "invalid" or at == 0


PIECES = [
    b"", b"0", b"-1", b"9" * 30, b"null", b"/Type", b"<<", b">>", b"[", b"]", b"(", b"\x00",
    b"1 0 R", b"99999 0 R", b"stream", b"endobj", b"/Contents <zz>", b"/ByteRange [0 1 2 3]",
    b"/ByteRange [0 0 0 0]", b"startxref\n0\n%%EOF\n", b"trailer\n<</Root 1 0 R>>\n", b"\xff\xfe",
]  # fmt: skip


@settings(max_examples=200)
@given(st.data(), st.sampled_from(PIECES), st.integers(0, 60))
def test_pieces_put_in_anywhere_are_invalid(data: st.DataObject, piece: bytes, gone: int) -> None:
    whole = paper()
    places = [data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 2000))]
    for at in (places[0], len(whole) - places[1]):
        altered = whole[:at] + piece + whole[at + gone :]
        assert altered == whole or verdict(altered) == "invalid" or is_same(altered)


@settings(max_examples=150)
@given(st.data(), st.sampled_from(PIECES))
def test_updates_of_any_content_are_invalid(data: st.DataObject, piece: bytes) -> None:
    """A further revision whose objects hold anything at all."""
    whole = paper()
    reader = PdfReader(whole)
    number = data.draw(st.integers(0, int(reader.revisions[-1].trailer["Size"]) + 2))
    body = data.draw(st.sampled_from([piece, b"<<" + piece + b">>", b"[" + piece + b"]"]))
    table = len(whole) + len(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    previous = data.draw(st.integers(0, len(whole) + 100))
    update = (
        b"%d 0 obj\n%s\nendobj\nxref\n%d 1\n%010d 00000 n\r\n"
        b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (number, body, number, len(whole), number + 1, number, previous, table)
    )
    assert verdict(whole + update) == "invalid"


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_invalid(data: bytes) -> None:
    assert verdict(data) == "invalid"
    assert verdict(b"%PDF-1.7\n" + data) == "invalid"
