"""A public file of the log as an answer of HTTP: conditional and partial reading, right headers.

Both of our servers answer with it, so that they and a plain web server over the same files give the
same bytes (RFC 9110). Nothing here keeps a list of who asked for what.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from sogoc.credentials.log.publishing import PublicFile, public_file
from sogoc.kernel.log_policy import PolicyError

_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send: `body` is empty for HEAD, whose headers are those of GET."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = b""


def answer(
    home: Path, *, base: str, method: str, path: str, asked: Mapping[str, str]
) -> Answer | None:
    """Answer a request for a public path; None when nothing lies there.

    `asked` are the headers of the request by lower-case name. While the home's policy is none,
    that file alone is unavailable.
    """
    if method not in ("GET", "HEAD"):
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD", "Content-Length": "0"})
    try:
        file = public_file(home, base=base, path=path)
    except PolicyError:  # the audit names what is wrong with it
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, {"Content-Length": "0"})
    if file is None:
        return None
    found = _answer(file, asked)
    return found if method == "GET" else Answer(found.status, found.headers)


def _answer(file: PublicFile, asked: Mapping[str, str]) -> Answer:
    headers = {
        "Content-Type": file.headers.content_type,
        "Cache-Control": file.headers.cache,
        "ETag": file.etag,
        "Accept-Ranges": "bytes",
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
    }
    if _is_known(file.etag, asked.get("if-none-match", "")):
        return Answer(HTTPStatus.NOT_MODIFIED, headers)
    size = len(file.data)
    part = _part(asked, file.etag, size)
    if part is None:
        return Answer(HTTPStatus.OK, {**headers, "Content-Length": str(size)}, file.data)
    if not part:
        headers |= {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        return Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    headers["Content-Length"] = str(len(part))
    return Answer(HTTPStatus.PARTIAL_CONTENT, headers, file.data[part.start : part.stop])


def _is_known(etag: str, tags: str) -> bool:
    known = {each.strip().removeprefix("W/") for each in tags.split(",")}
    return etag in known or tags.strip() == "*"


def _part(asked: Mapping[str, str], etag: str, size: int) -> range | None:
    """Return the bytes asked for; None for all, an empty range when there are no such bytes.

    Several ranges at once are answered with the whole file, as the standard allows.
    """
    match = _RANGE.fullmatch(asked.get("range", "").replace(" ", ""))
    if match is None or not any(match.groups()) or asked.get("if-range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(size, int(last) + 1 if last else size))
