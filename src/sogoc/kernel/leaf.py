"""Leaf format v1: the bytes the log holds of one act, and the commitment to what they hide.

A leaf is one canonical JSON object (RFC 8785) with always the same ten keys:

    a  act, e.g. "issue", "revoke"            b  register book, or null
    c  commitment, 64 hex digits               d  [number, "YYYY-MM-DD"] of the decision, or null
    i  issuer (code of the organisation)       k  rulings relied on: array of their ids
    n  sequence in the book, or null           r  hash of the leaf referred to, hex, or null
    u  id of the rule set applied, or null     v  format version, the integer 1

Nothing about a person, no serial and no entry number is in it: those are *fields* committed to.
For a record key K (32 random bytes, used for one act only) and fields F₀ … Fₙ₋₁ sorted by name:

    names  = SHA-256(JCS([name₀, …, nameₙ₋₁]))
    salts  = SHAKE-256("sogoc/leaf/v1/salts" ‖ 0x00 ‖ K ‖ names), 32·n bytes; saltᵢ is its i-th 32
    hashᵢ  = SHA-256(0x00 ‖ saltᵢ ‖ JCS([nameᵢ, valueᵢ]))
    c      = root of RFC 6962 over hash₀ … hashₙ₋₁ (inner nodes SHA-256(0x01 ‖ left ‖ right))

So one field can be shown with its salt and at most ⌈log₂ n⌉ hashes, which tells nothing of the
others; without K or a salt, a guess at a value cannot be tried. Destroying K and the values makes
the leaf random to everyone. Leaves are not padded: no hidden value has a say in their length.

This format is frozen by `tests/kernel/vectors/leaf_v1.json`: keys are never reordered, removed or
given another meaning; a change is a new version with a new `v` and another salt label.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256, shake_256
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Final

from sogoc.kernel import canonical, merkle
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

VERSION: Final = 1
KEY_SIZE: Final = 32
SALT_SIZE: Final = 32

Value = str | int | bool | None
"""What a committed field may hold; no floats: write a score as text or as an integer."""

leaf_hash = merkle.leaf_hash

_SALT_LABEL: Final = b"sogoc/leaf/v1/salts\x00"
_FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_HEX_HASH: Final = re.compile(r"[0-9a-f]{64}")
_KEYS: Final = ("a", "b", "c", "d", "i", "k", "n", "r", "u", "v")


class LeafError(Error):
    """Something that cannot be put into, or read from, a leaf or its commitment."""


# --- the leaf itself --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf read back."""

    act: str
    issuer: str
    book: str | None
    sequence: int | None
    decision: tuple[str, date] | None
    reference: str | None
    rules: str | None
    rulings: tuple[str, ...]
    commitment: bytes

    def encode(self) -> bytes:
        """Return the leaf's bytes."""
        return encode_leaf(
            act=self.act,
            issuer=self.issuer,
            book=self.book,
            sequence=self.sequence,
            decision=self.decision,
            reference=self.reference,
            rules=self.rules,
            rulings=self.rulings,
            commitment=self.commitment,
        )


class LeafTemplate:
    """The part all leaves of one batch share; call it for each line.

    `template(sequence, commitment, reference=None)` gives the same bytes as `encode_leaf`.
    """

    __slots__ = ("_before_commitment", "_before_reference", "_before_sequence", "_tail")

    def __init__(
        self,
        *,
        act: str,
        issuer: str,
        book: str | None,
        decision: tuple[str, date] | None,
        rules: str | None,
        rulings: Sequence[str] = (),
    ) -> None:
        """Fix what is common. Raises `LeafError` for an empty text."""
        if isinstance(rulings, str):
            raise _error("leaf_rulings")
        decided = "null"
        if decision is not None:
            number, day = decision
            decided = f'[{_text(number)},"{date.isoformat(day)}"]'
        cited = ",".join(map(_text, rulings))
        book_text = "null" if book is None else _text(book)
        rules_text = "null" if rules is None else _text(rules)
        self._before_commitment = _utf8(f'{{"a":{_text(act)},"b":{book_text},"c":"')
        self._before_sequence = _utf8(f'","d":{decided},"i":{_text(issuer)},"k":[{cited}],"n":')
        self._before_reference = b',"r":'
        self._tail = _utf8(f',"u":{rules_text},"v":{VERSION}}}')

    def __call__(
        self, sequence: int | None, commitment: bytes, reference: str | None = None
    ) -> bytes:
        """Return the leaf of one line. Raises `LeafError`."""
        if len(commitment) != merkle.HASH_SIZE:
            raise _error("leaf_commitment")
        if sequence is None:
            number = b"null"
        elif 0 < sequence <= canonical.MAX_INTEGER and sequence is not True:
            number = b"%d" % sequence
        else:
            raise _error("leaf_sequence")
        if reference is None:
            referred = b"null"
        elif _HEX_HASH.fullmatch(reference):
            referred = b'"%b"' % reference.encode()
        else:
            raise _error("leaf_reference")
        return b"%b%b%b%b%b%b%b" % (
            self._before_commitment,
            commitment.hex().encode(),
            self._before_sequence,
            number,
            self._before_reference,
            referred,
            self._tail,
        )


def encode_leaf(
    *,
    act: str,
    issuer: str,
    book: str | None,
    sequence: int | None,
    decision: tuple[str, date] | None,
    reference: str | None,
    rules: str | None,
    rulings: Sequence[str],
    commitment: bytes,
) -> bytes:
    """Return the bytes of one leaf; `reference` is a leaf hash in lower-case hex.

    Raises `LeafError` for empty texts, a sequence below 1, a reference or commitment of wrong form.
    """
    template = LeafTemplate(
        act=act, issuer=issuer, book=book, decision=decision, rules=rules, rulings=rulings
    )
    return template(sequence, commitment, reference)


def parse_leaf(data: bytes) -> Leaf:
    """Read a leaf strictly: what is accepted is encoded back byte for byte. Raises `LeafError`."""
    try:
        members = json.loads(data)
        if not isinstance(members, dict) or tuple(members) != _KEYS or members["v"] != VERSION:
            raise _error("leaf_malformed")
        decision = members["d"]
        leaf = Leaf(
            act=members["a"],
            issuer=members["i"],
            book=members["b"],
            sequence=members["n"],
            decision=None if decision is None else (decision[0], date.fromisoformat(decision[1])),
            reference=members["r"],
            rules=members["u"],
            rulings=tuple(members["k"]),
            commitment=bytes.fromhex(members["c"]),
        )
        is_canonical = leaf.encode() == data
    except (ValueError, TypeError, LookupError, RecursionError):
        raise _error("leaf_malformed") from None
    if not is_canonical:
        raise _error("leaf_malformed")
    return leaf


# --- the commitment ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldOpening:
    """What shows one field of a record: name, value, salt, and its place among `size` fields."""

    name: str
    value: Value
    salt: bytes
    index: int
    size: int
    path: tuple[bytes, ...]


class Committer:
    """Commits many records that have the same fields; about 20 µs for 14 fields.

    Values are given in the order of `field_names`, which may be any.
    """

    __slots__ = ("_names_hash", "_order", "_prefixes", "_salt_bytes", "_spans", "field_names")

    def __init__(self, field_names: Sequence[str]) -> None:
        """Fix the fields: distinct names of `a–z 0–9 _`, at least one. Raises `LeafError`."""
        names = tuple(field_names)
        if not names or len(set(names)) != len(names):
            raise _error("commitment_fields")
        if isinstance(field_names, str) or not all(map(_FIELD_NAME.fullmatch, names)):
            raise _error("commitment_fields")
        self.field_names = names
        ordered = sorted(names)
        self._names_hash = _names_hash(ordered)
        self._prefixes = [f'["{name}",' for name in ordered]
        self._salt_bytes = SALT_SIZE * len(names)
        self._spans = [slice(at, at + SALT_SIZE) for at in range(0, self._salt_bytes, SALT_SIZE)]
        # None: already in order.
        self._order = None if ordered == list(names) else itemgetter(*map(names.index, ordered))

    def commit(self, record_key: bytes, values: Sequence[Value]) -> bytes:
        """Return the 32-byte commitment to the values under a key of 32 random bytes.

        Raises `LeafError` for a key of another length, a wrong number of values, or a value that
        is not text, an integer within ±(2⁵³−1), a boolean or `None`.
        """
        level = self.field_hashes(record_key, values)
        while len(level) > 1:
            odd = level.pop() if len(level) & 1 else None
            pairs = iter(level)
            level = [
                sha256(b"\x01" + left + right).digest()
                for left, right in zip(pairs, pairs, strict=True)
            ]
            if odd is not None:
                level.append(odd)
        return level[0]

    def field_hashes(self, record_key: bytes, values: Sequence[Value]) -> list[bytes]:
        """Return the hash of each field, in the order of the sorted names."""
        if len(record_key) != KEY_SIZE:
            raise _error("commitment_key")
        if len(values) != len(self._prefixes):
            raise _error("commitment_values")
        if self._order is not None:
            values = self._order(values)
        salts = shake_256(_SALT_LABEL + record_key + self._names_hash).digest(self._salt_bytes)
        hashes = []
        try:
            for prefix, span, value in zip(self._prefixes, self._spans, values, strict=True):
                written = encode_basestring(value) if type(value) is str else _scalar(value)
                field = f"{prefix}{written}]".encode()
                hashes.append(sha256(b"\x00" + salts[span] + field).digest())
        except UnicodeEncodeError:
            raise _error("commitment_value") from None
        return hashes

    def salts(self, record_key: bytes) -> list[bytes]:
        """Return the salt of each field, in the order of the sorted names."""
        if len(record_key) != KEY_SIZE:
            raise _error("commitment_key")
        salts = shake_256(_SALT_LABEL + record_key + self._names_hash).digest(self._salt_bytes)
        return [salts[span] for span in self._spans]


def commit(record_key: bytes, fields: Mapping[str, Value]) -> bytes:
    """Return the 32-byte commitment to the fields of one record. Raises `LeafError`."""
    return _committer(tuple(fields)).commit(record_key, tuple(fields.values()))


def open_field(record_key: bytes, fields: Mapping[str, Value], name: str) -> FieldOpening:
    """Return what shows field `name` alone, without the record key. Raises `LeafError`."""
    if name not in fields:
        raise _error("commitment_fields")
    committer = _committer(tuple(fields))
    hashes = committer.field_hashes(record_key, tuple(fields.values()))
    index = sorted(fields).index(name)
    return FieldOpening(
        name=name,
        value=fields[name],
        salt=committer.salts(record_key)[index],
        index=index,
        size=len(hashes),
        path=tuple(merkle.inclusion_proof(index, hashes)),
    )


def verify_field(opening: FieldOpening, commitment: bytes) -> None:
    """Check that the commitment holds this field with this value.

    Returns nothing; raises `merkle.ProofError` when it is not proven, `LeafError` for a salt of
    another length or a value no field can have.
    """
    if len(opening.salt) != SALT_SIZE:
        raise _error("commitment_salt")
    if not _FIELD_NAME.fullmatch(opening.name):
        raise _error("commitment_fields")
    _scalar(opening.value)
    hashed = sha256(b"\x00" + opening.salt + canonical.dumps([opening.name, opening.value]))
    merkle.verify_inclusion(opening.index, opening.size, hashed.digest(), opening.path, commitment)


@lru_cache(maxsize=256)
def _committer(field_names: tuple[str, ...]) -> Committer:
    return Committer(field_names)


def _names_hash(ordered: list[str]) -> bytes:
    return sha256(canonical.dumps(ordered)).digest()


def _scalar(value: object) -> str:
    """JSON of a field's value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) <= canonical.MAX_INTEGER:
        return int.__repr__(value)
    if isinstance(value, str):
        return encode_basestring(value)
    raise _error("commitment_value")


def _text(value: str) -> str:
    if not value or not isinstance(value, str):
        raise _error("leaf_text")
    return encode_basestring(value)


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _error("leaf_text") from None


_MESSAGES: Final = {
    "leaf_text": Text(
        "Mục nhật ký có phần chữ bỏ trống.", "A text of the leaf is empty or broken."
    ),
    "leaf_rulings": Text(
        "Kết luận viện dẫn phải là danh sách.", "Rulings must be a list of their ids."
    ),
    "leaf_sequence": Text(
        "Số thứ tự trong sổ phải từ 1 trở lên.", "A sequence in a book starts at 1."
    ),
    "leaf_reference": Text(
        "Viện dẫn phải là giá trị băm 64 chữ số hex.",
        "A reference must be a hash of 64 hex digits.",
    ),
    "leaf_commitment": Text("Cam kết phải dài 32 byte.", "A commitment must be 32 bytes long."),
    "leaf_malformed": Text("Mục nhật ký không đúng dạng.", "The leaf is not of format v1."),
    "commitment_fields": Text(
        "Tên trường phải khác nhau, gồm chữ a–z, số và dấu gạch dưới.",
        "Field names must differ and consist of a–z, digits and underscores.",
    ),
    "commitment_key": Text("Khóa bản ghi phải dài 32 byte.", "A record key must be 32 bytes long."),
    "commitment_salt": Text("Muối phải dài 32 byte.", "A salt must be 32 bytes long."),
    "commitment_values": Text(
        "Số giá trị không bằng số trường.", "There are not as many values as fields."
    ),
    "commitment_value": Text(
        "Giá trị phải là chữ, số nguyên, đúng/sai hoặc để trống.",
        "A value must be text, an integer, a boolean or nothing.",
    ),
}


def _error(code: str) -> LeafError:
    return LeafError(code, _MESSAGES[code])
