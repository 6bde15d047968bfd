"""Long-term papers (B-LTA): they stay valid, and nobody's update hides under the last stamp."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.kernel.pdf_read import PdfReader
from tests.judges.test_papers import grown, one_byte, pyhanko
from tests.papers import SIGNED_AT, Office, page

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
LATER = SIGNED_AT + timedelta(days=2)


class Stamps:
    def __init__(self, office: Office) -> None:
        self.office = office

    def stamp(self, digest: bytes, at: object) -> bytes:
        return self.office.authority.time_stamp_digest(digest, LATER)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def archived(office: Office) -> bytes:
    from sogoc.credentials.documents.long_term import with_long_term_data

    return with_long_term_data(
        office.sign(page()), trust=office.trust(), stamper=Stamps(office), at=LATER
    )


def test_the_archived_paper_is_valid(office: Office, archived: bytes) -> None:
    checks = check_pdf(archived, office.trust())
    assert verdict(checks) == "valid", checks
    assert "time:document" in {check.name for check in checks}
    reader = PdfReader(archived)
    assert {"Certs", "CRLs"} <= reader.resolve(reader.object(reader.root)["DSS"]).keys()


def test_pyhanko_agrees(office: Office, archived: bytes) -> None:
    assert [good for good, _ in pyhanko(archived, office)] == [True, True]
    assert not all(good for good, _ in pyhanko(grown(archived), office))


def test_altered_ones_fail(office: Office, archived: bytes) -> None:
    for altered in (one_byte(archived), grown(archived), archived[:-9]):
        assert verdict(check_pdf(altered, office.trust())) == "invalid"


def test_what_is_not_valid_is_not_archived(office: Office, tmp_path: Path) -> None:
    from sogoc.credentials.documents.api import DocumentRefused
    from sogoc.credentials.documents.long_term import with_long_term_data

    with pytest.raises(DocumentRefused):
        with_long_term_data(
            one_byte(office.sign(page())), trust=office.trust(), stamper=Stamps(office), at=LATER
        )
