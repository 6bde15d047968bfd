"""Bản in ghi {title} là “{printed}”, sổ gốc ghi “{registered}”.

The paper bears “{printed}” as {title}, the register has “{registered}”.

What is printed must be what the register says; the paper is compared before it is signed. A paper
that differs was written wrong by the issuer: it is re-issued, never corrected by hand.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.names import name_key
from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-PRINTED-DIFFERS",
    violation="V21",
    scope="row",
    citations=(
        Cite("TT-21-2019", "Điều 19"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Chưa ký thì hủy phôi hỏng và in lại; đã cấp thì thu hồi bản ghi sai và cấp lại.",
        "Not signed yet: spoil the blank and print again; issued: cancel it and re-issue.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm e khoản 1 Điều 25"),
)

TITLES = {
    "full_name": Text("họ và tên", "name"),
    "birth_date": Text("ngày sinh", "birth date"),
    "birth_place": Text("nơi sinh", "place of birth"),
    "grade": Text("xếp loại", "grade"),
    "major": Text("ngành", "major"),
    "serial": Text("số hiệu", "serial"),
    "entry_number": Text("số vào sổ", "entry number"),
}


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """The first field that was recorded off the paper and differs."""
    for name, title in TITLES.items():
        printed = row.printed.get(name)
        if printed is None:
            continue
        registered = _text(getattr(row, name))
        if _same(name, printed, registered):
            continue
        return warned(column=name, title=title, printed=printed, registered=registered)
    return PASSED


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Only rows whose paper somebody recorded."""
    for index, row in enumerate(rows):
        if row.printed and (result := run(row, act, law)) is not PASSED:
            yield index, result


def _text(value: object) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")


def _same(name: str, printed: str, registered: str) -> bool:
    """Accents and letters count; case, spaces and the placing of tones do not."""
    if name in ("serial", "entry_number"):
        return "".join(printed.split()).upper() == "".join(registered.split()).upper()
    return name_key(printed) == name_key(registered)
