"""XMP, the description inside a PDF: as much of it as tells whether two say the same.

Every reader shows the title of a tagged paper from it. What a later writer of the file changes is
left out: the time, and its own name. Source: ISO 16684-1.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

LONGEST: Final = 200_000
"""Bytes of a description that are read; ours have a few thousand."""

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_LEFT_OUT: Final = {
    "{adobe:ns:meta/}xmptk",
    "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    "{http://ns.adobe.com/xap/1.0/}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{http://www.aiim.org/pdfa/ns/schema#}namespaceURI",
}
"""Also, of the schemas named for PDF/A, their addresses: pyHanko loses them when it archives."""
_DEEPEST: Final = 30
_DECLARED: Final = re.compile(r"""<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]*)""")
"""An XML declaration that names its encoding."""


def metadata(data: bytes) -> list[tuple[str, str]]:
    """Return the properties of a description and what each says, in order of names.

    Properties that only the last writer of the file answers for are left out. Raises `ValueError`
    for what is no plain XMP in UTF-8: entities are refused, so that nothing is expanded.
    """
    if len(data) > LONGEST or b"<!" in data:
        raise ValueError("XMP")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
        if (declared := _DECLARED.match(text)) and declared[1].lower() != "utf-8":
            raise ValueError("XMP")
        root = ElementTree.fromstring(text.encode())  # noqa: S314 - without `<!` there is no entity
    except (UnicodeDecodeError, ElementTree.ParseError) as error:
        raise ValueError("XMP") from error
    return sorted(_said(root, "", 0))


def _said(element: ElementTree.Element, of: str, depth: int) -> list[tuple[str, str]]:
    if depth > _DEEPEST:
        raise ValueError("XMP")
    if element.tag in _LEFT_OUT:
        return []
    name = of if element.tag.startswith(_RDF) else f"{of}/{element.tag}"
    found = [
        (f"{name}/{attribute}", value)
        for attribute, value in element.attrib.items()
        if attribute not in _LEFT_OUT and not attribute.startswith((_RDF, _XML))
    ]
    if text := (element.text or "").strip():
        found.append((name, text))
    for child in element:
        found += _said(child, name, depth + 1)
        if (child.tail or "").strip():
            raise ValueError("XMP")
    return found
