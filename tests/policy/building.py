"""Facts from the short form the YAML cases use; what a case leaves out is in good order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sogoc.kernel.names import name_key
from sogoc.kernel.periods import Period
from sogoc.policy.api import (
    ActFacts,
    BlanksFact,
    BodyFact,
    BookFact,
    CapacityFact,
    DecisionFact,
    ListFacts,
    LotFact,
    MandateFact,
    PriorOriginal,
    RowFacts,
    RulingFact,
)

DAY = date(2025, 4, 10)
COLUMNS = {
    "full_name": 2, "birth_date": 3, "birth_place": 4, "sex": 5, "personal_id": 6,
    "score_theory": 7, "score_practice": 8, "result": 9, "serial": 10, "entry_number": 11,
    "exam_date": 12, "issued_on": 13, "level": 14,
}  # fmt: skip
ACT_KEYS = {
    "kind", "day", "act", "capacities", "body", "title", "mandates", "exam", "decision", "level",
    "legacy", "confirmed", "near", "rulings",
}  # fmt: skip
LIST_KEYS = {"row", "rows", "blanks", "book", "stated"}


def period(bounds: Any) -> Period:
    return Period(*bounds) if bounds else Period(None, None)


def capacities(given: Any) -> tuple[CapacityFact, ...]:
    if isinstance(given, list):
        given = dict.fromkeys(given)
    return tuple(
        CapacityFact(
            kind,
            period((more or {}).get("period")),
            frozenset((more or {}).get("scope", ())),
            range(more["levels"][0], more["levels"][1] + 1) if more and "levels" in more else None,
            tuple(period(p) for p in (more or {}).get("suspended", ())),
        )
        for kind, more in given.items()
    )


def mandate(given: Mapping[str, Any]) -> MandateFact:
    return MandateFact(
        given["title"],
        given.get("person"),
        period(given.get("period")),
        given.get("role", "head"),
        given.get("assignment"),
        given.get("body", "don-vi"),
    )


def ruling(given: Mapping[str, Any]) -> RulingFact:
    return RulingFact(
        given["number"],
        given.get("author", "Cục Quản lý chất lượng"),
        period(given.get("period")),
        frozenset(given["checks"]),
        frozenset(given.get("kinds", ())),
        frozenset(given.get("issuer_kinds", ())),
        frozenset(given.get("bodies", ())),
    )


def act(given: Mapping[str, Any]) -> ActFacts:
    decision = given.get("decision")
    mandates = given.get("mandates")
    return ActFacts(
        kind=given.get("kind", "cc_cntt_co_ban"),
        issued_on=given.get("day", DAY),
        body=BodyFact(
            "don-vi",
            given.get("body", "Trung tâm Mẫu"),
            capacities(given.get("capacities", ["trung_tam_sat_hach"])),
        ),
        act=given.get("act", "issue"),
        title_text=given.get("title", "Giám đốc"),
        mandates=None if mandates is None else tuple(mandate(m) for m in mandates),
        exam_date=given.get("exam"),
        decision=DecisionFact(
            str(decision["number"]), decision["date"], row_count=decision.get("count")
        )
        if decision
        else None,
        level=given.get("level"),
        learners_confirmed_on=given.get("confirmed"),
        legacy=given.get("legacy", False),
        near=tuple((name, frozenset(kinds)) for name, kinds in given.get("near", {}).items()),
        rulings=tuple(ruling(r) for r in given.get("rulings", ())),
    )


def row(given: Mapping[str, Any] | None, number: int) -> RowFacts:
    values: dict[str, Any] = {
        "name": f"Nguyễn Văn {number}", "born": date(1990, 1, 1),
        "place": "Đắk Nông", "sex": "male", "theory": 7.0, "practice": 8.0, "result": "Đạt",
    } | dict(given or {})  # fmt: skip
    name = values.pop("name")
    scores = {"score_theory": values.pop("theory"), "score_practice": values.pop("practice")}
    raws = {
        f"score_{k.removesuffix('_raw')}": values.pop(k)
        for k in ("theory_raw", "practice_raw")
        if k in values
    }
    facts = RowFacts(
        sheet="Sheet1",
        row=number,
        full_name=name,
        name_key=name_key(name) if name else None,
        birth_date=values.pop("born"),
        birth_date_raw=values.pop("born_raw", None),
        birth_place=values.pop("place"),
        sex=values.pop("sex"),
        sex_raw=values.pop("sex_raw", None),
        personal_id=values.pop("personal_id", None),
        scores=scores,
        score_raws=raws,
        result=values.pop("result"),
        level=values.pop("level", None),
        major=values.pop("major", None),
        exam_date=values.pop("exam", None),
        serial=values.pop("serial", None),
        entry_number=values.pop("entry", None),
        issued_on=values.pop("issued", None),
        columns=COLUMNS,
        prior=tuple(PriorOriginal(**p) for p in values.pop("prior", ())),
    )
    assert not values, f"unknown: {values}"
    return facts


def blanks(given: Mapping[str, Any] | None) -> BlanksFact | None:
    if given is None:
        return None
    lots = tuple(LotFact(*lot) for lot in given.get("lots", ()))
    return BlanksFact(lots, given.get("stock", 0), given.get("states", {}))


def build(given: Mapping[str, Any]) -> ListFacts:
    assert set(given) <= ACT_KEYS | LIST_KEYS, set(given) - ACT_KEYS - LIST_KEYS
    rows = given.get("rows") or [given.get("row")]
    book = given.get("book")
    facts = [row(r, number) for number, r in enumerate(rows, 1)]
    return ListFacts(
        act(given),
        facts,
        blanks(given.get("blanks")),
        BookFact("so", book["year"], book.get("last"), book.get("pattern")) if book else None,
        given.get("stated"),
        any(f.serial for f in facts),
        any(f.entry_number for f in facts),
    )
