"""{receiver} nhận thay mà không ghi giấy ủy quyền.

{receiver} received it for the holder, and no authorisation is noted.

The holder signs for receipt; somebody else only with a letter of authorisation. Schools that
collect and sign in bulk are what inspectors find.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-RECEIVED-BY-ANOTHER",
    violation="V24",
    scope="row",
    citations=(
        Cite("TT-21-2019", "điểm c khoản 2 Điều 4"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Bổ sung giấy ủy quyền vào hồ sơ và ghi số, ngày vào cột ghi chú.",
        "Put the letter of authorisation on file and note its number and day.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
)

_PROXY = re.compile(
    r"\b(?:nhan thay|nhan ho|ky thay|ky nhan thay|ky ho|nhan giup|(?:nha )?truong nhan|"
    r"(?:bo|me|cha|anh|chi|vo|chong|con|gvcn) (?:ky )?nhan)\b"
)
_AUTHORISED = re.compile(r"\b(?:uy quyen|uq|guq)\b")


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Words for a proxy in the receipt or the note, without a word of authorisation."""
    text = " ".join(filter(None, (row.receiver, row.note)))
    if not text:
        return PASSED
    words = " ".join(re.findall(r"\w+", fold(text)))
    if _PROXY.search(words) is None or _AUTHORISED.search(words) is not None:
        return PASSED
    column = "receiver_signature" if row.receiver and _PROXY.search(fold(row.receiver)) else "note"
    return warned(column=column, receiver=Text(f"Người khác (“{text}”)", f"Somebody (“{text}”)"))


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Only rows where something was written."""
    for index, row in enumerate(rows):
        if row.receiver or row.note:
            result = run(row, act, law)
            if result is not PASSED:
                yield index, result
