"""Page images: recognised by their first bytes, stored once under their SHA-256, never replaced."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sogoc.credentials.digitisation.errors import ImageRefused
from sogoc.disk import files
from sogoc.kernel.text import Text

MAX_BYTES: Final = 64 * 1024 * 1024
_MAGIC: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_FOLDER: Final = "pages"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that was accepted. `sha256` is 32 bytes."""

    data: bytes
    sha256: bytes
    media_type: str


def recognise(data: bytes, file_name: str) -> Picture:
    """Return what the bytes are, whatever the name says.

    Raises `ImageRefused` for anything but JPEG, PNG, TIFF and PDF, and above `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise ImageRefused(
            "digitise_image_too_large",
            Text(
                f"Ảnh “{file_name}” lớn hơn {MAX_BYTES >> 20} MB.",
                f"The image “{file_name}” is larger than {MAX_BYTES >> 20} MB.",
            ),
            file_name=file_name,
        )
    for start, media_type in _MAGIC:
        if data.startswith(start):
            return Picture(data, hashlib.sha256(data).digest(), media_type)
    raise ImageRefused(
        "digitise_not_an_image",
        Text(
            f"Tệp “{file_name}” không phải ảnh JPEG, PNG, TIFF hoặc PDF.",
            f"The file “{file_name}” is no JPEG, PNG, TIFF or PDF.",
        ),
        file_name=file_name,
    )


def store(picture: Picture, uploads: Path) -> Path:
    """Write the bytes durably under their digest; what is there already is only compared.

    Call it before the transaction that names the image commits. Raises `ImageRefused` when the file
    there holds other bytes.
    """
    folder = uploads / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / picture.sha256.hex()
    if not files.keep(place, picture.data, mode=0o600):
        load(picture.sha256, uploads)
    return place


def load(sha256: bytes, uploads: Path) -> bytes:
    """Return the bytes of a stored image. Raises `ImageRefused` when missing or altered."""
    try:
        data = (uploads / _FOLDER / sha256.hex()).read_bytes()
    except FileNotFoundError:
        data = None
    if data is None or hashlib.sha256(data).digest() != sha256:
        raise ImageRefused(
            "digitise_image_altered",
            Text(
                f"Ảnh {sha256.hex()[:16]}… không còn hoặc đã bị sửa.",
                f"The image {sha256.hex()[:16]}… is gone or was altered.",
            ),
            sha256=sha256.hex(),
            missing=data is None,
        )
    return data
