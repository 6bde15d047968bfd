"""Writes docs/reference/checks.md from the checks and the law; a test fails when it is stale.

Write it anew with ``python -m sogoc.policy.reference > docs/reference/checks.md``.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from importlib import resources
from typing import Any

import yaml

from sogoc.policy.check import GUARDED, HARD, Check, checks
from sogoc.policy.loader import load_law
from sogoc.policy.provisions import CONFIDENCE
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
_EXPECTED = {
    "pass": "đạt", "fail": "vi phạm", "warn": "lưu ý", "review": "xin ý kiến",
    "not_applicable": "không xét", "not_in_force": "chưa có hoặc hết hiệu lực",
}  # fmt: skip


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
        (
            f"{len(checks())} phép kiểm, rà soát đến {law.reviewed:%d/%m/%Y}. Vi phạm, điều khoản "
            "nào được kiểm: [coverage.md](coverage.md)."
        ),
        "",
        (
            f"Không ai được miễn áp dụng phép kiểm về {', '.join(sorted(HARD))} (pháp luật cứng) "
            f"và {', '.join(sorted(GUARDED))} (cơ sở dữ liệu cũng từ chối), hay phép kiểm mà thiếu "
            "điều nó đòi thì không cấp được: "
            f"{', '.join(check.id for check in checks() if check.is_needed)}."
        ),
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
    lines.append(f"- hiệu lực: {_in_force(check, law)}; độ tin: {CONFIDENCE[check.confidence].vi}")
    waived = "có, hai người, có lý do" if check.may_be_overridden else "không"
    lines.append(f"- miễn áp dụng: {waived}" if check.id.startswith("E-") else "- không chặn")
    lines.append(f"- cách sửa: {check.remedy.vi}")
    cases = cases_of(check)
    counts = Counter(str(case["expect"]) for case in cases)
    words = ", ".join(f"{_EXPECTED[name]} {counts[name]}" for name in _EXPECTED if name in counts)
    lines += ["", f"<details><summary>{len(cases)} trường hợp: {words}</summary>", ""]
    lines += [f"- {case['case']}: **{_EXPECTED[case['expect']]}**" for case in cases]
    return [*lines, "", "</details>"]


def cases_of(check: Check) -> list[dict[str, Any]]:
    """The cases beside a check, in the law's words."""
    folder = resources.files("sogoc.policy.checks") / check.area
    file = folder / f"{check.id.lower().replace('-', '_')}.yaml"
    cases: list[dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))
    return cases


def _in_force(check: Check, law: Law) -> str:
    """From when to when acts are judged by it."""
    start, until = check.period.start, check.period.until
    if check.only_while_cited:
        periods = [law.instruments[c.instrument].period for c in check.citations]
        starts = [p.start for p in periods]
        ends = [p.until for p in periods]
        start = None if None in starts else min(d for d in starts if d is not None)
        until = None if None in ends else max(d for d in ends if d is not None)
    if start is None and until is None:
        return "mọi ngày"
    return f"từ {_day(start)}" + (f" đến trước {_day(until)}" if until is not None else "")


def _row(row: AuthorityRow, law: Law) -> str:
    cells = [
        row.id,
        ", ".join(row.kinds),
        _day(row.period.start),
        _day(row.period.until),
        ", ".join(row.issuer_kinds),
        row.who.vi,
        law.cite(row.basis),
        CONFIDENCE[row.confidence].vi + (f": {row.note.vi}" if row.note else ""),
    ]
    return "| " + " | ".join(cells) + " |"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day is not None else "–"


if __name__ == "__main__":
    sys.stdout.write(render())
