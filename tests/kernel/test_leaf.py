from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel import merkle
from sogoc.kernel.leaf import (
    Committer,
    FieldOpening,
    LeafError,
    LeafTemplate,
    Value,
    commit,
    encode_leaf,
    leaf_hash,
    open_field,
    parse_leaf,
    verify_field,
)
from sogoc.kernel.merkle import ProofError

KEY = bytes(range(32))
FIELDS: dict[str, Value] = {"full_name": "H'Len Mlô", "serial": "CN 001", "level": 3, "note": None}
field_names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
field_values = (
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.booleans()
    | st.none()
)
records = st.dictionaries(field_names, field_values, min_size=1, max_size=20)
keys = st.binary(min_size=32, max_size=32)

LEAF: dict[str, Any] = {
    "act": "issue",
    "issuer": "tt-mau",
    "book": "so-1",
    "sequence": 12,
    "decision": ("12/QĐ", date(2025, 4, 8)),
    "reference": "ab" * 32,
    "rules": "luat-1",
    "rulings": ("KL-1",),
    "commitment": bytes(32),
}


def oracle(record_key: bytes, fields: dict[str, Value]) -> bytes:
    """The commitment as the format describes it, with other libraries and no short cut."""
    names = sorted(fields)
    names_hash = hashlib.sha256(rfc8785.dumps(names)).digest()
    salts = hashlib.shake_256(b"sogoc/leaf/v1/salts\x00" + record_key + names_hash)
    stream = salts.digest(32 * len(names))
    hashes = []
    for place, name in enumerate(names):
        salt = stream[32 * place : 32 * place + 32]
        hashes.append(hashlib.sha256(b"\x00" + salt + rfc8785.dumps([name, fields[name]])).digest())

    def root(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        split = 1
        while split * 2 < len(part):
            split *= 2
        return hashlib.sha256(b"\x01" + root(part[:split]) + root(part[split:])).digest()

    return root(hashes)


# --- frozen vectors ---------------------------------------------------------------------------


def test_frozen_commitments(leaf_v1: Any) -> None:
    for vector in leaf_v1["commitments"]:
        record_key, fields = bytes.fromhex(vector["record_key"]), vector["fields"]
        committer = Committer(tuple(fields))
        values = tuple(fields.values())
        assert sorted(fields) == vector["sorted_names"]
        assert [salt.hex() for salt in committer.salts(record_key)] == vector["salts"]
        hashes = committer.field_hashes(record_key, values)
        assert [each.hex() for each in hashes] == vector["field_hashes"]
        assert committer.commit(record_key, values).hex() == vector["commitment"]
        assert commit(record_key, fields).hex() == vector["commitment"]


def test_frozen_leaves(leaf_v1: Any) -> None:
    hashes = []
    for vector in leaf_v1["leaves"]:
        decision = vector["decision"]
        data = encode_leaf(
            act=vector["act"],
            issuer=vector["issuer"],
            book=vector["book"],
            sequence=vector["sequence"],
            decision=decision and (decision[0], date.fromisoformat(decision[1])),
            reference=vector["reference"],
            rules=vector["rules"],
            rulings=vector["rulings"],
            commitment=bytes.fromhex(vector["commitment"]),
        )
        assert data.decode() == vector["leaf"]
        assert leaf_hash(data).hex() == vector["leaf_hash"]
        assert parse_leaf(data).encode() == data
        hashes.append(leaf_hash(data))
    assert merkle.root_hash(hashes).hex() == leaf_v1["root_of_all_leaves"]


def test_vectors_themselves_are_untouched() -> None:
    # The file is the promise to everyone who holds a credential: add vectors in a new file.
    from tests.kernel.conftest import VECTORS

    digest = hashlib.sha256((VECTORS / "leaf_v1.json").read_bytes()).hexdigest()
    assert digest == "42c31f3c194246191a9864ca5f7af80a56bcb9c759200774778f028bf188914e"


# --- commitment -------------------------------------------------------------------------------


@given(keys, records)
def test_fast_path_agrees_with_the_plain_one(record_key: bytes, fields: dict[str, Value]) -> None:
    expected = oracle(record_key, fields)
    assert commit(record_key, fields) == expected
    ordered = Committer(sorted(fields))
    assert ordered.commit(record_key, [fields[name] for name in sorted(fields)]) == expected
    backwards = sorted(fields, reverse=True)
    values = [fields[name] for name in backwards]
    assert Committer(backwards).commit(record_key, values) == expected


@given(keys, records, st.data())
def test_every_field_can_be_shown_alone(
    record_key: bytes, fields: dict[str, Value], data: st.DataObject
) -> None:
    commitment = commit(record_key, fields)
    name = data.draw(st.sampled_from(sorted(fields)))
    opening = open_field(record_key, fields, name)
    verify_field(opening, commitment)
    assert (opening.name, opening.value, opening.size) == (name, fields[name], len(fields))
    assert record_key not in (opening.salt, *opening.path)


def changed(opening: FieldOpening, **parts: Any) -> FieldOpening:
    kept = {name: getattr(opening, name) for name in FieldOpening.__dataclass_fields__}
    return FieldOpening(**(kept | parts))


@pytest.mark.parametrize(
    "parts",
    [
        {"value": "CN 002"},
        {"value": None},
        {"name": "serial_"},
        {"salt": bytes(32)},
        {"index": 0},
        {"index": 4},
        {"size": 3},
        {"size": 0},
        {"path": ()},
        {"path": (bytes(32), bytes(32))},
        {"path": (bytes(31), bytes(32))},
    ],
)
def test_altered_openings_are_not_proven(parts: dict[str, Any]) -> None:
    opening = open_field(KEY, FIELDS, "serial")
    with pytest.raises(ProofError):
        verify_field(changed(opening, **parts), commit(KEY, FIELDS))


@pytest.mark.parametrize(
    "parts", [{"salt": b""}, {"salt": bytes(33)}, {"name": 'x","y'}, {"value": 1.5}]
)
def test_impossible_openings_are_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(LeafError):
        verify_field(changed(open_field(KEY, FIELDS, "serial"), **parts), commit(KEY, FIELDS))


def test_another_commitment_is_not_proven() -> None:
    with pytest.raises(ProofError):
        verify_field(open_field(KEY, FIELDS, "serial"), bytes(32))


@pytest.mark.parametrize(
    ("one", "other"), [("1", 1), (True, 1), (None, "null"), ("", None), (False, 0), ("a", "A")]
)
def test_values_of_another_type_give_another_commitment(one: Value, other: Value) -> None:
    assert commit(KEY, {"a": one}) != commit(KEY, {"a": other})


def test_another_set_of_fields_has_other_salts() -> None:
    with_b, with_c = Committer(["a", "b"]).salts(KEY), Committer(["a", "c"]).salts(KEY)
    assert not set(with_b) & set(with_c)
    assert len(set(with_b)) == 2


def test_one_key_commits_to_one_record() -> None:
    other = bytes([1]) + KEY[1:]
    assert commit(KEY, FIELDS) != commit(other, FIELDS)


@pytest.mark.parametrize(
    "names", [[], ["a", "a"], ["A"], ["họ"], ["a b"], ["1a"], ['a"'], [""], "ab", ["a\n"]]
)
def test_impossible_field_names_are_refused(names: list[str]) -> None:
    with pytest.raises(LeafError):
        Committer(names)


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), b"x", ["x"], "\ud800", float("nan")])
def test_impossible_values_are_refused(value: Any) -> None:
    with pytest.raises(LeafError):
        commit(KEY, {"a": value})


@pytest.mark.parametrize("record_key", [b"", bytes(31), bytes(33)])
def test_keys_of_another_length_are_refused(record_key: bytes) -> None:
    with pytest.raises(LeafError):
        commit(record_key, FIELDS)
    with pytest.raises(LeafError):
        Committer(["a"]).salts(record_key)


def test_a_wrong_number_of_values_is_refused() -> None:
    for values in ([], ["a"], ["a", "b", "c"]):
        with pytest.raises(LeafError):
            Committer(["x", "y"]).commit(KEY, values)


def test_an_unknown_field_cannot_be_opened() -> None:
    with pytest.raises(LeafError):
        open_field(KEY, FIELDS, "sex")


# --- leaf -------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(
    act=words,
    issuer=words,
    book=st.none() | words,
    sequence=st.none() | st.integers(1, 2**53 - 1),
    decision=st.none() | st.tuples(words, st.dates()),
    reference=st.none() | keys.map(bytes.hex),
    rules=st.none() | words,
    rulings=st.lists(words, max_size=3).map(tuple),
    commitment=keys,
)
def test_any_leaf_is_canonical_and_reads_back(**parts: Any) -> None:
    data = encode_leaf(**parts)
    decision = parts["decision"]
    assert data == rfc8785.dumps(
        {
            "v": 1,
            "a": parts["act"],
            "b": parts["book"],
            "c": parts["commitment"].hex(),
            "d": decision and [decision[0], decision[1].isoformat()],
            "i": parts["issuer"],
            "k": list(parts["rulings"]),
            "n": parts["sequence"],
            "r": parts["reference"],
            "u": parts["rules"],
        }
    )
    leaf = parse_leaf(data)
    assert {name: getattr(leaf, name) for name in parts} == parts


def test_template_gives_the_same_bytes() -> None:
    shared = ("act", "issuer", "book", "decision", "rules", "rulings")
    template = LeafTemplate(**{name: LEAF[name] for name in shared})
    assert template(12, bytes(32), "ab" * 32) == encode_leaf(**LEAF)
    assert template(None, bytes(32)) == encode_leaf(**LEAF | {"sequence": None, "reference": None})


def test_decision_time_of_day_is_not_logged() -> None:
    at = datetime(2025, 4, 8, 9, 30)  # noqa: DTZ001 — only its date is used
    assert encode_leaf(**LEAF | {"decision": ("12/QĐ", at)}) == encode_leaf(**LEAF)


@pytest.mark.parametrize(
    "parts",
    [
        {"act": ""},
        {"issuer": ""},
        {"issuer": None},
        {"issuer": "\ud800"},
        {"book": ""},
        {"rules": ""},
        {"rulings": "KL-1"},
        {"rulings": [""]},
        {"decision": ("", date(2025, 4, 8))},
        {"sequence": 0},
        {"sequence": -1},
        {"sequence": True},
        {"sequence": 2**53},
        {"reference": "AB" * 32},
        {"reference": "ab" * 31},
        {"reference": ""},
        {"commitment": bytes(31)},
        {"commitment": b""},
    ],
)
def test_impossible_leaves_are_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(LeafError):
        encode_leaf(**LEAF | parts)


def respelled() -> list[bytes]:
    data = encode_leaf(**LEAF)
    members = json.loads(data)
    reordered = json.dumps(dict(reversed(members.items())), separators=(",", ":")).encode()
    spaced = json.dumps(members).encode()
    more = rfc8785.dumps(members | {"x": 1})
    less = rfc8785.dumps({name: members[name] for name in "abcdiknru"})
    other = [
        rfc8785.dumps(members | change)
        for change in (
            {"v": 2},
            {"v": True},
            {"v": "1"},
            {"c": "AB" * 32},
            {"c": "zz"},
            {"c": None},
            {"d": ["12/QĐ"]},
            {"d": ["12/QĐ", "2025-4-8"]},
            {"d": ["12/QĐ", "20250408"]},
            {"d": "12/QĐ"},
            {"k": "KL"},
            {"k": None},
            {"i": 1},
            {"n": "1"},
            {"n": 1.5},
            {"r": 1},
        )
    ]
    return [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        data + b"\n",
        data.replace(b'"k"', b'"i"'),
        b"[" * 100_000,
        reordered,
        spaced,
        more,
        less,
        *other,
    ]


@pytest.mark.parametrize("data", respelled(), ids=lambda data: repr(data[:40]))
def test_other_spellings_of_leaves_are_refused(data: bytes) -> None:
    with pytest.raises(LeafError):
        parse_leaf(data)


def test_no_hidden_value_changes_the_length_of_a_leaf() -> None:
    template = LeafTemplate(act="issue", issuer="a", book="b", decision=None, rules="r")
    short, long = commit(KEY, {"a": ""}), commit(KEY, {"a": "x" * 1000})
    assert len(template(1, short)) == len(template(1, long))
