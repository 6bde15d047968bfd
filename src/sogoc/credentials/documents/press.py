"""Pages from typst templates: tagged PDF/A-3a that is PDF/UA-1 too, with files attached.

A template is a `.typ` file of this package, or one of the same name in the home's `templates`,
which goes first: a designer changes a paper without touching the program. Templates read one JSON
text (`sys.inputs.data`); they see no file but those beside them, no network and no clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Final

import segno
import typst

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.kernel.text import Text

TEMPLATES: Final = Path(__file__).parent / "templates"
NAMES: Final = (
    "diploma-thpt", "diploma-university", "certificate", "supplement", "register-copy",
    "register-page", "decision",
)  # fmt: skip
STANDARDS: Final = ("a-3a", "ua-1")
"""PDF/A-3a: for decades, tagged, files may be attached; PDF/UA-1: read aloud as it should be."""

_FONT_PACKAGES: Final = ("fontpkg_noto_serif", "fontpkg_be_vietnam_pro")
_QUIET: Final = 2  # the paper around it is white too
_QR_MASK: Final = 3  # any mask is valid; trying all eight costs five times as long


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a paper. `relationship`: `data` (the same in another form) or `supplement`."""

    name: str
    data: bytes
    media_type: str
    description: str
    relationship: str = "data"


class Press:
    """Compiles templates; one a process and folder, fonts and templates read once."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds a home's own templates."""
        self._own = folder
        self._compilers: dict[str, tuple[str, typst.Compiler]] = {}
        self._lock = Lock()

    def source(self, name: str) -> Path:
        """Return the file of a template. Raises `DocumentRefused` for an unknown one."""
        if name not in NAMES:
            raise DocumentRefused(
                "template_unknown",
                Text(f"Không có mẫu “{name}”.", f"There is no template {name!r}."),
            )
        own = None if self._own is None else self._own / f"{name}.typ"
        return own if own is not None and own.is_file() else TEMPLATES / f"{name}.typ"

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a template with what it shares, in hex."""
        source = self.source(name)
        shared = source.with_name("kit.typ")
        return sha256(source.read_bytes() + shared.read_bytes()).hexdigest()

    def print(
        self,
        name: str,
        data: Mapping[str, Any],
        attached: Sequence[Attached] = (),
        *,
        at: datetime,
        form: str = "pdf",
    ) -> bytes:
        """Return the paper: `form` `pdf`, or `png` (the first page, for a look).

        `data` is what the template's head says it needs; `at` becomes the file's date. Raises
        `DocumentRefused` with the place in the template.
        """
        files = [
            {
                "name": each.name,
                "input": f"file-{number}",
                "relationship": each.relationship,
                "type": each.media_type,
                "description": each.description,
            }
            for number, each in enumerate(attached)
        ]
        inputs = {"data": json.dumps({**data, "files": files}, ensure_ascii=False)}
        inputs |= {f"file-{n}": each.data.decode() for n, each in enumerate(attached)}
        try:
            with self._lock:
                made = self._compiler(name).compile(
                    format="png" if form == "png" else "pdf",
                    ppi=110,
                    sys_inputs=inputs,
                    pdf_standards=list(STANDARDS),
                    timestamp=int(at.astimezone(UTC).timestamp()),
                )
        except typst.TypstError as error:
            raise DocumentRefused(
                "template_broken",
                Text(
                    f"Mẫu {name} không dựng được: {error.message}",
                    f"The template {name} cannot be set: {error.message}",
                ),
                where=error.diagnostic,
            ) from error
        if isinstance(made, list):
            made = made[0]
        assert made is not None  # noqa: S101 - None only when written to a file
        return made

    def _compiler(self, name: str) -> typst.Compiler:
        digest = self.digest(name)
        known = self._compilers.get(name)
        if known is not None and known[0] == digest:
            return known[1]
        source = self.source(name)
        compiler = typst.Compiler(
            str(source),
            root=str(source.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
        )
        self._compilers[name] = (digest, compiler)
        return compiler


@lru_cache(maxsize=8)
def press_of(home: Path | None) -> Press:
    """Return the press of a home, whose `templates` folder goes first."""
    return Press(None if home is None else home / "templates")


def qr_picture(address: str) -> str:
    """Return the QR of an address as SVG, with a quiet zone: sharp at any size.

    Runs of dots are strokes one unit high: less than half the bytes of as many rectangles.
    """
    code = segno.make(address, error="m", boost_error=False, mask=_QR_MASK, micro=False)
    side = len(code.matrix) + 2 * _QUIET
    runs = []
    for number, row in enumerate(code.matrix, _QUIET):
        start = None
        for column, dot in enumerate([*row, 0], _QUIET):
            if dot and start is None:
                start = column
            elif not dot and start is not None:
                runs.append(f"M{start} {number}.5h{column - start}")
                start = None
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path stroke="#000" d="{"".join(runs)}"/></svg>'
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folders = []
    for package in _FONT_PACKAGES:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(package)
        folders.append(str(Path(spec.origin).parent / "files"))
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=folders,
    )
