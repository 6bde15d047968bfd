"""Danh sách thiếu cột theo mẫu sổ gốc: {columns}.

The list lacks columns of the register's form: {columns}.

The register holds every column of its form for every holder, whether the list brought it or not.
Cells left empty while other rows have them are shown on their rows.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ListFacts, RowFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.statute import Cite, Kind, Law
from sogoc.policy.values import Form, Value
from sogoc.policy.wording import gathered

CHECK = Check(
    id="W-FORM-INCOMPLETE",
    violation="V18",
    scope="list",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Bổ sung thông tin theo hồ sơ người học trước khi cấp.",
        "Add what is missing from the learners' files before issue.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    confidence="recalled",
)

TITLES = {
    "birth_place": Text("nơi sinh", "place of birth"),
    "ethnicity": Text("dân tộc (quốc tịch)", "ethnicity (nationality)"),
    "major": Text("ngành đào tạo", "major"),
    "sex": Text("giới tính", "sex"),
}
"""Name and birth date have checks of their own; so have sex and scores left empty on some rows."""
_EMPTY = Text(
    "Ô {column_title} để trống trong khi các dòng khác đã ghi.",
    "The cell {column_title} is empty while other rows have it.",
)
_MANY = Text(
    "{count} dòng ({places}) để trống {column_title}.",
    "{count} rows ({places}) leave {column_title} empty.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Columns nobody filled, in one finding; then cells some left empty, column by column."""
    kind = law.find_kind(facts.act.kind)
    form = _form_of(kind, facts.act.issued_on, law) if kind is not None else None
    columns = facts.rows[0].columns if facts.rows else {}
    if form is None or not columns:
        return
    cites = law.cite_on(form.basis, facts.act.issued_on)
    missing: list[Text] = []
    for name in _required(form):
        empty = [i for i, row in enumerate(facts.rows) if not _has(row, name)]
        if len(empty) == len(facts.rows):
            missing.append(TITLES[name])
        elif empty and name != "sex":
            found = {index: {"column_title": TITLES[name]} for index in empty}
            yield from gathered(
                facts, found, column=name, one=_EMPTY, all_together=_MANY, cites=cites
            )
    if missing:
        names = Text(", ".join(t.vi for t in missing), ", ".join(t.en for t in missing))
        yield None, warned(cites=cites, columns=names)


def _form_of(kind: Kind, on: date, law: Law) -> Value | None:
    """The form of the kind's register on a day; since 15/04/2026 none is prescribed."""
    found = law.values_on("register_form", on, kind=kind.id)
    return next((value for value in found if isinstance(value.settled, Form)), None)


def _required(value: Value) -> list[str]:
    """The columns looked at here that the form does not let be empty."""
    columns = value.body.columns if isinstance(value.body, Form) else ()
    return [c.field for c in columns if c.field in TITLES and not c.is_optional]


def _has(row: RowFacts, name: str) -> bool:
    if name == "ethnicity":
        return bool(row.ethnicity or row.nationality)
    if name == "major":
        return bool(row.major or row.major_code)
    if name == "sex":
        return row.sex is not None or bool(row.sex_raw)
    return bool(row.birth_place)
