"""Signed papers whatever their bytes are: a verdict, never an error, never `valid` by chance."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.credentials.documents.press import Attached, Press
from sogoc.credentials.documents.samples import sample
from sogoc.kernel import merkle
from sogoc.kernel.cms_check import CmsError, verify_cms, verify_time_stamp
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.pdf_read import PdfReader
from sogoc.verifier.api import Result, Trust, judge
from sogoc.verifier.paper import CREDENTIAL
from sogoc.verifier.paper import judge as judge_paper
from sogoc.verifier.sheet import ENTRIES
from tests.judges.test_papers import grown
from tests.papers import Office
from tests.verifier import making
from tests.verifier.making import AT as SIGNED_AT
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
    return office().sign(page, at=SIGNED_AT)


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
    forged = office().sign(other, at=SIGNED_AT)
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


# --- who signed, and what is hidden -------------------------------------------------------------


def test_a_true_credential_on_a_page_of_another_body() -> None:
    """Its holder has a body that signs papers of its own put it under another page."""

    def bundle(custody: list[dict[str, str]] | None, made: datetime | None = None) -> Trust:
        found = World(**({} if made is None else {"made": made})).bundle()
        papers = office().trust(body="trung-tam-khac").as_json()
        found["certificates"] = {**papers, "custody": custody}
        if custody is None:
            del found["certificates"]["custody"]
        return trust_of(found)

    kept = {"of": making.BODY, "by": "trung-tam-khac", "since": "2025-04-10"}
    report = judge(paper(), bundle([]), NOW)
    assert (report.verdict, report.result_of("paper:office")) == ("invalid", Result.FAIL)
    assert judge(paper(), bundle([kept]), NOW).verdict == "valid"  # it keeps the register
    assert judge(paper(), bundle([{**kept, "since": "2025-04-11"}]), NOW).verdict == "invalid"
    assert judge(paper(), bundle([{**kept, "of": "truong-khac"}]), NOW).verdict == "invalid"
    # a bundle that does not say who keeps whose register, or is older than the signature
    assert judge(paper(), bundle(None), NOW).verdict == "unknown"
    older = bundle([], making.AT - timedelta(minutes=1))
    assert judge(paper(), older, NOW).result_of("paper:office") is Result.UNKNOWN


def test_a_paper_cut_behind_the_first_signature() -> None:
    """What is left is a whole PDF that the person signed; the seal is missing."""
    first, _ = PdfReader(paper()).signatures()
    report = judge(paper()[: first.end], trust(), NOW)
    assert report.result_of("paper:unchanged") is Result.PASS
    assert (report.verdict, report.result_of("paper:signers")) == ("invalid", Result.FAIL)


def test_a_paper_with_the_seal_in_both_places() -> None:
    twin = Office(office().authority.folder.parents[1])
    twin.person = twin.seal = office().seal
    page = Press().print(
        "certificate",
        sample("certificate"),
        [Attached(CREDENTIAL, World().credential(), "application/vc", "Chứng thực")],
        at=SIGNED_AT,
    )
    report = judge(twin.sign(page, at=SIGNED_AT), trust(), NOW)
    assert (report.verdict, report.result_of("paper:signers")) == ("invalid", Result.FAIL)


def test_a_paper_signed_after_the_time_of_the_check() -> None:
    """A time-stamp from the future proves nothing today."""
    page = Press().print(
        "certificate",
        sample("certificate"),
        [Attached(CREDENTIAL, World().credential(), "application/vc", "Chứng thực")],
        at=SIGNED_AT,
    )
    early = office().sign(page, at=NOW + timedelta(minutes=1))
    report = judge(early, trust(), NOW)
    assert (report.verdict, report.result_of("paper:time")) == ("unknown", Result.UNKNOWN)
    assert judge(early, trust(), NOW + timedelta(minutes=2)).verdict == "valid"


@pytest.mark.parametrize("year", [b"0001", b"9999", b"0000"])
def test_a_day_of_signing_at_the_end_of_the_calendar(year: bytes) -> None:
    said = b"/M(D:%d" % SIGNED_AT.year
    assert verdict(paper().replace(said, b"/M(D:" + year)) == "invalid"


def test_bundles_whose_keys_are_not_keys() -> None:
    for name, value in (
        ("valid_from", "2025-04-10T00:00:00"), ("purpose", []), ("purpose", "both"),
        ("valid_until", 5), ("spki_sha256", None),
    ):  # fmt: skip
        bundle = {**World().bundle(), "certificates": office().trust().as_json()}
        bundle["certificates"]["keys"][0][name] = value
        report = judge(paper(), trust_of(bundle), NOW)
        assert report.result_of("paper:trust") is Result.UNKNOWN
    for name in ("roots", "crls", "time_stamp_roots", "custody"):
        bundle = {**World().bundle(), "certificates": office().trust().as_json()}
        bundle["certificates"][name] = [None]
        assert judge(paper(), trust_of(bundle), NOW).verdict == "unknown"


# --- sheets -------------------------------------------------------------------------------------


def sheet(entries: bytes) -> bytes:
    """A page of the register, signed as papers are, with these proofs attached."""
    files = [Attached(ENTRIES, entries, "application/json", "Bằng chứng")]
    page = Press().print("register-page", sample("register-page"), files, at=SIGNED_AT)
    return office().sign(page, at=SIGNED_AT)


def proofs(**changes: Any) -> bytes:
    world = World()
    proof = LogProof(
        world.index, tuple(merkle.inclusion_proof(world.index, world.hashes())), world.note()
    )
    entry = {"leaf": base64.b64encode(world.leaf()).decode(), "tlogProof": str(proof), **changes}
    return json.dumps({"version": 1, "entries": [entry]}).encode()


def test_a_sheet_signed_by_another_body() -> None:
    """The lines are true and stand in the log; who says so has no register of theirs."""
    report = judge(sheet(proofs()), trust(), NOW)
    assert (report.verdict, report.result_of("paper:office")) == ("unknown", Result.PASS)
    bundle = World().bundle()
    bundle["certificates"] = office().trust(body="trung-tam-khac").as_json()
    report = judge(sheet(proofs()), trust_of(bundle), NOW)
    assert (report.verdict, report.result_of("paper:office")) == ("invalid", Result.FAIL)


@pytest.mark.parametrize(
    "entries",
    [
        b"", b"[]", b"{}", b"[" * 100_000, b'{"version":1,"entries":[]}',
        b'{"version":1,"entries":["a"]}', b'{"version":1,"entries":[[]]}',
        proofs(leaf=None), proofs(tlogProof=5), proofs(tlogProof="\ud800"), proofs(leaf="AA=="),
    ],
    ids=lambda entries: repr(entries[:40]),
)  # fmt: skip
def test_proofs_of_a_sheet_that_are_none(entries: bytes) -> None:
    report = judge(sheet(entries), trust(), NOW)
    assert (report.verdict, report.result_of("inclusion")) == ("invalid", Result.FAIL)
