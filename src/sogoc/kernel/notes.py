"""Signed notes: text with Ed25519 signatures below it (C2SP signed-note, signature type 0x01).

Keys travel as text: a verifier key is `name+id+base64`, a signer key `PRIVATE+KEY+name+id+base64`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

ED25519: Final = 0x01
KEY_SIZE: Final = 32
MAX_NOTE: Final = 1_000_000
"""Longest note read, in bytes."""
MAX_SIGNATURES: Final = 100

_ID_SIZE: Final = 4
_ED25519_SIGNATURE: Final = 64
_SIGNER_PREFIX: Final = "PRIVATE+KEY+"
_LINE_START: Final = "— "
_HEX_ID: Final = re.compile(r"[0-9a-f]{8}")


class NoteError(Error):
    """A note, key or name that is malformed."""


class NoteNotVerifiedError(NoteError):
    """A note without a valid signature of a known key, or with a false one."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Public key under a name; `str()` gives its text form."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public_key) != KEY_SIZE:
            raise _malformed("key")

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key)."""
        return key_id(self.name, self.public_key)

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `name+id+base64`. Raises `NoteError`, also when id and key do not match."""
        name, _, rest = text.partition("+")
        key = cls(name, _parse_key(rest))
        if rest[: 2 * _ID_SIZE] != key.id.hex():
            raise _malformed("key id")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encode_key(self.public_key)}"


@dataclass(frozen=True, slots=True)
class SignerKey:
    """Private key (32-byte seed) under a name; never shown in `repr`, written only by `encode`."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.seed) != KEY_SIZE:
            raise _malformed("key")

    @property
    def private_key(self) -> Ed25519PrivateKey:
        """The key to sign with."""
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def verifier(self) -> VerifierKey:
        """The public counterpart."""
        return VerifierKey(self.name, self.private_key.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> SignerKey:
        """Read `PRIVATE+KEY+name+id+base64`. Raises `NoteError`."""
        if not text.startswith(_SIGNER_PREFIX):
            raise _malformed("key")
        name, _, rest = text.removeprefix(_SIGNER_PREFIX).partition("+")
        key = cls(name, _parse_key(rest))
        if rest[: 2 * _ID_SIZE] != key.verifier.id.hex():
            raise _malformed("key id")
        return key

    def encode(self) -> str:
        """Return the text form, which is secret."""
        return f"{_SIGNER_PREFIX}{self.name}+{self.verifier.id.hex()}+{_encode_key(self.seed)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, with which key, and the raw signature of any type."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line with its newline."""
        encoded = base64.b64encode(self.key_id + self.signature).decode("ascii")
        return f"{_LINE_START}{self.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note read apart; nothing is verified yet, so do not trust the text."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note with at least one valid signature of a known key."""

    text: str
    verified: tuple[Signature, ...]
    unverified: tuple[Signature, ...]


def key_id(name: str, public_key: bytes) -> bytes:
    """Return the 4-byte id of an Ed25519 key under a name."""
    return sha256(name.encode() + b"\n" + bytes([ED25519]) + public_key).digest()[:_ID_SIZE]


def sign_text(text: str, name: str, private_key: Ed25519PrivateKey) -> Signature:
    """Sign a note's text, which must end in a newline. Raises `NoteError`."""
    check_name(name)
    _check_text(text)
    public_key = private_key.public_key().public_bytes_raw()
    return Signature(name, key_id(name, public_key), private_key.sign(text.encode()))


def sign_note(text: str, name: str, private_key: Ed25519PrivateKey) -> str:
    """Return the note: the text, an empty line, and one signature line. Raises `NoteError`."""
    return str(Note(text, (sign_text(text, name, private_key),)))


def add_signatures(note: str, signatures: Iterable[Signature]) -> str:
    """Return the note with further signature lines (of witnesses, say). Raises `NoteError`."""
    parsed = parse_note(note)
    return str(Note(parsed.text, (*parsed.signatures, *signatures)))


def parse_note(note: str | bytes) -> Note:
    """Take a note apart without verifying it. Raises `NoteError` for any malformed part."""
    raw = _as_text(note)
    if "\n\n" not in raw or not raw.endswith("\n"):
        raise _malformed("layout")
    head, _, tail = raw.rpartition("\n\n")
    text = head + "\n"
    _check_text(text)
    lines = tail.split("\n")[:-1]
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise _malformed("signatures")
    return Note(text, tuple(map(_parse_line, lines)))


def open_note(note: str | bytes, vkeys: Sequence[VerifierKey | str]) -> OpenedNote:
    """Verify a note against known keys.

    Signatures of unknown keys are ignored; each of a known key must be valid, and there must be
    at least one, so an empty list of keys verifies nothing. Raises `NoteNotVerifiedError`
    or `NoteError`.
    """
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for each in vkeys:
        key = each if isinstance(each, VerifierKey) else VerifierKey.parse(each)
        if known.setdefault((key.name, key.id), key) != key:
            raise _malformed("two keys with one name and id")
    parsed = parse_note(note)
    verified: list[Signature] = []
    unverified: list[Signature] = []
    for signature in parsed.signatures:
        signer = known.get((signature.name, signature.key_id))
        if signer is None:
            unverified.append(signature)
            continue
        if not _is_valid(signature, signer, parsed.text):
            raise _not_verified("note_signature_false", signature.name)
        if signature not in verified:
            verified.append(signature)
    if not verified:
        raise _not_verified("note_no_known_signature", "")
    return OpenedNote(parsed.text, tuple(verified), tuple(unverified))


def _is_valid(signature: Signature, key: VerifierKey, text: str) -> bool:
    if len(signature.signature) != _ED25519_SIGNATURE:
        return False
    try:
        public_key = Ed25519PublicKey.from_public_bytes(key.public_key)
        public_key.verify(signature.signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _parse_line(line: str) -> Signature:
    name, gap, encoded = line.removeprefix(_LINE_START).partition(" ")
    if not line.startswith(_LINE_START) or not gap:
        raise _malformed("signature line")
    check_name(name)
    raw = decode_base64(encoded)
    if len(raw) <= _ID_SIZE:
        raise _malformed("signature line")
    return Signature(name, raw[:_ID_SIZE], raw[_ID_SIZE:])


def _parse_key(text: str) -> bytes:
    """Read `id+base64` of a type byte and 32 bytes; the caller compares the id."""
    identifier, _, encoded = text.partition("+")
    raw = decode_base64(encoded)
    if not _HEX_ID.fullmatch(identifier) or len(raw) != 1 + KEY_SIZE or raw[0] != ED25519:
        raise _malformed("key")
    return raw[1:]


def _encode_key(key: bytes) -> str:
    return base64.b64encode(bytes([ED25519]) + key).decode("ascii")


def decode_base64(encoded: str) -> bytes:
    """Read base64 in its one canonical spelling. Raises `NoteError`."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise _malformed("base64") from None
    if base64.b64encode(raw).decode("ascii") != encoded:
        raise _malformed("base64")  # stray bits or padding: two spellings of one signature
    return raw


def _as_text(note: str | bytes) -> str:
    try:
        raw = note.encode() if isinstance(note, str) else note
        text = raw.decode()
    except UnicodeError:
        raise _malformed("UTF-8") from None
    if len(raw) > MAX_NOTE:
        raise _malformed("length")
    if any(ord(character) < 0x20 and character != "\n" for character in text):
        raise _malformed("control character")
    return text


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise _malformed("text without a final newline")
    _as_text(text)


def check_name(name: str) -> None:
    """Refuse a key name that is empty or has spaces, plus or control characters (`NoteError`)."""
    if not name or "+" in name or name.split() != [name] or min(map(ord, name)) < 0x20:
        raise _malformed("key name")


def _malformed(part: str) -> NoteError:
    return NoteError(
        "note_malformed",
        Text(
            "Bản ghi có chữ ký hoặc khóa không đúng dạng.",
            "The signed note or its key is malformed.",
        ),
        part=part,
    )


def _not_verified(code: str, name: str) -> NoteNotVerifiedError:
    return NoteNotVerifiedError(
        code,
        Text(
            "Không xác nhận được chữ ký trên bản ghi.",
            "The note's signature could not be verified.",
        ),
        key_name=name,
    )
