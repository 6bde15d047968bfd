"""Originals, copies and their clocks in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sogoc.cli.words import say, shown
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from datetime import date

    from sogoc.credentials.documents.api import LinePapers, PaperView

_ROLES: Final = {
    "original": Text("bản số gốc", "digital original"),
    "copy": Text("bản sao", "copy"),
    "supplement": Text("phụ lục văn bằng", "supplement"),
    "page": Text("trang sổ gốc", "page of the register"),
    "decision": Text("trích quyết định", "extract of the decision"),
}
_STATUSES: Final = {
    "current": Text("còn giá trị", "current"),
    "renewal_due": Text("cần lập lại", "renewal due"),
    "superseded": Text("đã có bản khác thay", "superseded"),
    "withdrawn": Text("không còn giá trị", "withdrawn"),
    "revoked": Text("văn bằng đã bị thu hồi", "credential revoked"),
}
_STANDINGS: Final = {
    "kept": Text("đúng hạn", "in time"),
    "late": Text("quá hạn", "late"),
    "open": Text("còn hạn", "not due yet"),
    "overdue": Text("đã quá hạn, chưa lập", "overdue"),
    "review": Text("thời hạn chưa chắc chắn, cần ý kiến", "the deadline is not certain: ask"),
    "none": Text("chưa có quy định thời hạn", "no deadline is known"),
}


def paper_line(view: PaperView) -> str:
    """One document in a line."""
    number = view.copy_number or (f"tr. {view.page_number}" if view.page_number else "")
    words = [view.number, shown(_ROLES[view.role]), number, shown(_STATUSES[view.status])]
    return "  " + " · ".join(word for word in words if word)


def papers_lines(papers: LinePapers) -> list[str]:
    """What a line has: the original on paper, the digital one, copies, supplement."""
    paper, digital = papers.paper, papers.digital
    lines = [
        say("bản giấy: ", "on paper: ")
        + _dated(paper.serial, paper.clock.done_on, paper.clock.due_on, paper.clock.standing)
    ]
    if digital.document is not None or digital.is_known:
        number = "–" if digital.document is None else digital.document.number
        clock = digital.clock
        lines.append(
            say("bản số: ", "digital: ")
            + _dated(number, clock.done_on, clock.due_on, clock.standing)
        )
    rest = [digital.document, papers.supplement, *papers.copies]
    return [*lines, *(paper_line(view) for view in rest if view is not None)]


def _dated(what: str, done_on: date | None, due_on: date | None, standing: str) -> str:
    parts = [what]
    if done_on is not None:
        parts.append(f"{done_on:%d/%m/%Y}")
    if due_on is not None:
        parts.append(say(f"hạn {due_on:%d/%m/%Y}", f"due {due_on}"))
    return " · ".join([*parts, shown(_STANDINGS[standing])])
