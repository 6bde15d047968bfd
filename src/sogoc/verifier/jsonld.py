"""JSON-LD read against pinned contexts: nothing is fetched, nothing is dropped in silence.

PyLD expands and canonicalises. What it would leave out of the statements – a term no context
defines, a relative type or id – is refused instead, since a reader of the JSON would take it for
signed. The contexts lie beside this module with their digests (`contexts/README.md`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyld import jsonld
from pyld.canon import URDNA2015

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

VC_V1: Final = "https://www.w3.org/2018/credentials/v1"
VC_V2: Final = "https://www.w3.org/ns/credentials/v2"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DID_V1: Final = "https://www.w3.org/ns/did/v1"
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"

PINNED: Final = {
    VC_V2: (
        "credentials-v2.json",
        "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f",
    ),
    VC_V1: (
        "credentials-v1.json",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
    ),
    DATA_INTEGRITY: (
        "data-integrity-v2.json",
        "0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363",
    ),
    OPEN_BADGES: (
        "open-badges-3.0.3.json",
        "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
    ),
    DID_V1: (
        "did-v1.json",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    ),
    MULTIKEY: (
        "multikey-v1.json",
        "c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6",
    ),
}
"""Address of each context → its file and the SHA-256 of the file's bytes."""

LONGEST: Final = 2_000_000
"""Bytes of a document that are read."""
_FOLDER: Final = Path(__file__).parent / "contexts"
_DEEPEST: Final = 50
_UNREADABLE: Final = (TypeError, ValueError, AttributeError, RecursionError, OverflowError)
"""What PyLD stumbles over in documents that are no JSON-LD; a number too large for it, say."""
_MOST_ALIKE: Final = 6
_MOST_COMPARED: Final = 2_000
"""Of nodes without names: how many alike beside one, how often their surroundings are compared."""
_BASE: Final = "http://relative.invalid/"
"""What relative names resolve against, so that they can be told."""

Document = dict[str, Any]
Contexts = Mapping[str, Document]


class DocumentError(Error):
    """A file that is no JSON-LD document we can read in full."""


def parse(data: bytes) -> Document:
    """Read a JSON object strictly: UTF-8, no key twice, no NaN. Raises `DocumentError`."""
    if len(data) > LONGEST:
        raise _error("length")
    try:
        found = json.loads(data.decode(), object_pairs_hook=_members, parse_constant=_constant)
    except (UnicodeError, ValueError, RecursionError):
        raise _error("json") from None
    if not isinstance(found, dict):
        raise _error("json")
    return found


def expand(document: Document, *, extra: Contexts | None = None) -> list[Any]:
    """Return the expanded form. Raises `DocumentError` for what it would leave out.

    `extra` are further contexts by address, for tests and for suites that bring their own.
    """
    dropped: list[str | None] = []
    try:
        expanded: list[Any] = jsonld.expand(
            document,
            {"documentLoader": _loader(extra or {}), "base": _BASE},
            on_property_dropped=dropped.append,
        )
    except (jsonld.JsonLdError, *_UNREADABLE) as error:
        raise _error("json-ld", why=_cause(error)) from None
    if dropped:
        raise _error("undefined term", terms=_undefined(dropped))
    for keyword, name in _names(expanded):
        if not _is_absolute(name):
            raise _error("relative name", name=f"{keyword} {name}"[:200])
    return expanded


def canonical(
    document: Document, *, extra: Contexts | None = None, hashing: str = "sha256"
) -> bytes:
    """Return the canonical N-Quads (RDFC-1.0) of a document. Raises `DocumentError`.

    `hashing` is the hash that orders blank nodes; under P-384 keys it is `sha384`.
    """
    return canonical_of(expand(document, extra=extra), hashing=hashing)


def canonical_of(expanded: list[Any], *, hashing: str = "sha256") -> bytes:
    """Return the canonical N-Quads of an expanded document. Raises `DocumentError`."""
    options = {"algorithm": "URDNA2015", "format": "application/n-quads"}
    try:
        text: str = _Canonical(hashing).main(jsonld.to_rdf(expanded), options)
    except (jsonld.JsonLdError, *_UNREADABLE) as error:
        raise _error("rdf", why=_cause(error)) from None
    return text.encode()


class _Canonical(URDNA2015):  # type: ignore[misc]  # PyLD has no types
    """PyLD's canonicaliser with any hash, and an end: alike nodes without names cost factorials."""

    def __init__(self, hashing: str) -> None:
        super().__init__()
        self._hashing = hashing
        self._compared = 0

    def create_hash_to_related(self, id_: str, issuer: Any) -> Any:
        """Return blank nodes beside one by their hash. Raises `ValueError` for too many alike."""
        found = super().create_hash_to_related(id_, issuer)
        self._compared += 1
        if (
            self._compared > _MOST_COMPARED
            or max(map(len, found.values()), default=0) > _MOST_ALIKE
        ):
            raise ValueError("blank nodes")
        return found

    def create_hash(self) -> Any:
        """Return a new hash."""
        return hashlib.new(self._hashing)


def lines(document: Document) -> list[str]:
    """Return the N-Quads of a document, for a template. Raises `DocumentError`."""
    return canonical(document).decode().splitlines()


@cache
def pinned(address: str) -> Document | None:
    """Return a pinned context, its digest checked; None for an address that is not pinned."""
    data = pinned_bytes(address)
    found: Document | None = None if data is None else json.loads(data)
    return found


def pinned_bytes(address: str) -> bytes | None:
    """Return the bytes of a pinned context, as they were published."""
    if address not in PINNED:
        return None
    name, digest = PINNED[address]
    data = (_FOLDER / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise _error("context", address=address)
    return data


def _loader(extra: Contexts) -> Any:
    def load(address: str, _options: object = None) -> Document:
        document = extra.get(address) or pinned(address)
        if document is None:
            raise jsonld.JsonLdError("not pinned", "sogoc.NotPinned", {"url": address})
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": address,
            "document": document,
        }

    return load


def _names(node: object, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield every `@id` and `@type` in an expanded document."""
    if depth > _DEEPEST:
        raise _error("depth")
    if isinstance(node, list):
        for each in node:
            yield from _names(each, depth + 1)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in {"@id", "@type"}:
                for each in value if isinstance(value, list) else [value]:
                    yield key, str(each)
            elif key != "@value":
                yield from _names(value, depth + 1)


def _is_absolute(name: str) -> bool:
    if name.startswith(_BASE) or " " in name:
        return False
    return ":" in name or name == "@json"


def _members(pairs: list[tuple[str, Any]]) -> Document:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key twice")
    return members


def _constant(name: str) -> Any:
    raise ValueError(name)


def _undefined(dropped: list[str | None]) -> list[str]:
    return sorted({str(each)[:100] for each in dropped})[:10]


def _cause(error: BaseException) -> str:
    code = getattr(error, "code", None) or getattr(error, "type", None)
    return str(code or error)[:200]


def _error(part: str, **context: object) -> DocumentError:
    return DocumentError(
        "document_unreadable",
        Text(
            "Tệp không phải chứng thực số đọc được trọn vẹn.",
            "The file is not a credential that can be read in full.",
        ),
        part=part,
        **context,
    )
