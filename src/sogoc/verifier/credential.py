"""Judging a digital credential of the register: strict in shape, then check by check.

A credential of ours has exactly these members, contexts and node ids. What deviates is refused and
never interpreted: a term bound to something else, a second proof, an unsigned remark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sogoc.kernel import data_integrity
from sogoc.kernel.data_integrity import DataIntegrityError, ProofOptions
from sogoc.kernel.leaf import Value
from sogoc.verifier import jsonld, terms
from sogoc.verifier.evidence import PURPOSES, Logged, judge_authority, judge_log, judge_status
from sogoc.verifier.jsonld import Document, DocumentError
from sogoc.verifier.report import Report, Result
from sogoc.verifier.trust import Trust, TrustedKey, moment, options_of

KIND: Final = "vc"

_MEMBERS: Final = {
    "@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject", "evidence",
    "credentialStatus", "proof",
}  # fmt: skip
_EVIDENCE: Final = {"id", "type", "leaf", "opening", "tlogProof"}
_STATUS: Final = {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}
_IDENTIFIER: Final = {"id", "type", "hashed", "identityHash", "identityType"}
_ACHIEVEMENT: Final = {"id", "type", "name", "description", "achievementType", "criteria"}
_IDENTITY: Final = re.compile(
    r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")


class _Malformed(Exception):
    """The credential is not of the shape of ours; the message says where."""


def judge(data: bytes, trust: Trust, at: datetime) -> Report:
    """Judge the bytes of a credential as of a time."""
    report = Report(KIND, is_development=trust.is_development)
    try:
        document = jsonld.parse(data)
    except DocumentError:
        report.failed("document", "Tệp không đọc được.", "The file cannot be read.")
        return report
    if not _claims_us(document, trust):
        report.unknown(
            "document",
            "Tệp không nhận là của sổ gốc này.",
            "The file does not claim to be of this register.",
        )
        return report
    try:
        options = _shape(document)
        plain = {name: value for name, value in document.items() if name != "proof"}
        canonical = jsonld.canonical(plain)
        _require(not re.search(rb"(^| )_:", canonical, re.M), "blank node")
    except (
        _Malformed,
        DocumentError,
        DataIntegrityError,
        ValueError,
        TypeError,
        KeyError,
    ) as error:
        where = str(getattr(error, "context", error))[:200]
        report.failed(
            "document",
            f"Tệp không đúng dạng của chứng thực số: {where}",
            f"The file is not of the form of a credential: {where}",
        )
        return report
    report.passed("document", "Tệp đúng dạng.", "The file is well formed.")
    _judge(document, canonical, options, trust, at, report)
    return report


def _judge(
    document: Document,
    canonical: bytes,
    options: ProofOptions,
    trust: Trust,
    at: datetime,
    report: Report,
) -> None:
    issuer: str = document["issuer"]["id"]
    signed_at = moment(options.created)
    _judge_signature(document, canonical, options, trust, report)
    if signed_at > at:
        report.unknown(
            "certificate",
            f"Tệp ký lúc {options.created}, sau thời điểm kiểm.",
            f"The file was signed at {options.created}, after the time of the check.",
        )
    logged = judge_log(document["evidence"][0], trust, signed_at, report)
    subject = document["credentialSubject"]
    issued_on = date.fromisoformat(subject["issuedOn"])
    if logged is not None:
        _judge_claims(subject, issuer, logged, trust, report)
    if signed_at.date() < issued_on and signed_at < moment(document["validFrom"]):
        report.failed(
            "certificate", "Tệp ký trước ngày cấp.", "The file was signed before the day of issue."
        )
    body = judge_authority(issuer, subject["credentialKind"], issued_on, trust, report)
    judge_status(document["credentialStatus"], issuer, trust, at, report)
    shown = {field: subject.get(claim) for field, claim in terms.CLAIMS.items()}
    report.facts |= {field: value for field, value in shown.items() if value is not None}
    # names of issuer and kind as the register has them, not as the file calls them
    report.facts["issuer"] = issuer
    report.facts["issuer_name"] = None if body is None else body.get("name")
    kind = subject["credentialKind"]
    report.facts["credential_name"] = trust.kinds.get(kind, kind)
    report.facts["signed_at"] = options.created


def _judge_signature(
    document: Document, canonical: bytes, options: ProofOptions, trust: Trust, report: Report
) -> None:
    issuer, signed_at = document["issuer"]["id"], moment(options.created)
    keys = trust.keys.get(issuer)
    key = None if keys is None else keys.get(options.verification_method)
    if key is None:
        is_newer = issuer.startswith(trust.did_prefix) and signed_at > trust.made
        report.add(
            "signature",
            Result.UNKNOWN if is_newer else Result.FAIL,
            "Gói tin cậy không có khóa này của đơn vị cấp.",
            "The bundle has no such key of the issuer.",
        )
        return
    try:
        is_good = data_integrity.verifies(
            document["proof"]["proofValue"],
            key.multikey,
            options.cryptosuite,
            options=options.canonical(),
            document=canonical,
        )
    except DataIntegrityError:
        is_good = False
    if not is_good:
        report.failed("signature", "Chữ ký số sai.", "The signature is false.")
        return
    report.passed(
        "signature",
        f"Chữ ký số {options.cryptosuite} đúng.",
        f"The {options.cryptosuite} signature holds.",
    )
    _judge_period(key, signed_at, options.created, report)


def _judge_period(key: TrustedKey, signed_at: datetime, created: str, report: Report) -> None:
    if key.serves(signed_at):
        report.passed(
            "certificate",
            f"Khóa của đơn vị đang dùng lúc ký ({created}).",
            f"The body's key served at the time of signing ({created}).",
        )
    else:
        report.failed(
            "certificate",
            f"Khóa không dùng lúc ký ({created}).",
            f"The key did not serve at the time of signing ({created}).",
        )


def _judge_claims(
    subject: Mapping[str, Any], issuer: str, logged: Logged, trust: Trust, report: Report
) -> None:
    """The file shows exactly what the log commits to, and the logged act is the issuer's."""
    different = [
        claim
        for field, claim in terms.CLAIMS.items()
        if _text(logged.fields.get(field)) != subject.get(claim) or field not in logged.fields
    ]
    if issuer != f"{trust.did_prefix}{logged.leaf.issuer}":
        different.append("issuer")
    if "name" in subject and subject["identifier"][0]["identityHash"] != subject["name"]:
        different.append("identifier")
    if different:
        names = ", ".join(different)
        report.failed(
            "inclusion",
            f"Nội dung khác với điều nhật ký cam kết: {names}.",
            f"The content differs from what the log commits to: {names}.",
        )


def _text(value: Value) -> str | None:
    return None if value in {None, ""} else str(value)


def _claims_us(document: Document, trust: Trust) -> bool:
    """Say whether anything in the file names this register: issuer, key, log or status lists."""
    host = f"https://{trust.base}/"
    marks = (trust.did_prefix, host, f"\n{trust.base}/")
    seen: list[Any] = [document]
    while seen:
        each = seen.pop()
        if isinstance(each, str) and (each.startswith(marks[:2]) or marks[2] in each):
            return True
        if isinstance(each, dict):
            seen += each.values()
        elif isinstance(each, list):
            seen += each
    return False


def _shape(document: Document) -> ProofOptions:
    """Check the shape and return the proof's options. Raises what `judge` catches."""
    _require(set(document) == _MEMBERS, "members")
    _require(document["@context"] == terms.CONTEXT, "@context")
    identity = document["id"]
    _require(isinstance(identity, str) and bool(_IDENTITY.fullmatch(identity)), "id")
    _require(document["type"] == ["VerifiableCredential", "OpenBadgeCredential"], "type")
    issuer = document["issuer"]
    _require(set(issuer) == {"id", "type", "name"} and issuer["type"] == ["Profile"], "issuer")
    _require(all(isinstance(issuer[name], str) for name in ("id", "name")), "issuer")
    _require(isinstance(document["name"], str), "name")
    moment(document["validFrom"])
    subject = document["credentialSubject"]
    allowed = {"id", "type", "identifier", "achievement", *terms.CLAIMS.values()}
    _require(isinstance(subject, dict) and set(subject) <= allowed, "credentialSubject")
    _require({"credentialKind", "issuedOn"} <= set(subject), "credentialSubject")
    for claim in ("id", *terms.CLAIMS.values()):
        _require(isinstance(subject.get(claim, ""), str), claim)
    _require(document["validFrom"] == f"{subject['issuedOn']}T00:00:00+07:00", "validFrom")
    date.fromisoformat(subject["issuedOn"])
    _require(subject["type"] == ["AchievementSubject"], "credentialSubject")
    _shape_identifier(subject)
    _shape_achievement(subject["achievement"])
    evidence = document["evidence"]
    _require(isinstance(evidence, list) and len(evidence) == 1, "evidence")
    _require(set(evidence[0]) == _EVIDENCE, "evidence")
    _require(all(isinstance(evidence[0][n], str) for n in _EVIDENCE - {"type"}), "evidence")
    _require(evidence[0]["type"] == ["Evidence", "RegisterProof"], "evidence")
    _shape_status(document["credentialStatus"])
    proof = document["proof"]
    _require(isinstance(proof, dict) and "proofValue" in proof, "proof")
    return options_of({name: value for name, value in proof.items() if name != "proofValue"})


def _shape_identifier(subject: Mapping[str, Any]) -> None:
    """The name once more, in the form Open Badges readers look for."""
    if "name" not in subject:
        _require("identifier" not in subject, "identifier")
        return
    entries = subject["identifier"]
    _require(isinstance(entries, list) and len(entries) == 1, "identifier")
    _require(isinstance(entries[0], dict) and set(entries[0]) == _IDENTIFIER, "identifier")
    texts = [entries[0][name] for name in ("id", "identityHash", "identityType")]
    _require(all(isinstance(text, str) for text in texts), "identifier")
    _require(isinstance(entries[0]["hashed"], bool), "identifier")
    _require(entries[0]["type"] == "IdentityObject", "identifier")


def _shape_achievement(achievement: Any) -> None:
    _require(isinstance(achievement, dict) and set(achievement) == _ACHIEVEMENT, "achievement")
    _require(achievement["type"] == ["Achievement"], "achievement")
    criteria = achievement["criteria"]
    _require(isinstance(criteria, dict) and set(criteria) == {"id", "narrative"}, "criteria")
    texts = [achievement[name] for name in _ACHIEVEMENT - {"type", "criteria"}]
    _require(all(isinstance(text, str) for text in [*texts, *criteria.values()]), "achievement")


def _shape_status(entries: Any) -> None:
    _require(isinstance(entries, list) and len(entries) == len(PURPOSES), "credentialStatus")
    for entry, purpose in zip(entries, PURPOSES, strict=True):
        _require(set(entry) == _STATUS, "credentialStatus")
        _require(all(isinstance(value, str) for value in entry.values()), "credentialStatus")
        _require(entry["type"] == "BitstringStatusListEntry", "credentialStatus")
        _require(entry["statusPurpose"] == purpose, "credentialStatus")
        _require(bool(_INDEX.fullmatch(entry["statusListIndex"])), "credentialStatus")
        address = entry["statusListCredential"]
        _require(address.endswith(f"/{purpose}"), "credentialStatus")


def _require(holds: bool, where: str) -> None:
    if not holds:
        raise _Malformed(where)
