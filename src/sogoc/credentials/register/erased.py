"""Files that an erasure took away: whoever misses one asks here before calling it lost."""

from __future__ import annotations

from sogoc.credentials.register.models import ErasedFile


def erased_files(folder: str) -> frozenset[bytes]:
    """Return the SHA-256 (32 bytes each) of files erased from `pages` or `documents`.

    Inside `acting(...)`.
    """
    found = ErasedFile.objects.filter(folder=folder).values_list("sha256", flat=True)
    return frozenset(bytes(digest) for digest in found)
