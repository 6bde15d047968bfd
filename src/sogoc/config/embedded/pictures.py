"""Page images of paper books in a backup; each lies under its SHA-256 and so can be compared."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sogoc.config.home import Home

PREFIX: Final = "uploads/pages/"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_CHUNK: Final = 1 << 20


def add_pictures(home: Home, archive: tarfile.TarFile) -> int:
    """Put every page image of the home into the archive; return how many.

    Call it after the dump: an image is stored before the transaction that names it commits.
    """
    files = sorted(file for file in _folder(home).glob("*") if _DIGEST.fullmatch(file.name))
    for file in files:
        archive.add(file, arcname=PREFIX + file.name, recursive=False)
    return len(files)


def bring_back_pictures(home: Home, archive: tarfile.TarFile) -> int:
    """Put the images of a backup where the home keeps them; return how many were not there.

    What is there and right stays; what is there and altered gives way. Only one image is in memory
    in part. Raises `ValueError` for a member that is not what its name says.
    """
    return sum(_bring_back(home, archive, member) for member in _members(archive))


def _members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in archive:
        if member.name.startswith(PREFIX):
            if not member.isreg() or not _DIGEST.fullmatch(member.name.removeprefix(PREFIX)):
                raise ValueError(member.name)
            yield member


def _bring_back(home: Home, archive: tarfile.TarFile, member: tarfile.TarInfo) -> bool:
    name = member.name.removeprefix(PREFIX)
    folder = _folder(home)
    place, draft = folder / name, folder / f".{name}.restored"
    if place.is_file() and _digest_of(place) == name:
        return False
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = archive.extractfile(member)
    if source is None:
        raise ValueError(member.name)
    digest = hashlib.sha256()
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with source, os.fdopen(descriptor, "wb") as stream:
            while part := source.read(_CHUNK):
                digest.update(part)
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
        if digest.hexdigest() != name:
            raise ValueError(member.name)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _digest_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _folder(home: Home) -> Path:
    return home.uploads / "pages"
