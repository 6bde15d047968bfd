"""A trust bundle: everything from outside a document that judging it takes, in one JSON file.

    format        "sogoc-trust/1"
    base          name of the register: first part of its logs' origins, host of its DIDs
    made          when the bundle was made
    development   whether keys for trying out are in it
    ministry      DID of the body whose statements say who may issue what
    dids          DID documents, all keys with `validFrom` and `validUntil`
    logs          origin, policy (C2SP), and every checkpoint published: [size, root in base64]
    authority     the Ministry's statements
    status_lists  states of the status lists
    kinds         what each kind of credential is called
    certificates  what papers with X.509 signatures take, if any

Whoever uses a bundle trusts where it came from: it is the root of everything told from it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sogoc.kernel import data_integrity
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.multikey import Multikey
from sogoc.kernel.text import Text
from sogoc.verifier import jsonld

FORMAT: Final = "sogoc-trust/1"
LONGEST: Final = 512 * 2**20
_YEARS: Final = (1900, 9000)
"""Years of any moment here; those at the ends of the calendar cannot be told in another zone."""


class TrustError(Error):
    """A bundle that cannot be read."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key of a body and when it served."""

    method: str
    multikey: Multikey
    valid_from: datetime
    valid_until: datetime | None

    def serves(self, at: datetime) -> bool:
        """Say whether the key served at a time."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A log: whom to believe about it, and the root it published for each size."""

    origin: str
    policy: Policy
    roots: Mapping[int, bytes]

    @property
    def size(self) -> int:
        """Entries under the newest checkpoint known."""
        return max(self.roots, default=0)


@dataclass(frozen=True, slots=True)
class Trust:
    """A bundle read."""

    base: str
    made: datetime
    is_development: bool
    ministry: str
    keys: Mapping[str, Mapping[str, TrustedKey]]
    logs: Mapping[str, TrustedLog]
    authority: Mapping[str, Sequence[Mapping[str, Any]]]
    status_lists: Mapping[str, Sequence[Mapping[str, Any]]]
    certificates: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def did_prefix(self) -> str:
        """What the DIDs of this register's bodies begin with."""
        host, *path = self.base.split("/")
        return ":".join(["did", "web", host.replace(":", "%3A"), *path, ""])

    @classmethod
    def parse(cls, data: bytes) -> Trust:
        """Read a bundle strictly. Raises `TrustError`."""
        try:
            found = json.loads(data, object_pairs_hook=_once) if len(data) <= LONGEST else None
            if not isinstance(found, dict) or found["format"] != FORMAT:
                raise _error("format")
            for each in found["status_lists"]:
                moment(each["validFrom"])
                moment(each["validUntil"])
            for each in found["authority"]:
                moment(each["validFrom"])
                for entry in each["credentialSubject"]["mayIssue"]:
                    _require_texts(entry)
            return cls(
                base=str(found["base"]),
                made=moment(found["made"]),
                is_development=bool(found["development"]),
                ministry=str(found["ministry"]),
                keys=_once((did["id"], _keys(did)) for did in found["dids"]),
                logs=_once((log["origin"], _log(log)) for log in found["logs"]),
                authority=_by(found["authority"], lambda each: each["credentialSubject"]["id"]),
                status_lists=_by(found["status_lists"], lambda each: each["id"]),
                certificates=dict(found.get("certificates", {})),
                kinds={str(kind): str(name) for kind, name in found.get("kinds", {}).items()},
            )
        except TrustError:
            raise
        except (Error, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise _error(type(error).__name__) from None


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping whose names stand there once: the second of two would hide the first."""
    listed = list(pairs)
    found = dict(listed)
    if len(found) != len(listed):
        raise _error("a name twice")
    return found


def moment(text: str) -> datetime:
    """Read a dateTime with its time zone, of a year that can be. Raises `ValueError`."""
    if not isinstance(text, str) or not data_integrity.is_date_time(text):
        raise ValueError(text)
    found = datetime.fromisoformat(text)
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise ValueError(text)
    return found


def signed_by(document: Mapping[str, Any], keys: Mapping[str, TrustedKey]) -> TrustedKey | None:
    """Return the key that signed a document of one plain proof, in its time; None if none did.

    For documents of the bundle and lists; raises nothing.
    """
    try:
        plain = {name: value for name, value in document.items() if name != "proof"}
        proof = dict(document["proof"])
        value = proof.pop("proofValue")
        options = options_of(proof)
        key = keys.get(options.verification_method)
        if key is None or not key.serves(moment(options.created)):
            return None
        is_good = data_integrity.verifies(
            value,
            key.multikey,
            options.cryptosuite,
            options=options.canonical(),
            document=jsonld.canonical(plain),
        )
    except (Error, ValueError, TypeError, LookupError):
        return None
    return key if is_good else None


def options_of(proof: Mapping[str, Any]) -> data_integrity.ProofOptions:
    """Return proof options of exactly our members. Raises `DataIntegrityError`, `ValueError`."""
    if tuple(sorted(proof)) != tuple(sorted(data_integrity.MEMBERS)):
        raise ValueError("members")
    if proof["type"] != data_integrity.TYPE or proof["proofPurpose"] != data_integrity.ASSERTION:
        raise ValueError("type or purpose")
    if not all(isinstance(value, str) for value in proof.values()):
        raise ValueError("values")
    moment(proof["created"])
    return data_integrity.ProofOptions(
        proof["cryptosuite"], proof["created"], proof["verificationMethod"]
    )


def _require_texts(entry: Mapping[str, Any]) -> None:
    named = [entry[name] for name in ("credentialKind", "fromDay", "standing", "legalBasis")]
    if not all(isinstance(each, str) for each in [*named, entry.get("untilDay", "")]):
        raise _error("authority")


def _keys(document: Mapping[str, Any]) -> dict[str, TrustedKey]:
    found = {}
    for method in document["verificationMethod"]:
        until = method.get("validUntil")
        key = TrustedKey(
            str(method["id"]),
            Multikey.parse(method["publicKeyMultibase"]),
            moment(method["validFrom"]),
            None if until is None else moment(until),
        )
        if method["controller"] != document["id"] or method["id"] in found:
            raise _error("verificationMethod")
        if method["id"] in document["assertionMethod"]:
            found[key.method] = key
    return found


def _log(log: Mapping[str, Any]) -> TrustedLog:
    roots = {int(size): base64.b64decode(root, validate=True) for size, root in log["checkpoints"]}
    return TrustedLog(str(log["origin"]), Policy.parse(log["policy"]), roots)


def _by(documents: Sequence[Mapping[str, Any]], key: Any) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for document in documents:
        found.setdefault(str(key(document)), []).append(document)
    return found


def _error(part: str) -> TrustError:
    return TrustError(
        "trust_bundle_malformed",
        Text("Không đọc được gói tin cậy.", "The trust bundle cannot be read."),
        part=part,
    )
