"""A true QR code on another paper: by an update of the file, or by printing the page anew."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.disclosure import api as disclosure
from sogoc.credentials.documents import api
from sogoc.credentials.status import api as status
from sogoc.credentials.trust.api import export_trust
from sogoc.kernel.pdf_read import PdfReader, Ref
from sogoc.verifier.api import Trust, Verdict, judge
from tests.credentials import world
from tests.credentials.documents.conftest import BASE
from tests.papers import SIGNED_AT


@pytest.fixture
def papers(codes: tuple[str, ...], tmp_path: Path) -> tuple[bytes, bytes, Trust]:
    """The papers of two people, and the bundle that judges them."""
    made = [
        api.render(
            "pdf",
            api.Request(
                code=code, home=tmp_path, base=BASE, at=SIGNED_AT,
                by=world.who("register.view"), is_playground=True,
            ),
        )
        for code in codes[:2]
    ]  # fmt: skip
    status.publish(tmp_path, base=BASE, at=SIGNED_AT, is_playground=True)
    exported = export_trust(tmp_path, base=BASE, at=SIGNED_AT, is_playground=True)
    return made[0], made[1], Trust.parse(json.dumps(exported).encode())


def code_in(paper: bytes, folder: Path) -> str:
    """The address that a camera reads off the page."""
    file = folder / "paper.pdf"
    file.write_bytes(paper)
    for old in folder.glob("seen*"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", "150", "-png", file, folder / "seen"], check=True)
    found = subprocess.run(
        ["zbarimg", "-q", "--raw", *sorted(folder.glob("seen*.png"))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return found.stdout.split()[0]


def contents(reader: PdfReader) -> int:
    """The number of the stream that draws the page."""
    catalogue = reader.object(reader.root)
    pages = reader.resolve(catalogue["Pages"])
    page = reader.resolve(pages["Kids"][0])
    drawn = page["Contents"]
    first = drawn[0] if isinstance(drawn, list) else drawn
    assert isinstance(first, Ref)
    return first.number


def updated(paper: bytes, page: bytes) -> bytes:
    """The paper with another page drawn, by an incremental update after all signatures."""
    reader = PdfReader(paper)
    number, at = contents(reader), len(paper)
    body = b"%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (number, len(page), page)
    start = int(re.findall(rb"startxref\s+(\d+)", paper)[-1])
    size = reader.revisions[-1].trailer["Size"]
    return (
        paper
        + body
        + (
            b"xref\n%d 1\n%010d 00000 n\r\ntrailer\n<</Size %d/Root %d 0 R/Prev %d>>\n"
            b"startxref\n%d\n%%%%EOF\n" % (number, at, size, reader.root, start, at + len(body))
        )
    )


def failed(data: bytes, trust: Trust) -> set[str]:
    report = judge(data, trust, SIGNED_AT)
    assert report.verdict is Verdict.INVALID
    return {each.name for each in report.checks if each.result.value == "fail"}


def test_a_page_drawn_anew_with_anothers_code(
    papers: tuple[bytes, bytes, Trust], codes: tuple[str, ...], tmp_path: Path
) -> None:
    mine, other, trust = papers
    assert judge(mine, trust, SIGNED_AT).verdict is Verdict.VALID
    assert code_in(mine, tmp_path).endswith(codes[0])
    assert code_in(other, tmp_path).endswith(codes[1])
    foreign = PdfReader(other).stream(contents(PdfReader(other)))
    forged = updated(mine, foreign)
    assert code_in(forged, tmp_path).endswith(codes[1])  # what a camera sees is the other's code
    assert "paper:unchanged" in failed(forged, trust)


def test_a_credential_of_another_put_into_the_paper(
    papers: tuple[bytes, bytes, Trust],
) -> None:
    """Whoever replaces the attached credential instead fails at the signatures over the file."""
    mine, other, trust = papers

    def attached(paper: bytes) -> int:
        reader = PdfReader(paper)
        tree: Any = reader.resolve(reader.object(reader.root)["Names"])["EmbeddedFiles"]
        names = reader.resolve(tree)["Names"]
        place = names.index(next(n for n in names if n == b"credential.json"))
        return int(reader.resolve(reader.resolve(names[place + 1])["EF"])["F"].number)

    foreign = PdfReader(other).attachments()["credential.json"]
    reader = PdfReader(mine)
    number, at = attached(mine), len(mine)
    body = b"%d 0 obj\n<</Type/EmbeddedFile/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        number, len(foreign), foreign
    )  # fmt: skip
    start = int(re.findall(rb"startxref\s+(\d+)", mine)[-1])
    forged = (
        mine
        + body
        + (
            b"xref\n%d 1\n%010d 00000 n\r\ntrailer\n<</Size %d/Root %d 0 R/Prev %d>>\n"
            b"startxref\n%d\n%%%%EOF\n"
            % (number, at, reader.revisions[-1].trailer["Size"], reader.root, start, at + len(body))
        )
    )
    assert PdfReader(forged).attachments()["credential.json"] == foreign
    assert "paper:unchanged" in failed(forged, trust)


def test_the_pasted_code_leads_to_whom_it_is_of(codes: tuple[str, ...]) -> None:
    """On paper nobody but the reader can compare: the look-up shows the code's own line."""
    answer = disclosure.look_up_code(codes[1])
    mine = disclosure.look_up_code(codes[0])
    assert (answer.code, mine.code) == (codes[1], codes[0])
    assert (answer.serial, answer.entry_number) != ("", "")
    assert answer.full_name != mine.full_name
