"""Everything out, and back in: nothing about a line is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.credentials.documents.conftest import BASE

SAME = ("kind", "issuer", "serial", "entry_number", "issued_on", "signatory")
HOLDER = ("full_name", "birth_date", "birth_place", "sex", "ethnicity")


def exported(tmp_path: Path, name: str) -> tuple[Path, list[dict[str, Any]]]:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    folder = tmp_path / name
    done = api.export_all(folder, home=tmp_path, base=BASE, by=world.account("officer.ministry"))
    lines = [json.loads(each) for each in (folder / "register.jsonl").read_text().splitlines()]
    assert done.lines == len(lines)
    return folder, lines


def test_json_and_xml_say_the_same_by_their_schemas(codes: tuple[str, ...], tmp_path: Path) -> None:
    from sogoc.credentials.documents import api

    folder, lines = exported(tmp_path, "out")
    assert {line["code"] for line in lines} == set(codes)
    assert list(api.read_register_xml(folder / "register.xml")) == lines
    schema = etree.XMLSchema(etree.parse(folder / "schemas" / "register-line-1.xsd"))
    assert schema.validate(etree.parse(folder / "register.xml"))
    known = json.loads((folder / "schemas" / "register-line-1.schema.json").read_text())
    for line in lines:
        assert set(known["required"]) <= line.keys() <= known["properties"].keys()
        for name, part in known["properties"].items():
            if part.get("type") == "object" and name in line:
                assert line[name].keys() <= part["properties"].keys()
    assert any((folder / "log").rglob("checkpoint"))


def test_the_way_back_in(codes: tuple[str, ...], tmp_path: Path) -> None:
    """Exported, taken into a register that has none of it, exported again: the same lines."""
    from django.test import TransactionTestCase

    from sogoc.credentials.documents import api
    from sogoc.people.demo import load_demo
    from tests.credentials import world

    _, before = exported(tmp_path, "out")
    TransactionTestCase._fixture_teardown(None)  # type: ignore[arg-type]  # a fresh database
    load_demo(world.AT)
    by = world.who("register.import_legacy")
    done = api.bring_back(before, by=by, at=world.AT)
    assert (done.lines, done.revoked) == (4, ())
    assert api.bring_back(before, by=by, at=world.AT).lines == 4
    _, after = exported(tmp_path, "again")
    assert len(after) == len(before) == 4
    for old, new in zip(before, after, strict=True):
        assert {name: new.get(name) for name in SAME} == {name: old.get(name) for name in SAME}
        assert {n: new["holder"].get(n) for n in HOLDER} == {
            n: old["holder"].get(n) for n in HOLDER
        }
        assert new["holder"]["details"]["result"] == old["holder"]["details"]["result"]
        assert new["act"] == "legacy"


def test_lines_of_another_form_are_told_all_at_once(codes: tuple[str, ...], tmp_path: Path) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    _, lines = exported(tmp_path, "out")
    del lines[0]["issuer"]
    lines[2] |= {"holder": {**lines[2]["holder"], "full_name": 7}, "signatory": "Giám đốc"}
    with pytest.raises(api.DocumentRefused) as refused:
        api.bring_back(lines, by=world.who("register.import_legacy"), at=world.AT)
    assert refused.value.code == "open_lines_malformed"
    told = "1: issuer.code; 3: signatory; 3: holder.full_name"
    assert told in refused.value.message.vi
    assert told in refused.value.message.en


@pytest.mark.parametrize(
    "text",
    [
        '<Register xmlns="{ns}"><x></Register>',
        '<Other xmlns="{ns}"/>',
        '<Register xmlns="urn:another"/>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "/etc/hosts">]><Register xmlns="{ns}">&x;</Register>',
        '<Register xmlns="{ns}"><RegisterLine version="1"/></Register>',
        "",
    ],
)
def test_a_file_that_is_no_export_is_refused(text: str, tmp_path: Path) -> None:
    """Not taken for an export of no lines."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.errors import DocumentRefused
    from sogoc.credentials.documents.open_lines import NAMESPACE

    file = tmp_path / "register.xml"
    file.write_text(text.replace("{ns}", NAMESPACE), "utf-8")
    with pytest.raises(DocumentRefused):
        list(api.read_register_xml(file))


@pytest.mark.parametrize("said", ["{", "[" * 100_000, "1" * 5_000])
def test_details_that_are_no_json_are_refused(
    codes: tuple[str, ...], tmp_path: Path, said: str
) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.errors import DocumentRefused

    folder, _ = exported(tmp_path, "out")
    text = (folder / "register.xml").read_text("utf-8")
    detail = f'<Detail name="x" json="true">{said}</Detail></Holder>'
    altered = text.replace("</Holder>", detail, 1)
    assert altered != text
    (folder / "register.xml").write_text(altered, "utf-8")
    with pytest.raises(DocumentRefused):
        list(api.read_register_xml(folder / "register.xml"))
