"""Old registers, taken in as they were found: duplicates, gaps and partial dates are kept.

Their lines go into legacy books and into a log stream of their own, so a back-filled line can never
look like one that was logged when it was issued. What does not fit a column stays in `details`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from sogoc.credentials.log.api import LEGACY_STREAM
from sogoc.credentials.register.books import ensure_book
from sogoc.credentials.register.errors import LegacyError
from sogoc.credentials.register.lines import serial_key, used_serials
from sogoc.credentials.register.models import RegisterLine
from sogoc.credentials.register.staging import (
    BIRTH_TEXT_LIMIT,
    TEXT_LIMITS,
    LineConstants,
    LineRow,
    insert_lines,
)
from sogoc.intake.api import Reading, Row, SheetReading
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, record_event, require

_SHOWN: Final = 20
"""How many rows an error names."""

_IN_COLUMNS: Final = frozenset((*TEXT_LIMITS, "birth_date", "birth_date_raw", "sex", "issued_on"))


@dataclass(frozen=True, slots=True)
class LegacyImport:
    """What came of it: `lines` now in the register from this file, `added` by this call."""

    lines: int
    added: int
    sheets: tuple[tuple[str, str, int], ...]
    """Sheet, issuer (code), lines in it."""

    @property
    def already(self) -> bool:
        """Whether every line was there before: the same file was imported earlier."""
        return self.added == 0


@dataclass(frozen=True, slots=True)
class _Source:
    """One sheet and whose register it is."""

    sheet: SheetReading
    issuer: str


def import_legacy(
    reading: Reading,
    *,
    issuer: str | Mapping[str, str],
    kind: str,
    signatory_title: str,
    by: Actor,
    at: datetime,
    issued_on: date | None = None,
    signatory_name: str = "",
) -> LegacyImport:
    """Store every row of a reading as a legacy line, all or none, in one transaction.

    `issuer` is an organisation's code, or one for each sheet by its name. `issued_on` is the day of
    all lines; `None` takes each row's column `issued_on`. `signatory_title` is kept as typed. The
    same file for the same issuer again adds nothing. Raises `LegacyError` for open questions about
    columns, rows without a day of issue, a serial that a live line has, or a file known for another
    kind or day; `NotPermitted`, `UnknownOrganisation`.
    """
    if reading.questions:
        raise _error(
            "legacy_questions",
            "Còn cột chưa rõ: {headers}.",
            "Some columns are not understood yet: {headers}.",
            headers=", ".join(f"“{asked.header}”" for _, asked in reading.questions),
        )
    with acting(by):
        counts, added = [], 0
        for source in _sources(reading, issuer):
            organisation = get_organisation(source.issuer)
            require(by, "register.import_legacy", organisation_id=organisation.pk)
            new = _Import(
                reading=reading,
                source=source,
                issuer_id=organisation.pk,
                kind=kind,
                signatory_title=signatory_title,
                signatory_name=signatory_name,
                issued_on=issued_on,
                at=at,
            ).run()
            counts.append((source.sheet.name, source.issuer, len(source.sheet.rows)))
            added += new
            if new:
                record_event(
                    actor=by,
                    verb="register:legacy:import",
                    subject=f"{source.issuer}/{kind}",
                    at=at,
                    detail={
                        "file": reading.file_name,
                        "sha256": reading.sha256,
                        "sheet": source.sheet.name,
                        "lines": new,
                    },
                    organisation_code=source.issuer,
                )
        return LegacyImport(sum(count for _, _, count in counts), added, tuple(counts))


def _sources(reading: Reading, issuer: str | Mapping[str, str]) -> list[_Source]:
    if isinstance(issuer, str):
        return [_Source(sheet, issuer) for sheet in reading.sheets]
    missing = [sheet.name for sheet in reading.sheets if sheet.name not in issuer]
    if missing:
        raise _error(
            "legacy_sheet_without_issuer",
            "Chưa rõ đơn vị cấp của trang tính: {sheets}.",
            "No issuer is given for the sheets: {sheets}.",
            sheets=", ".join(missing),
        )
    return [_Source(sheet, issuer[sheet.name]) for sheet in reading.sheets]


@dataclass(frozen=True, slots=True)
class _Import:
    """One sheet on its way into the legacy books of one issuer."""

    reading: Reading
    source: _Source
    issuer_id: int
    kind: str
    signatory_title: str
    signatory_name: str
    issued_on: date | None
    at: datetime

    def run(self) -> int:
        """Insert the sheet's lines; return how many, 0 when they were there already."""
        days = self._days()
        if self._is_known(days):
            return 0
        self._refuse_live_serials()
        rows = sorted(zip(self.source.sheet.rows, days, strict=True), key=lambda each: each[1].year)
        added = 0
        for year, group in groupby(rows, key=lambda each: each[1].year):
            constants = LineConstants(
                act=RegisterLine.Act.LEGACY,
                book=ensure_book(self.source.issuer, self.kind, year, is_live=False),
                stream=LEGACY_STREAM,
                recorded_at=self.at,
                issued_on=date(year, 1, 1),
                signatory_title=self.signatory_title,
                signatory_name=self.signatory_name,
                source_file=self.reading.file_name[:200],
                source_digest=bytes.fromhex(self.reading.sha256),
            )
            added += len(insert_lines(constants, _lines(group)))
        return added

    def _days(self) -> list[date]:
        if self.issued_on is not None:
            return [self.issued_on] * len(self.source.sheet.rows)
        days, without = [], []
        for row in self.source.sheet.rows:
            day = row.values.get("issued_on")
            if isinstance(day, date):
                days.append(day)
            else:
                without.append(row.row)
        if without:
            raise _error(
                "legacy_without_day",
                "Trang “{sheet}”: dòng {rows} không có ngày cấp đọc được.",
                "Sheet “{sheet}”: rows {rows} have no readable day of issue.",
                sheet=self.source.sheet.name,
                rows=_some(without),
            )
        return days

    def _is_known(self, days: list[date]) -> bool:
        known = RegisterLine.objects.filter(
            act=RegisterLine.Act.LEGACY,
            issuer_id=self.issuer_id,
            source_digest=bytes.fromhex(self.reading.sha256),
            source_sheet=self.source.sheet.name[:100],
        ).values_list("source_row", "kind", "issued_on", "signatory_title")
        stored = set(known)
        if not stored:
            return False
        asked = {
            (row.row, self.kind, day, self.signatory_title)
            for row, day in zip(self.source.sheet.rows, days, strict=True)
        }
        if stored != asked:
            raise _error(
                "legacy_file_known",
                "Tệp này đã được nhập cho đơn vị với loại, ngày cấp hoặc chức danh khác; "
                "dòng đã vào sổ thì không sửa được.",
                "This file was imported for the issuer with another kind, day or title; "
                "lines in the register cannot be changed.",
            )
        return True

    def _refuse_live_serials(self) -> None:
        serials = {str(row.values.get("serial") or "") for row in self.source.sheet.rows}
        live = {key for key, sort in used_serials(self.kind, serials).items() if sort == "live"}
        rows = [
            row.row
            for row in self.source.sheet.rows
            if live and serial_key(str(row.values.get("serial") or "")) in live
        ]
        if rows:
            raise _error(
                "legacy_serial_is_live",
                "Trang “{sheet}”: số hiệu ở dòng {rows} đang là số hiệu của văn bằng, chứng chỉ "
                "đã cấp trên hệ thống.",
                "Sheet “{sheet}”: the serials of rows {rows} belong to credentials issued here.",
                sheet=self.source.sheet.name,
                rows=_some(rows),
            )


def _lines(rows: Iterable[tuple[Row, date]]) -> Iterator[LineRow]:
    for row, day in rows:
        found = {
            name: value for name, value in row.values.items() if value is not None and value != ""
        }
        columns, details = _columns(found), {}
        for name, value in found.items():
            if name not in _IN_COLUMNS:
                details[name] = value.isoformat() if isinstance(value, date) else value
            elif columns.get(name) == "":
                details[f"{name}_found"] = str(value)  # too long for its column
        born = found.get("birth_date")
        yield LineRow(
            n=row.row,
            source_sheet=row.sheet[:100],
            source_row=row.row,
            birth_date=born if isinstance(born, date) else None,
            birth_text=columns.get("birth_date_raw", ""),
            sex=str(found.get("sex") or ""),
            details=details,
            issued_on=day,
            full_name=columns.get("full_name", ""),
            birth_place=columns.get("birth_place", ""),
            ethnicity=columns.get("ethnicity", ""),
            nationality=columns.get("nationality", ""),
            personal_id=columns.get("personal_id", ""),
            serial=columns.get("serial", ""),
            entry_number=columns.get("entry_number", ""),
        )


def _columns(found: Mapping[str, object]) -> dict[str, str]:
    """Return texts that have columns of their own; one too long for its column becomes empty."""
    columns = {}
    for name, limit in (*TEXT_LIMITS.items(), ("birth_date_raw", BIRTH_TEXT_LIMIT)):
        if name in found:
            text = str(found[name])
            columns[name] = text if len(text) <= limit else ""
    return columns


def _some(rows: list[int]) -> str:
    named = ", ".join(map(str, rows[:_SHOWN]))
    return f"{named} … (+{len(rows) - _SHOWN})" if len(rows) > _SHOWN else named


def _error(code: str, vi: str, en: str, **values: object) -> LegacyError:
    return LegacyError(code, Text(vi, en).format(**values), **values)
