"""Where the files of a log come from: a folder, or an address over HTTP.

The layout is that of `sogoc log export`: `<origin>/{checkpoint,vkey,policy,tile/…}`.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

TIMEOUT: Final = 20.0
"""Seconds a server may keep silent."""
LONGEST: Final = 120.0
"""Seconds a file may take in all, however many drops it comes in."""
LARGEST: Final = 32 * 2**20
"""Bytes a file may have: a full bundle of entries of the greatest length is half of it."""
_FORBIDDEN: Final = 403


class SourceError(Error):
    """A folder or address that does not answer as a log does."""


class Source(Protocol):
    """Reads the files of one log by their path below its origin."""

    @property
    def where(self) -> str:
        """Return what to call the place in a message."""
        ...

    def read(self, path: str) -> bytes:
        """Return a file. Raises `FileNotFoundError`, or `SourceError` when nobody answers."""
        ...


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A log in a folder."""

    folder: Path

    @property
    def where(self) -> str:
        """Return the folder."""
        return str(self.folder)

    def read(self, path: str) -> bytes:
        """Return a file. Raises `FileNotFoundError`, or `SourceError` when it cannot be read."""
        file = self.folder / path
        try:
            inside = file.resolve().is_relative_to(self.folder.resolve())
            if inside and file.is_file() and file.stat().st_size <= LARGEST:
                return file.read_bytes()
            is_there = inside and file.is_file()  # a pipe, say, would never end
        except (FileNotFoundError, NotADirectoryError):
            is_there = False
        except (OSError, RuntimeError) as error:  # RuntimeError: links that go in a circle
            raise _no_answer(str(file), getattr(error, "strerror", None) or str(error)) from error
        if is_there:
            raise _no_answer(str(file), "too long")
        raise FileNotFoundError(path)


@dataclass(frozen=True, slots=True)
class WebSource:
    """A log at an address; `address` ends without a slash."""

    address: str

    @property
    def where(self) -> str:
        """Return the address."""
        return self.address

    def read(self, path: str) -> bytes:
        """Return a file. Raises `FileNotFoundError` for 404, else `SourceError`."""
        url = f"{self.address}/{path}"
        try:
            _ = urlsplit(url).port  # a number that is no port would end in no foreseen error
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - see below
                data = _read(answer, LARGEST + 1, LONGEST)
        except urllib.error.HTTPError as error:
            with suppress(OSError):
                error.close()
            if error.code in {404, 410}:
                raise FileNotFoundError(path) from None
            raise _no_answer(url, str(error), status=error.code) from error
        except (OSError, ValueError, HTTPException) as error:
            why = str(getattr(error, "reason", "") or error) or type(error).__name__
            raise _no_answer(url, why) from error
        if len(data) > LARGEST:
            raise _no_answer(url, "too long")
        return data


def _read(answer: Any, most: int, longest: float) -> bytes:
    """Return at most so many bytes. Raises `TimeoutError`, and `HTTPException` for half a file."""
    deadline = time.monotonic() + longest
    data = bytearray()
    while len(data) < most and (part := answer.read1(most - len(data))):
        data += part
        if time.monotonic() > deadline:
            raise TimeoutError("too slow")
    if len(data) < min(most, int(answer.headers.get("Content-Length", 0))):
        raise HTTPException("cut off")
    return bytes(data)


def logs_at(place: str) -> list[Source]:
    """Return the logs in a folder or at an address, in the order of their origins.

    A folder is searched for checkpoints; at an address `logs` lists origins, one a line, else the
    address is that of one log. Raises `SourceError` when there is none.
    """
    if "://" in place:
        return list(_at_address(place.rstrip("/")))
    folder = Path(place)
    found = [
        FolderSource(file.parent)
        for file in sorted(folder.rglob("checkpoint"))
        if "tile" not in file.relative_to(folder).parts
    ]
    if not found:
        raise _empty(place)
    return list(found)


def _at_address(address: str) -> Iterator[Source]:
    if not address.startswith(("http://", "https://")):
        raise _no_answer(address, "http:// or https://")
    whole = WebSource(address)
    try:
        listed = whole.read("logs").decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        yield _checked(whole)
        return
    except SourceError as error:
        if error.context.get("status") != _FORBIDDEN:
            raise
        yield whole  # a bucket that lists nothing says so of every name it does not have
        return
    origins = [each for each in listed if each and ".." not in PurePosixPath(each).parts]
    if not origins:
        raise _empty(address)
    yield from (WebSource(f"{address}/{origin}") for origin in dict.fromkeys(origins))


def _checked(whole: WebSource) -> WebSource:
    """Return what is a log by its checkpoint. Raises `SourceError` where there is none."""
    try:
        whole.read("checkpoint")
    except FileNotFoundError:
        raise _empty(whole.address) from None
    return whole


def _empty(place: str) -> SourceError:
    return SourceError(
        "log_source_empty",
        Text(
            f"Ở {place} không có nhật ký nào (không thấy tệp checkpoint).",
            f"There is no log in {place}: no checkpoint was found.",
        ),
        place=place,
    )


def _no_answer(url: str, why: str, **more: object) -> SourceError:
    return SourceError(
        "log_source_silent",
        Text(f"Không đọc được {url}: {why}", f"Cannot read {url}: {why}"),
        url=url,
        **more,
    )
