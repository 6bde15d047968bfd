"""Timestamped cosignatures of checkpoints (C2SP tlog-cosignature) and the opening of cosigned ones.

Two kinds of cosigner key: Ed25519 (`cosignature/v1`, type 0x04), which signs the time and the whole
body, and ML-DSA-44 (type 0x06), which stands against quantum computers and signs the time, the
cosigner's name, the origin, the size and the root. Keys travel as text like those of `notes`.
A log may sign its own checkpoints with ML-DSA-44 beside its plain Ed25519 signature (type 0x01).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from sogoc.kernel import notes
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import NoteError, Signature, VerifierKey
from sogoc.kernel.text import Text

SEED_SIZE: Final = 32
MAX_TIME: Final = 2**63 - 1
_LAST: Final = 253_402_128_000
"""30 December 9999, in seconds since 1970: no calendar of ours goes further, in any zone."""

_SIGNER_PREFIX: Final = "PRIVATE+KEY+"
_HEX_ID: Final = re.compile(r"[0-9a-f]{8}")
_ID_SIZE: Final = 4
_TIME_SIZE: Final = 8
_SUBTREE_LABEL: Final = b"subtree/v1\n\0"
_MAX_NAME: Final = 255  # bytes: the ML-DSA-44 message gives the length in one

# The five y coordinates of Ed25519 points of small order. Under such a "key" anybody can sign, so a
# log that gave one could deny whatever it has signed.
_PRIME: Final = 2**255 - 19
_ORDER_8: Final = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = {0, 1, _PRIME - 1, _ORDER_8, _PRIME - _ORDER_8}


class Algorithm(IntEnum):
    """Kind of a cosigner's key; the number is the signature type of C2SP signed-note."""

    ED25519 = 0x04
    ML_DSA_44 = 0x06


_PUBLIC_SIZE: Final = {Algorithm.ED25519: 32, Algorithm.ML_DSA_44: 1312}
_SIGNATURE_SIZE: Final = {Algorithm.ED25519: 64, Algorithm.ML_DSA_44: 2420}


class CosignatureError(Error):
    """A cosigner key that is malformed, or a time or checkpoint that cannot be cosigned."""


class NotCosignedError(CosignatureError):
    """A checkpoint without a valid signature of its log, or with a false one of a known key."""


@dataclass(frozen=True, slots=True)
class CosignerKey:
    """Public key of a cosigner under a name; `str()` gives the verifier key text."""

    name: str
    algorithm: Algorithm
    public_key: bytes

    def __post_init__(self) -> None:
        _check_cosigner_name(self.name)
        if len(self.public_key) != _PUBLIC_SIZE[self.algorithm]:
            raise _malformed("key length")
        if self.algorithm is Algorithm.ED25519:
            _check_order(self.public_key)

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name ‖ newline ‖ type ‖ public key)."""
        raw = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key
        return sha256(raw).digest()[:_ID_SIZE]

    @classmethod
    def parse(cls, text: str) -> CosignerKey:
        """Read `name+id+base64` of type 0x04 or 0x06. Raises `CosignatureError`."""
        name, algorithm, public_key, identifier = _parse_key(text)
        key = cls(name, algorithm, public_key)
        if identifier != key.id.hex():
            raise _malformed("key id")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encode_key(self.algorithm, self.public_key)}"


@dataclass(frozen=True, slots=True)
class CosignerSecret:
    """Private key (32-byte seed) of a cosigner; never shown in `repr`, written only by `encode`."""

    name: str
    algorithm: Algorithm
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_cosigner_name(self.name)
        if len(self.seed) != SEED_SIZE:
            raise _malformed("key length")

    @property
    def verifier(self) -> CosignerKey:
        """The public counterpart."""
        return CosignerKey(
            self.name, self.algorithm, self._private().public_key().public_bytes_raw()
        )

    @classmethod
    def parse(cls, text: str) -> CosignerSecret:
        """Read `PRIVATE+KEY+name+id+base64`. Raises `CosignatureError`."""
        if not text.startswith(_SIGNER_PREFIX):
            raise _malformed("key")
        name, algorithm, seed, identifier = _parse_key(text.removeprefix(_SIGNER_PREFIX))
        key = cls(name, algorithm, seed)
        if identifier != key.verifier.id.hex():
            raise _malformed("key id")
        return key

    def encode(self) -> str:
        """Return the text form, which is secret."""
        encoded = _encode_key(self.algorithm, self.seed)
        return f"{_SIGNER_PREFIX}{self.name}+{self.verifier.id.hex()}+{encoded}"

    def cosign(self, body: str, at: int) -> Signature:
        """Cosign a checkpoint's body at a time in whole seconds since 1970 (UTC).

        The time is at least 1. An ML-DSA-44 key of a log may give 0, which states nothing about
        time; that kind also refuses extension lines, which it would not cover. Ed25519 signatures
        are the same each time, ML-DSA-44 ones are not. Raises `CosignatureError`,
        `CheckpointError`.
        """
        _check_time(at, self.algorithm)
        message = _message(self.name, self.algorithm, body, at)
        raw = at.to_bytes(_TIME_SIZE, "big") + self._private().sign(message)
        return Signature(self.name, self.verifier.id, raw)

    def _private(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self.algorithm is Algorithm.ED25519:
            return Ed25519PrivateKey.from_private_bytes(self.seed)
        return MLDSA44PrivateKey.from_seed_bytes(self.seed)


LogKey = VerifierKey | CosignerKey
"""A log signs plainly with Ed25519 (type 0x01) or with ML-DSA-44 (type 0x06)."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature: whose, at which time (seconds since 1970), and the line itself."""

    key: CosignerKey
    timestamp: int
    signature: Signature

    @property
    def at(self) -> datetime:
        """The same time, aware (UTC); the last there is where a witness states one beyond it."""
        return datetime.fromtimestamp(min(self.timestamp, _LAST), UTC)


@dataclass(frozen=True, slots=True)
class CosignedCheckpoint:
    """A checkpoint that its log signed, with the cosignatures that could be verified.

    `body` is the signed text; `log_signatures` and `cosignatures` are in the note's order, and of
    one key only the first is kept, save that an earlier time replaces a later one.
    """

    checkpoint: Checkpoint
    body: str
    log_signatures: tuple[Signature, ...]
    cosignatures: tuple[Cosignature, ...]

    def note(self) -> str:
        """Return the note with the verified signatures alone."""
        lines = (*self.log_signatures, *(each.signature for each in self.cosignatures))
        return str(notes.Note(self.body, lines))


def parse_log_key(text: str) -> LogKey:
    """Read a log's verifier key of type 0x01 or 0x06. Raises `NoteError`, `CosignatureError`."""
    try:
        plain_key = VerifierKey.parse(text)
    except NoteError as plain:
        try:
            key = CosignerKey.parse(text)
        except CosignatureError:
            raise plain from None
        if key.algorithm is not Algorithm.ML_DSA_44:
            raise _malformed("key type of a log") from None
        return key
    _check_order(plain_key.public_key)
    return plain_key


def verify_cosignature(body: str, signature: Signature, key: CosignerKey) -> int:
    """Return the time of a cosignature over a checkpoint's body, in seconds since 1970.

    0 is possible only with ML-DSA-44. Raises `NotCosignedError`, and `CheckpointError` for a body
    that is not a checkpoint's.
    """
    raw = signature.signature
    if (
        (signature.name, signature.key_id) != (key.name, key.id)
        or len(raw) != _TIME_SIZE + _SIGNATURE_SIZE[key.algorithm]
        or raw[0] >= 0x80
    ):
        raise _not_cosigned("cosignature_false", signature.name)
    at = int.from_bytes(raw[:_TIME_SIZE], "big")
    try:
        _check_time(at, key.algorithm)
        message = _message(key.name, key.algorithm, body, at)
        public: Ed25519PublicKey | MLDSA44PublicKey
        if key.algorithm is Algorithm.ED25519:
            public = Ed25519PublicKey.from_public_bytes(key.public_key)
        else:
            public = MLDSA44PublicKey.from_public_bytes(key.public_key)
        public.verify(raw[_TIME_SIZE:], message)
    except (InvalidSignature, ValueError, CosignatureError):
        raise _not_cosigned("cosignature_false", signature.name) from None
    return at


def open_checkpoint(
    note: str | bytes, log_keys: Iterable[LogKey], cosigners: Iterable[CosignerKey] = ()
) -> CosignedCheckpoint:
    """Verify a checkpoint note: by one of its log's keys at least, and by any known cosigner.

    Only keys named like the checkpoint's origin count as the log's. Lines of unknown keys are
    ignored, each line of a known key must be valid, and a cosignature of a witness must give a
    time. Raises `NotCosignedError`, `NoteError`, `CheckpointError`, `CosignatureError`.
    """
    parsed = notes.parse_note(note)
    checkpoint = Checkpoint.parse(parsed.text)
    logs = {(key.name, key.id): key for key in log_keys if key.name == checkpoint.origin}
    known = {(key.name, key.id): key for key in cosigners}
    if logs.keys() & known.keys():
        raise _malformed("one key as log and as cosigner")
    signed: dict[bytes, Signature] = {}
    cosigned: dict[tuple[str, bytes], Cosignature] = {}
    for signature in parsed.signatures:
        who = (signature.name, signature.key_id)
        if who in logs:
            _verify_log(parsed.text, signature, logs[who])
            signed.setdefault(signature.key_id, signature)
        elif who in known:
            at = verify_cosignature(parsed.text, signature, known[who])
            if not at:
                raise _not_cosigned("cosignature_false", signature.name)
            if who not in cosigned or at < cosigned[who].timestamp:
                cosigned[who] = Cosignature(known[who], at, signature)
    if not signed:
        raise _not_cosigned("checkpoint_not_signed", checkpoint.origin)
    return CosignedCheckpoint(
        checkpoint, parsed.text, tuple(signed.values()), tuple(cosigned.values())
    )


def _verify_log(body: str, signature: Signature, key: LogKey) -> None:
    if isinstance(key, CosignerKey):
        verify_cosignature(body, signature, key)
        return
    try:
        notes.open_note(str(notes.Note(body, (signature,))), [key])
    except NoteError:
        raise _not_cosigned("cosignature_false", signature.name) from None


def _message(name: str, algorithm: Algorithm, body: str, at: int) -> bytes:
    """Return the bytes that are signed."""
    checkpoint = Checkpoint.parse(body)
    if algorithm is Algorithm.ED25519:
        return f"cosignature/v1\ntime {at}\n{body}".encode()
    if checkpoint.extensions:
        raise _malformed("extension lines under ML-DSA-44")
    return b"".join(
        (
            _SUBTREE_LABEL,
            _framed(name),
            at.to_bytes(_TIME_SIZE, "big"),
            _framed(checkpoint.origin),
            bytes(_TIME_SIZE),  # the subtree of a checkpoint starts at leaf 0
            checkpoint.size.to_bytes(_TIME_SIZE, "big"),
            checkpoint.root,
        )
    )


def _framed(text: str) -> bytes:
    try:
        raw = text.encode()
    except UnicodeError:
        raise _malformed("name") from None
    if len(raw) > _MAX_NAME:
        raise _malformed("name length")
    return bytes([len(raw)]) + raw


def _check_time(at: int, algorithm: Algorithm) -> None:
    if not (0 if algorithm is Algorithm.ML_DSA_44 else 1) <= at <= MAX_TIME:
        raise _malformed("time")


def _check_order(public_key: bytes) -> None:
    y = int.from_bytes(public_key, "little") % 2**255 % _PRIME
    if y in _SMALL_ORDER:
        raise _malformed("key of small order")


def _check_cosigner_name(name: str) -> None:
    try:
        notes.check_name(name)
    except NoteError:
        raise _malformed("key name") from None
    _framed(name)


def _parse_key(text: str) -> tuple[str, Algorithm, bytes, str]:
    """Read `name+id+base64` as (name, type, key bytes, id in hexadecimal)."""
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    try:
        raw = notes.decode_base64(encoded)
        algorithm = Algorithm(raw[0])
    except (NoteError, IndexError, ValueError):
        raise _malformed("key") from None
    if not _HEX_ID.fullmatch(identifier):
        raise _malformed("key id")
    return name, algorithm, raw[1:], identifier


def _encode_key(algorithm: Algorithm, key: bytes) -> str:
    return base64.b64encode(bytes([algorithm]) + key).decode("ascii")


def _malformed(part: str) -> CosignatureError:
    return CosignatureError(
        "cosignature_malformed",
        Text(
            "Khóa hoặc chữ ký xác nhận của bên chứng kiến không đúng dạng.",
            "The cosigner's key or cosignature is malformed.",
        ),
        part=part,
    )


_NOT_COSIGNED: Final = {
    "cosignature_false": Text(
        "Điểm kiểm mang một chữ ký sai của khóa đã biết.",
        "The checkpoint bears a false signature of a known key.",
    ),
    "checkpoint_not_signed": Text(
        "Điểm kiểm không có chữ ký hợp lệ của nhật ký.",
        "The checkpoint has no valid signature of its log.",
    ),
}


def _not_cosigned(code: str, name: str) -> NotCosignedError:
    return NotCosignedError(code, _NOT_COSIGNED[code], key_name=name)
