"""Documents made of a line go with its erasure; a sheet of several people stays, and is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sogoc.credentials.documents import api as documents
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.log import api as log
from sogoc.people.api import Actor, acting
from sogoc.signer.api import stop
from tests.credentials import world

BASE = "so.example"
AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def codes(transactional_db: None, tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """Codes of four published lines."""
    world.settle()
    codes = world.issue_list(world.people_list(range(1, 5))).codes
    log.sequence(tmp_path, base=BASE)
    yield codes
    stop(tmp_path / "signer")


def request(home: Path, code: str) -> documents.Request:
    return documents.Request(
        code=code, home=home, base=BASE, at=AT, by=world.who("register.view"), is_playground=True
    )


def erase(codes: list[str], home: Path) -> lifecycle.Erased:
    return lifecycle.erase_personal(
        codes=codes,
        decision_number="12/QĐ-TT",
        decision_date=world.TODAY,
        reason="theo yêu cầu",
        by=world.who("register.erase"),
        at=AT,
        home=home,
    )


def test_papers_of_the_line_go_and_those_of_others_stay(
    codes: tuple[str, ...], tmp_path: Path
) -> None:
    for code in codes[:2]:
        documents.render("pdf", request(tmp_path, code))
    before = set((tmp_path / "documents").rglob("*.pdf"))
    assert len(before) == 2
    done = erase([codes[0]], tmp_path)
    left = set((tmp_path / "documents").rglob("*.pdf"))
    assert len(left) == 1
    (gone,) = before - left
    assert done.files == (f"documents/{gone.stem}",)
    assert done.kept == ()
    with pytest.raises(documents.DocumentRefused) as refused:
        documents.render("pdf", request(tmp_path, codes[0]))
    assert refused.value.code == "document_line_erased"
    assert documents.render("pdf", request(tmp_path, codes[1]))


def test_a_sheet_goes_with_the_last_person_on_it(codes: tuple[str, ...], tmp_path: Path) -> None:
    from sogoc.credentials.documents.models import Document, DocumentEdition

    documents.render("pdf", request(tmp_path, codes[0]))
    with acting(Actor.system("documents")):
        paper = Document.objects.get()
        edition = DocumentEdition.objects.get()
        last = paper.line.__class__.objects.get(code=codes[2])
        sheet = Document.objects.create(
            number="sheet-1", line=paper.line, last_line=last, issuer=paper.issuer, role="page",
            template="register-page", page_number=1, content=b"s" * 32,
            made_by="system:documents", made_at=AT,
        )  # fmt: skip
    assert (sheet.pk, edition.pk) != (None, None)
    first = erase(list(codes[:2]), tmp_path)
    assert [(each.what, each.name, each.others) for each in first.kept] == [
        ("sheet", "sheet-1", 2), ("sheet", "sheet-1", 1),
    ]  # fmt: skip
    assert erase([codes[2]], tmp_path).kept == ()
