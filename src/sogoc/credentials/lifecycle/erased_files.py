"""Files of the home that go with an erasure: pictures of pages, documents, drafts of lists.

The database says which (`credentials_erased_file`), in the transaction of the act; a kill before
the files are gone leaves them to the next run, of the command or of the worker.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from sogoc.credentials.register.api import erased_files
from sogoc.people.api import Actor, acting

_PAGES = "pages"
_DOCUMENTS = "documents"


def remove_erased_files(home: Path) -> list[str]:
    """Remove every file the database has erased; return those that would not go.

    Names are `pages/<sha256>` and `documents/<sha256>`. Cheap when nothing is left to do.
    """
    with acting(Actor.system("erasure")):
        wanted = {folder: erased_files(folder) for folder in (_PAGES, _DOCUMENTS)}
    left = []
    for folder, digests in wanted.items():
        for digest in sorted(digests):
            place = _place(home, folder, digest.hex())
            with suppress(OSError):
                place.unlink(missing_ok=True)
            if place.exists():
                left.append(f"{folder}/{digest.hex()}")
    return left


def remove_drafts(home: Path, digests: Collection[str]) -> int:
    """Throw away drafts on the web that hold a list with these SHA-256 (hex); return how many.

    A draft is no part of the register: losing one costs an upload.
    """
    gone = 0
    for file in (home / "uploads" / "drafts").glob("*/list"):
        with suppress(OSError):
            if hashlib.sha256(file.read_bytes()).hexdigest() in digests:
                shutil.rmtree(file.parent, ignore_errors=True)
                gone += 1
    return gone


def _place(home: Path, folder: str, digest: str) -> Path:
    if folder == _PAGES:
        return home / "uploads" / "pages" / digest
    return home / "documents" / digest[:2] / f"{digest}.pdf"
