"""Papers against the living register: copies that ended, sheets of many lines."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.documents import api as documents
from sogoc.credentials.status import api as status
from sogoc.credentials.trust import api as trust
from sogoc.credentials.verify import api
from sogoc.kernel.pdf_read import PdfReader
from sogoc.verifier.api import Report, Result, Trust, Verdict, judge
from sogoc.verifier.sheet import judge_entries
from tests.credentials import world
from tests.credentials.documents.conftest import BASE
from tests.credentials.world import AT
from tests.judges.test_papers import grown, one_byte

Make = Callable[[str], bytes]


@pytest.fixture
def make(codes: tuple[str, ...], tmp_path: Path) -> Make:
    def render(form: str) -> bytes:
        made = documents.render(
            form,
            documents.Request(
                code=codes[0], home=tmp_path, base=BASE, at=AT, by=world.who("register.view"),
                is_playground=True,
            ),
        )  # fmt: skip
        status.publish(tmp_path, base=BASE, at=AT, is_playground=True)
        return made

    return render


def check(data: bytes, home: Path, at: Any = AT) -> api.Report:
    return api.check_file(data, home=home, base=BASE, at=at, is_playground=True)


def bundle(home: Path) -> Trust:
    found = trust.export_trust(home, base=BASE, at=AT, is_playground=True)
    return Trust.parse(json.dumps(found).encode())


def test_a_copy_that_ended_is_invalid_while_its_line_stands(
    make: Make, codes: tuple[str, ...], tmp_path: Path
) -> None:
    data = make("pdf-copy")
    report = check(data, tmp_path)
    assert report.verdict is Verdict.VALID
    assert report.result_of(api.DOCUMENT) is Result.PASS
    (copy,) = documents.disclosed_documents(codes[0])
    assert (copy.role, copy.status) == ("copy", "current")
    by = world.who("register.revoke")
    documents.withdraw(copy.number, reason="in hỏng", by=by, at=AT)
    report = check(data, tmp_path)
    assert report.result_of(api.REGISTER) is Result.PASS
    assert report.result_of(api.DOCUMENT) is Result.FAIL
    assert report.verdict is Verdict.INVALID
    assert documents.disclosed_documents(codes[0])[0].status == "withdrawn"


@pytest.mark.parametrize("form", ["register-page", "decision"])
def test_the_register_alone_knows_whether_a_sheet_counts(
    make: Make, tmp_path: Path, form: str
) -> None:
    data = make(form)
    known = bundle(tmp_path)
    outside = judge(data, known, AT)
    assert outside.verdict is Verdict.UNKNOWN
    assert [c.name for c in outside.checks if c.result is not Result.PASS] == ["status"]
    assert outside.result_of("inclusion") is Result.PASS
    inside = check(data, tmp_path)
    assert inside.verdict is Verdict.VALID, inside.checks
    assert inside.result_of(api.DOCUMENT) is Result.PASS
    for false in (one_byte(data), grown(data)):
        assert judge(false, known, AT).verdict is Verdict.INVALID
        assert check(false, tmp_path).verdict is Verdict.INVALID


def test_a_sheet_the_register_never_made_or_that_was_replaced(
    make: Make, codes: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sogoc.credentials.lifecycle import api as lifecycle

    old = make("register-page")
    with monkeypatch.context() as lost:
        lost.setattr(documents, "disclosed_file", lambda _digest: None)
        report = check(old, tmp_path)
    assert report.result_of(api.DOCUMENT) is Result.FAIL
    lifecycle.revoke_line(
        code=codes[1], decision_number="9/QĐ", decision_date=world.TODAY, ground="điểm a",
        reason="thử", by=world.who("register.revoke"), at=AT,
    )  # fmt: skip
    make("register-page")
    report = check(old, tmp_path)
    assert report.facts["superseded"] is True
    assert report.result_of(api.DOCUMENT) is Result.PASS


def test_false_proofs_of_a_sheet(make: Make, tmp_path: Path) -> None:
    data = PdfReader(make("decision")).attachments()["so-goc.entries.json"]
    known = bundle(tmp_path)

    def said(entries: bytes) -> Report:
        report = Report("pdf")
        judge_entries(entries, known, report)
        return report

    assert said(data).result_of("inclusion") is Result.PASS
    first, second = json.loads(data)["entries"][:2]
    other = base64.b64encode(b'{"a":"issue"}').decode()
    for entries in (
        [],
        [{**first, "leaf": second["leaf"]}],
        [{**first, "leaf": other}],
        [{**first, "tlogProof": re.sub(r"(?m)^index \d+", "index 1", first["tlogProof"])}],
        [{**first, "tlogProof": first["tlogProof"].replace(f"{BASE}/", "other.example/")}],
        [first, {}],
    ):
        report = said(json.dumps({"version": 1, "entries": entries}).encode())
        assert report.result_of("inclusion") is Result.FAIL, entries
    for slip in (b"", b"[]", b"{}", data.replace(b'"version": 1', b'"version": 2')):
        assert said(slip).result_of("inclusion") is Result.FAIL


def test_a_bundle_older_than_a_sheet_cannot_tell(make: Make, tmp_path: Path) -> None:
    from dataclasses import replace

    data = make("decision")
    known = bundle(tmp_path)
    older = replace(known, logs={o: replace(log, roots={}) for o, log in known.logs.items()})
    report = judge(data, older, AT + timedelta(hours=1))
    assert report.result_of("consistency") is Result.UNKNOWN
    rewritten = replace(
        known, logs={o: replace(log, roots={99: b"x" * 32}) for o, log in known.logs.items()}
    )
    assert judge(data, rewritten, AT).result_of("inclusion") is Result.FAIL
