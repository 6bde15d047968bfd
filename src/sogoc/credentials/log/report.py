"""What an audit says: one named problem for each thing that is not as it was logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sogoc.kernel.text import Text

Kind = Literal[
    "line", "movement", "lot", "event", "leaf", "entry", "tile", "checkpoint", "stream", "age",
    "override", "ruling", "rule_set", "status_list",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was altered, removed or put in.

    `what` names it: a register line by its look-up code, a blank by its serial, an audit event by
    its id, an entry by `stream/index`, a file by its path.
    """

    kind: Kind
    what: str
    message: Text


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was compared, and what was found. `waiting` leaves have no signed checkpoint yet."""

    lines_checked: int
    movements_checked: int
    lots_checked: int
    events_checked: int
    entries_checked: int
    waiting: int
    problems: tuple[Problem, ...]
    erased: tuple[str, ...] = ()
    """Codes of lines without personal data, by a logged act of erasure: lawful, no problem."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def problem(kind: Kind, what: str, vi: str, en: str) -> Problem:
    """Return a problem; the sentences follow its name."""
    names = {
        "line": ("Dòng sổ gốc", "Register line"),
        "movement": ("Phôi", "Blank"),
        "lot": ("Lô phôi", "Lot of blanks"),
        "event": ("Sự kiện", "Audit event"),
        "leaf": ("Lá nhật ký", "Leaf"),
        "entry": ("Mục nhật ký", "Log entry"),
        "tile": ("Tệp nhật ký", "Log file"),
        "checkpoint": ("Điểm kiểm", "Checkpoint"),
        "stream": ("Nhật ký", "Log"),
        "age": ("Nhật ký", "Log"),
        "override": ("Miễn áp dụng", "Override"),
        "ruling": ("Ý kiến pháp lý", "Ruling"),
        "rule_set": ("Bộ quy tắc", "Rule set"),
        "status_list": ("Danh sách trạng thái", "Status list"),
    }
    name_vi, name_en = names[kind]
    return Problem(kind, what, Text(f"{name_vi} {what}: {vi}.", f"{name_en} {what}: {en}."))
