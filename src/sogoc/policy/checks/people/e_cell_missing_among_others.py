"""Ô {column_title} để trống trong khi các dòng khác đã ghi.

The cell {column_title} is empty while other rows have it.

A column that is absent or empty throughout is another matter: what the register cannot do without
(birth date) is then one finding for the whole list. Serials and entry numbers have checks of
their own.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_live
from sogoc.policy.facts import ListFacts, RowFacts
from sogoc.policy.findings import Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-CELL-MISSING-AMONG-OTHERS",
    violation="V18",
    scope="list",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text("Ghi đủ rồi kiểm tra lại.", "Fill it in and check again."),
    reviewed=date(2026, 11, 21),
    applies=only_live,
)

_TITLES = {
    "birth_date": Text("ngày sinh", "birth date"),
    "sex": Text("giới tính", "sex"),
    "result": Text("kết quả", "result"),
    "score_theory": Text("điểm lý thuyết, trắc nghiệm", "theory score"),
    "score_practice": Text("điểm thực hành", "practice score"),
}
_ALL_MISSING = Text(
    "Danh sách không có {column_title} của người nào.",
    "The list has no {column_title} for anybody.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Each field on its own: how many rows have it, then each row that does not."""
    rows = facts.rows
    kind = law.find_kind(facts.act.kind)
    marks = law.marks(kind.id, facts.act.issued_on) if kind is not None else ()
    marked = {field for mark in marks for field in mark.fields}
    for name in ("birth_date", "sex", "result", *sorted(marked & set(_TITLES))):
        empty = [i for i, row in enumerate(rows) if not _has(row, name)]
        if not empty:
            continue
        if len(empty) < len(rows):
            for index in empty:
                yield index, failed(column=name, column_title=_TITLES[name])
        elif name == "birth_date":
            yield None, failed(column=name, message=_ALL_MISSING, column_title=_TITLES[name])


def _has(row: RowFacts, name: str) -> bool:
    if name == "birth_date":
        return row.birth_date is not None or bool(row.birth_date_raw)
    if name == "sex":
        return row.sex is not None or bool(row.sex_raw)
    if name == "result":
        return bool(row.result)
    return row.scores.get(name) is not None or name in row.score_raws
