"""What judging a file says: checks with three results each, and the verdict they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sogoc.kernel.text import Text, harmless


class Result(StrEnum):
    """Of one check: it holds, it does not, or the evidence to tell is not here."""

    PASS = "pass"  # noqa: S105 - a result
    FAIL = "fail"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """Of the file. `unknown` is only for evidence that is missing outside of the file."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


DEVELOPMENT: Final = Text(
    "Chỉ để thử: chữ ký của khóa thử nghiệm, không có giá trị pháp lý.",
    "For trying out only: signed with development keys, without legal value.",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `name` is permanent."""

    name: str
    result: Result
    why: Text


@dataclass(slots=True)
class Report:
    """Checks in the order made. `facts` are what the file shows, to be compared with paper.

    `as_of` is the time of the status used; `is_development`: keys for trying out were trusted.
    """

    kind: str
    checks: list[Check] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    as_of: datetime | None = None
    is_development: bool = False

    @property
    def verdict(self) -> Verdict:
        """One failure makes it invalid, one missing answer unknown; no check at all, invalid."""
        results = {check.result for check in self.checks}
        if Result.FAIL in results or not results:
            return Verdict.INVALID
        return Verdict.UNKNOWN if Result.UNKNOWN in results else Verdict.VALID

    def add(self, name: str, result: Result, vi: str, en: str) -> None:
        """Note one check. What the sentences quote of a file cannot steer who shows them."""
        self.checks.append(Check(name, result, Text(harmless(vi), harmless(en))))

    def passed(self, name: str, vi: str, en: str) -> None:
        """Note a check that holds."""
        self.add(name, Result.PASS, vi, en)

    def failed(self, name: str, vi: str, en: str) -> None:
        """Note a check that does not hold."""
        self.add(name, Result.FAIL, vi, en)

    def unknown(self, name: str, vi: str, en: str) -> None:
        """Note a check whose evidence is missing."""
        self.add(name, Result.UNKNOWN, vi, en)

    def result_of(self, name: str) -> Result | None:
        """Return the worst result of the checks of a name, None when it was not made."""
        order = (Result.FAIL, Result.UNKNOWN, Result.PASS)
        found = {check.result for check in self.checks if check.name == name}
        return next((result for result in order if result in found), None)
