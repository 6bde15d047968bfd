"""The inside of an .xls (OLE compound file): what kind it is, whether encrypted, error cells.

Only what is needed is read: the directory, one stream, and the record headers in it
([MS-CFB], [MS-XLS]). Anything out of bounds means a damaged file.
"""

from __future__ import annotations

import struct
from typing import Final

from sogoc.intake.errors import refuse
from sogoc.intake.extras import Extras
from sogoc.kernel.text import Text

_FREE: Final = 0xFFFFFFFA  # sector numbers from here up are marks, not places
_BOF, _EOF, _BOUNDSHEET, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x002F
_FORMULA, _BOOLERR, _DIMENSIONS, _SST = 0x0006, 0x0205, 0x0200, 0x00FC
_ROW, _COLINFO, _ROW_HIDDEN, _COLUMN_HIDDEN = 0x0208, 0x007D, 0x20, 0x01
_CELLS: Final = frozenset(
    {_FORMULA, _BOOLERR, 0x0201, 0x0203, 0x0204, 0x027E, 0x00BD, 0x00BE, 0x00D6, 0x00FD}
)
_MAX_ROWS, _MAX_COLUMNS = 65536, 256  # of the format
_ERRORS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class _Damaged(Exception):
    pass


class CompoundFile:
    """Directory and streams of an OLE compound file; raises `_Damaged` when it is not sound."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise _Damaged("header")
        self._data = data
        self._shift, self._mini_shift = struct.unpack_from("<HH", data, 30)
        if self._shift not in (9, 12) or self._mini_shift != 6:
            raise _Damaged("sector size")
        self._size: int = 1 << self._shift
        counts = struct.unpack_from("<II", data, 40) + struct.unpack_from("<8xI4xI", data, 56)
        if max(counts) > len(data) >> self._shift:
            raise _Damaged("more sectors than the file has")
        (directory, self._cutoff, mini_fat, _, difat, _) = struct.unpack_from("<I4xIIIII", data, 48)
        self._fat = self._read_fat(difat)
        entries = self._chain(directory, self._fat)
        self._streams = self._read_directory(entries)
        if any(size > len(data) for _, size in self._streams.values()):
            raise _Damaged("a stream longer than the file")
        root = self._streams.get("Root Entry", (0xFFFFFFFE, 0))
        self._mini_fat = _numbers(self._chain(mini_fat, self._fat))
        self._mini = self._chain(root[0], self._fat)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) << self._shift
        if start >= len(self._data):
            raise _Damaged("sector beyond the end")
        return self._data[start : start + self._size]

    def _read_fat(self, difat: int) -> list[int]:
        places = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(len(self._data) // self._size):
            if difat >= _FREE:
                break
            more = _numbers(self._sector(difat))
            places += more[:-1]
            difat = more[-1]
        return _numbers(b"".join(self._sector(place) for place in places if place < _FREE))

    def _chain(self, first: int, fat: list[int]) -> bytes:
        sectors: list[bytes] = []
        while first < _FREE:
            if first >= len(fat) or len(sectors) > len(fat):
                raise _Damaged("chain")
            sectors.append(self._sector(first))
            first = fat[first]
        return b"".join(sectors)

    @staticmethod
    def _read_directory(entries: bytes) -> dict[str, tuple[int, int]]:
        streams: dict[str, tuple[int, int]] = {}
        for at in range(0, len(entries) - 127, 128):
            length, kind = struct.unpack_from("<HB", entries, at + 64)
            if kind in (1, 2, 5) and 2 <= length <= 64:
                name = entries[at : at + length - 2].decode("utf-16-le", "replace")
                streams.setdefault(name, struct.unpack_from("<II", entries, at + 116))
        return streams

    @property
    def is_cut_off(self) -> bool:
        """Tell whether the file ends within a sector, as an incomplete upload does."""
        return len(self._data) % self._size != 0

    @property
    def names(self) -> set[str]:
        """Names of all streams and storages."""
        return set(self._streams)

    def read(self, name: str) -> bytes:
        """Return the content of one stream."""
        first, size = self._streams[name]
        if size >= self._cutoff:
            return self._chain(first, self._fat)[:size]
        pieces: list[bytes] = []
        while first < _FREE:
            if first >= len(self._mini_fat) or len(pieces) > len(self._mini_fat):
                raise _Damaged("mini chain")
            pieces.append(self._mini[first << self._mini_shift : (first + 1) << self._mini_shift])
            first = self._mini_fat[first]
        return b"".join(pieces)[:size]


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


class XlsFile:
    """The workbook stream of an .xls with the places of its sheets."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._sheets: list[int] = []
        self.encrypted = False
        for kind, at, size in _records(stream, 0):
            if kind == _FILEPASS:
                self.encrypted = True
            elif kind == _BOUNDSHEET and size >= 8:
                self._sheets.append(struct.unpack_from("<I", stream, at)[0])
            elif kind == _EOF:
                break
        _check_sizes(stream)

    def far_corner(self, index: int) -> tuple[int, int]:  # noqa: ARG002  # as `ooxml.Package`
        """No cell is far: the format bounds a sheet, and that was checked on opening."""
        return 0, 0

    def inspect(self, index: int) -> Extras:
        """Find the error cells, and what is hidden, of the sheet at this place."""
        extras = Extras()
        if index >= len(self._sheets):
            return extras
        place = self._sheets[index]
        depth = 0
        for kind, at, size in _records(self._stream, place):
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth == 0:
                    break
            elif depth != 1:
                continue
            elif kind in (_ROW, _COLINFO):
                _note_hidden(self._stream, kind, at, size, extras)
            elif kind == _BOOLERR and size >= 8:
                row, column, _, value, is_error = struct.unpack_from("<HHHBB", self._stream, at)
                if is_error:
                    extras.faults[row, column] = ("formula_error", _ERRORS.get(value, "#N/A"))
            elif kind == _FORMULA and size >= 14:
                row, column, _, tag, value, mark = struct.unpack_from(
                    "<HHHBxBxxxH", self._stream, at
                )
                if mark == 0xFFFF and tag == 2:
                    extras.faults[row, column] = ("formula_error", _ERRORS.get(value, "#N/A"))
        return extras


def _note_hidden(stream: bytes, kind: int, at: int, size: int, extras: Extras) -> None:
    if kind == _ROW and size >= 14:
        row, flags = struct.unpack_from("<H10xH", stream, at)
        if flags & _ROW_HIDDEN:
            extras.hidden_rows.add(row)
    elif kind == _COLINFO and size >= 10:
        first, last, flags = struct.unpack_from("<HH4xH", stream, at)
        if flags & _COLUMN_HIDDEN:
            extras.hidden_columns.update(range(first, min(last + 1, _MAX_COLUMNS)))


def _check_sizes(stream: bytes) -> None:
    """Refuse counts that cannot be: the fast reader reserves memory for them before it looks."""
    at, end = 0, len(stream) - 4
    unpack = struct.Struct("<HH").unpack_from
    while at <= end:
        kind, size = unpack(stream, at)
        if kind in _CELLS and size >= 4:
            column = unpack(stream, at + 4)[1]
            if column >= _MAX_COLUMNS:
                raise _Damaged("a cell beyond the last column")
        elif kind == _DIMENSIONS:
            form = "<IIHH" if size >= 14 else "<HHHH"
            first_row, last_row, first_column, last_column = struct.unpack_from(
                form, stream, at + 4
            )
            if not (first_row <= last_row <= _MAX_ROWS):
                raise _Damaged("rows beyond the last")
            if not (first_column <= last_column <= _MAX_COLUMNS):
                raise _Damaged("columns beyond the last")
        elif kind == _SST and max(struct.unpack_from("<II", stream, at + 4)) > len(stream):
            raise _Damaged("more texts than the file has room for")
        at += 4 + size


def _records(stream: bytes, at: int) -> list[tuple[int, int, int]]:
    """(kind, offset of the body, its size) of each record from an offset to the stream's end."""
    found: list[tuple[int, int, int]] = []
    end = len(stream) - 4
    unpack = struct.Struct("<HH").unpack_from
    depth = 0
    while at <= end:
        kind, size = unpack(stream, at)
        found.append((kind, at + 4, size if at + 4 + size <= len(stream) else 0))
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            break
        at += 4 + size
    return found


def open_xls(data: bytes, file_name: str) -> XlsFile:
    """Open an OLE file that must hold exactly one .xls workbook; raise `IntakeError` otherwise."""
    try:
        compound = CompoundFile(data)
        names = compound.names
        if "EncryptedPackage" in names:
            raise refuse("password_protected", file_name)
        if "WordDocument" in names:
            kind = Text("văn bản Word (.doc)", "a Word text (.doc)")
            raise refuse("unsupported_type", file_name, kind=kind)
        streams = sorted(names & {"Workbook", "Book"})
        if len(streams) == 2:
            raise refuse("two_workbooks", file_name)
        if not streams:
            code = "corrupt_file" if compound.is_cut_off else "unknown_type"
            raise refuse(code, file_name)
        workbook = XlsFile(compound.read(streams[0]))
    except (_Damaged, struct.error, IndexError) as broken:
        raise refuse("corrupt_file", file_name, detail=str(broken)) from broken
    if workbook.encrypted:
        raise refuse("password_protected", file_name)
    return workbook
