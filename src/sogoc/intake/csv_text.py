"""Text files: which encoding, which delimiter, and the cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Final

from sogoc.intake.errors import refuse
from sogoc.intake.model import Limits

_END: Final = "\x1e"  # a last line that is no data: seen only if no quotation mark is left open
_DELIMITERS: Final = ",;\t|"
_SAMPLE_LINES: Final = 60
_UTF16_SAMPLE: Final = 2048
# Control characters that no text has; some of them in a file mean it is not text at all.
_BINARY: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_KEPT_AS_TEXT: Final = re.compile(r'="([^"]*)"')


def decode(data: bytes, file_name: str) -> tuple[str, str]:
    """Return `(text, encoding)`; tries byte order marks, UTF-8, UTF-16, then windows-1258.

    Raises `IntakeError` `bad_encoding` for text in none of them, `unknown_type` for no text.
    """
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as broken:
        code = "unknown_type" if encoding == "cp1258" else "bad_encoding"
        raise refuse(code, file_name, encoding=encoding) from broken
    if _BINARY.search(text[:100_000]):
        raise refuse("unknown_type", file_name)
    return text, encoding


def _encoding(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = data[:_UTF16_SAMPLE]
    zeros_even, zeros_odd = sample[::2].count(0), sample[1::2].count(0)
    if max(zeros_even, zeros_odd) > len(sample) // 8:
        return "utf-16-le" if zeros_odd > zeros_even else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8"


def is_markup(text: str) -> bool:
    """Tell whether the text is HTML or XML, which web systems like to name .xls."""
    start = text.lstrip()[:200].lower()
    return start.startswith(("<!doctype", "<html", "<?xml", "<table", "<meta", "<head", "<style"))


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts most lines into the same number (> 1) of cells."""
    sample = "\n".join(text.splitlines()[:_SAMPLE_LINES])
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            widths = Counter(
                len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter)
            )
        except csv.Error:
            continue
        widths.pop(0, None)
        widths.pop(1, None)
        if widths:
            width, lines = max(widths.items(), key=lambda found: (found[1], found[0]))
            if (lines, width) > best_score:
                best, best_score = delimiter, (lines, width)
    return best


def parse(text: str, file_name: str, sheet: str, limits: Limits) -> Iterator[list[object]]:
    """Yield the rows; a row is what a spreadsheet program would show as one."""
    asked = _SEPARATOR_LINE.match(text)
    delimiter = asked[1] if asked else delimiter_of(text)
    end = _END
    while end in text:
        end += _END
    lines = chain(io.StringIO(text, newline=""), [] if text[-1:] in "\r\n" else ["\n"], [end])
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            if row == [end]:
                return
            if asked and number == 1:
                yield []
                continue
            if number > limits.max_rows and any(row):
                raise refuse(
                    "too_many_rows", file_name, sheet=sheet, size=number, limit=limits.max_rows
                )
            if len(row) > limits.max_columns and any(row[limits.max_columns :]):
                raise refuse(
                    "too_many_columns",
                    file_name,
                    sheet=sheet,
                    size=len(row),
                    limit=limits.max_columns,
                )
            yield [_cell(cell) for cell in row]
    except csv.Error as broken:
        code = "open_quote" if "field larger" in str(broken) else "corrupt_file"
        raise refuse(code, file_name, detail=str(broken)) from broken
    raise refuse("open_quote", file_name)  # the end went into a cell that began before


def _cell(text: str) -> str:
    if text.startswith('="'):
        kept = _KEPT_AS_TEXT.fullmatch(text)
        if kept:
            return kept[1]
    return text
