"""What we write into workbooks, so that it is known again when they are sent back."""

from __future__ import annotations

from typing import Final

from sogoc.intake.cells import text_of
from sogoc.intake.grid import Grid
from sogoc.intake.layout import Header

SUMMARY_TITLE: Final = "TỔNG HỢP KẾT QUẢ KIỂM TRA (SỔ GỐC)"
GUIDE_TITLE: Final = "HƯỚNG DẪN ĐIỀN DANH SÁCH (SỔ GỐC)"
CHOICES_TITLE: Final = "DANH MỤC CỦA TỆP MẪU (SỔ GỐC)"
RESULT_HEADERS: Final = ("Kết quả kiểm tra (Sổ Gốc)", "Nội dung kiểm tra (Sổ Gốc)")


def is_summary(grid: Grid) -> bool:
    """Tell whether a sheet is the summary of an earlier check."""
    return _first_cell(grid) == SUMMARY_TITLE


def is_guide(grid: Grid) -> bool:
    """Tell whether a sheet is the instructions of a template, or its lists of choices."""
    return _first_cell(grid) in (GUIDE_TITLE, CHOICES_TITLE)


def _first_cell(grid: Grid) -> object:
    return grid.rows[0][0] if grid.rows and grid.rows[0] else None


def take_out_results(grid: Grid, header: Header) -> None:
    """Empty the columns in which an earlier check wrote, from the header down."""
    for row in range(header.top, header.bottom + 1):
        for column, cell in enumerate(grid.rows[row]):
            if text_of(cell) in RESULT_HEADERS:
                for cells in grid.rows[header.top :]:
                    cells[column] = ""
