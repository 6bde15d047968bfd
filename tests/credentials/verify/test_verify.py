"""Anybody's file against the living register, and receipts of what was found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.documents import api as documents
from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.status import api as status
from sogoc.credentials.trust import api as trust
from sogoc.credentials.verify import api, live
from sogoc.kernel import notes
from sogoc.kernel.multikey import Algorithm
from sogoc.verifier.api import Receipt, Trust, Verdict, judge
from tests.credentials import world
from tests.credentials.documents.conftest import BASE
from tests.credentials.world import AT

Check = Callable[..., api.Report]


@pytest.fixture
def credential(codes: tuple[str, ...], tmp_path: Path) -> bytes:
    """A credential of the first line, and its status lists."""
    request = documents.Request(
        code=codes[0], home=tmp_path, base=BASE, at=AT, by=world.who("register.view"),
        is_playground=True,
    )  # fmt: skip
    made = documents.render("vc", request)
    status.publish(tmp_path, base=BASE, at=AT, is_playground=True)
    return made


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def ask(data: bytes, at: Any = AT) -> api.Report:
        return api.check_file(data, home=tmp_path, base=BASE, at=at, is_playground=True)

    return ask


def prepared(report: api.Report, data: bytes, home: Path, **changes: Any) -> api.Prepared:
    said: dict[str, Any] = {"home": home, "base": BASE, "at": AT, "is_playground": True, **changes}
    return api.prepare_receipt(report, data, **said)


def signed(token: str, home: Path, **changes: Any) -> bytes:
    said: dict[str, Any] = {"home": home, "base": BASE, "at": AT, "is_playground": True, **changes}
    return api.sign_receipt(token, **said)


def bundle(home: Path) -> Trust:
    found = trust.export_trust(home, base=BASE, at=AT, is_playground=True)
    return Trust.parse(json.dumps(found).encode())


def test_a_true_file_matches_the_register(credential: bytes, check: Check) -> None:
    report = check(credential)
    assert report.verdict is Verdict.VALID, report.checks
    assert report.result_of(api.REGISTER) is api.Result.PASS
    assert report.checks[-1].why.vi.startswith("Khớp với sổ gốc")


def test_an_altered_file_is_invalid_and_the_register_is_not_asked(
    credential: bytes, check: Check
) -> None:
    report = check(credential.replace("Trần Văn An".encode(), "Trần Văn Ân".encode()))
    assert report.verdict is Verdict.INVALID
    assert report.result_of(api.REGISTER) is None


def test_a_revocation_shows_at_once_before_any_list_has_it(
    credential: bytes, check: Check, codes: tuple[str, ...]
) -> None:
    assert check(credential).verdict is Verdict.VALID
    lifecycle.revoke_line(
        code=codes[0], decision_number="9/QĐ", decision_date=world.TODAY, ground="điểm a",
        reason="thử", by=world.who("register.revoke"), at=AT,
    )  # fmt: skip
    report = check(credential)
    assert report.result_of("status") is api.Result.PASS  # the list of before
    assert report.result_of(api.REGISTER) is api.Result.FAIL
    assert report.verdict is Verdict.INVALID


def test_evidence_is_kept_for_a_minute_and_made_anew_when_it_does_not_suffice(
    credential: bytes, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    real = trust.export_trust

    def count(*words: Any, **named: Any) -> dict[str, Any]:
        made.append(named["at"])
        return real(*words, **named)

    monkeypatch.setattr(trust, "export_trust", count)
    check(credential)
    check(credential, AT + live.FRESH - timedelta(seconds=1))
    assert len(made) == 1
    check(credential, AT + live.FRESH)
    assert len(made) == 2
    later = AT + status.VALIDITY + timedelta(minutes=1)  # no list is valid then
    assert check(credential, later).verdict is Verdict.UNKNOWN
    assert len(made) == 3  # what is missing is missing in new evidence too
    check(credential, later + live.NEWER)
    assert len(made) == 4
    check(credential, AT)  # a clock set back
    assert len(made) == 5


def test_a_receipt_says_what_was_found_and_nothing_of_the_file(
    credential: bytes, check: Check, tmp_path: Path
) -> None:
    report = check(credential)
    ready = prepared(report, credential, tmp_path)
    made = signed(ready.token, tmp_path)
    assert signed(ready.token, tmp_path, at=AT + timedelta(minutes=29)) == made
    said = judge(made, bundle(tmp_path), AT)
    assert said.verdict is Verdict.VALID
    assert said.facts["file_verdict"] == "valid"
    assert said.facts["file_checks"] == [
        {"name": each.name, "result": each.result.value} for each in report.checks
    ]
    assert b"says-only" in made
    for hidden in ("Trần", "A025", "1981"):
        assert hidden.encode() not in made


def test_no_receipt_without_a_token_of_ours(
    credential: bytes, check: Check, tmp_path: Path
) -> None:
    token = prepared(check(credential), credential, tmp_path).token
    for false in ("", "x", token[:-1], "A" + token):
        with pytest.raises(api.ReceiptRefused) as refused:
            signed(false, tmp_path)
        assert refused.value.code == "receipt_token_false"
    for changes in ({"at": AT + api.LASTS}, {"base": "other.example"}):
        with pytest.raises(api.ReceiptRefused) as refused:
            signed(token, tmp_path, **changes)
        assert refused.value.code == "receipt_token_old"


def test_a_real_home_signs_no_receipt_with_a_key_in_a_file(
    credential: bytes, check: Check, tmp_path: Path
) -> None:
    report = check(credential)
    with pytest.raises(api.IssuerRefused):
        prepared(report, credential, tmp_path, is_playground=False)


def test_receipts_of_a_retired_key_hold_and_those_of_strangers_do_not(
    credential: bytes, check: Check, tmp_path: Path
) -> None:
    old = signed(prepared(check(credential), credential, tmp_path).token, tmp_path)
    later = AT + timedelta(minutes=1)
    issuers.rotate(tmp_path, issuers.OPERATOR, Algorithm.ED25519, at=later, is_playground=True)
    known = bundle(tmp_path)
    assert judge(old, known, later).verdict is Verdict.VALID
    text = notes.parse_note(old).text
    assert isinstance(Receipt.parse(text), Receipt)
    forged = notes.sign_note(text, f"{BASE}/receipts", notes.SignerKey("x", b"f" * 32).private_key)
    assert judge(forged.encode(), known, later).verdict is Verdict.INVALID
    other = old.replace(BASE.encode(), b"xo.example")
    assert judge(other, known, later).verdict is Verdict.UNKNOWN  # another register's
    before = replace(known, keys={})
    assert judge(old, before, later).verdict is Verdict.UNKNOWN
