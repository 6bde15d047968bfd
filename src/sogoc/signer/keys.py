"""What the signer signs with: keys in a file now, a hardware module behind the same interface."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import (
    SEED_SIZE,
    Algorithm,
    CosignatureError,
    CosignerKey,
    CosignerSecret,
    LogKey,
    parse_log_key,
)
from sogoc.kernel.notes import NoteError, Signature, SignerKey, VerifierKey, sign_text
from sogoc.signer.errors import refusal

KEY_NAME: Final = "signer"
"""Name under which keys lie in the file; each log uses them under its own origin."""


class SigningKeys(Protocol):
    """Keys that sign checkpoints of any log, each under the log's origin."""

    @property
    def identity(self) -> str:
        """Return the public keys as one text, the same for life."""
        ...

    def public(self, origin: str) -> tuple[LogKey, ...]:
        """Return the verifier keys of a log: Ed25519 first."""
        ...

    def sign(self, checkpoint: Checkpoint) -> tuple[Signature, ...]:
        """Return one signature line for each key."""
        ...


@dataclass(frozen=True, slots=True)
class FileKeys:
    """Ed25519 and ML-DSA-44 seeds of 32 bytes each, from a file that only the signer reads."""

    ed25519: bytes = field(repr=False)
    ml_dsa_44: bytes = field(repr=False)

    @classmethod
    def new(cls, ed25519: bytes | None = None) -> FileKeys:
        """Return fresh keys, or take over a log's Ed25519 seed and make the other one."""
        return cls(ed25519 or os.urandom(SEED_SIZE), os.urandom(SEED_SIZE))

    @classmethod
    def read(cls, path: Path) -> FileKeys:
        """Read the key file. Raises `SignerError`: there is none, or it is damaged."""
        try:
            first, second = path.read_text("ascii").splitlines()
            keys = cls(SignerKey.parse(first).seed, CosignerSecret.parse(second).seed)
        except FileNotFoundError:
            raise refusal("signer_missing", directory=str(path.parent)) from None
        except (OSError, ValueError, NoteError, CosignatureError):
            raise refusal("signer_key_unreadable", directory=str(path.parent)) from None
        if keys._secret(KEY_NAME).encode() != second:  # another algorithm
            raise refusal("signer_key_unreadable", directory=str(path.parent))
        return keys

    def encode(self) -> str:
        """Return the text of the key file, which is secret."""
        lines = (SignerKey(KEY_NAME, self.ed25519).encode(), self._secret(KEY_NAME).encode())
        return "".join(f"{line}\n" for line in lines)

    @property
    def identity(self) -> str:
        """Return the public keys as one text."""
        return "\n".join(str(key) for key in self.public(KEY_NAME))

    def public(self, origin: str) -> tuple[LogKey, ...]:
        """Return the verifier keys of a log: Ed25519, ML-DSA-44."""
        return _public(self, origin)

    def sign(self, checkpoint: Checkpoint) -> tuple[Signature, ...]:
        """Sign with both; ML-DSA-44 states no time (0)."""
        plain = SignerKey(checkpoint.origin, self.ed25519).private_key
        return (
            sign_text(checkpoint.body(), checkpoint.origin, plain),
            self._secret(checkpoint.origin).cosign(checkpoint.body(), 0),
        )

    def _secret(self, origin: str) -> CosignerSecret:
        return CosignerSecret(origin, Algorithm.ML_DSA_44, self.ml_dsa_44)


def public_keys(identity: str, origin: str) -> tuple[LogKey, ...]:
    """Return the verifier keys of a log from `SigningKeys.identity`. Raises `SignerError`."""
    try:
        return tuple(_renamed(parse_log_key(line), origin) for line in identity.splitlines())
    except (NoteError, CosignatureError):
        raise refusal("signer_key_unreadable") from None


def _renamed(key: LogKey, origin: str) -> LogKey:
    if isinstance(key, VerifierKey):
        return VerifierKey(origin, key.public_key)
    return CosignerKey(origin, key.algorithm, key.public_key)


@lru_cache(maxsize=256)
def _public(keys: FileKeys, origin: str) -> tuple[LogKey, ...]:
    return SignerKey(origin, keys.ed25519).verifier, keys._secret(origin).verifier
