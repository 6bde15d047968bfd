"""Facts from the short form the YAML cases use; what a case leaves out is in good order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sogoc.kernel.names import name_key
from sogoc.kernel.periods import Period
from sogoc.policy.api import (
    ActFacts,
    BalanceFact,
    BlanksFact,
    BodyFact,
    BookFact,
    CapacityFact,
    DecisionFact,
    LicenceFact,
    ListFacts,
    LotFact,
    MandateFact,
    OverrideFact,
    PriorOriginal,
    RowFacts,
    RulingFact,
)

DAY = date(2025, 4, 10)
COLUMNS = {
    "full_name": 2, "birth_date": 3, "birth_place": 4, "sex": 5, "personal_id": 6,
    "score_theory": 7, "score_practice": 8, "result": 9, "serial": 10, "entry_number": 11,
    "exam_date": 12, "issued_on": 13, "level": 14, "ethnicity": 15, "note": 16,
    "receiver_signature": 17, "school": 18, "major": 19,
}  # fmt: skip
ACT_KEYS = {
    "kind", "day", "act", "capacities", "body", "title", "mandates", "exam", "decision", "level",
    "legacy", "confirmed", "near", "rulings", "overrides", "file", "licences", "members",
    "submitted_by", "seen_on", "kept_by",
}  # fmt: skip
LIST_KEYS = {"row", "rows", "blanks", "book", "stated", "columns"}


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


def override(given: Mapping[str, Any]) -> OverrideFact:
    return OverrideFact(
        given["number"],
        given["check"],
        period(given.get("period")),
        given.get("reason", "Hai người khác nhau, đã đối chiếu hồ sơ."),
        given.get("by", "can-bo-1"),
        given.get("confirmed_by", "can-bo-2"),
        given.get("document", ""),
        frozenset(given.get("bodies", ())),
        frozenset(given.get("kinds", ())),
        given.get("file", ""),
    )


def licence(given: Mapping[str, Any]) -> LicenceFact:
    return LicenceFact(given["subject"], period(given.get("period")), given.get("level", ""))


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
            str(decision["number"]),
            decision["date"],
            decision.get("by", "Trung tâm Mẫu"),
            decision.get("count"),
        )
        if decision
        else None,
        level=given.get("level"),
        learners_confirmed_on=given.get("confirmed"),
        legacy=given.get("legacy", False),
        near=tuple((name, frozenset(kinds)) for name, kinds in given.get("near", {}).items()),
        rulings=tuple(ruling(r) for r in given.get("rulings", ())),
        submitted_by=given.get("submitted_by"),
        overrides=tuple(override(o) for o in given.get("overrides", ())),
        file_sha256=given.get("file", ""),
        licences=tuple(licence(x) for x in given["licences"]) if "licences" in given else None,
        members=tuple(given.get("members", ())),
        seen_on=given.get("seen_on"),
        kept_by=frozenset(given["kept_by"]) if "kept_by" in given else None,
    )


def row(given: Mapping[str, Any] | None, number: int, more: Mapping[str, int]) -> RowFacts:
    values: dict[str, Any] = {
        "name": f"Nguyễn Văn {number}", "born": date(1990, 1, 1),
        "place": "Đắk Nông", "sex": "male", "theory": 7.0, "practice": 8.0, "result": "Đạt",
        "ethnicity": "Kinh",
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
        columns=COLUMNS | dict(more),
        prior=tuple(PriorOriginal(**p) for p in values.pop("prior", ())),
        ethnicity=values.pop("ethnicity"),
        nationality=values.pop("nationality", None),
        candidate_number=values.pop("candidate_number", None),
        student_code=values.pop("student_code", None),
        major_code=values.pop("major_code", None),
        school=values.pop("school", None),
        training_mode=values.pop("training_mode", None),
        note=values.pop("note", None),
        receiver=values.pop("receiver", None),
        prior_kinds=frozenset(values.pop("prior_kinds")) if "prior_kinds" in values else None,
        printed=values.pop("printed", {}),
        overridden=tuple(values.pop("overridden", ())),
    )
    assert not values, f"unknown: {values}"
    return facts


def blanks(given: Mapping[str, Any] | None) -> BlanksFact | None:
    if given is None:
        return None
    lots = tuple(LotFact(*lot) for lot in given.get("lots", ()))
    balance = BalanceFact(**given["balance"]) if "balance" in given else None
    return BlanksFact(lots, given.get("stock", 0), given.get("states", {}), balance)


def build(given: Mapping[str, Any]) -> ListFacts:
    assert set(given) <= ACT_KEYS | LIST_KEYS, set(given) - ACT_KEYS - LIST_KEYS
    rows = given.get("rows") or [given.get("row")]
    book = given.get("book")
    facts = [row(r, number, given.get("columns", {})) for number, r in enumerate(rows, 1)]
    return ListFacts(
        act(given),
        facts,
        blanks(given.get("blanks")),
        BookFact("so", book["year"], book.get("last"), book.get("pattern")) if book else None,
        given.get("stated"),
        any(f.serial for f in facts),
        any(f.entry_number for f in facts),
    )
