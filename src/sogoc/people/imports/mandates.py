"""`sogoc mandate import`: who may sign for a body, under which title, for how long."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.people.identity import Actor, acting, for_purpose
from sogoc.people.imports.planning import ImportReport, Plan, period_of
from sogoc.people.imports.reading import Column, Row, Table
from sogoc.people.models import Mandate, Organisation
from sogoc.people.permissions import require

COLUMNS: Final = (
    Column("organisation", ("mã đơn vị", "đơn vị"), required=True),
    Column("person_name", ("họ và tên", "họ tên"), required=True),
    Column("title", ("chức danh", "chức vụ"), required=True),
    Column("role", ("tư cách ký",), required=True),
    Column("valid_from", ("có hiệu lực từ",), required=True),
    Column("valid_until", ("đến trước ngày",)),
    Column("decision_number", ("số quyết định",), required=True),
    Column("decision_date", ("ngày quyết định",)),
    Column("decision_by", ("cơ quan quyết định",)),
)

ROLES: Final = {
    "head": "head",
    "nguoi dung dau": "head",
    "deputy": "deputy",
    "cap pho": "deputy",
    "acting": "acting",
    "phu trach": "acting",
    "giao phu trach": "acting",
}

_SAME: Final = ("role", "decision_number", "decision_date", "decision_by")


def import_mandates(data: bytes, file_name: str, *, by: Actor, at: datetime) -> ImportReport:
    """Take in a file of mandates (CSV or .xlsx); the same file again changes nothing.

    Raises `ImportRefused` with every mistake, having written nothing, and `NotPermitted`.
    """
    require(by, "mandate.import")
    table = Table(data, file_name, COLUMNS)
    plan = Plan()
    with acting(by), for_purpose("import"):
        bodies = {body.code: body for body in Organisation.objects.all()}
        on_record = {
            (m.organisation.code, m.person_name, m.title, m.valid_from): m
            for m in Mandate.objects.select_related("organisation")
        }
        for row in table.rows():
            _read(row, plan, bodies, on_record)
        for (code, _, title, _), old in on_record.items():
            if old.role == Mandate.Role.HEAD:
                plan.occupy((code, title), period_of(old), None)
        plan.refuse_overlaps()
        table.refuse_if_wrong()
        plan.write()
        return plan.record(what="mandate", data=data, file_name=file_name, by=by, at=at)


def _read(
    row: Row,
    plan: Plan,
    bodies: dict[str, Organisation],
    on_record: dict[tuple[str, str, str, date], Mandate],
) -> None:
    code = row.code("organisation", required=True)
    body = bodies.get(code)
    if code and body is None:
        row.wrong(
            "organisation",
            Text(
                f"Không có đơn vị nào mang mã “{code}”.", f"No organisation has the code {code!r}."
            ),
            Text("Nhập đơn vị trước: sogoc org import.", "Import it first: sogoc org import."),
        )
    person = row.text("person_name", required=True, longest=200)
    title = row.text("title", required=True, longest=120)
    role = _role(row)
    period = row.period()
    number = row.text("decision_number", required=True, longest=120)
    decided_on, decided_by = row.day("decision_date"), row.text("decision_by")
    if body is not None and any(fold(n) in fold(title) for n in (body.name, body.short_name) if n):
        row.wrong(
            "title",
            Text("Chức danh không kèm tên đơn vị.", "The title bears the body's name."),
            Text("Chỉ ghi như “Giám đốc”, “Phó Giám đốc”.", "Write only, say, “Giám đốc”."),
        )
    if body is None or period is None or period.start is None or not (person and title and role):
        return
    key = (code, person, title, period.start)
    if plan.is_repeated(row, key):
        return
    new = Mandate(
        organisation=body,
        person_name=person,
        title=title,
        role=role,
        valid_from=period.start,
        valid_until=period.until,
        decision_number=number,
        decision_date=decided_on,
        decision_by=decided_by,
    )
    old = on_record.get(key)
    plan.period(row, old, new, _SAME, f"mandate {code} {title}: {person}")
    if old is None and role == Mandate.Role.HEAD:
        plan.occupy((code, title), period, row)


def _role(row: Row) -> str:
    word = row.text("role", required=True)
    role = ROLES.get(fold(word), "")
    if word and not role:
        row.wrong(
            "role",
            Text(f"Tư cách ký “{word}” lạ.", f"Unknown role {word!r}."),
            Text(
                "Ghi head (người đứng đầu), deputy (cấp phó) hoặc acting (được giao phụ trách).",
                "Write head, deputy or acting.",
            ),
        )
    return role
