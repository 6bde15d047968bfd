"""`sogoc org import`: organisations, what they may do, what stops them, who succeeds them.

One row a record; `record` says which: `organisation`, `capacity`, `suspension`, `licence` or
`succession`. The columns are documented in the README of the applet.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final, TypeVar

from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.people.identity import Actor, acting, for_purpose
from sogoc.people.imports.planning import ImportReport, PeriodRow, Plan, period_of
from sogoc.people.imports.reading import Column, Row, Table
from sogoc.people.models import Capacity, Licence, Organisation, Succession, Suspension
from sogoc.people.permissions import require
from sogoc.people.provinces import load_provinces
from sogoc.policy.api import load_law

COLUMNS: Final = (
    Column("record", ("loại dòng",), required=True),
    Column("code", ("mã đơn vị", "mã"), required=True),
    Column("name", ("tên đơn vị", "tên")),
    Column("name_en", ("tên tiếng anh",)),
    Column("short_name", ("tên viết tắt",)),
    Column("province", ("tỉnh", "tỉnh, thành phố")),
    Column("parent", ("đơn vị cấp trên",)),
    Column("established_on", ("ngày thành lập",)),
    Column("dissolved_on", ("ngày giải thể",)),
    Column("subject", ("nội dung",)),
    Column("scope", ("phạm vi",)),
    Column("level", ("trình độ",)),
    Column("level_from", ("bậc từ",)),
    Column("level_to", ("bậc đến",)),
    Column("successor", ("đơn vị kế thừa",)),
    Column("valid_from", ("có hiệu lực từ",)),
    Column("valid_until", ("đến trước ngày",)),
    Column("decision_number", ("số quyết định",)),
    Column("decision_date", ("ngày quyết định",)),
    Column("decision_by", ("cơ quan quyết định",)),
    Column("reason", ("lý do",)),
)

RECORDS: Final = {
    "organisation": "organisation",
    "don vi": "organisation",
    "capacity": "capacity",
    "tu cach": "capacity",
    "suspension": "suspension",
    "dinh chi": "suspension",
    "licence": "licence",
    "giay phep": "licence",
    "succession": "succession",
    "ke thua": "succession",
}

_Decided = TypeVar("_Decided", Capacity, Licence, Suspension)

_PROVINCE_WORDS: Final = re.compile(r"^(?:tinh|thanh pho|tp\.?) +")
_TEXTS: Final = ("name", "name_en", "short_name")
_DECISION: Final = ("decision_number", "decision_date", "decision_by")


def import_organisations(data: bytes, file_name: str, *, by: Actor, at: datetime) -> ImportReport:
    """Take in a file of organisations (CSV or .xlsx); the same file again changes nothing.

    Raises `ImportRefused` with every mistake, having written nothing, and `NotPermitted`.
    """
    require(by, "org.import")
    table = Table(data, file_name, COLUMNS)
    with acting(by), for_purpose("import"):
        planner = _Planner(table)
        planner.read()
        table.refuse_if_wrong()
        planner.write()
        return planner.plan.record(
            what="organisation", data=data, file_name=file_name, by=by, at=at
        )


class _Planner:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.plan = Plan()
        self.bodies = {o.code: o for o in Organisation.objects.select_related("parent")}
        self.periods: dict[tuple[object, ...], PeriodRow] = {}
        self.successions = {
            (s.organisation.code, s.task, s.valid_from): s
            for s in Succession.objects.select_related("organisation", "successor")
        }
        self.parent_of: dict[str, Organisation] = {}
        self.parents: list[tuple[Organisation, Row, str]] = []
        for model, subject in ((Capacity, "kind"), (Suspension, "capacity_kind")):
            for old in model._default_manager.select_related("organisation"):
                self._known(old, subject)
        for licence in Licence.objects.select_related("organisation"):
            self._known(licence, "subject", licence.level)

    def _known(self, old: Capacity | Suspension | Licence, subject: str, *more: str) -> None:
        key = (type(old), old.organisation.code, getattr(old, subject), *more, old.valid_from)
        self.periods[key] = old

    def read(self) -> None:
        """Read every row: organisations first, so that order in the file does not matter."""
        rows: list[tuple[str, Row]] = []
        for row in self.table.rows():
            word = row.text("record", required=True)
            record = RECORDS.get(fold(word))
            if record is not None:
                rows.append((record, row))
            elif word:
                row.wrong(
                    "record",
                    Text(f"Loại dòng “{word}” lạ.", f"Unknown record {word!r}."),
                    Text(
                        "Ghi organisation, capacity, suspension, licence hoặc succession.",
                        "Write organisation, capacity, suspension, licence or succession.",
                    ),
                )
        for record, row in rows:
            if record == "organisation":
                self._organisation(row)
        self._join_parents()
        for record, row in rows:
            if record != "organisation" and (body := self._body(row, "code")) is not None:
                getattr(self, f"_{record}")(row, body)
        for key, old in self.periods.items():
            if key[0] is Capacity:
                self.plan.occupy(key[1:3], period_of(old), None)
        self.plan.refuse_overlaps()

    def write(self) -> None:
        """Write the plan; parents last, as one file may bring both parent and child."""
        self.plan.write()
        children = []
        for code, parent in self.parent_of.items():
            child = self.bodies[code]
            if child.parent_id != parent.pk:
                child.parent = parent
                children.append(child)
        if children:
            Organisation.objects.bulk_update(children, ["parent"])

    # --- the records

    def _organisation(self, row: Row) -> None:
        code = row.code("code", required=True)
        if not code or self.plan.is_repeated(row, ("organisation", code)):
            return
        old = self.bodies.get(code)
        said: dict[str, object] = {name: row.text(name) for name in _TEXTS}
        said["province_code"] = self._province(row)
        said["established_on"] = row.day("established_on")
        said["dissolved_on"] = row.day("dissolved_on")
        said = {name: value for name, value in said.items() if value}
        self._check_life(row, said, old)
        parent = row.code("parent")
        if old is None:
            if not said.get("name"):
                row.text("name", required=True)
            body = Organisation(code=code, **said)
            self.bodies[code] = body
            self.plan.add(body, f"organisation {code}")
        else:
            body = old
            fields = [name for name, value in said.items() if getattr(old, name) != value]
            moved = bool(parent) and (old.parent is None or old.parent.code != parent)
            for name in fields:
                setattr(old, name, said[name])
            if fields or moved:
                what = ", ".join([*fields, *(["parent"] if moved else [])])
                self.plan.change(old, fields, f"organisation {code}: {what}")
            else:
                self.plan.unchanged += 1
        if parent:
            self.parents.append((body, row, parent))

    def _check_life(self, row: Row, said: dict[str, object], old: Organisation | None) -> None:
        born = said.get("established_on") or (old.established_on if old else None)
        gone = said.get("dissolved_on") or (old.dissolved_on if old else None)
        if isinstance(born, date) and isinstance(gone, date) and gone <= born:
            row.wrong(
                "dissolved_on",
                Text("Ngày giải thể phải sau ngày thành lập.", "It ends before it began."),
                Text("Kiểm tra hai ngày.", "Check both days."),
            )

    def _join_parents(self) -> None:
        for body, row, parent in self.parents:
            above = self.bodies.get(parent)
            if above is None:
                _no_body(row, "parent", parent)
            else:
                self.parent_of[body.code] = above
        for body, row, _ in self.parents:
            seen, above = {body.code}, self._above(body)
            while above is not None and above.code not in seen:
                seen.add(above.code)
                above = self._above(above)
            if above is not None:
                row.wrong(
                    "parent",
                    Text("Đơn vị cấp trên tạo thành vòng.", "The parents form a circle."),
                    Text("Sửa đơn vị cấp trên.", "Correct the parent."),
                )

    def _above(self, body: Organisation) -> Organisation | None:
        return self.parent_of.get(body.code) or body.parent

    def _capacity(self, row: Row, body: Organisation) -> None:
        kind = self._capacity_kind(row, required=True)
        law = load_law()
        scope = []
        for word in row.words("scope"):
            found = law.find_kind(word)
            if found is None:
                row.wrong(
                    "scope",
                    Text(f"Không có loại “{word}”.", f"There is no kind {word!r}."),
                    Text("Xem `sogoc law kinds`.", "See `sogoc law kinds`."),
                )
            else:
                scope.append(found.id)
        fields = {
            "scope": sorted(scope),
            "level_from": row.whole("level_from"),
            "level_to": row.whole("level_to"),
        }
        new = self._decided(row, Capacity(organisation=body, kind=kind, **fields))
        if new is not None and kind:
            self._plan(row, new, (Capacity, body.code, kind, new.valid_from), tuple(fields))
            if (Capacity, body.code, kind, new.valid_from) not in self.periods:
                self.plan.occupy((body.code, kind), period_of(new), row)

    def _suspension(self, row: Row, body: Organisation) -> None:
        kind = self._capacity_kind(row, required=False)
        reason = row.text("reason", longest=2000)
        new = self._decided(row, Suspension(organisation=body, capacity_kind=kind, reason=reason))
        if new is not None:
            self._plan(row, new, (Suspension, body.code, kind, new.valid_from), ("reason",))

    def _licence(self, row: Row, body: Organisation) -> None:
        subject, level = row.text("subject", required=True, longest=80), row.text("level")
        new = self._decided(row, Licence(organisation=body, subject=subject, level=level))
        if new is not None:
            self._plan(row, new, (Licence, body.code, subject, level, new.valid_from), ())

    def _succession(self, row: Row, body: Organisation) -> None:
        task = row.text("subject", required=True)
        if task and task not in Succession.Task.values:
            row.wrong(
                "subject",
                Text(f"Việc “{task}” lạ.", f"Unknown task {task!r}."),
                Text(
                    "Ghi issuing (cấp), custody (giữ sổ gốc) hoặc supervision (quản lý nhà nước).",
                    "Write issuing, custody or supervision.",
                ),
            )
        after = self._body(row, "successor")
        start = row.day("valid_from", required=True)
        number = row.text("decision_number", required=True, longest=120)
        if after is body:
            row.wrong(
                "successor",
                Text("Đơn vị không thể kế thừa chính mình.", "A body cannot succeed itself."),
                Text("Ghi đơn vị khác.", "Name another body."),
            )
        if after is None or start is None or not task:
            return
        key = (body.code, task, start)
        if self.plan.is_repeated(row, ("succession", *key)):
            return
        old = self.successions.get(key)
        if old is None:
            new = Succession(
                organisation=body,
                successor=after,
                task=task,
                valid_from=start,
                decision_number=number,
            )
            self.plan.add(new, f"succession {body.code} {task} {start} {after.code}")
        elif old.successor.code == after.code and old.decision_number == number:
            self.plan.unchanged += 1
        else:
            row.wrong(
                "successor",
                Text(
                    "Đã ghi đơn vị kế thừa khác cho việc này từ cùng ngày.",
                    "Another successor is on record from the same day.",
                ),
                Text("Thêm dòng mới với ngày mới.", "Add a row with another day."),
            )

    # --- parts of a row

    def _decided(self, row: Row, new: _Decided) -> _Decided | None:
        period = row.period()
        new.decision_number = row.text("decision_number", required=True, longest=120)
        new.decision_date = row.day("decision_date")
        new.decision_by = row.text("decision_by")
        if period is None or period.start is None:
            return None
        new.valid_from, new.valid_until = period.start, period.until
        return new

    def _plan(
        self, row: Row, new: PeriodRow, key: tuple[object, ...], same: tuple[str, ...]
    ) -> None:
        if not self.plan.is_repeated(row, key):
            note = " ".join(str(part) for part in (type(new).__name__.lower(), *key[1:-1]) if part)
            self.plan.period(row, self.periods.get(key), new, (*same, *_DECISION), note)

    def _body(self, row: Row, column: str) -> Organisation | None:
        code = row.code(column, required=True)
        body = self.bodies.get(code)
        if code and body is None:
            _no_body(row, column, code)
        return body

    def _capacity_kind(self, row: Row, *, required: bool) -> str:
        word = row.text("subject", required=required)
        kind = load_law().find_capacity(word) if word else ""
        if kind is None:
            row.wrong(
                "subject",
                Text(f"Không có tư cách “{word}”.", f"There is no capacity {word!r}."),
                Text(
                    "Các tư cách: " + ", ".join(load_law().capacities),
                    "Capacities: " + ", ".join(load_law().capacities),
                ),
            )
        return kind or ""

    def _province(self, row: Row) -> str:
        word = row.text("province")
        if not word:
            return ""
        code = word.zfill(2) if word.isdigit() else None
        name = _PROVINCE_WORDS.sub("", fold(word))
        for province in load_provinces():
            if province.code == code or fold(province.name) == name:
                return province.code
        row.wrong(
            "province",
            Text(f"Không có tỉnh “{word}”.", f"There is no province {word!r}."),
            Text(
                "Ghi tên tỉnh, thành phố hoặc mã hai chữ số.",
                "Write a province's name or its two-digit code.",
            ),
        )
        return ""


def _no_body(row: Row, column: str, code: str) -> None:
    row.wrong(
        column,
        Text(f"Không có đơn vị nào mang mã “{code}”.", f"No organisation has the code {code!r}."),
        Text(
            "Thêm dòng organisation cho đơn vị này, hoặc sửa mã.",
            "Add an organisation row for it, or correct the code.",
        ),
    )
