"""What the functions of this applet give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of a job. `passes` are who keyed or compared it, in order.

    `take` and `sha256` (hex) are those of the picture that holds, empty while there is none.
    `open_differences` is `None` until two persons are through with the page.
    """

    page: int
    take: int
    sha256: str
    file_name: str
    media_type: str
    passes: tuple[str, ...]
    lines: int | None
    open_differences: int | None


@dataclass(frozen=True, slots=True)
class SignatureView:
    """Who signed the minutes and when."""

    signed_by: str
    name: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class MinutesView:
    """The minutes of a job. `digest` is the SHA-256 (hex) of everything agreed on.

    `lines` will count; `aside` (struck out, or no name) stay in the minutes alone.
    """

    number: str
    on: date
    first_page: int
    last_page: int
    lines: int
    aside: int
    days: Mapping[str, date]
    days_basis: str
    digest: str
    drawn_up_by: str
    signatures: tuple[SignatureView, ...]


@dataclass(frozen=True, slots=True)
class JobView:
    """One job, without any personal data of the lines."""

    token: str
    state: str
    issuer: str
    issuer_name: str
    custodian: str
    kind: str
    title: str
    year_from: int
    year_to: int
    first_page: int
    last_page: int
    method: str
    signatory_title: str
    signatory_name: str
    opened_by: str
    opened_at: datetime
    counted_by: str
    counted_at: datetime | None
    cancelled_by: str
    cancel_reason: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """What one pass over one page gave. `ordinal` 2 closes the page for keying."""

    page: int
    ordinal: int
    method: str
    lines: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A field the two persons read differently; `line` as field: only one of them saw the line.

    `settled` is the third person's value, `None` while nobody decided.
    """

    page: int
    line: int
    field: str
    first: str
    second: str
    settled: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line of a page as agreed; `code` is that of its register line once it counts."""

    page: int
    line: int
    values: Mapping[str, str]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting gave: `lines` now in the register from this job, `added` by this call.

    `serials_beside` are pages and lines whose serial a credential issued here has: it is kept in
    the details of the line, because a live serial never equals a legacy one.
    """

    token: str
    lines: int
    added: int
    aside: int
    codes: tuple[str, ...]
    serials_beside: tuple[tuple[int, int], ...] = ()
    already: bool = False
    """Whether the job had been counted before."""
