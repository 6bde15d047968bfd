"""`sogoc verify` on papers: signatures and the credential inside, from an exported bundle alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sogoc.verifier.api import Trust, Verdict, judge
from tests.credentials.documents.conftest import BASE
from tests.judges.test_papers import grown, one_byte
from tests.papers import SIGNED_AT, page


@pytest.fixture
def made(codes: tuple[str, ...], tmp_path: Path) -> tuple[bytes, Callable[[], Trust], str]:
    from sogoc.credentials.documents import api
    from sogoc.credentials.trust.api import export_trust
    from tests.credentials import world

    request = api.Request(
        code=codes[0], home=tmp_path, base=BASE, at=SIGNED_AT, by=world.who("register.view"),
        is_playground=True,
    )  # fmt: skip
    paper = api.render("pdf", request)

    def bundle() -> Trust:
        exported = export_trust(tmp_path, base=BASE, at=SIGNED_AT, is_playground=True)
        return Trust.parse(json.dumps(exported).encode())

    return paper, bundle, codes[0]


def failures(report: Any) -> set[str]:
    return {check.name for check in report.checks if check.result.value == "fail"}


def test_a_true_paper_and_false_ones(made: tuple[bytes, Callable[[], Trust], str]) -> None:
    paper, bundle, code = made
    trust = bundle()
    report = judge(paper, trust, SIGNED_AT)
    assert failures(report) == set()
    assert report.kind == "pdf"
    assert report.is_development
    assert report.facts["code"] == code
    for false in (one_byte(paper), grown(paper), paper[:-40], page(), b"%PDF-1.7\n"):
        assert judge(false, trust, SIGNED_AT).verdict is Verdict.INVALID


def test_a_bundle_without_keys_of_papers_cannot_tell(
    made: tuple[bytes, Callable[[], Trust], str],
) -> None:
    paper, bundle, _ = made
    report = judge(paper, replace(bundle(), certificates={}), SIGNED_AT)
    assert report.verdict is Verdict.UNKNOWN
    assert judge(one_byte(paper), replace(bundle(), certificates={}), SIGNED_AT).verdict is (
        Verdict.INVALID
    )
