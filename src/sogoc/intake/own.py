"""What we write into a marked-up workbook, so that it is known again when it is sent back."""

from __future__ import annotations

from typing import Final

from sogoc.intake.cells import text_of
from sogoc.intake.grid import Grid
from sogoc.intake.layout import Header

SUMMARY_TITLE: Final = "TỔNG HỢP KẾT QUẢ KIỂM TRA (SỔ GỐC)"
RESULT_HEADERS: Final = ("Kết quả kiểm tra (Sổ Gốc)", "Nội dung kiểm tra (Sổ Gốc)")


def is_summary(grid: Grid) -> bool:
    """Tell whether a sheet is the summary of an earlier check."""
    return bool(grid.rows) and bool(grid.rows[0]) and grid.rows[0][0] == SUMMARY_TITLE


def take_out_results(grid: Grid, header: Header) -> None:
    """Empty the columns in which an earlier check wrote, from the header down."""
    for row in range(header.top, header.bottom + 1):
        for column, cell in enumerate(grid.rows[row]):
            if text_of(cell) in RESULT_HEADERS:
                for cells in grid.rows[header.top :]:
                    cells[column] = ""
