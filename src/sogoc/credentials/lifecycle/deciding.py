"""What every later act of a decision asks for: a decision that has come, lines, their keeper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sogoc.credentials.lifecycle.errors import ActRefused
from sogoc.credentials.register import api as register
from sogoc.credentials.register.api import LineView
from sogoc.kernel.periods import local_day
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, get_organisation, require, successor

SHOWN: Final = 10
"""Codes of lines named in a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A kind of act: the first part of its error codes, its error, its permission, its words."""

    name: str
    refused: type[ActRefused]
    permission: str
    does: Text

    def require_due(self, day: date, at: datetime) -> None:
        """Refuse a decision dated after `at`."""
        if day > local_day(at):
            raise self.refused(
                f"{self.name}_ahead",
                Text(
                    f"Quyết định ghi ngày {day:%d/%m/%Y}, chưa đến.",
                    f"The decision is dated {day.isoformat()}, which is still to come.",
                ),
            )

    def lines(self, codes: Sequence[str]) -> list[LineView]:
        """Return the lines of these codes, each once; refuse a code unknown or said twice."""
        found = register.lines_by_code(codes)
        missing = len(codes) - len(found)
        if missing:
            raise self.refused(
                f"{self.name}_lines_unknown",
                Text(
                    f"{missing} mã không có trong sổ, gõ sai hoặc lặp lại.",
                    f"{missing} codes are not in the register, mistyped or repeated.",
                ),
                unknown=sorted(set(codes) - set(found))[:SHOWN],
            )
        return list(found.values())

    def require_issued(self, lines: Sequence[LineView], day: date) -> None:
        """Refuse a decision dated before the issue of one of the lines."""
        early = [line.code for line in lines if line.issued_on > day]
        if early:
            raise self.refused(
                f"{self.name}_before_issue",
                Text(
                    f"Quyết định {self.does.vi} ghi trước ngày cấp của: "
                    f"{', '.join(early[:SHOWN])}.",
                    f"The decision is dated before the issue of: {', '.join(early[:SHOWN])}.",
                ),
            )

    def require_keeper(self, lines: Sequence[LineView], day: date, by: Actor) -> None:
        """Refuse anyone but the bodies that keep the registers on a day, or without permission."""
        for issuer in sorted({line.issuer for line in lines}):
            body = get_organisation(issuer)
            require(by, self.permission, organisation_id=body.pk)
            keeper = successor(issuer, "custody", day) or body
            if by.organisation_id != keeper.pk:
                raise self.refused(
                    f"{self.name}_not_keeper",
                    Text(
                        f"Ngày {day:%d/%m/%Y} sổ gốc của {body.name} do {keeper.name} quản lý; "
                        f"chỉ đơn vị đó được {self.does.vi}.",
                        f"On {day.isoformat()} the register of {body.name} is kept by "
                        f"{keeper.name}; only that body may {self.does.en}.",
                    ),
                    keeper=keeper.code,
                )
