"""What is read in full is read; whatever would be left out of the statements is refused."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel.nquads import Template, TemplateError, token
from sogoc.verifier import jsonld
from sogoc.verifier.jsonld import OPEN_BADGES, PINNED, VC_V2, DocumentError
from sogoc.verifier.terms import CONTEXT

PLAIN = [VC_V2, OPEN_BADGES]
GOOD: dict[str, Any] = {
    "@context": PLAIN,
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:a.example", "type": ["Profile"]},
    "credentialSubject": {"id": "urn:uuid:1#holder", "type": ["AchievementSubject"]},
}


@pytest.mark.parametrize("address", PINNED)
def test_contexts_are_those_pinned(address: str) -> None:
    name, digest = PINNED[address]
    file = Path("src/sogoc/verifier/contexts") / name
    assert sha256(file.read_bytes()).hexdigest() == digest
    assert "@context" in (jsonld.pinned(address) or {})
    assert name in (file.parent / "README.md").read_text("utf-8")


def test_good_document_is_read() -> None:
    assert jsonld.canonical(GOOD).count(b"\n") == 6


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"gpa": "4.0"}, "undefined term"),
        ({"credentialSubject": {"id": "urn:x:1", "gpa": "4.0"}}, "undefined term"),
        ({"type": ["VerifiableCredential", "Diploma"]}, "relative name"),
        ({"id": "1"}, "relative name"),
        ({"issuer": "somebody"}, "relative name"),
        ({"@context": [*PLAIN, "https://a.example/context"]}, "json-ld"),
        ({"@context": [*PLAIN, {"name": "https://a.example/other"}]}, "json-ld"),
        ({"@context": 7}, "json-ld"),
        ({"type": 7}, "json-ld"),
    ],
)
def test_whatever_would_be_dropped_is_refused(change: dict[str, Any], part: str) -> None:
    with pytest.raises(DocumentError) as caught:
        jsonld.canonical({**GOOD, **change})
    assert caught.value.context["part"] == part


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":NaN}',
        b'{"a":"\xff"}',
        b"[" * 100_000,
        b" " * (jsonld.LONGEST + 1),
    ],
)
def test_bytes_that_are_no_object_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        jsonld.parse(data)


def template() -> Template:
    identity = f"urn:uuid:{token('uuid')}"
    document = {
        **GOOD,
        "@context": CONTEXT,
        "id": identity,
        "name": f"100 % {token('kind')}",
        "credentialSubject": {
            "id": f"{identity}#holder",
            "type": ["AchievementSubject"],
            "name": token("name"),
            "serialNumber": token("serial"),
        },
    }
    return Template(json.dumps(document, ensure_ascii=False), jsonld.lines(document))


TEMPLATE = template()
VALUES = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        exclude_characters="\ufffe\uffff",
        include_characters='\n"\\%',
    ),
    max_size=30,
)


@given(VALUES, VALUES, VALUES, st.uuids())
def test_template_gives_what_json_ld_gives(name: str, serial: str, kind: str, uuid: Any) -> None:
    """PyLD drops nothing here, but it sees neither the template nor how it was filled."""
    text, lines = TEMPLATE.render({"uuid": str(uuid), "name": name, "serial": serial, "kind": kind})
    document = json.loads(text)
    assert document["credentialSubject"]["name"] == name
    assert document["name"] == f"100 % {kind}"
    assert jsonld.canonical(document) == lines


def test_values_that_cannot_stand_there_are_refused() -> None:
    good = {"uuid": "1", "name": "An", "serial": "A1", "kind": "x"}
    TEMPLATE.render(good)
    for change in (
        {"uuid": "1> <urn:x"},
        {"uuid": "a b"},
        {"name": "a\tb"},
        {"name": "a\x7f"},
        {"name": "\ud800"},
        {"more": "x"},
    ):
        with pytest.raises(TemplateError):
            TEMPLATE.render({**good, **change})
    with pytest.raises(TemplateError):
        TEMPLATE.render({name: good[name] for name in ("uuid", "name", "serial")})


def test_blank_nodes_make_no_template() -> None:
    document = {**GOOD, "credentialSubject": {"type": ["AchievementSubject"]}}
    with pytest.raises(TemplateError):
        Template(json.dumps(document), jsonld.lines(document))


def test_slots_are_the_same_on_both_sides() -> None:
    document = {**GOOD, "name": token("name")}
    with pytest.raises(TemplateError):
        Template(json.dumps(GOOD), jsonld.lines(document))
    with pytest.raises(TemplateError):
        Template(json.dumps(document), jsonld.lines(GOOD))


@given(VALUES, VALUES, VALUES)
def test_lines_whose_order_hangs_on_values_are_sorted_anew(one: str, two: str, three: str) -> None:
    """Three types of evidence texts under one property: which comes first only the values tell."""
    texts = [token("one"), token("two"), f"x{token('three')}"]
    document = {**GOOD, "@context": CONTEXT, "remark": texts}
    mixed = Template(json.dumps(document), jsonld.lines(document))
    found, lines = mixed.render({"one": one, "two": two, "three": three})
    assert sorted(set(lines.split(b"\n"))) == sorted(
        set(jsonld.canonical(json.loads(found)).split(b"\n"))
    )
    assert lines.split(b"\n")[:-1] == sorted(lines.split(b"\n")[:-1])


@pytest.mark.parametrize("shape", ["alike", "deep"])
def test_nodes_without_names_that_would_take_for_ever(shape: str) -> None:
    """Poisoned data sets: a canonical form exists, and nobody lives to see it."""
    node: dict[str, Any] = {"k": [{"k": [{} for _ in range(9)]} for _ in range(9)]}
    if shape == "deep":
        node = {}
        for _ in range(12):
            node = {"k": [node, json.loads(json.dumps(node))]}
    document = {"@context": {"k": "urn:k"}, **node}
    started = time.monotonic()
    with pytest.raises(DocumentError):
        jsonld.canonical(document)
    assert time.monotonic() - started < 30
