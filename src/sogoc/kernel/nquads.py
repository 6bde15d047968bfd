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
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_CONTROL_BYTES: Final = bytes([*range(10), *range(11, 32), 127])
_CONTROL_LEADS: Final = (b"\xc2", b"\xef\xbf")
"""With what the UTF-8 of the others begins: U+0080 to U+009F, U+FFFE, U+FFFF."""


class TemplateError(Error):
    """A document that cannot be a template, or a value that cannot stand in one."""


def token(name: str) -> str:
    """Return the text that stands for the slot `name` (letters and digits) in a document."""
    return f"{MARK}{name}Sl0tEnd"


def is_iri(text: str) -> bool:
    """Say whether a text is an absolute IRI that N-Quads can hold as it is."""
    return _IRI.fullmatch(text) is not None


class Template:
    """Documents of one shape: `render(values)` gives JSON and canonical N-Quads of one.

    `json_text` and `lines` are those of a document in which tokens stand for values: inside of
    strings and of IRIs, nowhere else. Raises `TemplateError` for blank nodes.
    """

    __slots__ = ("_in_iris", "_is_sorted", "_json", "_lines", "names")

    def __init__(self, json_text: str, lines: Iterable[str]) -> None:
        kept = sorted(line.rstrip("\n") for line in lines)
        if any(re.search(r"(^| )_:", _LITERAL.sub("", line)) for line in kept):
            raise _error("blank node")
        names = set(_TOKEN.findall(json_text))
        in_lines = {name for line in kept for name in _TOKEN.findall(line)}
        if names != in_lines or MARK in _TOKEN.sub("", "\n".join([json_text, *kept])):
            raise _error("slot", names=sorted(names ^ in_lines))
        outside = "\n".join(_LITERAL.sub("", line) for line in kept)
        self.names = frozenset(names)
        self._in_iris = sorted(set(_TOKEN.findall(outside)))
        self._is_sorted = all(map(_always_before, kept, kept[1:]))
        # JSON and N-Quads escape the characters let in alike, so a value has one form for both
        self._json = _TOKEN.sub(r"%(\1)s", json_text.replace("%", "%%"))
        self._lines = _TOKEN.sub(r"%(\1)s", "\n".join([*kept, ""]).replace("%", "%%"))

    def render(self, values: Mapping[str, str]) -> tuple[str, bytes]:
        """Return the JSON text and the canonical N-Quads for the values of all slots.

        Raises `TemplateError` for a missing or surplus value, one that cannot stand in an IRI, and
        for control characters other than the line feed: programs differ in how they write those.
        """
        if values.keys() != self.names:
            raise _error("slot", names=sorted(values.keys() ^ self.names))
        _require_no_controls("".join(values.values()))
        for name in self._in_iris:
            if not _IRI_PART.fullmatch(values[name]):
                raise _error("IRI", names=[name])
        forms = {name: encode_basestring(value)[1:-1] for name, value in values.items()}
        lines = self._lines % forms
        if not self._is_sorted:
            lines = "\n".join([*sorted(lines.split("\n")[:-1]), ""])
        return self._json % forms, lines.encode()


def _require_no_controls(text: str) -> None:
    """Refuse control characters; of most texts their bytes tell in a third of the time."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise _error("surrogate") from None
    is_plain = len(data.translate(None, _CONTROL_BYTES)) == len(data)
    if is_plain and not any(lead in data for lead in _CONTROL_LEADS):
        return
    if _CONTROL.search(text):
        raise _error("control character")


def _always_before(first: str, second: str) -> bool:
    """Say whether a line stands before another whatever the values: they part at constants."""
    for one, other in zip(_marked(first), _marked(second), strict=False):
        if one != other:
            return len(one) == len(other) == 1 and one < other
    return False


def _marked(line: str) -> list[str]:
    """Return a line as its characters, each token as one."""
    parts = _TOKEN.split(line)
    return [
        each for at, part in enumerate(parts) for each in ([f"slot {part}"] if at % 2 else part)
    ]


def _error(part: str, **context: object) -> TemplateError:
    return TemplateError(
        "credential_template",
        Text("Không lập được chứng thực số từ mẫu.", "The credential does not fit its template."),
        part=part,
        **context,
    )
