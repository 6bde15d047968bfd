"""Checks as pages: the rule in the law's words, its citations through time, its cases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy.api import Check, Law, checks
from sogoc.web.law.telling import Link, cite_link
from sogoc.web.law.words import ACTS, AREAS, CHECK_LEVELS, RESULTS, SCOPES, period_words
from sogoc.web.showing import Word, show_date
from sogoc.web.templatetags.sogoc_web import in_words

_PLACE: Final = re.compile(r"\{([^}]*)\}")

_ANYTHING: Final = Text("[…]", "[…]")
_PLACES: Final[Mapping[str, Text]] = {
    "allowed": Text("[số ngày]", "[days]"),
    "came_in": Text("[số phôi]", "[blanks]"),
    "known": Text("[số phôi]", "[blanks]"),
    "lots": Text("[các lô]", "[lots]"),
    "name": Text("[tên]", "[name]"),
    "overrides": Text("[số quyết định]", "[decision]"),
    "printed": Text("[chữ đã in]", "[as printed]"),
    "recognised": Text("[số người]", "[head count]"),
    "registered": Text("[chữ trong sổ]", "[as registered]"),
    "some": Text("[các số]", "[numbers]"),
    "taken": Text("[số ngày]", "[days]"),
    "then": Text("[ngày]", "[day]"),
    "to": Text("[nơi nhận]", "[receiving body]"),
    "what": Text("[điều đã xảy ra]", "[what happened]"),
    "basis": Text("[căn cứ]", "[basis]"),
    "body": Text("[đơn vị]", "[body]"),
    "born": Text("[ngày sinh]", "[birth date]"),
    "capacity": Text("[tư cách]", "[capacity]"),
    "code": Text("[mã]", "[code]"),
    "column_title": Text("[tên cột]", "[column]"),
    "columns": Text("[các cột]", "[columns]"),
    "count": Text("[số lượng]", "[count]"),
    "day": Text("[ngày]", "[day]"),
    "earliest": Text("[ngày]", "[day]"),
    "exam": Text("[ngày thi]", "[exam date]"),
    "first": Text("[chỗ trước]", "[earlier place]"),
    "high": Text("[mức cao nhất]", "[highest]"),
    "issued": Text("[ngày cấp]", "[issue date]"),
    "issuer": Text("[nơi cấp]", "[issuer]"),
    "kind": Text("[loại]", "[kind]"),
    "last_day": Text("[ngày cuối]", "[last day]"),
    "level": Text("[bậc]", "[level]"),
    "low": Text("[mức thấp nhất]", "[lowest]"),
    "major": Text("[ngành]", "[major]"),
    "missing": Text("[số thiếu]", "[missing numbers]"),
    "needed": Text("[chứng chỉ phải có trước]", "[certificate needed before]"),
    "number": Text("[số]", "[number]"),
    "pattern": Text("[mẫu số]", "[pattern]"),
    "raw": Text("[chữ đã ghi]", "[as written]"),
    "receiver": Text("[người nhận]", "[receiver]"),
    "result": Text("[kết quả]", "[result]"),
    "rows": Text("[số dòng]", "[rows]"),
    "serial": Text("[số hiệu]", "[serial]"),
    "shown": Text("[số đã ghi]", "[as written]"),
    "start": Text("[ngày bắt đầu]", "[first day]"),
    "state": Text("[tình trạng]", "[state]"),
    "stated": Text("[số người đã ghi]", "[head count stated]"),
    "suspended": Text("", ""),
    "this": Text("[văn bằng, chứng chỉ này]", "[this credential]"),
    "title": Text("[mục]", "[field]"),
    "who": Text("[người có thẩm quyền]", "[who is competent]"),
    "why": Text("[lý do]", "[reason]"),
    "year": Text("[năm]", "[year]"),
}

_GIVEN: Final[Mapping[str, str | Promise]] = {
    "kind": gettext_lazy("loại"),
    "day": gettext_lazy("ngày"),
    "act": gettext_lazy("việc"),
    "capacities": gettext_lazy("tư cách"),
    "body": gettext_lazy("đơn vị"),
    "title": gettext_lazy("chức danh"),
    "mandates": gettext_lazy("người có thẩm quyền ký"),
    "exam": gettext_lazy("ngày thi"),
    "decision": gettext_lazy("quyết định"),
    "level": gettext_lazy("bậc"),
    "legacy": gettext_lazy("sổ cũ"),
    "confirmed": gettext_lazy("người học xác nhận"),
    "near": gettext_lazy("đơn vị gần đó"),
    "rulings": gettext_lazy("ý kiến đã ghi"),
    "row": gettext_lazy("dòng"),
    "rows": gettext_lazy("các dòng"),
    "blanks": gettext_lazy("phôi"),
    "book": gettext_lazy("sổ"),
    "stated": gettext_lazy("số người ghi trên danh sách"),
    "assignment": gettext_lazy("quyết định giao"),
    "balance": gettext_lazy("đối chiếu"),
    "born": gettext_lazy("ngày sinh"),
    "born_raw": gettext_lazy("ngày sinh ghi"),
    "by": gettext_lazy("do"),
    "code": gettext_lazy("mã"),
    "count": gettext_lazy("số người"),
    "date": gettext_lazy("ngày"),
    "entry": gettext_lazy("số vào sổ"),
    "ethnicity": gettext_lazy("dân tộc"),
    "issued": gettext_lazy("ngày cấp"),
    "issued_on": gettext_lazy("ngày cấp"),
    "issuer_name": gettext_lazy("nơi cấp"),
    "kept_by": gettext_lazy("sổ do"),
    "last": gettext_lazy("số cuối"),
    "levels": gettext_lazy("các bậc"),
    "licences": gettext_lazy("ngành được phép"),
    "lots": gettext_lazy("các lô"),
    "major": gettext_lazy("ngành"),
    "major_code": gettext_lazy("mã ngành"),
    "members": gettext_lazy("hội đồng"),
    "name": gettext_lazy("họ tên"),
    "nationality": gettext_lazy("quốc tịch"),
    "number": gettext_lazy("số"),
    "overridden": gettext_lazy("đã cho qua"),
    "pattern": gettext_lazy("mẫu số"),
    "period": gettext_lazy("thời gian"),
    "personal_id": gettext_lazy("số định danh"),
    "place": gettext_lazy("nơi sinh"),
    "practice": gettext_lazy("điểm thực hành"),
    "practice_raw": gettext_lazy("điểm thực hành ghi"),
    "printed": gettext_lazy("đã in"),
    "prior": gettext_lazy("bản chính trước"),
    "prior_kinds": gettext_lazy("đã có"),
    "result": gettext_lazy("kết quả"),
    "role": gettext_lazy("vai trò"),
    "school": gettext_lazy("trường"),
    "scope": gettext_lazy("chỉ cho"),
    "seen_on": gettext_lazy("xem ngày"),
    "serial": gettext_lazy("số hiệu"),
    "sex": gettext_lazy("giới tính"),
    "sex_raw": gettext_lazy("giới tính ghi"),
    "states": gettext_lazy("tình trạng phôi"),
    "status": gettext_lazy("tình trạng"),
    "stock": gettext_lazy("phôi trong kho"),
    "subject": gettext_lazy("ngành"),
    "submitted_by": gettext_lazy("nơi trình"),
    "suspended": gettext_lazy("bị đình chỉ"),
    "theory": gettext_lazy("điểm lý thuyết"),
    "theory_raw": gettext_lazy("điểm lý thuyết ghi"),
    "year": gettext_lazy("năm"),
}
_VALUES: Final[Mapping[str, str | Promise]] = {
    "male": gettext_lazy("nam"),
    "female": gettext_lazy("nữ"),
    "head": gettext_lazy("cấp trưởng"),
    "deputy": gettext_lazy("cấp phó"),
    "acting": gettext_lazy("quyền cấp trưởng"),
    **ACTS,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A check in the index."""

    id: str
    message: str
    level: Word
    violation: str


@dataclass(frozen=True, slots=True)
class Area:
    """The checks of one area."""

    name: str
    rows: list[Line]


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of the check, and the days on which it is the one cited."""

    link: Link
    period: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the check's file, as a lawyer wrote it."""

    name: str
    given: tuple[str, ...]
    result: Word
    cites: str
    says: str


@dataclass(frozen=True, slots=True)
class Page:
    """One check."""

    id: str
    message_vi: str
    message_en: str
    explanation: str
    level: Word
    violation: str
    area: str
    scope: str
    period: str
    reviewed: str
    remedy: str
    ground: Link | None
    cited: list[Cited]
    cases: list[Case]


def index() -> list[Area]:
    """All checks by area."""
    areas: dict[str, list[Line]] = {}
    for check in checks():
        line = Line(
            check.id,
            rule_of(check),
            _level(check),
            check.violation or "",
        )
        areas.setdefault(check.area, []).append(line)
    order = list(AREAS)
    known = sorted(areas, key=lambda a: order.index(a) if a in order else len(order))
    return [Area(str(AREAS.get(area, area)), areas[area]) for area in known]


def find(name: str) -> Check | None:
    """The check of an id; None when there is none."""
    return next((c for c in checks() if c.id == name), None)


def page(law: Law, check: Check) -> Page:
    """One check in full."""
    ground = check.ground_for_revocation
    return Page(
        id=check.id,
        message_vi=_filled(check.message).vi,
        message_en=_filled(check.message).en,
        explanation=check.explanation,
        level=_level(check),
        violation=check.violation or "",
        area=str(AREAS.get(check.area, check.area)),
        scope=str(SCOPES[check.scope]),
        period=_period(check),
        reviewed=show_date(check.reviewed),
        remedy=in_words(check.remedy),
        ground=cite_link(law, ground) if ground is not None else None,
        cited=_history(law, check),
        cases=[_case(law, case) for case in _cases_of(check.area, check.id)],
    )


def rule_of(check: Check) -> str:
    """The rule in words, its places named in brackets; the remedy of one that is all places."""
    is_bare = not _PLACE.sub("", check.message.vi).strip()
    return in_words(check.remedy if is_bare else _filled(check.message))


def _filled(message: Text) -> Text:
    """A message whose places say in brackets what stands there."""
    return Text(
        _PLACE.sub(lambda m: _PLACES.get(m[1], _ANYTHING).vi, message.vi),
        _PLACE.sub(lambda m: _PLACES.get(m[1], _ANYTHING).en, message.en),
    )


def _level(check: Check) -> Word:
    return CHECK_LEVELS.get(check.id[:1], Word(check.id[:1], ""))


def _period(check: Check) -> str:
    if check.period.start is None and check.period.until is None:
        return gettext("mọi ngày")
    return period_words(check.period)


def _history(law: Law, check: Check) -> list[Cited]:
    """The citations by the day their instrument came into force."""
    found = sorted(
        check.citations, key=lambda c: law.instruments[c.instrument].period.start or date.min
    )
    return [
        Cited(cite_link(law, place), period_words(law.instruments[place.instrument].period))
        for place in found
    ]


@lru_cache(maxsize=256)
def _cases_of(area: str, name: str) -> tuple[Mapping[str, Any], ...]:
    file = name.lower().replace("-", "_")
    folder = resources.files("sogoc.policy") / "checks" / area
    return tuple(yaml.safe_load((folder / f"{file}.yaml").read_text("utf-8")))


def _case(law: Law, case: Mapping[str, Any]) -> Case:
    expected = str(case["expect"])
    given = case.get("given") or {}
    return Case(
        name=str(case["case"]),
        given=tuple(f"{_GIVEN.get(k, k)}: {_value(law, k, v)}" for k, v in given.items()),
        result=RESULTS.get(expected, Word(expected, "")),
        cites=str(case.get("cites", "")),
        says=str(case.get("says", "")),
    )


def _value(law: Law, key: str, value: Any) -> str:
    """A value of a case in words: names for ids, days as papers write them, lists with commas."""
    if value is None or value in ([], {}):
        return gettext("không có")
    if isinstance(value, bool):
        return gettext("có") if value else gettext("không")
    if isinstance(value, date):
        return show_date(value)
    if isinstance(value, Mapping):
        return ", ".join(_pair(law, str(k), v) for k, v in value.items())
    if isinstance(value, list):
        return _several(law, key, value)
    return _word(law, str(value))


def _pair(law: Law, key: str, value: Any) -> str:
    name = str(_GIVEN.get(key) or _word(law, key))
    if value is None and key not in _GIVEN:
        return name  # a capacity held without more said
    said = _value(law, key, value)
    is_apart = isinstance(value, Mapping) or key not in _GIVEN
    return f"{name} ({said})" if is_apart else f"{name} {said}"


def _several(law: Law, key: str, values: list[Any]) -> str:
    is_dated = all(v is None or isinstance(v, date) for v in values)
    if len(values) == 2 and is_dated and key in _PERIODS:
        return period_words(Period(*values))
    if key == "rows":
        plain = gettext("dòng bình thường")
        lines = [_value(law, "row", v) if v else plain for v in values]
        return " ".join(f"({n}) {line};" for n, line in enumerate(lines, 1)).rstrip(";")
    return ", ".join(_value(law, key, v) for v in values)


_PERIODS: Final = ("period", "suspended")


def _word(law: Law, word: str) -> str:
    if word in law.kinds:
        return in_words(law.kinds[word].name)
    if word in law.capacities:
        return in_words(law.capacities[word].name)
    return str(_VALUES.get(word, word))
