"""Archived papers are editions: whose they are, which are due, and that numbers stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sogoc.kernel.errors import Error
from sogoc.kernel.pdf_check import check_pdf, verdict
from tests.credentials.documents.conftest import BASE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
LATER = AT + timedelta(days=400)


@pytest.fixture
def keeper(codes: tuple[str, ...], tmp_path: Path) -> Any:
    from sogoc.credentials.documents.api import Request
    from tests.credentials import world

    return Request(
        code="", home=tmp_path, base=BASE, at=AT, by=world.who("keys.manage"), is_playground=True
    )


def made(keeper: Any, codes: tuple[str, ...]) -> list[Any]:
    from sogoc.credentials.documents import api

    return api.make_papers(codes, replace(keeper, by=api.WORKER))


def test_an_archived_paper_is_its_next_edition(codes, keeper, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing import api as signing
    from sogoc.credentials.signing.api import paper_trust

    first, second = made(keeper, codes[:2])
    assert api.newest_document_of(codes[0]) == first.number
    assert api.newest_document_of("SG-NOBODY") is None
    due = api.documents_to_archive
    assert due(renewed_before=AT) == [first.number, second.number]
    kept = api.archive(first.number, keeper)
    assert (kept.number, kept.edition) == (first.number, 2)
    assert kept.data.startswith(first.data)
    assert due(renewed_before=AT) == [second.number]
    (seal,) = [each for each in signing.list_keys(by=keeper.by) if each.purpose == "seal"]
    listed = api.signed_documents(seal.number, by=keeper.by)
    assert [(each.number, each.edition, each.is_newest) for each in listed] == [
        (first.number, 1, False), (first.number, 2, True), (second.number, 1, True)
    ]  # fmt: skip
    again = api.archive(first.number, replace(keeper, at=LATER))
    assert (again.edition, again.data.startswith(kept.data)) == (3, True)
    assert due(renewed_before=LATER) == [second.number]
    assert due(renewed_before=LATER + timedelta(days=1)) == [first.number, second.number]
    for data in (kept.data, again.data):
        trust = paper_trust(tmp_path, is_playground=True, at=LATER)
        assert verdict(check_pdf(data, trust)) == "valid"
    asked = replace(keeper, by=api.WORKER, code=codes[0])
    assert api.render("pdf", asked) == again.data


def test_archiving_is_refused(codes, keeper) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    (paper,) = made(keeper, codes[:1])

    def refusal(number: str, **changes: Any) -> str:
        with pytest.raises(Error) as refused:
            api.archive(number, replace(keeper, **changes))
        return refused.value.code

    assert refusal("D-NOBODY") == "document_unknown"
    assert refusal(paper.number, by=world.account("registrar.dh")) == "not_permitted"
    assert refusal(paper.number, is_playground=False) == "no_time_stamps"
    (lost,) = [k for k in signing.list_keys(by=keeper.by) if k.purpose == "person"]
    signing.end_key(
        lost.number, cause="compromised", since=AT - timedelta(days=1), reason="Mất",
        by=keeper.by, at=AT,
    )  # fmt: skip
    assert refusal(paper.number) == "document_not_valid"
