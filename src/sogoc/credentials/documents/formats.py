"""The formats a line of the register is rendered in; each is one function, read when used."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.kernel.text import Text
from sogoc.people.api import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a rendering needs: which line, and of which home.

    `code` is the look-up code as typed, `base` the first part of the log's origins, `at` aware,
    `by` who asks for it and must be allowed to see the line; `is_playground`: a demo or test home,
    whose development keys may sign.
    """

    code: str
    home: Path
    base: str
    at: datetime
    by: Actor
    is_playground: bool


Render = Callable[[Request], bytes]
"""Returns the file. Raises what the register and the log raise, and `DocumentRefused`."""

FORMATS: Final[dict[str, tuple[str, str]]] = {
    "vc": ("vc_issuing", "render_eddsa"),
    "vc-ecdsa": ("vc_issuing", "render_ecdsa"),
    "pdf": ("pdf_issuing", "render_pdf"),
    "pdf-copy": ("pdf_issuing", "render_copy"),
    "supplement": ("sheet_issuing", "render_supplement"),
    "register-page": ("sheet_issuing", "render_page"),
    "decision": ("sheet_issuing", "render_decision"),
    "xml": ("xml_issuing", "render_xml"),
}
"""Format → module of this applet and the function there."""


def render(name: str, request: Request) -> bytes:
    """Return a published line in a format. Raises `DocumentRefused` for an unknown one."""
    if name not in FORMATS:
        raise DocumentRefused(
            "document_format_unknown",
            Text(
                f"Không có định dạng “{name}”; có: {', '.join(FORMATS)}.",
                f"There is no format {name!r}; there are: {', '.join(FORMATS)}.",
            ),
        )
    module, function = FORMATS[name]
    found: Render = getattr(
        importlib.import_module(f"sogoc.credentials.documents.{module}"), function
    )
    return found(request)
