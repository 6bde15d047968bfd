"""Keys with which bodies sign digital credentials, each with the time it serves.

<home>/keys/issuers/<body>/<algorithm>-<n>.json   `valid_from`, `valid_until`, where the key is

A demo or test home makes keys in these files when they are first needed and says so; a real home
neither makes nor uses one: its keys are in hardware (`pkcs11`), or elsewhere (`remote`), and are
taken in by `recording`. A key is retired by a later one, never deleted.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sogoc.credentials.issuers.errors import IssuerRefused
from sogoc.credentials.issuers.hardware import HardwareKey, pin_of
from sogoc.kernel.multikey import Algorithm, Multikey, raw_ecdsa
from sogoc.kernel.text import Text

WARNING: Final = Text(
    "Chứng thực số được ký bằng khóa thử nghiệm lưu trong tệp: không có giá trị pháp lý.",
    "Credentials are signed with development keys kept in files: they have no legal value.",
)
_FILE: Final = re.compile(r"(Ed25519|P-256)-(\d+)\.json")
_ORDER: Final = {
    Algorithm.P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}
_Sign = Callable[[bytes], bytes]
_ECDSA: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A public key and when it served: from `valid_from` until before `valid_until`.

    `provider` is `file`, `pkcs11` (then `locator` says where) or `remote`. A compromised key
    serves until before `compromised_at`.
    """

    body: str
    number: int
    multikey: Multikey
    valid_from: datetime
    valid_until: datetime | None = None
    provider: str = "file"
    locator: Mapping[str, str] = field(default_factory=dict)
    compromised_at: datetime | None = None

    @property
    def label(self) -> str:
        """What the key is called on the command line: `V-` and 12 digits of its SHA-256."""
        return f"V-{sha256(str(self.multikey).encode()).hexdigest()[:12].upper()}"

    def serves(self, at: datetime) -> bool:
        """Say whether the key served at a time."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class Signer:
    """A key ready to sign; ECDSA signs as r ‖ s."""

    record: KeyRecord
    _secret: bytes
    _pin: str = ""

    def __repr__(self) -> str:
        return f"Signer({self.record!r})"

    @property
    def algorithm(self) -> Algorithm:
        """What the key signs with."""
        return self.record.multikey.algorithm

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""
        return self.ready()(message)

    def ready(self) -> _Sign:
        """Return the function that signs, its key read once. Raises `HardwareRefused`."""
        if self.record.provider == "pkcs11":
            return HardwareKey(self.record.locator, self._pin).sign
        key = _private(self.algorithm, self._secret)
        if isinstance(key, Ed25519PrivateKey):
            return key.sign
        return lambda message: raw_ecdsa(key.sign(message, _ECDSA), Algorithm.P256)


def history(home: Path, body: str) -> list[KeyRecord]:
    """Return every key a body ever had here, oldest first."""
    return [record for record, _secret in _all(home, body)]


def bodies(home: Path) -> list[str]:
    """Return the bodies that have keys here, by name."""
    folder = home / "keys" / "issuers"
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def signer(
    home: Path, body: str, algorithm: Algorithm, *, at: datetime, is_playground: bool
) -> Signer:
    """Return the key that serves a body at a time; a playground makes the first one.

    Raises `IssuerRefused` where there is none and none may be made, where it is kept elsewhere, and
    for a key in a file of a real home; `HardwareRefused` for hardware without its PIN.
    """
    with _only_one(home) if is_playground else nullcontext():
        for record, secret in reversed(_all(home, body)):
            if record.multikey.algorithm is algorithm and record.serves(at):
                return _opened(home, record, secret, is_playground=is_playground)
        if not is_playground:
            raise IssuerRefused(
                "issuer_key_missing",
                Text(
                    f"Đơn vị {body} chưa có khóa {algorithm} để ký chứng thực số; hãy ghi nhận "
                    "bằng `sogoc keys record-issuer`.",
                    f"The body {body} has no {algorithm} key to sign credentials with; record one "
                    "with `sogoc keys record-issuer`.",
                ),
                body=body,
            )
        has_any = any(r.multikey.algorithm is algorithm for r, _ in _all(home, body))
        # the first key serves acts dated earlier too: a demonstration moves its date at will
        start = at if has_any else datetime(2000, 1, 1, tzinfo=UTC)
        return _make(home, body, algorithm, start)


def serving(home: Path, body: str, algorithm: Algorithm, *, at: datetime) -> KeyRecord | None:
    """Return the key that serves a body at a time, wherever it is, and make none."""
    for record in reversed(history(home, body)):
        if record.multikey.algorithm is algorithm and record.serves(at):
            return record
    return None


def rotate(
    home: Path, body: str, algorithm: Algorithm, *, at: datetime, is_playground: bool
) -> Signer:
    """Retire the key that serves at `at` and make the next one, in a file of a playground.

    Raises `IssuerRefused`: a real key is followed by one that was taken in.
    """
    old = signer(home, body, algorithm, at=at, is_playground=is_playground)
    if not is_playground or old.record.provider != "file":
        raise IssuerRefused(
            "issuer_key_needs_successor",
            Text(
                "Khóa thật được thay bằng khóa mới đã có: sogoc keys record-issuer.",
                "A real key is replaced by a new one that is there: sogoc keys record-issuer.",
            ),
        )
    with _only_one(home):
        _write(home, replace(old.record, valid_until=at), old._secret)
        return _make(home, body, algorithm, at)


def add(
    home: Path,
    body: str,
    multikey: Multikey,
    *,
    provider: str,
    locator: Mapping[str, str],
    at: datetime,
) -> KeyRecord:
    """Add a key that is elsewhere; from `at` on it serves in place of the one of its algorithm.

    Raises `IssuerRefused` for a key that is there already, of whichever body.
    """
    at = at.astimezone(UTC).replace(microsecond=0)
    with _only_one(home):
        if any(
            each.multikey == multikey for other in bodies(home) for each in history(home, other)
        ):
            raise IssuerRefused(
                "issuer_key_known",
                Text("Khóa này đã được ghi nhận.", "The key is recorded already."),
            )
        known = _all(home, body)
        for record, secret in known:
            if record.multikey.algorithm is multikey.algorithm and record.serves(at):
                _write(home, replace(record, valid_until=at), secret)
        number = 1 + max((record.number for record, _ in known), default=0)
        new = KeyRecord(body, number, multikey, at, None, provider, dict(locator))
        _write(home, new, b"")
        return new


def compromise(home: Path, label: str, *, since: datetime) -> KeyRecord:
    """Record that a key was lost: nothing signed from `since` on is believed.

    Raises `IssuerRefused` for an unknown key and one that was reported already.
    """
    since = since.astimezone(UTC).replace(microsecond=0)
    with _only_one(home):
        record, secret = find(home, label)
        if record.compromised_at is not None:
            raise IssuerRefused(
                "issuer_key_ended",
                Text("Khóa đã được ghi như vậy.", "The key has ended so already."),
            )
        until = since if record.valid_until is None else min(since, record.valid_until)
        lost = replace(record, valid_until=until, compromised_at=since)
        _write(home, lost, secret)
        return lost


def find_key(home: Path, label: str) -> KeyRecord:
    """Return a key by its label (`V-…`). Raises `IssuerRefused`."""
    return find(home, label)[0]


def find(home: Path, label: str) -> tuple[KeyRecord, bytes]:
    """Return a key with what its file holds of the secret. Raises `IssuerRefused`."""
    for body in bodies(home):
        for record, secret in _all(home, body):
            if record.label == label:
                return record, secret
    raise IssuerRefused(
        "issuer_key_unknown", Text(f"Không có khóa {label}.", f"There is no key {label}.")
    )


def _opened(home: Path, record: KeyRecord, secret: bytes, *, is_playground: bool) -> Signer:
    if record.provider == "pkcs11":
        return Signer(record, b"", pin_of(home))
    if record.provider == "remote":
        raise IssuerRefused(
            "issuer_key_elsewhere",
            Text(
                f"Khóa {record.label} của {record.body} nằm ở nơi khác: ở đây không ký được.",
                f"The key {record.label} of {record.body} is kept elsewhere and signs nothing.",
            ),
        )
    if not is_playground:
        raise IssuerRefused(
            "issuer_file_key_in_earnest",
            Text(
                f"Khóa {record.label} nằm trong tệp: chỉ dùng trong bản thử.",
                f"The key {record.label} lies in a file: for demo and development homes only.",
            ),
        )
    return Signer(record, secret)


def iso(at: datetime) -> str:
    """Return a moment as credentials write it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _make(home: Path, body: str, algorithm: Algorithm, start: datetime) -> Signer:
    number = 1 + max((r.number for r, _ in _all(home, body)), default=0)
    if algorithm is Algorithm.ED25519:
        secret = secrets.token_bytes(32)
    else:
        secret = (1 + secrets.randbelow(_ORDER[algorithm] - 1)).to_bytes(32, "big")
    key = Multikey.of(_private(algorithm, secret).public_key())
    record = KeyRecord(body, number, key, start.astimezone(UTC).replace(microsecond=0))
    _write(home, record, secret)
    return Signer(record, secret)


def _private(algorithm: Algorithm, secret: bytes) -> Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    if algorithm is Algorithm.ED25519:
        return Ed25519PrivateKey.from_private_bytes(secret)
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def _all(home: Path, body: str) -> list[tuple[KeyRecord, bytes]]:
    folder = _folder(home, body)
    found = []
    for file in folder.iterdir() if folder.is_dir() else ():
        if _FILE.fullmatch(file.name):
            data = json.loads(file.read_text("ascii"))
            record = KeyRecord(
                body,
                data["number"],
                Multikey.parse(data["public"]),
                datetime.fromisoformat(data["valid_from"]),
                _moment(data["valid_until"]),
                data.get("provider", "file"),
                data.get("locator", {}),
                _moment(data.get("compromised_at")),
            )
            found.append((record, bytes.fromhex(data["secret"])))
    return sorted(found, key=lambda pair: pair[0].number)


def _write(home: Path, record: KeyRecord, secret: bytes) -> None:
    folder = _folder(home, record.body)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{record.multikey.algorithm}-{record.number}.json"
    data = {
        "number": record.number,
        "public": str(record.multikey),
        "secret": secret.hex(),
        "valid_from": iso(record.valid_from),
        "valid_until": None if record.valid_until is None else iso(record.valid_until),
        "provider": record.provider,
        "locator": dict(record.locator),
        "compromised_at": None if record.compromised_at is None else iso(record.compromised_at),
    }
    draft = target.with_name(f".{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        json.dump(data, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(target)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _folder(home: Path, body: str) -> Path:
    return home / "keys" / "issuers" / body


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Let one process at a time make keys."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / ".issuers", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
