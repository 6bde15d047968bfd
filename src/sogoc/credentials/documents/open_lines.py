"""The open interface: a register line as JSON and as XML, version 1, and the way back.

Both say the same and are read back to the same; schemas lie in `schemas/` and are published. What
is unknown is left out. Nothing of ours is needed to read either.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from lxml import etree

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.register.api import LineView
from sogoc.kernel.text import Text

VERSION: Final = 1
NAMESPACE: Final = "urn:sogoc:register-line:1"
SCHEMAS: Final = Path(__file__).parent / "schemas"
XSD: Final = SCHEMAS / "register-line-1.xsd"
JSON_SCHEMA: Final = SCHEMAS / "register-line-1.schema.json"

_HOLDER: Final = {
    "full_name": "FullName", "birth_date": "BirthDate", "birth_text": "BirthText",
    "birth_place": "BirthPlace", "sex": "Sex", "ethnicity": "Ethnicity",
    "nationality": "Nationality", "personal_id": "PersonalId",
}  # fmt: skip

Line = Mapping[str, Any]
"""A line as plain JSON, in the order of the schema."""


def line_json(line: LineView) -> dict[str, Any]:
    """Return a line as plain JSON of version 1."""
    holder: dict[str, Any] | None = None
    if not line.erased:
        holder = {name: _plain(getattr(line, name)) for name in _HOLDER}
        holder["details"] = dict(line.details)
    revocation = None
    if line.revoked_by is not None:
        revocation = {
            "code": line.revoked_by, "date": _plain(line.revoked_on),
            "decision": line.revoked_decision, "reason": line.revoked_for,
        }  # fmt: skip
    said = {
        "version": VERSION,
        "code": line.code,
        "act": line.act,
        "status": str(line.status),
        "kind": line.kind,
        "issuer": {"code": line.issuer, "name": line.issuer_name},
        "book": {
            "kind": line.book.kind, "year": line.book.year, "live": line.book.is_live,
            "sequence": line.sequence,
        },
        "entry_number": line.entry_number,
        "serial": line.serial,
        "issued_on": _plain(line.issued_on),
        "signatory": {"title": line.signatory_title, "name": line.signatory_name},
        "decision": {"number": line.decision_number, "date": _plain(line.decision_date)},
        "holder": holder,
        "revocation": revocation,
        "source": {
            "file": line.source_file, "sheet": line.source_sheet, "row": line.source_row,
        },
        "leaf_hash": line.leaf_hash.hex(),
    }  # fmt: skip
    for name, key in (("decision", "number"), ("source", "file")):
        if not said[name][key]:
            del said[name]
    kept: dict[str, Any] = _without_empty(said)
    return kept


def line_xml(line: Line) -> etree._Element:
    """Return a line as XML of version 1: what `read_xml` reads back to the same."""
    root = etree.Element(_q("RegisterLine"), nsmap={None: NAMESPACE})
    root.set("version", str(VERSION))
    for tag, name in (("Code", "code"), ("Act", "act"), ("Status", "status"), ("Kind", "kind")):
        _add(root, tag, line[name])
    _add(root, "Issuer", line["issuer"]["name"], code=line["issuer"]["code"])
    book = line["book"]
    _add(
        root, "Book", None, kind=book["kind"], year=f"{book['year']:04}",
        live="true" if book["live"] else "false", sequence=book.get("sequence"),
    )  # fmt: skip
    for tag, name in (
        ("EntryNumber", "entry_number"),
        ("Serial", "serial"),
        ("IssuedOn", "issued_on"),
    ):
        if name in line:
            _add(root, tag, line[name])
    if signatory := line.get("signatory"):
        inner = _add(root, "Signatory", None)
        for tag, name in (("Title", "title"), ("Name", "name")):
            if name in signatory:
                _add(inner, tag, signatory[name])
    if decision := line.get("decision"):
        _add(root, "Decision", None, number=decision["number"], date=decision.get("date"))
    if holder := line.get("holder"):
        _add_holder(root, holder)
    if revoked := line.get("revocation"):
        _add(
            root, "Revocation", revoked["reason"], code=revoked["code"], date=revoked["date"],
            decision=revoked.get("decision"),
        )  # fmt: skip
    if source := line.get("source"):
        _add(root, "Source", None, **source)
    _add(root, "LeafHash", line["leaf_hash"])
    return root


def read_xml(root: etree._Element) -> dict[str, Any]:
    """Return the line an XML element holds, as plain JSON; a signature in it is left out.

    Raises `DocumentRefused` for what the schema does not allow.
    """
    if not schema().validate(root):
        raise _refused(str(schema().error_log.last_error))

    def text(tag: str, parent: etree._Element = root) -> str | None:
        found = parent.find(_q(tag))
        return None if found is None else found.text

    def attributes(tag: str) -> dict[str, str] | None:
        found = root.find(_q(tag))
        return None if found is None else {str(k): str(v) for k, v in found.attrib.items()}

    book = attributes("Book") or {}
    signatory, revoked = root.find(_q("Signatory")), root.find(_q("Revocation"))
    source = attributes("Source")
    issuer = root.find(_q("Issuer"))
    holder = root.find(_q("Holder"))
    assert issuer is not None  # noqa: S101 - the schema says so
    said = {
        "version": VERSION,
        "code": text("Code"),
        "act": text("Act"),
        "status": text("Status"),
        "kind": text("Kind"),
        "issuer": {"code": issuer.get("code"), "name": issuer.text},
        "book": {
            "kind": book["kind"], "year": int(book["year"]), "live": book["live"] in ("true", "1"),
            "sequence": int(book["sequence"]) if "sequence" in book else None,
        },
        "entry_number": text("EntryNumber"),
        "serial": text("Serial"),
        "issued_on": text("IssuedOn"),
        "signatory": None if signatory is None else {
            "title": text("Title", signatory), "name": text("Name", signatory),
        },
        "decision": attributes("Decision"),
        "holder": None if holder is None else _read_holder(holder),
        "revocation": None if revoked is None else {
            "code": revoked.get("code"), "date": revoked.get("date"),
            "decision": revoked.get("decision"), "reason": revoked.text,
        },
        "source": None if source is None else {
            **source, **({"row": int(source["row"])} if "row" in source else {}),
        },
        "leaf_hash": text("LeafHash"),
    }  # fmt: skip
    kept: dict[str, Any] = _without_empty(said)
    return kept


def write_json_lines(lines: Iterable[Line]) -> Iterator[str]:
    """Yield lines as JSON Lines, one object a line."""
    for line in lines:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def write_xml(lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield one XML document with every line, piece by piece."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<Register xmlns="{NAMESPACE}">\n'.encode()
    for line in lines:
        yield etree.tostring(line_xml(line), encoding="unicode").encode() + b"\n"
    yield b"</Register>\n"


def read_register_xml(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of an exported document, one at a time. Raises `DocumentRefused`."""
    tag = _q("RegisterLine")
    with file.open("rb") as opened:
        reading = etree.iterparse(
            opened, tag=tag, resolve_entities=False, no_network=True, huge_tree=False
        )
        try:
            for _, element in reading:
                yield read_xml(element)
                element.clear()
        except (etree.XMLSyntaxError, ValueError, RecursionError) as error:  # also of JSON inside
            raise _refused(str(error)) from None
    if reading.root.tag != _q("Register") or reading.root.getroottree().docinfo.doctype:
        raise _refused(str(reading.root.tag))


def schema() -> etree.XMLSchema:
    """Return the published schema."""
    global _schema  # noqa: PLW0603 - compiled once
    if _schema is None:
        _schema = etree.XMLSchema(etree.parse(str(XSD)))
    return _schema


_schema: etree.XMLSchema | None = None


def parse_xml(data: bytes) -> etree._Element:
    """Return the root of XML from outside: no entities, no network. Raises `DocumentRefused`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise _refused("DOCTYPE")
    return root


def _add_holder(root: etree._Element, holder: Mapping[str, Any]) -> None:
    inner = _add(root, "Holder", None)
    for name, tag in _HOLDER.items():
        if name in holder:
            _add(inner, tag, holder[name])
    for name, value in holder.get("details", {}).items():
        is_text = isinstance(value, str)
        _add(
            inner, "Detail", value if is_text else json.dumps(value, ensure_ascii=False),
            name=name, json=None if is_text else "true",
        )  # fmt: skip


def _read_holder(holder: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, tag in _HOLDER.items():
        element = holder.find(_q(tag))
        found[name] = None if element is None else element.text
    found["details"] = {
        str(each.get("name")): json.loads(each.text or "null")
        if each.get("json") in ("true", "1")
        else each.text or ""
        for each in holder.findall(_q("Detail"))
    }
    return found


def _add(parent: etree._Element, tag: str, text: str | None, **attributes: Any) -> etree._Element:
    element = etree.SubElement(parent, _q(tag))
    element.text = text
    for name, value in attributes.items():
        if value is not None:
            element.set(name, str(value))
    return element


def _q(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _without_empty(value: Any) -> Any:
    """Leave out what is unknown; details stay as they are, being somebody else's words."""
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, each in value.items():
        inner = each if name == "details" else _without_empty(each)
        if inner not in (None, "", {}) or inner is False:
            kept[name] = inner
    return kept


def _refused(why: str) -> DocumentRefused:
    return DocumentRefused(
        "open_line_refused",
        Text("Tệp không theo lược đồ đã công bố.", "The file is not of the published schema."),
        why=why,
    )
