"""Asking a witness: of ours or of anybody who speaks C2SP tlog-witness."""

from __future__ import annotations

import http.client
import ipaddress
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from sogoc.kernel import notes
from sogoc.kernel.cosignature import (
    Cosignature,
    CosignatureError,
    CosignerKey,
    verify_cosignature,
)
from sogoc.kernel.notes import NoteError
from sogoc.witness.protocol import PATH, SIZE_TYPE, TEXT_TYPE, AddCheckpoint
from sogoc.witness.store import origin_hash

TIMEOUT: Final = 5.0
"""Seconds a witness may take for an answer."""
MAX_ANSWER: Final = 1_000_000

_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The witness cosigned; each signature is verified, at least one, one for each of its keys."""

    cosignatures: tuple[Cosignature, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The witness holds a checkpoint of another size, this one: send a proof from there.

    When it is larger than one's own tree, this log was rolled back: stop, do not sign.
    """

    size: int


@dataclass(frozen=True, slots=True)
class Refused:
    """No cosignature. `status` is the HTTP status, `None` when there was no proper answer.

    `is_inconsistent`: the witness says the checkpoint contradicts what it holds; it never cures
    itself. That is 422, or, from witnesses of version 1.0.0, 409 without another size.
    """

    status: int | None
    reason: str

    @property
    def is_inconsistent(self) -> bool:
        """Whether the witness found a fork."""
        return self.status in (409, 422)


def post_checkpoint(
    url: str,
    *,
    old_size: int,
    proof: Sequence[bytes],
    note: str,
    keys: Iterable[CosignerKey],
    timeout: float = TIMEOUT,
) -> Cosigned | Conflict | Refused:
    """Ask the witness at a submission prefix to cosign a checkpoint its log has signed.

    `proof` leads from `old_size` to the checkpoint's size (32-byte hashes; empty from 0 or for
    equal sizes). A 200 counts only with a valid, timed cosignature by one of `keys`; lines of
    other keys are ignored. Raises `NoteError` for a note that is none; never for the network.
    """
    text = notes.parse_note(note).text
    body = AddCheckpoint(old_size, tuple(proof), note).body()
    try:
        status, content_type, answer = _exchange(url.rstrip("/") + PATH, body, timeout)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Refused(None, f"{type(error).__name__}: {error}")
    if status == 200:
        return _cosigned(text, answer, tuple(keys))
    if status == 409 and content_type == SIZE_TYPE:
        size = _SIZE.fullmatch(answer)
        if size is None:
            return Refused(None, "409 without a proper size")
        if int(size[1]) != old_size:
            return Conflict(int(size[1]))
    return Refused(status, answer[:200].decode(errors="replace").strip())


def fetch_checkpoint(url: str, origin: str, *, timeout: float = TIMEOUT) -> str | None:
    """Return the note a witness last cosigned for a log, unverified; `None` if it never did.

    Open it with `cosignature.open_checkpoint`. Raises `OSError` or `ValueError` when the witness
    gives no proper answer.
    """
    address = f"{url.rstrip('/')}/{origin_hash(origin)}/checkpoint"
    try:
        status, _, answer = _exchange(address, None, timeout)
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    if status == 404:
        return None
    if status != 200:
        raise OSError(f"the witness answers {status}")
    return answer.decode()


def _cosigned(text: str, answer: bytes, keys: tuple[CosignerKey, ...]) -> Cosigned | Refused:
    known = {(key.name, key.id): key for key in keys}
    found: dict[CosignerKey, Cosignature] = {}
    try:
        lines = notes.parse_note(text.encode() + b"\n" + answer).signatures
        for line in lines:
            key = known.get((line.name, line.key_id))
            if key is None:
                continue
            at = verify_cosignature(text, line, key)
            if at:
                found.setdefault(key, Cosignature(key, at, line))
    except (NoteError, CosignatureError) as error:
        return Refused(200, error.message.en)
    if not found:
        return Refused(200, "no cosignature by a known key of the witness")
    return Cosigned(tuple(found.values()))


def _exchange(url: str, body: bytes | None, timeout: float) -> tuple[int, str, bytes]:
    """Return status, content type and answer of a POST, or of a GET without a body, in time."""
    asked = urlsplit(url)
    if asked.scheme not in ("http", "https") or asked.port == 0:
        raise ValueError("a witness is asked over http or https")
    headers = {"Content-Type": TEXT_TYPE} if body is not None else {}
    request = Request(url, data=body, headers=headers)  # noqa: S310 - the scheme is checked above
    deadline = time.monotonic() + timeout
    try:
        response: Any = _opener(request.host).open(request, timeout=timeout)
    except HTTPError as error:
        response = error
    with response:
        parts: list[bytes] = []
        while part := response.read1(65_536):
            parts.append(part)
            if time.monotonic() > deadline:
                raise TimeoutError("the witness answers too slowly")
            if sum(map(len, parts)) > MAX_ANSWER:
                raise ValueError("the witness answers too much")
        return response.status, response.headers.get("Content-Type", ""), b"".join(parts)


class _NoRedirect(HTTPRedirectHandler):
    """A witness does not send its clients elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _opener(host: str) -> OpenerDirector:
    name = urlsplit(f"//{host}").hostname or ""
    proxies = [ProxyHandler({})] if _is_here(name) else []  # never leave the machine for itself
    return build_opener(_NoRedirect, *proxies)


def _is_here(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
