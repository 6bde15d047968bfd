"""Writes docs/reference/law-values.md: instruments, dated values, gaps; a test fails when stale.

Write it anew with ``python -m sogoc.policy.values_page > docs/reference/law-values.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from sogoc.kernel.periods import Period
from sogoc.policy.coherence import gaps
from sogoc.policy.loader import load_law
from sogoc.policy.provisions import ACT_WORDS, Provision, provisions
from sogoc.policy.statute import Law

_HEAD = """# Giá trị của luật · Values of the law

Trang này do `python -m sogoc.policy.values_page` viết ra; đừng sửa tay. This page is generated;
do not edit it.

Mỗi giá trị có ngày đầu, ngày cuối, căn cứ, độ tin, ngày rà soát và hạn rà soát lại. *Chưa chắc
chắn*: phần mềm không dùng làm hằng số, chỉ đưa ra để xin ý kiến. Quá hạn rà soát thì `sogoc law
values` ghi rõ. Ma trận thẩm quyền đầy đủ: [checks.md](checks.md).

So sánh hai ngày: `sogoc law diff 2026-04-14 2026-04-15`. Sổ đã vào không đổi kết luận khi luật
đổi: mỗi dòng xét theo luật của chính ngày cấp. Chỉ khi hai **bộ quy tắc** khác nhau (phần mềm sửa
một giá trị) thì `sogoc law diff MÃ-CŨ MÃ-MỚI` xét lại từng dòng sổ dưới cả hai, mỗi dòng tại ngày
của nó, và đếm số dòng mỗi phép kiểm kết luận khác; cả hai lần đều dùng mã kiểm tra đang chạy, nên
phần đổi của mã không đếm được.

A registered line is judged by the law of its own date, so between two days of one rule set no
judgement of the register changes. Between two rule sets known to a home every line is judged
under both, by the program running now; what a change of the program itself did is not counted,
and the command says so.
"""
_UNKNOWN = (
    "Những ngày không giá trị nào nói tới; việc rơi vào đó cần xin ý kiến. "
    "Days no value speaks of: ask for a ruling."
)
_CONFIDENCE = {"found": "đã thấy", "recalled": "theo trí nhớ", "uncertain": "**chưa chắc chắn**"}


def render() -> str:
    """The page: instruments, values by topic, and the days of which nothing is known."""
    law = load_law()
    parts = [_HEAD, f"Rà soát gần nhất: {law.reviewed:%d/%m/%Y}.", "", *_instruments(law)]
    for topic in law.topics.values():
        found = [p for p in provisions(law) if p.topic == topic.id]
        if topic.id == "authority" or not found:
            continue
        parts += ["", f"## {topic.name.vi} · {topic.name.en}", ""]
        parts += _table(
            ("Mã", "Nội dung", "Loại", "Từ", "Đến", "Căn cứ", "Độ tin", "Rà soát lại"),
            (_row(law, p) for p in sorted(found, key=_order)),
        )
    parts += ["", "## Chưa biết · Gaps", "", _UNKNOWN, "", *_gaps(law)]
    return "\n".join(parts) + "\n"


def _order(p: Provision) -> tuple[str, str]:
    return p.about, p.period.start.isoformat() if p.period.start else ""


def _instruments(law: Law) -> Iterator[str]:
    yield "## Văn bản · Instruments"
    yield ""
    rows = []
    for found in law.instruments.values():
        relations = [
            *(f"sửa đổi {law.instruments[n].short}" for n in found.amends),
            *(f"được thay bằng {law.instruments[n].short}" for n in found.replaced_by),
            *(f"còn gọi {n}" for n in found.other_numbers),
            *([found.note.vi] if found.note else []),
        ]
        signed = f"{found.signed:%d/%m/%Y}" if found.signed else "–"
        rows.append(
            (
                found.short, found.title, found.issuer.vi, signed, *_days(found.period),
                _CONFIDENCE[found.confidence], "; ".join(relations) or "–",
                f"{found.checked.review_by:%d/%m/%Y}",
            )
        )  # fmt: skip
    yield from _table(
        ("Số", "Tên", "Nơi ban hành", "Ký", "Từ", "Đến", "Độ tin", "Ghi chú", "Rà soát lại"), rows
    )


def _row(law: Law, p: Provision) -> tuple[str, ...]:
    act = f"{ACT_WORDS[p.about].vi}: " if p.about in ACT_WORDS else ""
    note = f" ({p.note.vi})" if p.note else ""
    kinds = ", ".join(p.kinds) or "mọi loại"
    sure = _CONFIDENCE[p.confidence] + note
    by = f"{p.checked.review_by:%d/%m/%Y}"
    text = f"{act}{p.text.vi}"
    return (p.id, text, kinds, *_days(p.period), law.cite(p.basis), sure, by)


def _gaps(law: Law) -> Iterator[str]:
    for gap in gaps(law):
        about = f" ({ACT_WORDS[gap.about].vi if gap.about in ACT_WORDS else gap.about})"
        kinds = f": {', '.join(gap.kinds)}" if gap.kinds else ""
        first, last = _days(gap.period)
        name = law.topics[gap.topic].name.vi
        yield f"- {name}{about if gap.about else ''}, {first} – {last}{kinds}"


def _days(period: Period) -> tuple[str, str]:
    first = f"{period.start:%d/%m/%Y}" if period.start else "–"
    last = f"{period.last_day:%d/%m/%Y}" if period.last_day else "–"
    return first, last


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


if __name__ == "__main__":
    sys.stdout.write(render())
