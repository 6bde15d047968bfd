"""What an import would write, worked out in full before the first row is written.

A period on record is never rewritten: a file may repeat it, close it when it was open, or add
another after it. Anything else is a mistake of the file.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import models

from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.people.audit import record_event
from sogoc.people.identity import Actor
from sogoc.people.imports.reading import Row
from sogoc.people.models import Capacity, Licence, Mandate, RoleGrant, Suspension

PeriodRow = Capacity | Licence | Mandate | RoleGrant | Suspension

_SAME_PERIOD = Text(
    "Đã ghi khác cho cùng ngày bắt đầu, hoặc kỳ này đã khóa.",
    "Recorded otherwise for the same first day, or closed already.",
)
_APPEND = Text(
    "Không sửa điều đã quyết định: chỉ ghi thêm ngày hết cho kỳ còn mở, hoặc thêm một dòng mới "
    "theo quyết định mới.",
    "What was decided is not rewritten: close an open period, or add a row by a new decision.",
)
_TWICE = Text("Dòng này lặp lại một dòng trên.", "This row repeats one above.")
_DELETE_ONE = Text("Xóa một trong hai dòng.", "Delete one of the two.")
_OVERLAP = Text(
    "Thời hạn chồng lên một thời hạn khác của cùng nội dung.",
    "The period overlaps another of the same thing.",
)
_CLOSE_FIRST = Text(
    "Ghi ngày hết (valid_until) cho kỳ trước bằng ngày bắt đầu của kỳ sau.",
    "Close the earlier period on the day the later one starts.",
)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Rows added, changed (a period closed, a name corrected) and found as they were."""

    created: int
    changed: int
    unchanged: int


@dataclass(slots=True)
class Plan:
    """Rows to add and to change; `notes` say what, for the audit event."""

    adding: list[models.Model] = field(default_factory=list)
    changing: list[tuple[models.Model, list[str]]] = field(default_factory=list)
    unchanged: int = 0
    notes: list[str] = field(default_factory=list)
    _periods: dict[Hashable, list[tuple[Period, Row | None]]] = field(default_factory=dict)
    _seen: set[Hashable] = field(default_factory=set)

    def is_repeated(self, row: Row, key: Hashable) -> bool:
        """Note a mistake when the file has named the key before."""
        if key in self._seen:
            row.wrong(None, _TWICE, _DELETE_ONE)
            return True
        self._seen.add(key)
        return False

    def add(self, instance: models.Model, note: str) -> None:
        """Add a row."""
        self.adding.append(instance)
        self.notes.append(f"+ {note}")

    def change(self, instance: models.Model, fields: list[str], note: str) -> None:
        """Write the named fields of a row on record."""
        self.changing.append((instance, fields))
        self.notes.append(f"~ {note}")

    def period(
        self, row: Row, old: PeriodRow | None, new: PeriodRow, same: Sequence[str], note: str
    ) -> None:
        """Plan one period: new, the same (in the fields `same`), or the closing of an open one."""
        if old is None:
            self.add(new, f"{note} {new.valid_from}..{new.valid_until or ''}")
        elif any(getattr(old, name) != getattr(new, name) for name in same):
            row.wrong("valid_from", _SAME_PERIOD, _APPEND)
        elif old.valid_until == new.valid_until:
            self.unchanged += 1
        elif old.valid_until is None:
            old.valid_until = new.valid_until
            self.change(old, ["valid_until"], f"{note} {old.valid_from}..{new.valid_until}")
        else:
            row.wrong("valid_until", _SAME_PERIOD, _APPEND)

    def occupy(self, group: Hashable, period: Period, row: Row | None) -> None:
        """Remember a period that may not overlap another of its group; no row: on record."""
        self._periods.setdefault(group, []).append((period, row))

    def refuse_overlaps(self) -> None:
        """Note every row whose period overlaps another."""
        for periods in self._periods.values():
            for index, (period, row) in enumerate(periods):
                if row is not None and any(
                    period.overlaps(other)
                    for at, (other, _) in enumerate(periods)
                    if at != index and (at < index or periods[at][1] is None)
                ):
                    row.wrong("valid_from", _OVERLAP, _CLOSE_FIRST)

    def report(self) -> ImportReport:
        """Return the counts."""
        return ImportReport(len(self.adding), len(self.changing), self.unchanged)

    def write(self) -> None:
        """Write all: closings first, as a new period may start on the day they set."""
        for instance, fields in self.changing:
            instance.save(update_fields=fields)
        for model in dict.fromkeys(type(instance) for instance in self.adding):
            model._default_manager.bulk_create([i for i in self.adding if type(i) is model])

    def record(
        self, *, what: str, data: bytes, file_name: str, by: Actor, at: datetime
    ) -> ImportReport:
        """Write the audit event, if anything was written, and return the counts."""
        report = self.report()
        if self.notes:
            record_event(
                actor=by,
                verb=f"people:{what}:import",
                subject=f"sha256:{sha256(data).hexdigest()}",
                at=at,
                detail={
                    "file": file_name,
                    "created": report.created,
                    "changed": report.changed,
                    "rows": self.notes,
                },
            )
        return report


def by_key(instances: Iterable[PeriodRow], *fields: str) -> dict[tuple[object, ...], PeriodRow]:
    """Index periods by the named attributes."""
    return {tuple(getattr(i, name) for name in fields): i for i in instances}


def period_of(instance: PeriodRow) -> Period:
    """Return the period of a row."""
    return Period(instance.valid_from, instance.valid_until)
