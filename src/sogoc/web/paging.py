"""Pages of a list: by offset, one item more asked for than shown, so that no count is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `number` counts from 1."""

    number: int
    size: int
    query: str
    total: int | None = None
    items: Sequence[Any] = ()
    has_next: bool = False

    @property
    def offset(self) -> int:
        """How many items stand on earlier pages."""
        return (self.number - 1) * self.size

    def with_items(self, found: Sequence[Any]) -> Page:
        """Return the page holding `found`, of which the item after the last is only a sign."""
        return replace(self, items=found[: self.size], has_next=len(found) > self.size)

    @property
    def previous(self) -> str:
        """Address of the page before, or nothing."""
        return f"?{self.query}page={self.number - 1}" if self.number > 1 else ""

    @property
    def next(self) -> str:
        """Address of the page after, or nothing."""
        return f"?{self.query}page={self.number + 1}" if self.has_next else ""

    @property
    def says(self) -> str:
        """Say which items these are."""
        if not self.items:
            return gettext("Không có dòng nào.")
        places = {"first": self.offset + 1, "last": self.offset + len(self.items)}
        if self.total is None:
            return gettext("Dòng %(first)s–%(last)s") % places
        return gettext("Dòng %(first)s–%(last)s của %(total)s") % {**places, "total": self.total}


def page_of(request: HttpRequest, size: int, *, total: int | None = None) -> Page:
    """Return the page the address asks for, without items; what is no number is the first."""
    query = request.GET.copy()
    wanted = str(query.pop("page", ["1"])[-1])
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
    kept = query.urlencode()
    return Page(max(1, number), size, f"{kept}&" if kept else "", total)
