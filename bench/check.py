"""From a workbook to the findings of all checks, beside openpyxl merely iterating over it.

The same call as `sogoc batch check`. One row in a hundred has a fault, one in a thousand belongs to
somebody who has an original already (in an old register of 10,000 lines).
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from bench.place import Stopwatch, say, throwaway_home
from bench.result import Measure, Result

if TYPE_CHECKING:
    from bench.people import Person

TITLE = "check of one workbook of 20 columns"
FULL = 100_000
TARGET = 10.0
OLD_LINES = 10_000
ROUNDS = 3


def run(rows: int) -> Result:
    """Measure a workbook of `rows` people."""
    data = workbook(rows)
    say(f"workbook of {rows:,} rows, {len(data) / 2**20:.1f} MiB")
    with throwaway_home():
        from bench import world
        from sogoc.credentials.issuing import api as issuing

        world.settle(rows + 10)
        world.fill_old_register(range(rows, rows + OLD_LINES))
        file = issuing.ListFile(data=data, name="danh-sach.xlsx")
        seconds = []
        for number in range(ROUNDS):
            with Stopwatch() as watch:
                report = issuing.check_list(
                    file=file,
                    proposal=world.proposal(),
                    by=world.who("batch.check"),
                    at=world.AT,
                )
            seconds.append(watch.seconds)
            say(f"run {number + 1}: {watch.seconds:.2f} s, {len(report.findings):,} findings")
    if report.rows_read != rows or report.rows_ok >= rows:
        raise RuntimeError(f"{report.rows_ok} of {report.rows_read} rows are right: not the list")
    peers = [_openpyxl(data) for _ in range(ROUNDS)]
    median = sorted(seconds)[ROUNDS // 2]
    return Result(
        name="check",
        title=TITLE,
        size=f"{rows:,} rows",
        is_full=rows == FULL,
        measures=(
            Measure(
                "file to findings of all checks, median of three",
                median,
                "s",
                "openpyxl, read-only, iterating",
                sorted(peers)[ROUNDS // 2],
                f"≤ {TARGET:.0f} s",
                median <= TARGET,
            ),
            Measure("slowest of the three (the first, law not loaded yet)", max(seconds), "s"),
            Measure("rows", rows / median, "rows/s"),
            Measure("findings", len(report.findings), ""),
        ),
    )


def workbook(rows: int) -> bytes:
    """The same workbook of 20 columns each time."""
    import xlsxwriter

    from bench.people import HEADERS, listed

    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet("Danh sách")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, ["DANH SÁCH ĐỀ NGHỊ CẤP CHỨNG CHỈ ỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN"])
    sheet.write_row(2, 0, HEADERS)
    people = [_someone(number, rows) for number in range(rows)]
    for position, texts in enumerate(listed(people)):
        row: list[str | int | float] = [*texts[:12], *map(float, texts[12:14]), *texts[14:]]
        born = people[position].born
        if position % 300 == 7:
            row[2] = "31/02/1999"  # no such date
        elif position % 300 == 107:
            row[12] = 11.0  # off the scale
        elif position % 300 == 207:
            row[1] = ""  # no name
        sheet.write_row(position + 3, 0, row)
        if position % 300 != 7 and isinstance(born, date):
            sheet.write_datetime(position + 3, 2, born, day)
    book.close()
    return stream.getvalue()


def _someone(position: int, rows: int) -> Person:
    """Every thousandth person stands in the old register already."""
    from bench.people import person

    return person(rows + position // 1000 if position % 1000 == 500 else position)


def _openpyxl(data: bytes) -> float:
    from openpyxl import load_workbook

    with Stopwatch() as watch:
        book = load_workbook(BytesIO(data), read_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            len(row)
        book.close()
    return watch.seconds
