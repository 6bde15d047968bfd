"""Register books: one per issuer, kind and calendar year; live and legacy ones apart."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Max

from sogoc.credentials.register.errors import BookError
from sogoc.credentials.register.models import RegisterBook, RegisterLine
from sogoc.credentials.register.staging import Book
from sogoc.kernel.identifiers import format_entry
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, record_event, require
from sogoc.policy.api import BookFact, load_law

DEFAULT_PATTERN: Final = "{seq:04}/{year}"
"""Pattern of entry numbers of kinds for which the law data name none."""

_LOCK_CLASS: Final = 0x50D1
"""First key of the advisory locks that order those who number lines of one book."""


def book_for(issuer: str, kind: str, year: int, *, is_live: bool = True) -> Book | None:
    """Return a book of the issuer (organisation code), `None` when it is not opened yet."""
    found = RegisterBook.objects.select_related("issuer").filter(
        issuer__code=issuer, kind=kind, year=year, is_live=is_live
    )
    return as_book(book) if (book := found.first()) else None


def ensure_book(issuer: str, kind: str, year: int, *, is_live: bool = True) -> Book:
    """Return the book, opened from number 1 if there is none.

    A new live book goes on with the pattern of the issuer's latest book of the kind, or else takes
    the kind's usual one. Safe when two do it at once.
    """
    if (known := book_for(issuer, kind, year, is_live=is_live)) is not None:
        return known
    organisation = get_organisation(issuer)
    pattern = _usual_pattern(organisation.pk, kind) if is_live else ""
    RegisterBook.objects.bulk_create(
        [RegisterBook(issuer=organisation, kind=kind, year=year, is_live=is_live, pattern=pattern)],
        ignore_conflicts=True,
    )
    book = book_for(issuer, kind, year, is_live=is_live)
    assert book is not None  # noqa: S101 - inserted just above, or by another transaction
    return book


def open_book(
    *,
    issuer: str,
    kind: str,
    year: int,
    opening_number: int,
    minutes: str,
    by: Actor,
    at: datetime,
    pattern: str | None = None,
) -> Book:
    """Open a live book that was begun on paper: `opening_number` is the last number used there.

    `minutes` (biên bản) is required unless it starts from nothing. Raises `BookError` when the book
    is open already or the pattern is unusable, `NotPermitted`.
    """
    with acting(by):
        organisation = get_organisation(issuer)
        require(by, "register.import_legacy", organisation_id=organisation.pk)
        if opening_number < 0 or (opening_number and not minutes.strip()):
            raise BookError(
                "book_opening_minutes",
                Text(
                    "Số cuối cùng đã dùng trên giấy phải kèm biên bản chốt sổ.",
                    "The last number used on paper needs the minutes that closed the book.",
                ),
            )
        if book_for(issuer, kind, year) is not None:
            raise BookError(
                "book_open_already",
                Text(
                    f"Sổ gốc {kind} năm {year} của {organisation.name} đã mở.",
                    f"The {year} book of {kind} of {organisation.name} is open already.",
                ),
            )
        chosen = pattern or _usual_pattern(organisation.pk, kind)
        format_entry(chosen, seq=1, year=year, unit=issuer)  # raises for an unusable pattern
        book = RegisterBook.objects.create(
            issuer=organisation, kind=kind, year=year, is_live=True, pattern=chosen,
            opening_number=opening_number, opening_minutes=minutes.strip(),
        )  # fmt: skip
        record_event(
            actor=by,
            verb="register:book:open",
            subject=f"{issuer}/{kind}/{year}",
            at=at,
            reason=minutes.strip(),
            detail={"opening_number": opening_number, "pattern": chosen},
            organisation_code=issuer,
        )
        return as_book(book)


def book_fact(issuer: str, kind: str, year: int) -> BookFact:
    """Return what checks may know of the live book; one not opened yet has used no number."""
    book = book_for(issuer, kind, year)
    if book is None:
        pattern = _usual_pattern(get_organisation(issuer).pk, kind)
        return BookFact(f"{kind}/{year}", year, 0, pattern)
    return BookFact(book.name, year, last_sequence(book), book.pattern)


def next_numbers(book: Book) -> int:
    """Lock a live book's numbering until the transaction ends and return the next free sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, book.id])
    return last_sequence(book) + 1


def last_sequence(book: Book) -> int:
    """Return the last number used in a live book, on paper or here."""
    last = RegisterLine.objects.filter(
        book_id=book.id, is_live=True, act=RegisterLine.Act.ISSUE
    ).aggregate(last=Max("sequence"))["last"]
    if last is not None:
        return int(last)
    return RegisterBook.objects.values_list("opening_number", flat=True).get(pk=book.id)


def batch_ends(batch_id: UUID) -> tuple[str, str]:
    """Return the first and the last entry number of an issued batch."""
    lines = RegisterLine.objects.filter(batch_id=batch_id, act=RegisterLine.Act.ISSUE)
    first = lines.order_by("sequence").values_list("entry_number", flat=True)[0]
    last = lines.order_by("-sequence").values_list("entry_number", flat=True)[0]
    return first, last


def as_book(book: RegisterBook) -> Book:
    """Return the stored book as lines need it; its issuer should be loaded with it."""
    return Book(
        id=book.pk,
        issuer_id=book.issuer_id,
        issuer_code=book.issuer.code,
        kind=book.kind,
        year=book.year,
        is_live=book.is_live,
        pattern=book.pattern,
    )


def _usual_pattern(issuer_id: int, kind: str) -> str:
    latest = (
        RegisterBook.objects.filter(issuer_id=issuer_id, kind=kind, is_live=True)
        .order_by("-year")
        .values_list("pattern", flat=True)
        .first()
    )
    if latest:
        return latest
    known = load_law().kinds.get(kind)
    return (known.entry if known is not None else None) or DEFAULT_PATTERN
