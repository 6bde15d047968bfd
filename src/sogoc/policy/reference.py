"""Writes docs/reference/checks.md from the checks and the law; a test fails when it is stale.

Write it anew with ``python -m sogoc.policy.reference > docs/reference/checks.md``.
"""

from __future__ import annotations

import sys
from datetime import date

from sogoc.policy.check import Check, checks
from sogoc.policy.loader import load_law
from sogoc.policy.statute import AuthorityRow, Law

_GENERATED = (
    "Trang này do `python -m sogoc.policy.reference` viết ra; đừng sửa tay. "
    "This page is generated; do not edit it."
)
_RESULTS = (
    "Kết quả: pass · fail (`error`) · warn (`warning`) · review (`review`) · not applicable · "
    "not in force. Dòng có `error` không được cấp; `review` chờ ý kiến bằng văn bản."
)
_SCOPES = {"act": "việc cấp · act", "row": "từng dòng · row", "list": "cả danh sách · list"}
_CONFIDENCE = {"found": "đã thấy", "recalled": "theo trí nhớ", "uncertain": "chưa chắc chắn"}


def render() -> str:
    """The page: every check with its message, citations and ground, then the authority matrix."""
    law = load_law()
    parts = [
        "# Phép kiểm và thẩm quyền · Checks and authority",
        "",
        _GENERATED,
        "",
        _RESULTS,
        "",
        "## Phép kiểm",
        "",
        f"{len(checks())} phép kiểm, rà soát đến {law.reviewed:%d/%m/%Y}.",
    ]
    for check in checks():
        parts += _check(check, law)
    parts += ["", "## Ma trận thẩm quyền", ""]
    parts += ["| Dòng | Loại | Từ | Đến trước ngày | Tư cách | Người ký | Căn cứ | Độ tin |"]
    parts += ["|---|---|---|---|---|---|---|---|"]
    parts += [_row(row, law) for row in law.matrix]
    return "\n".join(parts) + "\n"


def _check(check: Check, law: Law) -> list[str]:
    lines = ["", f"### {check.id}", "", f"{check.message.vi}  ", f"*{check.message.en}*", ""]
    if check.explanation:
        lines += [check.explanation, ""]
    kind = f"vi phạm {check.violation}" if check.violation else "quy tắc nghiệp vụ"
    lines.append(f"- {kind}; xét: {_SCOPES[check.scope]}; rà soát {check.reviewed:%d/%m/%Y}")
    lines.append(f"- căn cứ, theo ngày: {'; '.join(law.cite((c,)) for c in check.citations)}")
    if check.ground_for_revocation is not None:
        lines.append(f"- căn cứ thu hồi: {law.cite((check.ground_for_revocation,))}")
    lines.append(f"- cách sửa: {check.remedy.vi}")
    return lines


def _row(row: AuthorityRow, law: Law) -> str:
    cells = [
        row.id,
        ", ".join(row.kinds),
        _day(row.period.start),
        _day(row.period.until),
        ", ".join(row.issuer_kinds),
        row.who.vi,
        law.cite(row.basis),
        _CONFIDENCE[row.confidence] + (f": {row.note.vi}" if row.note else ""),
    ]
    return "| " + " | ".join(cells) + " |"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day is not None else "–"


if __name__ == "__main__":
    sys.stdout.write(render())
