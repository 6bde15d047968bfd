"""A register line as signed XML: the seal's signature, and that the line is what the log holds.

Everything the file says of the line is compared with what the log commits to; only the name of the
issuer and a revocation are its signer's word, and the name shown is the Ministry's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree

from sogoc.kernel import canonical
from sogoc.kernel.cms_check import chain_state
from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import Value, leaf_hash
from sogoc.kernel.pdf_check import PaperTrust
from sogoc.kernel.periods import local_day
from sogoc.verifier import signed_xml
from sogoc.verifier.evidence import PURPOSES, Logged, judge_authority, judge_log, judge_status
from sogoc.verifier.report import Report, Result
from sogoc.verifier.signed_xml import DS, SIGNATURE_FORM, Form, SignatureError, XmlError, text_form
from sogoc.verifier.trust import Trust, moment

KIND: Final = "xml"
NAMESPACE: Final = "urn:sogoc:register-line:1"

_COPY: Final = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_YEAR: Final = re.compile(r"[0-9]{4}")
_FACTS: Final = 10
"""Values of a provenance, see `credentials.log.sources`."""
_HOLDER: Final = {
    "full_name": "FullName", "birth_date": "BirthDate", "birth_text": "BirthText",
    "birth_place": "BirthPlace", "sex": "Sex", "ethnicity": "Ethnicity",
    "nationality": "Nationality", "personal_id": "PersonalId",
}  # fmt: skip


def _q(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _one(tag: str, form: Form) -> tuple[str, int, int, Form]:
    return _q(tag), 1, 1, form


def _maybe(tag: str, form: Form, most: int = 1) -> tuple[str, int, int, Form]:
    return _q(tag), 0, most, form


_TEXT: Final = text_form()
_MOST_DETAILS: Final = 200
_PROOF: Final = Form(
    (
        _one("Leaf", _TEXT),
        _one("Opening", _TEXT),
        _one("TlogProof", _TEXT),
        *(
            _one("StatusEntry", Form(attributes={"purpose": each, "index": None, "list": None}))
            for each in PURPOSES
        ),
    ),
    attributes={"copy": None},
)
FORM: Final = Form(
    (
        *(_one(tag, _TEXT) for tag in ("Code", "Act", "Status", "Kind")),
        _one("Issuer", text_form(code=None)),
        _one(
            "Book",
            Form(
                attributes=dict.fromkeys(("kind", "year", "live", "sequence")),
                may=frozenset({"sequence"}),
            ),
        ),
        _maybe("EntryNumber", _TEXT),
        _maybe("Serial", _TEXT),
        _one("IssuedOn", _TEXT),
        _maybe("Signatory", Form((_maybe("Title", _TEXT), _maybe("Name", _TEXT)))),
        _maybe(
            "Decision",
            Form(attributes=dict.fromkeys(("number", "date")), may=frozenset({"date"})),
        ),
        _one(
            "Holder",
            Form(
                (
                    _one("FullName", _TEXT),
                    *(_maybe(tag, _TEXT) for tag in list(_HOLDER.values())[1:]),
                    _maybe(
                        "Detail",
                        Form(
                            attributes={"name": None, "json": "true"},
                            may=frozenset({"json"}),
                            is_text=True,
                        ),
                        _MOST_DETAILS,
                    ),
                )
            ),
        ),
        _maybe(
            "Revocation",
            Form(
                attributes=dict.fromkeys(("code", "date", "decision")),
                may=frozenset({"decision"}),
                is_text=True,
            ),
        ),
        _maybe(
            "Source",
            Form(
                attributes=dict.fromkeys(("file", "sheet", "row")), may=frozenset({"sheet", "row"})
            ),
        ),
        _one("LeafHash", _TEXT),
        _one("Proof", _PROOF),
        (f"{{{DS}}}Signature", 1, 1, SIGNATURE_FORM),
    ),
    attributes={"version": "1"},
)
"""A signed line, exactly; its schema is `register-line-1.xsd`."""


def judge(data: bytes, trust: Trust, at: datetime) -> Report:
    """Judge a signed line as of a time."""
    report = Report(KIND, is_development=trust.is_development)
    try:
        root = signed_xml.parse(data)
    except XmlError:
        report.failed("document", "Tệp không đọc được.", "The file cannot be read.")
        return report
    if not _claims_us(root, trust):
        report.unknown(
            "document",
            "Tệp không nhận là của sổ gốc này.",
            "The file does not claim to be of this register.",
        )
        return report
    try:
        signed_xml.require_form(root, FORM)
        line = _Line(root)
        signature = signed_xml.read_signature(root)
        signed_at = moment(signature.signed_at)
    except (Error, ValueError, TypeError, LookupError, RecursionError) as error:
        where = str(getattr(error, "context", error))[:200]
        report.failed(
            "document",
            f"Tệp không đúng dạng của dòng sổ: {where}",
            f"The file is not of the form of a register line: {where}",
        )
        return report
    report.passed("document", "Tệp đúng dạng.", "The file is well formed.")
    _judge_signature(root, signature, line, signed_at, trust, report)
    if signed_at > at:
        report.unknown(
            "certificate",
            f"Tệp ký lúc {signature.signed_at}, sau thời điểm kiểm.",
            f"The file was signed at {signature.signed_at}, after the time of the check.",
        )
    _judge_line(line, signed_at, trust, at, report)
    report.facts["signed_at"] = signature.signed_at
    return report


def _judge_signature(
    root: etree._Element,
    signature: signed_xml.Signature,
    line: _Line,
    signed_at: datetime,
    trust: Trust,
    report: Report,
) -> None:
    try:
        signed_xml.verify_signature(root, signature)
    except SignatureError:
        report.failed("signature", "Chữ ký số sai.", "The signature is false.")
        return
    report.passed("signature", "Chữ ký số XAdES đúng.", "The XAdES signature holds.")
    try:
        papers = PaperTrust.parse(trust.certificates)
    except (KeyError, ValueError, TypeError, AttributeError):
        report.unknown(
            "certificate",
            "Gói tin cậy không có phần về khóa ký văn bản.",
            "The trust bundle says nothing of keys that sign papers.",
        )
        return
    _judge_chain(signature, papers, signed_at, report)
    _judge_key(signature, line, papers, signed_at, trust, report)


def _judge_chain(
    signature: signed_xml.Signature, papers: PaperTrust, signed_at: datetime, report: Report
) -> None:
    own, *above = signature.certificates
    try:
        state: str = chain_state(own, above, papers.roots, papers.crls, signed_at)
    except (ValueError, x509.DuplicateExtension, x509.InvalidVersion, UnsupportedAlgorithm):
        state = "broken"
    result, vi, en = {
        "trusted": (Result.PASS, "Chứng thư số có hiệu lực khi ký.", "It held at signing."),
        "unknown_root": (
            Result.UNKNOWN, "Không rõ nơi cấp chứng thư số.", "Its authority is not known.",
        ),
        "expired": (
            Result.FAIL, "Chứng thư số hết hoặc chưa có hiệu lực khi ký.",
            "The certificate was not in force at signing.",
        ),
        "revoked": (
            Result.FAIL, "Chứng thư số đã bị thu hồi trước khi ký.", "Revoked before signing.",
        ),
        "broken": (Result.FAIL, "Chuỗi chứng thư số không đúng.", "The chain is broken."),
    }[state]  # fmt: skip
    report.add("certificate", result, vi, en)


def _judge_key(
    signature: signed_xml.Signature,
    line: _Line,
    papers: PaperTrust,
    signed_at: datetime,
    trust: Trust,
    report: Report,
) -> None:
    """The key is a seal that served then: the issuer's, or of the body that keeps its register."""
    name = "certificate"
    key = papers.key_of(signature.certificates[0])
    if key is None or key.purpose != "seal":
        is_newer = key is None and signed_at > trust.made
        report.add(
            name,
            Result.UNKNOWN if is_newer or not papers.keys else Result.FAIL,
            "Gói tin cậy không có khóa này trong các con dấu số.",
            "The bundle has no such key among the seals.",
        )
    elif signed_at < key.valid_from or (key.valid_until and signed_at >= key.valid_until):
        report.failed(
            name,
            f"Khóa không dùng lúc ký ({signature.signed_at}).",
            f"The key did not serve at the time of signing ({signature.signed_at}).",
        )
    elif key.compromised_at is not None:
        report.failed(
            name,
            "Khóa đã bị lộ; không gì chứng minh là ký trước đó.",
            "The key was compromised, and nothing proves an earlier signature.",
        )
    elif key.organisation not in {
        line.issuer,
        papers.keeper(line.issuer, local_day(signed_at)),
    }:
        is_open = papers.custody is None or signed_at > trust.made
        report.add(
            name,
            Result.UNKNOWN if is_open else Result.FAIL,
            f"Con dấu của {key.organisation}, không phải nơi giữ sổ gốc của {line.issuer}.",
            f"A seal of {key.organisation}, which does not keep the register of {line.issuer}.",
        )
    else:
        report.passed(name, f"Con dấu của {key.holder}.", f"The seal of {key.holder}.")


def _judge_line(
    line: _Line, signed_at: datetime, trust: Trust, at: datetime, report: Report
) -> None:
    did = f"{trust.did_prefix}{line.issuer}"
    if line.status != "valid":
        report.failed(
            "status",
            "Tệp nói dòng này đã bị thu hồi hoặc hủy bỏ.",
            "The file itself says that the line is revoked or cancelled.",
        )
    logged = judge_log(line.evidence, trust, signed_at, report)
    if logged is not None:
        different = line.different(logged)
        if different:
            names = ", ".join(different)
            report.failed(
                "inclusion",
                f"Nội dung khác với điều nhật ký cam kết: {names}.",
                f"The content differs from what the log commits to: {names}.",
            )
    if local_day(signed_at) < line.issued_on:
        report.failed(
            "certificate", "Tệp ký trước ngày cấp.", "The file was signed before the day of issue."
        )
    body = judge_authority(did, line.kind, line.issued_on, trust, report)
    judge_status(line.entries, did, trust, at, report)
    report.facts |= {name: value for name, value in line.shown().items() if value}
    report.facts["credential_name"] = trust.kinds.get(line.kind, line.kind)
    report.facts["issuer"] = did
    report.facts["issuer_name"] = None if body is None else body.get("name")


class _Line:
    """What a file of the right form says. Raises `XmlError`, `ValueError` for what cannot be."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self.issuer = self._attribute("Issuer", "code") or ""
        self.kind = self._text("Kind") or ""
        self.status = self._text("Status")
        self.issued_on = date.fromisoformat(self._text("IssuedOn") or "")
        _require(self.issued_on.isoformat() == self._text("IssuedOn"), "IssuedOn")
        _require(self.status in {"valid", "revoked"}, "Status")
        _require((self.status == "revoked") == (root.find(_q("Revocation")) is not None), "Status")
        self.evidence = {
            "leaf": self._text("Proof/Leaf") or "",
            "opening": self._text("Proof/Opening") or "",
            "tlogProof": self._text("Proof/TlogProof") or "",
        }
        self._entry = signed_xml.strict_base64(self.evidence["leaf"])
        _require(bool(_COPY.fullmatch(self._attribute("Proof", "copy") or "")), "Proof/@copy")
        listed = root.findall(self._path("Proof/StatusEntry"))
        self.entries: list[Mapping[str, str]] = [self._status_entry(each) for each in listed]
        live, year = self._attribute("Book", "live"), self._attribute("Book", "year")
        sequence = self._attribute("Book", "sequence")
        _require(live in {"true", "false"}, "Book/@live")
        _require(bool(_YEAR.fullmatch(year or "")), "Book/@year")
        _require(sequence is None or bool(_NUMBER.fullmatch(sequence)), "Book/@sequence")
        suffix = "" if live == "true" else "/so-cu"
        self._book = f"{self._attribute('Book', 'kind')}/{int(year or 0)}{suffix}"
        self._sequence = None if sequence is None else int(sequence)
        self._details = self._read_details()

    def different(self, logged: Logged) -> list[str]:
        """Return what the file says otherwise than the log, by the names of elements."""
        leaf, fields = logged.leaf, logged.fields
        if not {"birth", "details", "provenance", "signatory"} <= set(fields):
            return ["Opening"]
        facts = _provenance(fields["provenance"])
        is_live, number, day, file = facts[0], facts[3], facts[4], facts[6]
        born = [self._text("Holder/BirthDate"), self._text("Holder/BirthText") or ""]
        together = canonical.dumps(born).decode() if all(born) else born[0] or born[1]
        signed = [self._text("Signatory/Title") or "", self._text("Signatory/Name") or ""]
        decided = [self._attribute("Decision", "number"), self._attribute("Decision", "date")]
        source = [self._attribute("Source", name) for name in ("file", "sheet", "row")]
        row = None if facts[8] is None else str(facts[8])
        holds: dict[str, bool] = {
            "LeafHash": self._text("LeafHash") == leaf_hash(self._entry).hex(),
            "Act": self._text("Act") == leaf.act,
            "Issuer": self.issuer == leaf.issuer,
            "Book": (self._book, self._sequence) == (leaf.book, leaf.sequence),
            "Live": is_live is (not self._book.endswith("/so-cu")),
            "BirthDate": together == (fields.get("birth") or ""),
            "Signatory": canonical.dumps(signed) == str(fields.get("signatory")).encode(),
            "Detail": self._details == fields.get("details"),
            "Decision": decided == ([number, day] if number else [None, None]),
            "Source": _texts(source) == _texts([file, facts[7], row] if file else [None] * 3),
        }
        plain = {
            "Code": "code", "Kind": "kind", "EntryNumber": "entry_number", "Serial": "serial",
            "IssuedOn": "issued_on", "Holder/FullName": "full_name", "Holder/Sex": "sex",
            "Holder/BirthPlace": "birth_place", "Holder/Ethnicity": "ethnicity",
            "Holder/Nationality": "nationality", "Holder/PersonalId": "personal_id",
        }  # fmt: skip
        for tag, name in plain.items():
            holds[tag] = name in fields and (self._text(tag) or "") == (fields[name] or "")
        return [name for name, is_same in holds.items() if not is_same]

    def shown(self) -> dict[str, str | None]:
        """Return what is to be compared with the paper."""
        tags = {
            "full_name": "Holder/FullName", "serial": "Serial", "entry_number": "EntryNumber",
            "code": "Code", "kind": "Kind", "issued_on": "IssuedOn",
        }  # fmt: skip
        found = {name: self._text(tag) for name, tag in tags.items()}
        born = self._text("Holder/BirthDate") or self._text("Holder/BirthText")
        return {**found, "birth": born}

    def _status_entry(self, element: etree._Element) -> dict[str, str]:
        purpose, index = str(element.get("purpose")), str(element.get("index"))
        address = str(element.get("list"))
        _require(bool(_INDEX.fullmatch(index)), "StatusEntry/@index")
        _require(address.endswith(f"/{purpose}"), "StatusEntry/@list")
        return {
            "statusPurpose": purpose,
            "statusListIndex": index,
            "statusListCredential": address,
        }

    def _read_details(self) -> str:
        """Return the details as the log commits to them: canonical JSON."""
        found: dict[str, Any] = {}
        for each in self._root.findall(self._path("Holder/Detail")):
            name, text = str(each.get("name")), each.text or ""
            _require(name not in found, "Detail/@name")
            found[name] = text if each.get("json") is None else json.loads(text)
            _require(each.get("json") is None or not isinstance(found[name], str), "Detail/@json")
        return canonical.dumps(found).decode()

    def _text(self, path: str) -> str | None:
        found = self._root.find(self._path(path))
        return None if found is None else found.text

    def _attribute(self, tag: str, name: str) -> str | None:
        found = self._root.find(_q(tag))
        return None if found is None else found.get(name)

    @staticmethod
    def _path(path: str) -> str:
        return "/".join(_q(tag) for tag in path.split("/"))


def _provenance(text: Value) -> list[Any]:
    """Return the values put together there, or as many that equal nothing a file can say."""
    try:
        found = json.loads(str(text))
    except ValueError:
        found = None
    return found if isinstance(found, list) and len(found) == _FACTS else [object()] * _FACTS


def _texts(values: list[Any]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _claims_us(root: etree._Element, trust: Trust) -> bool:
    """Say whether the file is of this register: by what it names, or being a line of nobody else.

    A line whose status lists are somebody else's and that names nothing of ours is theirs.
    """
    marks = (trust.did_prefix, f"https://{trust.base}/", f"\n{trust.base}/")
    said = [text for each in root.iter() for text in (each.text, *each.attrib.values()) if text]
    if any(mark in text for mark in marks for text in said):
        return True
    if not str(root.tag).startswith("{urn:sogoc:"):
        return False
    lists = [str(each.get("list")) for each in root.iter(_q("StatusEntry"))]
    return not lists or not all(each.startswith("https://") for each in lists)


def _require(holds: bool, where: str) -> None:
    if not holds:
        raise ValueError(where)
