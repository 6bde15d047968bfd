"""Small OpenDocument spreadsheets for tests, made in memory."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MIME = "application/vnd.oasis.opendocument.spreadsheet"
_NS = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_STYLES = (
    "<office:automatic-styles>"
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="wide" style:family="table-column">'
    '<style:table-column-properties style:column-width="5cm"/></style:style>'
    "</office:automatic-styles>"
)


def cell(value: Any) -> str:
    """One cell; a text that begins with "<" is taken as it stands."""
    if isinstance(value, str) and value.startswith("<"):
        return value
    if value in ("", None):
        return "<table:table-cell/>"
    if isinstance(value, dt.date):
        kind, more = "date", f'office:date-value="{value.isoformat()}"'
        value = f"{value:%d/%m/%Y}"
    elif isinstance(value, int | float):
        kind, more = "float", f'office:value="{value}"'
    else:
        kind, more = "string", ""
    text = escape(str(value))
    return (
        f'<table:table-cell office:value-type="{kind}" {more}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def row(cells: Sequence[Any], repeat: int = 1) -> str:
    """One row element."""
    inside = "".join(map(cell, cells))
    return f'<table:table-row table:number-rows-repeated="{repeat}">{inside}</table:table-row>'


def table(name: str, rows: str, style: str = "") -> str:
    """One sheet of row elements, its first column 5 cm wide."""
    return (
        f'<table:table table:name={quoteattr(name)} table:style-name="{style}">'
        f'<table:table-column table:style-name="wide"/>{rows}</table:table>'
    )


def ods_of(tables: str, manifest: str = "<manifest/>", mime: str = MIME) -> bytes:
    """A file of these table elements."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NS} {_CALC}>{_STYLES}'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return packed(content, manifest, mime)


def packed(content: str, manifest: str = "<manifest/>", mime: str = MIME) -> bytes:
    """A file with this content part."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", mime)
        package.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        package.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()


def ods(sheets: Mapping[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = ()) -> bytes:
    """A file of these sheets of rows of values."""
    return ods_of(
        "".join(
            table(name, "".join(map(row, rows)), "hidden" if name in hidden else "")
            for name, rows in sheets.items()
        )
    )
