"""Columns of a list of a kind: those of its register's form, and what its checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sogoc.kernel.text import Text
from sogoc.policy.requirements import in_force, requirements
from sogoc.policy.statute import Kind, Law
from sogoc.policy.values import Form, FormColumn, Value

GRADES: Final = ("Xuất sắc", "Giỏi", "Khá", "Trung bình khá", "Trung bình")
RESULTS: Final = ("Đạt", "Không đạt")
MODES: Final = ("Chính quy", "Vừa làm vừa học", "Từ xa")

_LIKE: Final = {
    "bang_bo_tuc_thcs": "bang_thcs",
    "bang_bo_tuc_thpt": "bang_thpt",
    "bang_tccn": "bang_trung_cap",
    "bang_trung_hoc_nghe": "bang_trung_cap",
    "chuyen_sau_dac_thu": "cu_nhan",
}
"""Kinds that no form names, and the kind whose form their registers follow in practice."""
_LIKE_A_CERTIFICATE: Final = "cc_khac"
_WITH_EXAM: Final = ("bang_thpt", "bang_bo_tuc_thpt", "bang_bo_tuc_thcs")
_OF_FOREIGNERS: Final = "cc_tieng_viet_nnn"
_PERSON: Final = ("ethnicity", "nationality")


@dataclass(frozen=True, slots=True)
class ListForm:
    """The columns a list is asked for, in order.

    ``form`` is the statement of the law the columns are taken from: in force on the day where
    ``is_prescribed``, else the last one before (since 15/04/2026 no form is prescribed) or that of
    a kind whose registers look alike. ``from_checks`` are the columns no form has.
    """

    kind: Kind
    on: date
    form: Value
    is_prescribed: bool
    columns: tuple[FormColumn, ...]
    from_checks: frozenset[str]

    @property
    def above(self) -> tuple[Text, ...]:
        """What stands above the columns of the form."""
        return self.form.body.above if isinstance(self.form.body, Form) else ()

    @property
    def letter(self) -> str:
        """The form's letter in the law data."""
        return self.form.body.letter if isinstance(self.form.body, Form) else ""

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels to choose from, for kinds that have them."""
        return tuple(map(str, self.kind.levels or ()))


def list_form(kind: Kind, on: date, law: Law) -> ListForm:
    """Return the columns of a list of a kind on a day. The kind is one of the national system."""
    form, is_prescribed = _form(kind, on, law)
    columns = list(form.body.columns) if isinstance(form.body, Form) else []
    own = {column.field for column in columns}
    more = [name for name in _looked_at(kind, on, law) if name not in own]
    person = [_column(name) for name in more if name in _ABOUT_THE_PERSON]
    rest = [_column(name) for name in more if name not in _ABOUT_THE_PERSON]
    places = [n for n, column in enumerate(columns, 1) if column.field in _PERSON]
    after_person = max(places, default=len(columns))
    columns[after_person:after_person] = person
    fields = [column.field for column in columns]
    results = [fields.index(name) for name in ("result", "grade", "serial") if name in fields]
    before_result = min(results, default=len(columns))
    columns[before_result:before_result] = rest
    return ListForm(kind, on, form, is_prescribed, tuple(columns), frozenset(more))


def _form(kind: Kind, on: date, law: Law) -> tuple[Value, bool]:
    """The form of the kind on the day, else the last one before, else the first there is."""
    forms = [v for v in law.values if v.topic == "register_form" and isinstance(v.body, Form)]
    own = [v for v in forms if kind.id in v.kinds]
    for value in own:
        if value.period.contains(on):
            return value, True
    like = _LIKE.get(kind.id, _LIKE_A_CERTIFICATE)
    known = own or [v for v in forms if like in v.kinds]
    ordered = sorted(known, key=lambda v: v.period.start or date.min)
    before = [v for v in ordered if (v.period.start or date.min) <= on]
    return (before or ordered)[-1 if before else 0], False


_ABOUT_THE_PERSON: Final = frozenset(
    {"nationality", "personal_id", "passport", "candidate_number", "student_code"}
)


def _looked_at(kind: Kind, on: date, law: Law) -> list[str]:
    """Fields that tell people apart, or that a check of the kind asks for."""
    has_programmes = in_force(requirements().programmes, kind.id, on) is not None
    found = ["nationality", "personal_id"]
    if kind.id == _OF_FOREIGNERS:
        found.append("passport")
    if has_programmes:
        found.append("student_code")
    elif kind.category == "certificate" or kind.id in _WITH_EXAM:
        found.append("candidate_number")
    if "major" in kind.told_apart_by:
        found.append("major")
    if has_programmes:
        found.append("training_mode")
    for mark in law.marks(kind.id, on):
        found += mark.fields
    if kind.levels is not None or "level" in kind.told_apart_by:
        found.append("level")
    return list(dict.fromkeys(found))


def _column(field: str) -> FormColumn:
    return FormColumn(Text("", ""), field, is_optional=True)
