"""Sheets: pages of the register and decisions with their lists, which attach proofs, no credential.

Their lines are in the log, each with its proof; what the page says of them is the signing body's
word. Whether a sheet still counts is known to the register alone: `unknown` from outside.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Final

from sogoc.kernel import merkle
from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import leaf_hash, parse_leaf
from sogoc.kernel.log_proof import LogProof
from sogoc.verifier.report import Report
from sogoc.verifier.trust import Trust

ENTRIES: Final = "so-goc.entries.json"
"""Name of the proofs attached to a sheet."""


def judge_entries(data: bytes, trust: Trust, report: Report) -> set[str]:
    """Check that every line of a sheet is in the log as published, under its quorum.

    Returns the bodies whose lines they are.
    """
    bodies: set[str] = set()
    try:
        found = json.loads(data)
        entries = found["entries"]
        if found["version"] != 1 or not isinstance(entries, list) or not entries:
            raise ValueError("version")  # noqa: TRY301 - one answer for every slip
        is_newer = [_is_newer(each, trust, bodies) for each in entries]
    except (Error, ValueError, TypeError, LookupError, RecursionError, binascii.Error):
        report.failed(
            "inclusion",
            "Bằng chứng các dòng nằm trong nhật ký không đúng.",
            "The proofs that the lines are in the log are false.",
        )
        return set()
    count = len(entries)
    report.passed(
        "inclusion",
        f"{count} dòng của tờ này nằm trong nhật ký.",
        f"{count} lines of this sheet are in the log.",
    )
    if any(is_newer):
        report.unknown(
            "consistency",
            "Gói tin cậy cũ hơn bằng chứng của tờ này.",
            "The trust bundle is older than the proofs of this sheet.",
        )
    report.unknown(
        "status",
        "Tờ này ghi sổ gốc vào ngày lập; còn dùng được không thì chỉ sổ gốc biết.",
        "This sheet shows the register on its day; the register alone knows whether it counts.",
    )
    return bodies


def _is_newer(entry: dict[str, Any], trust: Trust, bodies: set[str]) -> bool:
    """Verify one proof, note whose line it is; say whether it is newer than the bundle.

    Raises what is caught above.
    """
    if not all(isinstance(entry[name], str) for name in ("leaf", "tlogProof")):
        raise ValueError("entry")
    leaf = base64.b64decode(entry["leaf"], validate=True)
    line = parse_leaf(leaf)
    if line.act not in ("issue", "legacy"):
        raise ValueError("act")
    bodies.add(line.issuer)
    proof = LogProof.parse(entry["tlogProof"])
    checkpoint = proof.unverified_checkpoint()
    log = trust.logs[checkpoint.origin]
    if not log.policy.judge(proof.note).is_met:
        raise ValueError("quorum")
    merkle.verify_inclusion(
        proof.index, checkpoint.size, leaf_hash(leaf), proof.hashes, checkpoint.root
    )
    if log.roots.get(checkpoint.size) == checkpoint.root:
        return False
    if checkpoint.size <= log.size:
        raise ValueError("consistency")
    return True
