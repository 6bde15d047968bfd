"""What is said and asked about text that was converted from an old encoding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sogoc.intake import legacy_text
from sogoc.intake.fields import AS_IS, CONVERT, TEXT_ANSWERS
from sogoc.intake.grid import Grid, Source
from sogoc.intake.model import Column, Question, Remark
from sogoc.kernel.text import Text

QUESTION_KEY: Final = "bảng mã chữ"
_EXAMPLES: Final = 2
_EXAMPLE_LENGTH: Final = 60


class OldText:
    """Converts the sheets of one file and remembers which were converted from what."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answer = next(
            (said for key, said in answers.items() if key.casefold() == QUESTION_KEY), None
        )
        self._encodings: dict[str, str] = {}

    def show(self, source: Source, grid: Grid) -> Grid:
        """Return the sheet in Unicode; the user may have said that it is to stay as it is."""
        if self._answer == AS_IS:
            return grid
        shown, encoding = legacy_text.decode(source, grid)
        if encoding is not None:
            self._encodings[grid.name] = encoding
        return shown

    def questions(self, grid: Grid) -> tuple[Question, ...]:
        """The question whether the conversion is right, until it is answered."""
        encoding = self._encodings.get(grid.name)
        if encoding is None or self._answer == CONVERT:
            return ()
        count, (vi, en) = len(grid.as_found), _examples(grid, list(grid.as_found))
        text = Text(
            f"Trang này gõ bằng bảng mã cũ {encoding}; {count} ô đã được chuyển sang Unicode "
            f"({vi}). Chuyển như vậy có đúng không?",
            f"This sheet is typed in the old encoding {encoding}; {count} cells were converted to "
            f"Unicode ({en}). Is that right?",
        )
        return (Question("old_text", QUESTION_KEY, QUESTION_KEY, None, TEXT_ANSWERS, text),)

    def remarks(self, grid: Grid, columns: Sequence[Column]) -> tuple[Remark, ...]:
        """How many cells of which columns were converted, with two examples of each."""
        encoding = self._encodings.get(grid.name)
        if encoding is None:
            return ()
        headers = {column.index - 1: column.header for column in columns}
        by_column: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in grid.as_found:
            by_column[place[1] if place[1] in headers else -1].append(place)
        remarks = []
        for column, places in sorted(by_column.items()):
            vi, en = _examples(grid, places)
            where = (
                Text(f"Cột «{headers[column]}»", f"Column “{headers[column]}”")
                if column >= 0
                else Text("Ngoài các cột", "Outside the columns")
            )
            text = Text(
                f"{where.vi}: {len(places)} ô gõ bằng bảng mã {encoding} đã được chuyển sang "
                f"Unicode, ví dụ {vi}.",
                f"{where.en}: {len(places)} cells typed in {encoding} were converted to Unicode, "
                f"for example {en}.",
            )
            remarks.append(Remark("old_text", None, column + 1 or None, text))
        return tuple(remarks)


def _examples(grid: Grid, places: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Two cells before and after; the last ones, since headers come first and all know them."""
    pairs = [
        (
            grid.as_found[row, column][:_EXAMPLE_LENGTH],
            str(grid.rows[row][column])[:_EXAMPLE_LENGTH],
        )
        for row, column in places
    ]
    few = list(dict.fromkeys(reversed(pairs)))[:_EXAMPLES]
    return (
        ", ".join(f"«{old}» → «{new}»" for old, new in few),
        ", ".join(f"“{old}” → “{new}”" for old, new in few),
    )
