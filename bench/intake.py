"""Reading one workbook, beside openpyxl, calamine and polars reading the same bytes.

Ours is `read_file`: cells, header, columns by meaning, rows with provenance, dates, problems. The
peers give cells: openpyxl in read-only mode, python-calamine, and polars (which reads with calamine
as well, through fastexcel) a data frame. No database, no home.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from bench.place import Stopwatch, say
from bench.result import Measure, Result

TITLE = "reading of one workbook of 20 columns"
FULL = 100_000
ROUNDS = 3


def run(rows: int) -> Result:
    """Measure a workbook of `rows` people; the same bytes for everybody."""
    from bench.check import workbook

    data = workbook(rows)
    say(f"workbook of {rows:,} rows, {len(data) / 2**20:.1f} MiB")
    readers: dict[str, Callable[[bytes], int]] = {
        "ours": _ours,
        "openpyxl": _openpyxl,
        "calamine": _calamine,
        "polars": _polars,
    }
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    for number in range(ROUNDS):
        for name, read in readers.items():  # in turn, so that a busy minute hits them all
            with Stopwatch() as watch:
                count = read(data)
            if count < rows:
                raise RuntimeError(f"{name} read {count} of {rows} rows: not the list")
            seconds[name].append(watch.seconds)
        say(f"run {number + 1}: " + ", ".join(f"{n} {s[-1]:.2f} s" for n, s in seconds.items()))
    median = {name: sorted(taken)[ROUNDS // 2] for name, taken in seconds.items()}
    return Result(
        name="intake",
        title=TITLE,
        size=f"{rows:,} rows",
        is_full=rows == FULL,
        measures=(
            Measure(
                "bytes to rows with provenance, median of three",
                median["ours"],
                "s",
                "openpyxl, read-only, iterating",
                median["openpyxl"],
            ),
            Measure("the same", median["ours"], "s", "calamine, to lists", median["calamine"]),
            Measure("the same", median["ours"], "s", "polars, to a data frame", median["polars"]),
            Measure("rows", rows / median["ours"], "rows/s"),
        ),
    )


def _ours(data: bytes) -> int:
    from sogoc.intake.api import read_file

    return sum(len(sheet.rows) for sheet in read_file(data, "danh-sach.xlsx").sheets)


def _openpyxl(data: bytes) -> int:
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(data), read_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return count


def _calamine(data: bytes) -> int:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return len(book.get_sheet_by_index(0).to_python())


def _polars(data: bytes) -> int:
    import polars

    frame = polars.read_excel(BytesIO(data), read_options={"header_row": 2})
    return int(frame.height)
