"""Canonical N-Quads of documents without blank nodes, and templates of them.

Where every node has an IRI, canonicalisation (RDFC-1.0) is writing each statement in one way and
sorting the lines. A batch of documents of one shape then needs one expansion, and of each document
only its own values: they are put into the lines, and the lines are sorted again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

MARK: Final = "Sl0t"
"""What begins a slot's token; no constant part of a template may hold it."""

_TOKEN: Final = re.compile(rf"{MARK}([a-z][a-z0-9]*)Sl0tEnd")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_IRI_PART: Final = re.compile(r"[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*")
_LITERAL: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPES: Final = {
    **{code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)},
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0C: "\\f",
    0x0D: "\\r",
    0x22: '\\"',
    0x5C: "\\\\",
}
_SPECIAL: Final = re.compile(r'[\x00-\x1f"\\\x7f]')
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


class TemplateError(Error):
    """A document that cannot be a template, or a value that cannot stand in one."""


def token(name: str) -> str:
    """Return the text that stands for the slot `name` (letters and digits) in a document."""
    return f"{MARK}{name}Sl0tEnd"


def escape(text: str) -> str:
    """Return a literal's text as canonical N-Quads write it, without its quotes."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def is_iri(text: str) -> bool:
    """Say whether a text is an absolute IRI that N-Quads can hold as it is."""
    return _IRI.fullmatch(text) is not None


class Template:
    """Documents of one shape: `render(values)` gives JSON and canonical N-Quads of one.

    `json_text` and `lines` are those of a document in which tokens stand for values: inside of
    strings and of IRIs, nowhere else. Raises `TemplateError` for blank nodes.
    """

    __slots__ = ("_json", "_lines", "_names", "_plain", "names")

    def __init__(self, json_text: str, lines: Iterable[str]) -> None:
        kept = sorted(line.rstrip("\n") for line in lines)
        if any(re.search(r"(^| )_:", _LITERAL.sub("", line)) for line in kept):
            raise _error("blank node")
        pattern = "\n".join(_line_pattern(line) for line in kept)
        in_json = set(_TOKEN.findall(json_text))
        in_lines = set(re.findall(r"%\((?:lit|iri)_([a-z][a-z0-9]*)\)s", pattern))
        if in_json != in_lines or MARK in _TOKEN.sub("", json_text):
            raise _error("slot", names=sorted(in_json ^ in_lines))
        self.names = frozenset(in_json)
        self._names = sorted(in_json)
        self._plain = {n for n in in_json if f"%(iri_{n})s" in pattern}
        self._lines = pattern
        self._json = _TOKEN.sub(r"%(json_\1)s", json_text.replace("%", "%%"))

    def render(self, values: Mapping[str, str]) -> tuple[str, bytes]:
        """Return the JSON text and the canonical N-Quads for the values of all slots.

        Raises `TemplateError` for a missing or surplus value, one that cannot stand in an IRI, and
        for control characters other than the line feed: programs differ in how they write those.
        """
        if values.keys() != self.names:
            raise _error("slot", names=sorted(values.keys() ^ self.names))
        forms: dict[str, str] = {}
        for name in self._names:
            value = values[name]
            if _CONTROL.search(value):
                raise _error("control character", names=[name])
            forms[f"json_{name}"] = encode_basestring(value)[1:-1]
            forms[f"lit_{name}"] = escape(value)
            if name in self._plain:
                if not _IRI_PART.fullmatch(value):
                    raise _error("IRI", names=[name])
                forms[f"iri_{name}"] = value
        lines = (self._lines % forms).split("\n")
        lines.sort()
        lines.append("")
        try:
            return self._json % forms, "\n".join(lines).encode()
        except UnicodeEncodeError:
            raise _error("surrogate") from None


def _line_pattern(line: str) -> str:
    """Return a line as a %-pattern: tokens inside of literals are escaped, others are IRIs."""
    parts: list[str] = []
    at = 0
    for literal in _LITERAL.finditer(line):
        parts.append(_slots(line[at : literal.start()], "iri"))
        parts.append(_slots(literal.group(), "lit"))
        at = literal.end()
    parts.append(_slots(line[at:], "iri"))
    return "".join(parts)


def _slots(text: str, form: str) -> str:
    pattern = _TOKEN.sub(rf"%({form}_\1)s", text.replace("%", "%%"))
    if MARK in pattern:
        raise _error("slot")
    return pattern


def _error(part: str, **context: object) -> TemplateError:
    return TemplateError(
        "credential_template",
        Text("Không lập được chứng thực số từ mẫu.", "The credential does not fit its template."),
        part=part,
        **context,
    )
