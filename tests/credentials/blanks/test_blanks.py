"""The blank ledger: lots, what may follow what, and the balance."""

from datetime import date
from typing import Any

import pytest

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.blanks.ranges import Run, gather, normal_serial, run_of, subtract
from sogoc.people.api import NotPermitted, acting
from tests.credentials.world import AT, CENTRE, FIRST, KIND, LAST, TODAY, account, who

_ON = {"on": TODAY, "at": AT}


def _by(name: str = "blanks.tt-gdtx") -> dict[str, Any]:
    return {"owner": CENTRE, "kind": KIND, "by": account(name), **_ON}


def _balance() -> blanks.Balance:
    return blanks.balance(owner=CENTRE, kind=KIND, by=who("blanks.receive"))[0]


@pytest.mark.usefixtures("settled")
class TestLots:
    """What comes in."""

    def test_three_sources_are_counted_apart(self) -> None:
        blanks.opening_stock(**_by(), first="A01000001", last="A01000050", minutes="BB 01")
        blanks.receive_lot(**_by(), first="B1", last="B9", document_number="IN 7", printed=True)
        balance = _balance()
        assert (balance.opening, balance.received, balance.printed) == (50, 300, 9)
        assert balance.in_stock == 359
        assert balance.is_balanced

    @pytest.mark.parametrize(
        ("first", "last"), [(FIRST, FIRST), ("A02500300", "A02500310"), ("A02400000", "A02600000")]
    )
    def test_serial_is_taken_in_once(self, first: str, last: str) -> None:
        with pytest.raises(blanks.BlankError, match="blank_lot_overlap"):
            blanks.receive_lot(**_by(), first=first, last=last, document_number="x")

    @pytest.mark.parametrize(
        ("first", "last", "paper", "code"),
        [
            ("A02600010", "A02600001", "x", "blank_run_malformed"),
            ("A02600001", "B02600010", "x", "blank_run_malformed"),
            ("A02600001", "A0260010", "x", "blank_run_malformed"),
            ("A02600001", "A02600010", " ", "blank_document_missing"),
        ],
    )
    def test_malformed_lot_is_refused(self, first: str, last: str, paper: str, code: str) -> None:
        with pytest.raises(blanks.BlankError, match=code):
            blanks.receive_lot(**_by(), first=first, last=last, document_number=paper)

    def test_only_the_bodys_blank_keeper_takes_in(self) -> None:
        for name in ("registrar.tt-gdtx", "blanks.so-dak-nong"):
            with pytest.raises(NotPermitted):
                blanks.receive_lot(**_by(name), first="C1", last="C2", document_number="x")


@pytest.mark.usefixtures("settled")
class TestActs:
    """What happens to blanks in stock."""

    def test_spoiled_then_destroyed_with_minutes(self) -> None:
        run = {"first": "A02500010", "last": "A02500014"}
        blanks.spoil(**_by(), **run, reason="ẩm mốc")
        assert (_balance().spoiled, _balance().in_stock) == (5, 295)
        done = blanks.destroy(**_by(), **run, minutes="BB hủy 3", reason="ẩm mốc")
        assert (done.count, done.state) == (5, "destroyed")
        assert (_balance().spoiled, _balance().destroyed) == (0, 5)
        assert _balance().is_balanced

    def test_lost_needs_the_police_notice(self) -> None:
        with pytest.raises(blanks.BlankError, match="blank_document_missing"):
            blanks.report_lost(**_by(), first=FIRST, notice="", reason="mất")
        blanks.report_lost(**_by(), first=FIRST, notice="CV 5 gửi Công an", reason="mất")
        assert _balance().lost == 1

    def test_one_end_only(self) -> None:
        blanks.destroy(**_by(), first=FIRST, minutes="BB", reason="hỏng")
        for act, paper in ((blanks.destroy, "minutes"), (blanks.report_lost, "notice")):
            with pytest.raises(blanks.BlankError, match="blank_state"):
                act(**_by(), first=FIRST, **{paper: "x"}, reason="y")  # type: ignore[operator]

    def test_blanks_of_no_lot_do_not_move(self) -> None:
        with pytest.raises(blanks.BlankError, match="blank_not_ours"):
            blanks.spoil(**_by(), first="A02500300", last="A02500301", reason="x")

    def test_gaps_in_a_lot_are_free_and_used_first(self) -> None:
        blanks.spoil(**_by(), first="A02500001", last="A02500003", reason="x")
        blanks.spoil(**_by(), first="A02500006", reason="x")
        stock = blanks.stock(owner=CENTRE, kind=KIND, by=who("blanks.receive"), at=AT)[0]
        assert stock.runs == (("A02500004", "A02500005"), ("A02500007", LAST))
        assert stock.count == 296

    def test_facts_say_why_a_serial_is_not_free(self) -> None:
        blanks.spoil(**_by(), first="A02500002", reason="x")
        blanks.destroy(**_by(), first="A02500003", minutes="BB", reason="x")
        with acting(who("batch.check")) as actor:
            fact = blanks.blanks_fact(
                owner_id=actor.organisation_id or 0,
                kind=KIND,
                at=AT,
                serials=["a0250 0002", "A02500003", "A02500004", "A09999999", "không có"],
            )
        assert fact.states == {"A02500002": "spoiled", "A02500003": "destroyed"}
        assert fact.in_stock == 298
        assert [(lot.prefix, lot.first, lot.last) for lot in fact.lots] == [("A", 2500001, 2500300)]


class TestRanges:
    """Arithmetic of serials."""

    def test_run_is_read_from_its_ends(self) -> None:
        assert run_of("a 001", "A010") == Run("A", 3, 1, 10)
        assert run_of("A007", None).size == 1

    def test_subtract_leaves_what_is_between(self) -> None:
        run = Run("A", 3, 1, 10)
        left = subtract(run, [(4, 5), (8, 20), (0, 1)])
        assert [(r.first, r.last) for r in left] == [(2, 3), (6, 7)]
        assert subtract(run, [(1, 10)]) == []
        assert subtract(run, []) == [run]

    def test_gather_joins_neighbours(self) -> None:
        serials = [normal_serial(text) for text in ("A003", "A001", "A002", "B001", "A002")]
        assert gather(serials) == [Run("A", 3, 1, 3), Run("B", 3, 1, 1)]


def test_days_are_business_days() -> None:
    assert date(2025, 4, 10) == TODAY
