"""The register in small, its line as signed XML: sealed by a demo authority, no database."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from lxml import etree

from sogoc.credentials.documents import open_lines, xml_issuing
from sogoc.credentials.documents.vc_lines import PublishedLine
from sogoc.credentials.log import sources
from sogoc.credentials.status.api import Entry
from sogoc.kernel import canonical, merkle
from sogoc.kernel.leaf import Committer, encode_leaf, leaf_hash
from sogoc.kernel.leaf_opening import Opener
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.pdf_check import PaperTrust, TrustedKey, spki_hash
from sogoc.verifier.api import Report, Trust, judge
from tests.papers import ECDSA, Office, Signatory
from tests.verifier.making import (
    AT,
    BASE,
    BODY,
    ISSUED,
    KIND,
    NOW,
    RECORD_KEY,
    START,
    World,
)

NS = open_lines.NAMESPACE
DETAILS = {"result": "Đạt", "scores": [8, 9.5]}
CODE = "SG-7K2M-Q0XA-9D3T-HV5B-1R"
LINE: dict[str, Any] = {
    "version": 1, "code": CODE, "act": "issue", "status": "valid", "kind": KIND,
    "issuer": {"code": BODY, "name": "Trường Mẫu"},
    "book": {"kind": KIND, "year": 2025, "live": True, "sequence": 1},
    "entry_number": "12/2025", "serial": "A 0001", "issued_on": ISSUED.isoformat(),
    "signatory": {"title": "Giám đốc", "name": "H'Nguyệt Bkrông"},
    "decision": {"number": "15/QĐ-TTM", "date": "2025-04-09"},
    "holder": {
        "full_name": "Y Bhăm Niê", "birth_date": "1990-02-03", "birth_text": "3/2/1990",
        "birth_place": "Buôn Đôn & Ea Súp <cũ>", "sex": "Nam", "ethnicity": "Ê Đê",
        "nationality": "Việt Nam", "personal_id": "012345678901", "details": DETAILS,
    },
    "source": {"file": "danh-sach.xlsx", "sheet": "Sheet1", "row": 7},
}  # fmt: skip


_FOLDER = TemporaryDirectory()


@cache
def office() -> Office:
    """One authority, seal and signatory for all tests here."""
    return Office(Path(_FOLDER.name))


def committed(line: dict[str, Any]) -> dict[str, Any]:
    """Return the fields the log commits to for a line, as the product makes them."""
    holder, book, source = line["holder"], line["book"], line.get("source", {})
    signed, decided = line.get("signatory", {}), line.get("decision", {})
    day = decided.get("date")
    before, after = sources.provenance_parts(
        is_live=book["live"], batch=UUID(int=3), recorded_at=AT,
        decision_number=decided.get("number", ""),
        decision_date=None if day is None else date.fromisoformat(day),
        reason="", source_file=source.get("file", ""), source_digest=b"d" * 32,
    )  # fmt: skip
    row = sources.row_part(source.get("sheet", ""), source.get("row"))
    special = {
        "birth": sources.birth(holder.get("birth_date"), holder.get("birth_text", "")),
        "details": canonical.dumps(holder.get("details", {})).decode(),
        "provenance": f"{before}{row}{after}",
        "signatory": sources.joined(signed.get("title", ""), signed.get("name", "")),
    }
    plain = {**line, **holder}
    return {name: special.get(name, plain.get(name, "")) for name in sources.LINE_FIELDS}


@dataclass
class XmlWorld(World):
    """The world of credentials, its line as signed XML; `line` is what the file says.

    The log holds `LINE` unless `fields` say otherwise, however the file lies.
    """

    fields: dict[str, Any] = field(default_factory=lambda: committed(LINE))
    line: dict[str, Any] = field(default_factory=lambda: dict(LINE))
    signatory: Signatory = field(default_factory=lambda: office().seal)
    key: dict[str, Any] = field(default_factory=dict)
    change: Callable[[etree._Element], object] = lambda _root: None
    revoked: dict[int, datetime] = field(default_factory=dict)

    def leaf(self) -> bytes:
        names, values = tuple(self.fields), tuple(self.fields.values())
        return encode_leaf(
            act=self.act, issuer=self.leaf_issuer, book=f"{KIND}/2025", sequence=1, decision=None,
            reference=None, rules=None, rulings=(),
            commitment=Committer(names).commit(RECORD_KEY, values),
        )  # fmt: skip

    def xml(self) -> bytes:
        """Return the file: `change` alters the line's element before it is signed."""
        proof = LogProof(
            self.index, tuple(merkle.inclusion_proof(self.index, self.hashes())), self.note()
        )
        names = tuple(self.fields)
        published = PublishedLine(
            1, 1, BODY, "Trường Mẫu", KIND, ISSUED, self.fields,
            base64.b64encode(self.leaf()).decode(),
            Opener(names, names).open(RECORD_KEY, tuple(self.fields.values())), str(proof),
        )  # fmt: skip
        line = {**self.line, "leaf_hash": leaf_hash(self.leaf()).hex()}
        root = open_lines.line_xml(line)
        xml_issuing.add_proof(root, published, Entry(UUID(int=7), 4242, BODY, 1), BASE)
        self.change(root)
        return sealed(root, self.signatory, self.signed_at)

    def bundle(self) -> dict[str, Any]:
        authority = office().authority
        key = TrustedKey(
            **{
                "spki": spki_hash(office().seal.certificate), "purpose": "seal",
                "organisation": BODY, "holder": "Trường Mẫu", "valid_from": START, **self.key,
            }
        )  # fmt: skip
        papers = PaperTrust(
            roots=(authority.root,),
            crls=(authority.crl(self.revoked, NOW),),
            keys=(key,),
            is_demo=True,
        )
        return {**super().bundle(), "certificates": papers.as_json()}

    def report(self, at: datetime = NOW) -> Report:
        return judge(self.xml(), self.trust(), at)


def sealed(root: etree._Element, signatory: Signatory, at: datetime) -> bytes:
    """Sign an element as the product does."""
    algorithm = "ecdsa-p256-sha256"
    info = xml_issuing.add_signature(
        root, signatory.certificate, algorithm, at.isoformat(timespec="seconds"),
        above=[office().authority.root],
    )  # fmt: skip
    value = signatory.private.sign(xml_issuing.canonical(info), ECDSA)
    return xml_issuing.finish(root, value, algorithm)


def q(path: str) -> str:
    """Return a path of our elements for `find`."""
    return "/".join(f"{{{NS}}}{tag}" for tag in path.split("/"))


def lies() -> dict[str, Callable[[etree._Element], object]]:
    """What the seal itself may sign although the log holds something else."""

    def text(path: str, said: str) -> Callable[[etree._Element], object]:
        return lambda root: setattr(root.find(q(path)), "text", said)

    def attribute(path: str, name: str, said: str) -> Callable[[etree._Element], object]:
        return lambda root: root.find(q(path)).set(name, said)

    def without(path: str) -> Callable[[etree._Element], object]:
        def drop(root: etree._Element) -> None:
            found = root.find(q(path))
            found.getparent().remove(found)

        return drop

    texts = {
        "Code": "SG-0000-0000-0000-0000-00", "Act": "legacy", "Kind": "bang_thpt",
        "EntryNumber": "13/2025", "Serial": "A 0002", "IssuedOn": "2025-04-11",
        "LeafHash": "0" * 64, "Signatory/Name": "Khác", "Holder/FullName": "Y Bhăm Niế",
        "Holder/BirthDate": "1991-02-03", "Holder/BirthText": "4/2/1990",
        "Holder/BirthPlace": "Huế", "Holder/Sex": "Nữ", "Holder/Ethnicity": "Kinh",
        "Holder/Nationality": "Lào", "Holder/PersonalId": "012345678902", "Holder/Detail": "Giỏi",
    }  # fmt: skip
    attributes = {
        ("Issuer", "code"): "truong-khac", ("Book", "kind"): "khac", ("Book", "year"): "2024",
        ("Book", "live"): "false", ("Book", "sequence"): "2", ("Decision", "number"): "16/QĐ",
        ("Decision", "date"): "2025-04-08", ("Source", "file"): "x.xlsx",
        ("Source", "row"): "8", ("Source", "sheet"): "Sheet2", ("Holder/Detail", "name"): "hạng",
    }  # fmt: skip
    gone = (
        "EntryNumber", "Serial", "Signatory", "Signatory/Title", "Decision", "Source",
        "Holder/BirthDate", "Holder/BirthText", "Holder/Sex", "Holder/PersonalId", "Holder/Detail",
    )  # fmt: skip
    found = {f"{path}={said}": text(path, said) for path, said in texts.items()}
    found |= {f"{p}/@{n}={v}": attribute(p, n, v) for (p, n), v in attributes.items()}
    return found | {f"no {path}": without(path) for path in gone}


def trust_of(bundle: dict[str, Any]) -> Trust:
    """Return a bundle as the verifier reads it."""
    return Trust.parse(json.dumps(bundle).encode())


WHOLE = XmlWorld().xml()
TRUST = XmlWorld().trust()
