"""Six-valued results of checks and the findings users read. Never a bare bool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from sogoc.kernel.text import Text


class Status(StrEnum):
    """What a check says of one act, row or list."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    WARN = "warn"
    REVIEW = "review"
    NOT_APPLICABLE = "not_applicable"
    NOT_IN_FORCE = "not_in_force"


class Level(StrEnum):
    """How much a finding weighs: an error is not issued, a review waits for a ruling."""

    ERROR = "error"
    WARNING = "warning"
    REVIEW = "review"
    INFO = "info"


LEVEL_OF: Mapping[Status, Level] = {
    Status.FAIL: Level.ERROR,
    Status.WARN: Level.WARNING,
    Status.REVIEW: Level.REVIEW,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a check returns: a status and, unless it passes, what to say about it.

    ``values`` fill the check's message (its docstring); ``message`` replaces that message where one
    check has several things to say. ``cites`` replaces the check's citation (the matrix row that
    decided). ``column`` is a field name of the list.
    """

    status: Status
    values: Mapping[str, Any] = field(default_factory=dict)
    message: Text | None = None
    remedy: Text | None = None
    cites: str | None = None
    column: str | None = None


PASSED = Result(Status.PASS)
NOT_APPLICABLE = Result(Status.NOT_APPLICABLE)
NOT_IN_FORCE = Result(Status.NOT_IN_FORCE)


def failed(
    *,
    column: str | None = None,
    cites: str | None = None,
    remedy: Text | None = None,
    message: Text | None = None,
    **values: Any,
) -> Result:
    """A breach: the act (or the row) must not be issued."""
    return Result(Status.FAIL, values, message, remedy, cites, column)


def warned(
    *,
    column: str | None = None,
    cites: str | None = None,
    remedy: Text | None = None,
    message: Text | None = None,
    **values: Any,
) -> Result:
    """Something to look at that does not stop the act."""
    return Result(Status.WARN, values, message, remedy, cites, column)


def to_review(
    *,
    column: str | None = None,
    cites: str | None = None,
    remedy: Text | None = None,
    message: Text | None = None,
    **values: Any,
) -> Result:
    """The law as we hold it does not decide: a person must, by a recorded ruling."""
    return Result(Status.REVIEW, values, message, remedy, cites, column)


class Finding(NamedTuple):
    """One thing found, as shown, stored and exported. ``row`` is ``None`` for the whole list.

    ``column`` is 1-based as in the file, ``column_name`` the field name; ``citation`` is in the
    legal form; ``ruling`` is the number of the legal opinion that settled it (level ``info``);
    ``override`` that of the override that set a failure aside (level ``info``, result ``fail``).
    """

    check: str
    violation: str | None
    level: Level
    result: Status
    sheet: str
    row: int | None
    column: int | None
    column_name: str | None
    citation: str
    message: Text
    remedy: Text
    ruling: str | None = None
    override: str | None = None
