"""Checks against the bundle: the log, the issuer's authority, the status lists."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sogoc.kernel import log_policy, merkle, status_lists
from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import Leaf, Value, leaf_hash, parse_leaf
from sogoc.kernel.leaf_opening import read_opening
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.periods import VIET_NAM, local_day
from sogoc.verifier.report import Report
from sogoc.verifier.trust import Trust, TrustedLog, moment, signed_by

PURPOSES: Final = ("revocation", "suspension", "refresh")
_ACTS: Final = {"issue", "legacy"}


@dataclass(frozen=True, slots=True)
class Logged:
    """A line as the log commits to it."""

    leaf: Leaf
    fields: Mapping[str, Value]
    origin: str


def judge_log(
    evidence: Mapping[str, str], trust: Trust, signed_at: datetime, report: Report
) -> Logged | None:
    """Check inclusion, quorum and consistency; return what the log commits to."""
    try:
        entry = base64.b64decode(evidence["leaf"], validate=True)
        leaf = parse_leaf(entry)
        proof = LogProof.parse(evidence["tlogProof"])
        fields = read_opening(evidence["opening"], leaf.commitment)
        checkpoint = proof.unverified_checkpoint()
    except (Error, binascii.Error, ValueError):
        report.failed(
            "inclusion",
            "Bằng chứng vào sổ không đọc được hoặc không khớp.",
            "The proof of entry cannot be read or does not fit.",
        )
        return None
    known = trust.logs.get(checkpoint.origin)
    if known is None:
        _unknown_log(checkpoint.origin, trust, signed_at, report)
        return None
    try:
        verdict = known.policy.judge(proof.note)
        merkle.verify_inclusion(
            proof.index, checkpoint.size, leaf_hash(entry), proof.hashes, checkpoint.root
        )
    except Error:
        report.failed(
            "inclusion",
            "Bằng chứng vào sổ không đúng: chữ ký của nhật ký hoặc đường dẫn sai.",
            "The proof of entry is false: the log's signature or the path is wrong.",
        )
        return None
    if leaf.act not in _ACTS:
        report.failed(
            "inclusion", "Mục nhật ký không phải việc cấp.", "The log entry is no act of issue."
        )
        return None
    report.passed(
        "inclusion",
        f"Dòng sổ là mục {proof.index} của nhật ký {checkpoint.origin}.",
        f"The line is entry {proof.index} of the log {checkpoint.origin}.",
    )
    _judge_consistency(known, checkpoint.size, checkpoint.root, report)
    _judge_quorum(verdict, report)
    return Logged(leaf, fields, checkpoint.origin)


def _judge_quorum(verdict: log_policy.Verdict, report: Report) -> None:
    if not verdict.is_met:
        report.failed(
            "quorum",
            "Điểm kiểm không đủ bên chứng kiến xác nhận.",
            "Not enough witnesses have cosigned the checkpoint.",
        )
    elif verdict.witnesses:
        names = ", ".join(verdict.witnesses)
        report.passed("quorum", f"Bên chứng kiến: {names}.", f"Witnesses: {names}.")
    else:
        report.passed(
            "quorum",
            "Nhật ký này không đòi bên chứng kiến.",
            "This log asks for no witnesses.",
        )


def _unknown_log(origin: str, trust: Trust, signed_at: datetime, report: Report) -> None:
    if origin.startswith(f"{trust.base}/") and signed_at > trust.made:
        report.unknown(
            "inclusion",
            f"Gói tin cậy cũ hơn nhật ký {origin}.",
            f"The trust bundle is older than the log {origin}.",
        )
        return
    report.failed(
        "inclusion",
        f"Bằng chứng của nhật ký khác: {origin}.",
        f"The proof is of another log: {origin}.",
    )


def _judge_consistency(log: TrustedLog, size: int, root: bytes, report: Report) -> None:
    if log.roots.get(size) == root:
        report.passed(
            "consistency",
            "Điểm kiểm nằm trong lịch sử đã công bố của nhật ký.",
            "The checkpoint is in the published history of the log.",
        )
    elif size > log.size:
        report.unknown(
            "consistency",
            f"Gói tin cậy biết nhật ký đến cỡ {log.size}, bằng chứng ở cỡ {size}.",
            f"The bundle knows the log up to size {log.size}, the proof is at {size}.",
        )
    else:
        report.failed(
            "consistency",
            "Nhật ký chưa từng công bố điểm kiểm này: lịch sử bị viết lại.",
            "The log never published this checkpoint: a rewritten history.",
        )


def judge_authority(
    issuer: str, kind: str, on: date, trust: Trust, report: Report
) -> Mapping[str, Any] | None:
    """Check that the Ministry authorised the issuer for the kind on that day; return who it is."""
    name = "authority"
    keys = trust.keys.get(trust.ministry, {})
    statements = [each for each in trust.authority.get(issuer, ()) if signed_by(each, keys)]
    statements = [each for each in statements if each.get("issuer") == trust.ministry]
    if not statements:
        report.unknown(
            name,
            "Gói tin cậy không có văn bản của Bộ về thẩm quyền của đơn vị này.",
            "The bundle has no statement of the Ministry about this body.",
        )
        return None
    newest = max(statements, key=lambda each: moment(each["validFrom"]))
    subject: Mapping[str, Any] = newest["credentialSubject"]
    stated = local_day(moment(newest["validFrom"]))
    found = [
        each
        for each in subject["mayIssue"]
        if each["credentialKind"] == kind
        and each["fromDay"] <= on.isoformat()
        and on.isoformat() < each.get("untilDay", "9999-12-31")
    ]
    _say_authority(found, on, stated, report)
    return subject


def _say_authority(found: list[Mapping[str, Any]], on: date, stated: date, report: Report) -> None:
    name = "authority"
    allowed = [each for each in found if each["standing"] == "allowed"]
    day, day_en = f"{on:%d/%m/%Y}", on.isoformat()
    if allowed and on <= stated:
        basis = allowed[0]["legalBasis"]
        report.passed(
            name,
            f"Ngày {day} đơn vị được cấp loại này: {basis}.",
            f"On {day_en} the body might issue this kind: {basis}.",
        )
        report.facts["authority"] = basis
    elif on > stated:
        report.unknown(
            name,
            f"Văn bản thẩm quyền lập ngày {stated:%d/%m/%Y}, trước ngày cấp.",
            f"The statement of authority is of {stated}, before the day of issue.",
        )
    elif found:
        report.unknown(
            name,
            f"Thẩm quyền ngày {day} phụ thuộc ý kiến bằng văn bản: {found[0]['legalBasis']}.",
            f"Authority on {day_en} depends on a written opinion: {found[0]['legalBasis']}.",
        )
    else:
        report.failed(
            name,
            f"Ngày {day} đơn vị không có thẩm quyền cấp loại này.",
            f"On {day_en} the body had no authority to issue this kind.",
        )


def judge_status(
    entries: list[Mapping[str, str]], issuer: str, trust: Trust, at: datetime, report: Report
) -> None:
    """Check each purpose in the list that is valid at the time."""
    for entry in entries:
        purpose, address = entry["statusPurpose"], entry["statusListCredential"]
        states = trust.status_lists.get(address, ())
        if not states:
            report.unknown(
                "status",
                f"Không có danh sách trạng thái {address}.",
                f"The status list {address} is not at hand.",
            )
            continue
        state = _valid_at(states, at)
        if state is None:
            last = max(str(each.get("validUntil")) for each in states)
            report.unknown(
                "status",
                f"Danh sách trạng thái không có hiệu lực lúc kiểm (đến {last}).",
                f"No status list is valid at that time (the last until {last}).",
            )
            continue
        _judge_state(state, entry, purpose, issuer, trust, report)


def _valid_at(states: Any, at: datetime) -> Mapping[str, Any] | None:
    valid = [
        each for each in states if moment(each["validFrom"]) <= at < moment(each["validUntil"])
    ]
    return max(valid, key=lambda each: moment(each["validFrom"]), default=None)


def _judge_state(
    state: Mapping[str, Any],
    entry: Mapping[str, str],
    purpose: str,
    issuer: str,
    trust: Trust,
    report: Report,
) -> None:
    since = moment(state["validFrom"])
    try:
        subject = state["credentialSubject"]
        is_theirs = (
            state["issuer"] == issuer
            and subject["statusPurpose"] == purpose
            and signed_by(state, trust.keys.get(issuer, {})) is not None
        )
        bits = status_lists.decode_bitstring(subject["encodedList"])
        is_set = status_lists.is_set(bits, int(entry["statusListIndex"]))
    except (Error, ValueError, TypeError, LookupError):
        is_theirs = False
    if not is_theirs:
        report.unknown(
            "status",
            "Danh sách trạng thái không phải của đơn vị cấp hoặc bị sửa.",
            "The status list is not the issuer's or was altered.",
        )
        return
    report.as_of = since if report.as_of is None else min(report.as_of, since)
    when = f"{since.astimezone(VIET_NAM):%H:%M %d/%m/%Y}"
    when_en = f"{since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if purpose == "refresh":
        if is_set:
            report.facts["superseded"] = True
        newer, newer_en = (
            ("đã có", "a newer copy exists") if is_set else ("không có", "no newer copy")
        )
        report.passed("status", f"Bản mới hơn: {newer} ({when}).", f"{newer_en} ({when_en}).")
    elif is_set:
        word, word_en = _SET[purpose]
        report.failed("status", f"{word} ({when}).", f"{word_en} ({when_en}).")
    else:
        word, word_en = _NOT_SET[purpose]
        report.passed("status", f"{word} ({when}).", f"{word_en} ({when_en}).")


_SET: Final = {
    "revocation": ("Đã bị thu hồi hoặc hủy bỏ", "Revoked or cancelled"),
    "suspension": ("Đang tạm dừng giá trị", "Suspended"),
}
_NOT_SET: Final = {
    "revocation": ("Không bị thu hồi", "Not revoked"),
    "suspension": ("Không bị tạm dừng", "Not suspended"),
}
