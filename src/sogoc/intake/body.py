"""Which rows below the header are lines of the list, and which belong to what surrounds it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sogoc.intake.cells import is_empty, show, text_of
from sogoc.intake.grid import Grid
from sogoc.intake.headers import field_of, header_key
from sogoc.intake.layout import Header
from sogoc.intake.model import Column, Remark
from sogoc.kernel.text import Text

_FOOTER: Final = re.compile(
    r"(?:tổng(?: (?:số|cộng|điểm))?(?:$|[ :])|cộng$|cộng:|cộng (?:trang|mang sang)"
    r"|trung bình(?: cộng)?$|danh sách (?:này|gồm|có|trên)|ấn định|người lập|lập biểu"
    r"|lập bảng|nơi nhận|(?:kt|tm|tl|tuq)\.|q\. |(?:phó )?giám đốc|(?:phó )?hiệu trưởng"
    r"|(?:phó )?chủ tịch|thủ trưởng|(?:phó )?trưởng (?:phòng|ban|khoa)|thư ký|kế toán|cán bộ"
    r"|người (?:kiểm tra|đối chiếu|duyệt)|xác nhận|\(?\s*(?:đã )?ký\b|trong đó|ghi chú:)",
    re.IGNORECASE,
)
_DATE_LINE: Final = re.compile(r"ngày[\s\d.…_]*tháng[\s\d.…_]*năm", re.IGNORECASE)
_COUNT: Final = re.compile(
    r"(?:danh sách(?: (?:này|trên))?(?: (?:gồm|có|là))+|ấn định danh sách(?: (?:này|có|gồm|là))*"
    r"|tổng (?:số|cộng)(?: (?:danh sách|có|học sinh|học viên|sinh viên|thí sinh|người học|người))*)"
    r"\s*:?\s*(\d{1,3}(?:[.,]\d{3})+|\d+)(?![\d/])",
    re.IGNORECASE,
)
_COLUMN_NUMBER: Final = re.compile(r"[(\[]?\s*([1-9]\d?)\s*[)\]]?\s*(?:=.*)?")
_PART: Final = re.compile(r"\s*(?:[IVX]{1,5}|[A-H])\s*[.)]?\s*")
_PART_OF_LIST: Final = re.compile(
    r"(?:phòng thi|lớp|ca thi|khóa|khoá|đợt|hội đồng|điểm thi|buổi thi|buổi"
    r"|trường (?:thpt|thcs|phổ thông|đại học|cao đẳng|trung học|trung cấp|tiểu học))\b",
    re.IGNORECASE,
)
_NUMBERED_PART: Final = re.compile(r"(?:[IVX]{1,5}|[A-H])\s*[.)]\s+\S")
_DIGIT: Final = re.compile(r"\d")
_CODES: Final = ("student_code", "candidate_number")
_FEW_CELLS: Final = 2
_ENOUGH_KNOWN: Final = 3


_REPEATED: Final = Text("Dòng tiêu đề lặp lại, đã bỏ qua.", "The header repeated; left out.")
_SECTION: Final = Text(
    "Dòng «{shown}» không phải là người, đã bỏ qua.",
    "The row “{shown}” is not a person; left out.",
)


@dataclass(slots=True)
class Body:
    """0-based rows of data, the lines of the signature block, and what else was met."""

    data: list[int] = field(default_factory=list)
    signature_lines: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    second_header: int | None = None


def split_body(grid: Grid, header: Header, columns: Sequence[Column]) -> Body:
    """Sort the rows below the header into data, signature block and the rest."""
    return _Splitter(grid, header, columns).run()


class _Splitter:
    def __init__(self, grid: Grid, header: Header, columns: Sequence[Column]) -> None:
        places = {column.field: column.index - 1 for column in columns if column.field}
        names = ("full_name", "family_middle", "given_name")
        self._name = next((places[name] for name in names if name in places), None)
        self._ordinal = places.get("ordinal")
        # Where nobody is named, a row with a code is a line, whatever else it says.
        codes = (places[field] for field in _CODES if field in places)
        self._code = next(codes, None) if self._name is None else None
        self._mapped = {place for name, place in places.items() if name != "ordinal"}
        self._half = len([column for column in columns if column.header]) // 2
        self._grid = grid
        self._header = header
        self._header_texts = [
            {c: key for c, cell in enumerate(grid.rows[row]) if (key := header_key(text_of(cell)))}
            for row in range(header.top, header.bottom + 1)
        ]
        self._faulty_rows = {row for row, _ in grid.faults}
        self._wide: dict[int, list[tuple[int, int]]] = {}
        for top, left, bottom, right in grid.merged:
            if right - left >= _FEW_CELLS:
                for place in range(top, min(bottom + 1, len(grid.rows))):
                    self._wide.setdefault(place, []).append((left, right))
        self._in_footer = False
        self._under_header = True
        self._blank_numbered: list[int] = []
        self._body = Body()

    def run(self) -> Body:
        rows = self._grid.rows
        name, ordinal = self._name, self._ordinal
        keep = self._body.data.append
        for place in range(self._header.bottom + 1, len(rows)):
            row = rows[place]
            if (
                name is not None
                and ordinal is not None
                and _is_number(row[ordinal])
                and not self._under_header
                and type(row[name]) is str
                and row[name]
                and not self._blank_numbered
            ):
                self._in_footer = False
                keep(place)  # the usual line: number and name
                continue
            self._classify(place, row)
        self._close()
        return self._body

    def _classify(self, place: int, row: Sequence[object]) -> None:
        filled = [c for c, cell in enumerate(row) if not is_empty(cell)]
        if not filled and not self._is_faulty(place):
            return
        under_header, self._under_header = self._under_header, False
        if under_header and self._is_column_numbers(row, filled):
            return
        if self._is_repeated_header(row, filled):
            self._under_header, self._in_footer = True, False
            self._remark("repeated_header", place, _REPEATED)
        elif self._is_other_header(row, filled):
            if self._body.second_header is None:
                self._body.second_header = place
        elif filled == [self._ordinal] and self._is_numbered(row) and not self._is_faulty(place):
            self._blank_numbered.append(place)
        elif self._is_footer(row, filled):
            self._in_footer = True
            self._body.signature_lines += [text_of(row[c]) for c in filled]
        elif self._is_section(place, row, filled):
            shown = " ".join(text_of(row[c]) for c in filled)
            self._remark("section_row", place, _SECTION.format(shown=shown))
        else:
            self._in_footer = False
            # Numbers without anything beside them were gaps in the list, not its empty tail.
            self._body.data += self._blank_numbered
            self._blank_numbered.clear()
            self._body.data.append(place)

    def _is_column_numbers(self, row: Sequence[object], filled: Sequence[int]) -> bool:
        # A line without a name is not such a row, whatever numbers stand in it.
        named = self._name is None or self._name in filled
        return named and len(filled) >= self._half and _count_up(row, filled)

    def _is_faulty(self, place: int) -> bool:
        return place in self._faulty_rows

    def _close(self) -> None:
        if self._blank_numbered:
            first, count = self._blank_numbered[0], len(self._blank_numbered)
            self._remark(
                "numbered_blank_rows",
                first,
                Text(
                    f"{count} dòng chỉ có số thứ tự ở cuối danh sách, đã bỏ qua.",
                    f"{count} rows with only an ordinal at the end of the list; left out.",
                ),
            )

    def _remark(self, code: str, place: int, text: Text) -> None:
        self._body.remarks.append(Remark(code, place + 1, None, text))

    def _is_repeated_header(self, row: Sequence[object], filled: Sequence[int]) -> bool:
        found = {c: header_key(cell) for c in filled if isinstance(cell := row[c], str)}
        if len(found) != len(filled) or len(set(found.values())) < _FEW_CELLS:
            return False
        return any(
            found.items() <= known.items() and len(known) <= 2 * len(found)
            for known in self._header_texts
        )

    def _is_other_header(self, row: Sequence[object], filled: Sequence[int]) -> bool:
        texts = [
            cell for c in filled if isinstance(cell := row[c], str) and not _DIGIT.search(cell)
        ]
        if len(texts) < max(_ENOUGH_KNOWN, len(filled) // 2 + 1):
            return False
        known = {field_of(text) for text in texts}
        return len(known - {None}) >= _ENOUGH_KNOWN

    def _is_footer(self, row: Sequence[object], filled: Sequence[int]) -> bool:
        if not filled or any(isinstance(row[c], dt.date) for c in filled):
            return False
        if self._code in filled and len(filled) > 1 and _DIGIT.search(show(row[self._code or 0])):
            return False
        if self._in_footer and len(filled) <= _FEW_CELLS and not self._is_numbered(row):
            return True
        if self._is_numbered(row) and self._has_name(row):
            return False
        looked_at = filled if len(filled) <= 2 * _FEW_CELLS else filled[:1]
        texts = [text_of(row[c]) for c in looked_at]
        return any(_FOOTER.match(text) or _DATE_LINE.search(text) for text in texts)

    def _is_numbered(self, row: Sequence[object]) -> bool:
        if self._ordinal is None:
            return False
        return show(row[self._ordinal]).strip().rstrip(".").isdecimal()

    def _has_name(self, row: Sequence[object]) -> bool:
        return self._name is not None and not is_empty(row[self._name])

    def _is_section(self, place: int, row: Sequence[object], filled: Sequence[int]) -> bool:
        """A text that heads a part of the list: merged across, or in the ordinal's column.

        It may be numbered as people are not ("I | Lớp 12A1"), or say what it is ("Phòng thi 03").
        """
        if len(filled) == _FEW_CELLS and filled[0] == self._ordinal:
            texts = [row[c] for c in filled]
            return all(isinstance(t, str) for t in texts) and bool(_PART.fullmatch(str(texts[0])))
        if len(filled) != 1 or not isinstance(row[filled[0]], str):
            return False
        at = filled[0]
        wide = any(left <= at <= right for left, right in self._wide.get(place, ()))
        text = text_of(row[at])
        named = self._ordinal is not None and bool(_PART_OF_LIST.match(text))
        numbered = bool(_NUMBERED_PART.match(text))
        return wide or named or numbered or at not in self._mapped


def _is_number(cell: object) -> bool:
    kind = type(cell)
    return kind is float or kind is int or (kind is str and cell.isdecimal())  # type: ignore[attr-defined]  # kind is str


def _count_up(row: Sequence[object], filled: Sequence[int]) -> bool:
    """A row (1) (2) (3) … under the header; letters A, B may stand for the first columns."""
    numbers: list[int] = []
    for column in filled:
        text = show(row[column]).strip()
        match = _COLUMN_NUMBER.fullmatch(text)
        if match:
            numbers.append(int(match[1]))
        elif numbers or text.strip("()") not in ("A", "B", "C", "D"):
            return False
    return len(numbers) >= _FEW_CELLS and numbers == list(
        range(numbers[0], numbers[0] + len(numbers))
    )


def stated_counts(lines: Iterable[str]) -> list[int]:
    """Return the numbers of people the lines state, in order, each once."""
    found: list[int] = []
    for line in lines:
        match = _COUNT.search(line)
        if match:
            number = int(re.sub(r"[.,]", "", match[1]))
            if number not in found:
                found.append(number)
    return found
