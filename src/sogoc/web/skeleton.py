"""Pages that are asked for hundreds of times a second: rendered once, then filled in.

The template runs once for each shape a page can have (language, flags, which texts are there), with
a mark in the place of every text; each answer after that only puts the escaped texts in. A page
that holds a form, and one that has a message for one visitor, are never kept.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Hashable, Mapping
from copy import copy
from typing import Final

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from sogoc.web.frame import home_note

_MARK: Final = secrets.token_hex(12)
"""What no text holds: new in every process, in letters that addresses and HTML leave alone."""

_KEPT: Final = 200
"""Shapes kept at once; more than a page has, fewer than fill the memory."""

Shape = tuple[Hashable, ...]
Parts = list[str]

_skeletons: dict[Shape, Parts] = {}


def render_filled(
    request: HttpRequest,
    template: str,
    *,
    flags: Mapping[str, Hashable],
    texts: Mapping[str, str],
    in_address: str = "",
) -> HttpResponse:
    """Render `template` with `shown`, which has `flags` and `texts` by name.

    Texts are only printed or asked for being there, never changed, by the template. `in_address`
    names the text that is the last part of the page's address.
    """
    if len(get_messages(request)):
        return HttpResponse(_render(request, template, {**flags, **texts}))
    path = request.path
    if in_address:
        path = f"{path.rpartition('/')[0]}/{_mark(in_address)}"
    shape: Shape = (
        *(template, get_language(), home_note(), path),
        *flags.items(),
        *(name for name, text in texts.items() if text),
    )
    parts = _skeletons.get(shape)
    if parts is None:
        parts = _skeleton(request, template, path, flags, texts)
        if len(_skeletons) >= _KEPT:
            _skeletons.clear()
        _skeletons[shape] = parts
    escaped = {name: escape(text) for name, text in texts.items()}
    filled = (escaped[part] if number % 2 else part for number, part in enumerate(parts))
    return HttpResponse("".join(filled))


def _skeleton(
    request: HttpRequest,
    template: str,
    path: str,
    flags: Mapping[str, Hashable],
    texts: Mapping[str, str],
) -> Parts:
    """Render with marks; return text and names of texts in turn, beginning and ending with text."""
    at_mark = copy(request)
    at_mark.path = path
    marked = {name: _mark(name) if text else "" for name, text in texts.items()}
    page = _render(at_mark, template, {**flags, **marked})
    if "csrfmiddlewaretoken" in page:
        raise RuntimeError(f"{template} holds a form: its token is one visitor's")
    return re.split(f"{_MARK}-([a-z_]+)-{_MARK}", page)


def _mark(name: str) -> str:
    return f"{_MARK}-{name}-{_MARK}"


def _render(request: HttpRequest, template: str, shown: Mapping[str, object]) -> str:
    return render_to_string(template, {"shown": shown}, request)
