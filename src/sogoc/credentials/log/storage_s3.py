"""The public files of the logs in a bucket of an S3-compatible store.

A tile is put with `If-None-Match: *`, a checkpoint with `If-Match`: whoever else writes at the same
time is refused by the store itself. Each object carries the type and the caching of its file, so a
CDN before the bucket needs no rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final, Self, TypeVar

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store

from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.headers import headers_of
from sogoc.credentials.log.storage import altered
from sogoc.kernel.text import Text

_THREADS: Final = 8
_TIMEOUT: Final = "20s"
_RETRY_SECONDS: Final = 10

T = TypeVar("T")


class BucketFiles:
    """Files as objects below `s3://bucket/prefix`."""

    is_public = True

    def __init__(self, store: S3Store, where: str) -> None:
        self._store = store
        self.where = where

    @classmethod
    def open(
        cls,
        place: str,
        *,
        endpoint: str | None,
        region: str | None,
        key_id: str | None,
        secret: str | None,
    ) -> Self:
        """Return the store at `s3://bucket/prefix`; nothing is asked before it is used."""
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        if not bucket or not prefix:
            raise LogError(
                "log_store_unknown",
                Text(
                    f"{place}: cần s3://bucket/tên-nhật-ký.", f"{place}: s3://bucket/name needed."
                ),
                place=place,
            )
        store = S3Store(
            bucket,
            prefix=prefix,
            endpoint=endpoint,
            region=region or "us-east-1",
            access_key_id=key_id,
            secret_access_key=secret,
            conditional_put="etag",
            client_options={
                "allow_http": (endpoint or "").startswith("http://"),
                "timeout": _TIMEOUT,
            },
            retry_config={
                "max_retries": 3,
                "retry_timeout": timedelta(seconds=_RETRY_SECONDS),
            },
        )
        return cls(store, place)

    def prepare(self, stream: str) -> None:
        """Nothing: an object is there whole or not at all."""

    def read(self, path: str) -> bytes:
        """Return an object. Raises `FileNotFoundError`, or `LogError` when the store is silent."""
        return self._asked(lambda: bytes(self._store.get(path).bytes()), path)

    def has(self, path: str) -> bool:
        """Whether there is such an object."""
        try:
            self._asked(lambda: self._store.head(path), path)
        except FileNotFoundError:
            return False
        return True

    def create(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Create objects; one that is there must have the same bytes."""
        with ThreadPoolExecutor(_THREADS, "tiles") as threads:
            for _ in threads.map(lambda file: self._create(*file), files):
                pass

    def _create(self, path: str, data: bytes) -> None:
        if not self._put(path, data, "create") and self.read(path) != data:
            raise altered(f"{self.where}/{path}")

    def replace(self, path: str, data: bytes) -> None:
        """Make or replace an object at once."""
        self._put(path, data, "overwrite")

    def swap(self, path: str, old: bytes | None, new: bytes) -> bool:
        """Replace an object that still is `old`, by its entity tag."""
        if old is None:
            return self._put(path, new, "create")
        try:
            there = self._asked(lambda: self._store.get(path), path)
        except FileNotFoundError:
            return False
        if self._asked(lambda: bytes(there.bytes()), path) != old:
            return False
        return self._put(path, new, {"e_tag": there.meta["e_tag"]})

    def streams(self) -> list[str]:
        """Return the streams that have objects here, by name."""
        listed = self._asked(lambda: self._store.list_with_delimiter(None), "")
        return sorted(
            str(prefix).rstrip("/").rpartition("/")[2] for prefix in listed["common_prefixes"]
        )

    def _put(self, path: str, data: bytes, mode: Any) -> bool:
        headers = headers_of(path.partition("/")[2] or path)
        attributes = {"Content-Type": headers.content_type, "Cache-Control": headers.cache}
        try:
            self._asked(
                lambda: self._store.put(
                    path, data, mode=mode, attributes=attributes, use_multipart=False
                ),
                path,
            )
        except (AlreadyExistsError, PreconditionError):
            return False
        return True

    def _asked(self, ask: Callable[[], T], path: str) -> T:
        try:
            return ask()
        except (FileNotFoundError, AlreadyExistsError, PreconditionError):
            raise
        except (BaseError, OSError) as error:
            why = str(error).partition("\n")[0]  # pages of its inner life follow
            raise LogError(
                "log_store_silent",
                Text(
                    f"Kho tệp {self.where}/{path} không trả lời: {why}",
                    f"The store {self.where}/{path} does not answer: {why}",
                ),
                path=path,
            ) from error
