"""What a body, a holder and anybody see in the entries: acts not mine, numbers, nights, delays."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sogoc.kernel.leaf import leaf_hash, parse_leaf
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import inclusion_proof
from sogoc.monitor.alarms import MOST
from tests.monitor.building import BOOK, ISSUER, NOW, ORIGIN, Log, Watcher, leaf


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log")


@pytest.fixture
def watcher(tmp_path: Path, log: Log) -> Watcher:
    return Watcher(tmp_path / "monitor", log)


def at(day: int, clock: str) -> int:
    """Seconds since 1970 of a time in Viet Nam, November 2026."""
    hour, minute = map(int, clock.split(":"))
    return int(datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp()) - 7 * 3600


def named(watcher: Watcher) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in watcher.look().opened:
        found.setdefault(each.alarm.kind, []).append(each.alarm.what)
    return {kind: sorted(what) for kind, what in found.items()}


# --- the issuer -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["leaves", "commitments", "export"])
def test_acts_in_my_name_are_compared_with_my_list(form: str, log: Log, watcher: Watcher) -> None:
    watcher.make(f'issuers = ["{ISSUER}"]\nown_list = "own"')
    mine = [leaf(number) for number in (1, 2, 3)]
    revocation = leaf(50, act="revoke", reference=leaf_hash(mine[0]).hex())
    others = [
        leaf(60, issuer="somebody-else", book="bang_thpt/2026"),
        leaf(61, act="blank_printed", book=None),
        leaf(62, act="audit", book=None),
    ]
    own = [*mine, revocation]
    lines = {
        "leaves": [leaf_hash(each).hex() for each in own],
        "commitments": [parse_leaf(each).commitment.hex() for each in own],
        "export": [
            json.dumps({"code": "SG-1", "leaf": leaf_hash(each).hex(), "revocation_leaf": None})
            for each in own
        ],
    }[form]
    file = watcher.folder / "own"
    file.write_text("# list of the office\n\n" + "\n".join(lines[:2] + lines[3:]) + "\n")
    log.add(*mine, revocation, *others)
    assert named(watcher) == {"act_not_listed": [f"{ORIGIN}/2"]}
    file.write_text("\n".join(lines))
    assert watcher.look().is_clean
    absent = leaf_hash(leaf(4)).hex()
    file.write_text("\n".join([*lines, absent]))
    assert named(watcher) == {"act_not_logged": [absent]}
    log.add(leaf(4))
    assert watcher.look().is_clean or form == "commitments"


def test_status_lists_in_my_name_are_no_acts(log: Log, watcher: Watcher) -> None:
    """They are published anew by machine, by night as by day, and stand on nobody's list."""
    watcher.make(f'issuers = ["{ISSUER}"]\nown_list = "own"\nnight_acts = 3')
    (watcher.folder / "own").write_text(leaf_hash(leaf(1)).hex())
    log.add(leaf(1), at=at(18, "21:00"))
    watcher.now = at(18, "21:00")
    assert watcher.look().is_clean
    lists = [leaf(n, act="status_list", book=f"1/{n}", decided=None) for n in range(100, 110)]
    log.add(*lists, at=at(18, "23:00"))
    watcher.now = at(18, "23:00")
    assert watcher.look().is_clean


@pytest.mark.parametrize("content", ["zz", "{}", '{"leaf": 5}', "ab" * 31, "\x00"])
def test_a_list_that_cannot_be_read_is_an_alarm(content: str, log: Log, watcher: Watcher) -> None:
    watcher.make(f'issuers = ["{ISSUER}"]\nown_list = "own"')
    log.add(leaf(1))
    assert named(watcher).keys() == {"list_unreadable"}  # it is not there
    (watcher.folder / "own").write_text(content)
    assert named(watcher).keys() == {"list_unreadable"}


def test_many_alarms_are_counted_not_told_one_by_one(log: Log, watcher: Watcher) -> None:
    watcher.make(f'issuers = ["{ISSUER}"]\nown_list = "own"')
    (watcher.folder / "own").write_text("")
    log.add(*(leaf(number) for number in range(1, 301)))
    found = watcher.look().opened
    assert len(found) == 51
    assert [each.alarm.message.en for each in found if each.alarm.kind.endswith("_more")] == [
        "own list: 250 more alarms of this kind (act_not_listed)."
    ]


# --- the rules ------------------------------------------------------------------------------------


def test_many_alarms_of_one_growth_are_counted_and_end_no_round(log: Log, watcher: Watcher) -> None:
    log.add(leaf(1))
    watcher.make()
    assert watcher.look().is_clean
    log.add(*(b"no leaf %d" % number for number in range(60)))
    found = watcher.look()
    assert found.sizes == {ORIGIN: 61}
    kinds = [each.alarm.kind for each in found.opened]
    assert kinds.count("entry_foreign") == MOST
    assert kinds.count("entry_foreign_more") == 1
    assert set(kinds) == {"entry_foreign", "entry_foreign_more"}
    (rest,) = (e.alarm.message.en for e in found.opened if e.alarm.kind == "entry_foreign_more")
    assert "60 such entries" in rest


def test_gaps_and_repeats_in_a_book(log: Log, watcher: Watcher) -> None:
    watcher.make()
    log.add(leaf(5), leaf(6))  # a book may begin anywhere
    assert watcher.look().is_clean
    log.add(leaf(11), leaf(9))
    assert named(watcher) == {
        "number_missing": sorted([f"{ORIGIN} {ISSUER} {BOOK} 7", f"{ORIGIN} {ISSUER} {BOOK} 10"])
    }
    log.add(leaf(7), leaf(8), leaf(10))
    assert watcher.look().is_clean
    log.add(leaf(9, content="again"))
    assert named(watcher) == {"number_repeated": [f"{ORIGIN}/7"]}
    assert watcher.kinds() == {"number_repeated"}  # a fact stays


def test_books_are_counted_apart_and_old_ones_not_at_all(log: Log, watcher: Watcher) -> None:
    watcher.make()
    old = f"{BOOK}/so-cu"
    log.add(
        leaf(1), leaf(1, issuer="another"), leaf(1, book="bang_thcs/2026"),
        leaf(900, book=old), leaf(3, book=old), leaf(3, book=old, content="twice"),
        leaf(7, act="revoke", reference="ab" * 32),
    )  # fmt: skip
    assert watcher.look().is_clean


def test_bursts_at_night(log: Log, watcher: Watcher) -> None:
    watcher.make("night_acts = 10")
    watcher.now = at(18, "02:00")
    log.add(*(leaf(number) for number in range(1, 101)), at=watcher.now)
    assert watcher.look().is_clean  # it was there when following began
    number = 100

    def add(count: int, when: int) -> None:
        nonlocal number
        log.add(*(leaf(number + step) for step in range(1, count + 1)), at=when)
        number += count
        watcher.now = when

    add(50, at(18, "21:59"))
    assert watcher.look().is_clean
    add(9, at(18, "23:50"))
    assert watcher.look().is_clean
    add(1, at(19, "04:30"))
    assert named(watcher) == {"night_burst": [f"{ORIGIN} {ISSUER} 2026-11-18"]}
    watcher.state(lambda state: state.settle(1, reason="xem rồi", at=watcher.now))
    add(30, at(19, "05:00"))
    assert watcher.look().is_clean


def test_acts_long_after_or_before_their_decision(log: Log, watcher: Watcher) -> None:
    watcher.make("late_days = 30")
    log.add(leaf(1, decided=date(2020, 1, 1)))
    assert watcher.look().is_clean  # it was there when following began
    log.add(
        leaf(2, decided=date(2026, 10, 19)),  # the 30th day before 18 November
        leaf(3, decided=date(2026, 10, 18)),
        leaf(4, decided=date(2026, 11, 19)),
        leaf(5, decided=date(2026, 11, 18)),
        leaf(6, decided=None),
        leaf(7, act="revoke", decided=date(2020, 1, 1), reference="ab" * 32),
    )
    assert named(watcher) == {"act_late": [f"{ORIGIN}/2"], "decision_ahead": [f"{ORIGIN}/3"]}


# --- the holder -----------------------------------------------------------------------------------


def test_any_act_that_refers_to_mine(log: Log, watcher: Watcher) -> None:
    mine = leaf_hash(leaf(1)).hex()
    watcher.make(f'leaves = ["{mine}"]')
    log.add(leaf(1), leaf(2))
    assert watcher.look().is_clean
    log.add(
        leaf(8, act="revoke", reference=leaf_hash(leaf(2)).hex()),
        leaf(9, act="erase", reference=mine),
    )
    (found,) = watcher.look().opened
    assert (found.alarm.kind, found.alarm.what) == ("act_on_mine", f"{ORIGIN}/3")
    assert "'erase'" in found.alarm.message.en


def keep_proof(log: Log, watcher: Watcher, index: int) -> None:
    """What a holder has: the proof under the present checkpoint, and the entry."""
    hashes = [leaf_hash(each) for each in log.leaves]
    proof = LogProof(index, tuple(inclusion_proof(index, hashes)), log.note())
    (watcher.folder / "mine.tlog-proof").write_text(str(proof), "utf-8")
    (watcher.folder / "mine.entry").write_bytes(log.leaves[index])


def test_my_proof_holds_while_the_log_keeps_its_word(log: Log, watcher: Watcher) -> None:
    watcher.make('proofs = ["mine.tlog-proof"]')
    log.add(*(leaf(number) for number in range(1, 401)))
    keep_proof(log, watcher, 300)
    assert watcher.look().is_clean
    log.add(*(leaf(number) for number in range(401, 700)))
    assert watcher.look().is_clean
    log.add(leaf(999, act="revoke", reference=leaf_hash(leaf(301)).hex()))
    assert watcher.kinds() == {"act_on_mine"}


@pytest.mark.parametrize("spoil", ["proof", "entry", "gone"])
def test_a_proof_that_does_not_hold_is_an_alarm(spoil: str, log: Log, watcher: Watcher) -> None:
    watcher.make('proofs = ["mine.tlog-proof"]')
    log.add(leaf(1), leaf(2), leaf(3))
    keep_proof(log, watcher, 1)
    file = watcher.folder / ("mine.entry" if spoil == "entry" else "mine.tlog-proof")
    if spoil == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-3] + b"xxx")
    assert watcher.kinds() == {"proof_invalid"}


def test_a_proof_of_another_log_is_said(log: Log, watcher: Watcher, tmp_path: Path) -> None:
    watcher.make('proofs = ["mine.tlog-proof"]')
    log.add(leaf(1))
    other = Log(tmp_path / "other", key=type(log.key)("log.example/2025", b"o" * 32))
    other.leaves.append(leaf(1))
    keep_proof(other, watcher, 0)
    assert watcher.kinds() == {"proof_of_another_log"}


def test_a_log_that_replaced_my_entry_is_caught_by_my_proof(log: Log, watcher: Watcher) -> None:
    """The monitor began only after the history was rewritten: the holder's proof remembers."""
    log.add(*(leaf(number) for number in range(1, 301)))
    watcher.make('proofs = ["mine.tlog-proof"]')
    keep_proof(log, watcher, 7)
    log.wipe()
    log.leaves[7] = leaf(8, content="forged")
    log.publish(at=NOW)
    assert watcher.kinds() == {"history_rewritten", "mine_replaced"}
    assert watcher.evidence()[0][0] == "fork"
