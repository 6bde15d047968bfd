"""The demo bodies with blanks enough, lists for them, and the way from a list to the register."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bench.people import HEADERS, listed, person
from bench.place import Stopwatch
from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from sogoc.people.api import Actor, acting, demo_actor
from sogoc.people.demo import load_demo

CENTRE = "tt-gdtx-nnth-dak-nong"
SO = "so-gddt-dak-nong"
KIND = "cc_cntt_co_ban"
TODAY = date(2025, 4, 10)
AT = datetime(2025, 4, 10, 3, 0, tzinfo=UTC)
SERIAL = "B{:08}"


def who(permission: str) -> Actor:
    """The demo account of the Centre that may do this."""
    return demo_actor(permission, organisation_code=CENTRE, on=TODAY)


def settle(blanks_needed: int) -> None:
    """Load the demo bodies and give the Centre that many blanks."""
    load_demo(AT)
    blanks.receive_lot(
        owner=CENTRE,
        kind=KIND,
        first=SERIAL.format(1),
        last=SERIAL.format(blanks_needed),
        document_number="BBGN 12/2025",
        on=date(2025, 1, 6),
        by=who("blanks.receive"),
        at=AT,
    )


def proposal(decision: int = 1) -> issuing.Proposal:
    """The Centre's act of 10/04/2025 under its decision of that number."""
    return issuing.Proposal(
        kind=KIND,
        issuer=CENTRE,
        signatory="Giám đốc",
        issued_on=TODAY,
        exam_date=date(2025, 3, 15),
        decision=issuing.Decision(
            number=f"{decision}/QĐ-TT",
            date=date(2025, 4, 1),
            decided_by=CENTRE,
            signer="Y Bhăm Niê",
        ),
        learners_confirmed_on=date(2025, 4, 5),
    )


def csv_list(numbers: Iterable[int]) -> issuing.ListFile:
    """A list of these people as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    writer.writerows(listed(map(person, numbers)))
    return issuing.ListFile(data=text.getvalue().encode("utf-8-sig"), name="danh-sach.csv")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds each step of one batch took, and the first line's look-up code."""

    lines: int
    prepare: float
    print: float
    issue: float
    codes: tuple[str, ...]


def issue(file: issuing.ListFile, *, decision: int) -> Times:
    """Take a list all the way to the register by the usual calls, as the application's role."""
    with Stopwatch() as preparing:
        prepared = issuing.prepare_batch(
            file=file,
            proposal=proposal(decision),
            by=who("batch.prepare"),
            at=AT,
            today=TODAY,
            allow_any_date=True,
        )
    if prepared.refused_rows:
        raise RuntimeError(f"{prepared.refused_rows} rows refused: {prepared.findings[0]}")
    token = prepared.token
    issuing.approve_batch(token=token, by=who("batch.approve"), at=AT)
    with Stopwatch() as printing:
        issuing.print_batch(token=token, by=who("batch.print"), on=TODAY, at=AT)
    issuing.sign_batch(token=token, by=who("batch.sign"), on=TODAY, at=AT)
    issuing.seal_batch(token=token, by=who("batch.seal"), on=TODAY, at=AT)
    with Stopwatch() as issuing_:
        issued = issuing.issue_batch(token=token, key=token, by=who("batch.issue"), at=AT)
    return Times(
        lines=issued.lines,
        prepare=preparing.seconds,
        print=printing.seconds,
        issue=issuing_.seconds,
        codes=issued.codes,
    )


def fill_old_register(numbers: range) -> list[str]:
    """Enter these people as lines of an old register of the Sở; return their look-up codes.

    The same inserts as any line's, so every constraint, guard and leaf is there.
    """
    from sogoc.credentials.log.api import LEGACY_STREAM
    from sogoc.credentials.register.books import ensure_book
    from sogoc.credentials.register.staging import LineConstants, LineRow, insert_lines

    issued_on = date(2019, 7, 31)
    codes: list[str] = []
    for start in range(numbers.start, numbers.stop, 100_000):
        part = range(start, min(numbers.stop, start + 100_000))
        with acting(Actor.system("bench")):
            constants = LineConstants(
                act="legacy",
                book=ensure_book(SO, KIND, issued_on.year, is_live=False),
                stream=LEGACY_STREAM,
                recorded_at=AT,
                issued_on=issued_on,
                signatory_title="KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC",
                source_file=f"so-cu-{start}.xlsx",
                source_digest=hashlib.sha256(str(start).encode()).digest(),
            )
            rows = (
                LineRow(
                    n=number,
                    serial=f"C{number:08}",
                    entry_number=f"{number:06}/2019",
                    source_sheet="Sheet1",
                    source_row=number,
                    full_name=who_.name,
                    birth_date=who_.born,
                    birth_place=who_.born_in,
                    sex="female" if who_.is_woman else "male",
                    ethnicity=who_.ethnicity,
                    personal_id=who_.personal_id,
                    details={"score_theory": who_.theory, "result": "Đạt"},
                )
                for number, who_ in zip(part, map(person, part), strict=True)
            )
            codes += [line.code for line in insert_lines(constants, rows)]
    return codes
