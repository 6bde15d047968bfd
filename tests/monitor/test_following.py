"""A monitor believes only what continues what it saw, and names whatever does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.kernel.merkle import leaf_hash
from sogoc.kernel.notes import add_signatures, parse_note
from sogoc.kernel.tiles import entries_path, tile_path
from sogoc.monitor.api import MonitorError, MonitorState, read_settings
from tests.monitor.building import BOOK, ISSUER, NOW, ORIGIN, Log, Watcher, held_by, leaf


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log")


@pytest.fixture
def watcher(tmp_path: Path, log: Log) -> Watcher:
    return Watcher(tmp_path / "monitor", log)


def grow(log: Log, upto: int, **how: int) -> None:
    log.add(*(leaf(number) for number in range(len(log.leaves) + 1, upto + 1)), **how)


@pytest.mark.parametrize("sizes", [(1, 2), (255, 256, 257), (300, 512, 700), (1, 66_000)])
def test_growth_is_followed(sizes: tuple[int, ...], log: Log, watcher: Watcher) -> None:
    watcher.make()
    for size in sizes:
        grow(log, size)
        report = watcher.look(everything=True)
        assert [each.alarm.message.en for each in report.opened] == []
        assert report.sizes == {ORIGIN: size}
    assert watcher.look().is_clean


def test_every_number_of_steps_comes_to_the_same_memory(log: Log, tmp_path: Path) -> None:
    once, often = (Watcher(tmp_path / name, log).make() for name in ("once", "often"))
    for size in (3, 256, 300, 511, 512, 513, 1100):
        grow(log, size)
        assert often.look().is_clean
    assert once.look().is_clean
    tables = ("log", "edge", "bundle", "book")
    for table in tables:
        rows = {
            str(w.folder): w.state(lambda s, t=table: s.rows(f"select * from {t} order by 1, 2"))
            for w in (once, often)
        }
        if table == "log":
            continue
        assert rows[str(once.folder)] == rows[str(often.folder)], table


def test_entries_that_do_not_fit_change_nothing(log: Log, watcher: Watcher) -> None:
    watcher.make()
    grow(log, 300)
    watcher.look()
    grow(log, 600)
    path = log.folder / entries_path(1)
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"n":400', b'"n":401'))
    assert watcher.kinds() == {"entries_do_not_fit", "number_missing"} - {"number_missing"}
    assert watcher.look().sizes == {ORIGIN: 300}
    assert watcher.evidence() == []  # the tiles prove that the history is the same
    path.write_bytes(good)
    assert watcher.look().is_clean  # it ends by itself
    assert watcher.look().sizes == {ORIGIN: 600}


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda file: file.unlink(), "entries_missing"),
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), "entries_damaged"),
        (lambda file: file.write_bytes(b""), "entries_damaged"),
        (lambda file: file.write_bytes(b"\xff" * 3_000_000), "entries_damaged"),
    ],
)
def test_a_bad_bundle_is_an_alarm(spoil, kind: str, log: Log, watcher: Watcher) -> None:
    watcher.make()
    grow(log, 600)
    spoil(log.folder / entries_path(1))
    assert watcher.kinds() == {kind}
    assert watcher.look().sizes == {ORIGIN: None}


@pytest.mark.parametrize(
    ("note", "kind"),
    [
        (b"", "checkpoint_invalid"),
        (b"\xff\xfe", "checkpoint_invalid"),
        (b"log.example/2026\n1\nAAAA\n\n", "checkpoint_invalid"),
        (b"x" * 2_000_000, "checkpoint_invalid"),
        (None, "checkpoint_missing"),
    ],
)
def test_a_bad_checkpoint_is_an_alarm(
    note: bytes | None, kind: str, log: Log, watcher: Watcher
) -> None:
    watcher.make()
    grow(log, 3)
    assert watcher.look().is_clean
    file = log.folder / "checkpoint"
    file.write_bytes(note) if note is not None else file.unlink()
    assert watcher.kinds() == {kind}
    grow(log, 4)
    assert watcher.look().is_clean


def test_new_tiles_that_do_not_fit_are_named(log: Log, watcher: Watcher) -> None:
    watcher.make()
    grow(log, 600)
    tile = log.folder / tile_path(0, 1)
    tile.write_bytes(b"\0" * 8192)
    assert watcher.kinds() == {"tile_differs", "tile_changed"}


def test_old_entries_are_read_again_in_turn(log: Log, watcher: Watcher) -> None:
    watcher.make("recheck_bundles = 1")
    grow(log, 1000)
    watcher.look()
    path = log.folder / entries_path(2)
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"n":600', b'"n":699'))
    rounds = [watcher.look().opened for _ in range(4)]
    assert {each.alarm.what for found in rounds for each in found} == {f"{ORIGIN}/599"}
    assert watcher.kinds() == {"entry_changed"}  # stays open until that bundle is read again
    path.write_bytes(good)
    assert watcher.look(everything=True).is_clean


@pytest.mark.parametrize("which", [tile_path(0, 5), tile_path(0, 273, 112), tile_path(1, 0)])
@pytest.mark.parametrize("spoil", [lambda data: data + b"x", lambda data: data[:-1]])
def test_a_tile_is_its_bytes_and_no_more(which: str, spoil, log: Log, watcher: Watcher) -> None:
    watcher.make()
    grow(log, 70_000)
    watcher.look(everything=True)
    file = log.folder / which
    file.write_bytes(spoil(file.read_bytes()))
    assert watcher.kinds(everything=True) == {"tile_changed"}


@pytest.mark.parametrize("which", ["whole", "edge", "upper"])
def test_old_tiles_are_compared_again(which: str, log: Log, watcher: Watcher) -> None:
    watcher.make()
    grow(log, 70_000)
    watcher.look(everything=True)
    path = {
        "whole": tile_path(0, 5),
        "edge": tile_path(0, 273, 112),
        "upper": tile_path(1, 0),
    }[which]
    file = log.folder / path
    file.write_bytes(b"\x01" * len(file.read_bytes()))
    assert watcher.kinds(everything=True) == {"tile_changed"}
    file.unlink()
    assert watcher.kinds(everything=True) <= {"tile_gone", "tile_changed"}


def test_silence_is_an_alarm_after_a_while(log: Log, watcher: Watcher) -> None:
    place = "http://127.0.0.1:9/nobody"
    grow(log, 3)
    watcher.make()
    assert watcher.look().is_clean
    text = (watcher.folder / "monitor.toml").read_text().replace(str(log.folder), place)
    (watcher.folder / "monitor.toml").write_text(text)
    watcher.now += 60
    assert watcher.look().is_clean
    watcher.now += 300
    assert watcher.kinds() == {"log_silent"}


def test_a_log_never_heard_of_is_silent_at_once(log: Log, watcher: Watcher) -> None:
    watcher.make()
    text = (watcher.folder / "monitor.toml").read_text()
    (watcher.folder / "monitor.toml").write_text(
        text.replace(str(log.folder), "http://127.0.0.1:9/nobody")
    )
    assert watcher.kinds() == {"log_silent"}


def test_age_and_silent_witnesses(log: Log, watcher: Watcher) -> None:
    watcher.make()
    log.leaves += [leaf(1)]
    log.publish(by=["inspectorate", "archive"])
    watcher.now = NOW + 3600
    assert watcher.look().is_clean
    watcher.now += 60
    kinds = {each.alarm.kind: each.alarm.what for each in watcher.look().opened}
    assert kinds.keys() == {"checkpoint_old", "witness_silent"}
    log.publish(at=watcher.now)  # the same checkpoint, cosigned anew by all three
    assert watcher.look().is_clean


def test_one_silent_witness_is_named(log: Log, watcher: Watcher) -> None:
    watcher.make()
    grow(log, 1)
    watcher.look()
    watcher.now += 3700
    log.publish(by=["inspectorate", "archive"], at=watcher.now)
    (found,) = watcher.look().opened
    assert (found.alarm.kind, found.alarm.what) == ("witness_silent", f"{ORIGIN} university")


@pytest.mark.parametrize("ahead", [3_600, 2**62])
def test_a_time_still_to_come_hides_no_age(ahead: int, log: Log, watcher: Watcher) -> None:
    """One witness whose clock is wrong, or who helps the log, does not keep it young for ever."""
    watcher.make()
    log.leaves += [leaf(1)]
    honest = log.note(by=["inspectorate"])
    early = log.note(by=["archive"], at=NOW + ahead)
    log.publish()
    log.show(add_signatures(honest, parse_note(early).signatures[1:]))
    assert watcher.kinds() == {"witness_ahead"}
    (found,) = watcher.look().opened
    assert found.alarm.what == f"{ORIGIN}/archive"
    watcher.now += 3_700 if ahead > 3_600 else 3_500
    if ahead > 3_600:
        assert {"checkpoint_old", "witness_silent", "witness_ahead"} == watcher.kinds()
    else:
        assert watcher.kinds() == set()  # by now it has come


def test_a_witness_asked_itself_may_be_ahead_too(
    log: Log, watcher: Watcher, tmp_path: Path
) -> None:
    log.urls["archive"] = "http://archive.example"
    watcher.make()
    grow(log, 3)
    ahead = log.note(by=["archive"], at=2**62)
    watcher.served["http://archive.example"] = held_by(tmp_path / "archive", ORIGIN, ahead)
    assert watcher.kinds() == {"witness_ahead"}


@pytest.mark.parametrize("ahead", [86_400, 2**62])
def test_times_still_to_come_in_an_old_memory_stop_no_monitor(
    ahead: int, log: Log, watcher: Watcher
) -> None:
    """Earlier versions remembered what a witness ahead of its time had stated."""
    watcher.make()
    grow(log, 1)
    watcher.look()
    for of in ("log set witnessed_at", "well set at"):
        watcher.state(lambda s, of=of: s.write(f"update {of} = ?", ahead + NOW))
    log.leaves += [leaf(2)]
    watcher.now += 60
    log.publish(at=watcher.now)
    assert watcher.kinds() == set()  # neither a fault, nor late, nor of the night
    watcher.state(lambda s: s.write("update log set witnessed_at = ?", ahead + NOW))
    watcher.state(lambda s: s.write("update well set at = ?", ahead + NOW))
    assert watcher.look().is_clean
    watcher.now += 3_700
    assert watcher.kinds() == {"checkpoint_old", "witness_silent"}  # and nothing hides either


def test_a_witness_behind_the_last_checkpoint_moves_no_act(log: Log, watcher: Watcher) -> None:
    """A time long gone, stated by one, does not make acts of today old, or of the night."""
    watcher.make()
    grow(log, 1)
    watcher.look()
    log.leaves += [leaf(2)]
    log.publish(at=NOW)
    honest = log.note(by=["inspectorate"], at=NOW + 60)
    late = log.note(by=["archive"], at=1)
    log.show(add_signatures(honest, parse_note(late).signatures[1:]))
    watcher.now = NOW + 60
    assert watcher.kinds() == set()


def test_a_witness_shows_what_the_log_withholds(log: Log, watcher: Watcher, tmp_path: Path) -> None:
    log.urls["archive"] = "http://archive.example"
    watcher.make()
    grow(log, 10)
    ten = log.note()
    watcher.served["http://archive.example"] = held_by(tmp_path / "archive", ORIGIN, ten)
    assert watcher.look().is_clean
    twelve = log.note([*log.leaves, leaf(11), leaf(12)], by=["archive"])
    held_by(tmp_path / "archive", ORIGIN, twelve)
    assert watcher.look().is_clean  # published a moment later: no alarm yet
    watcher.now += 700
    assert watcher.kinds() == {"log_behind_witness"}
    forked = log.note([*log.leaves[:9], leaf(99)], by=["archive"])
    held_by(tmp_path / "archive", ORIGIN, forked)
    assert watcher.kinds() == {"history_rewritten"}
    assert [row[0] for row in watcher.evidence()] == ["fork"]


def test_a_closed_log_must_not_grow(log: Log, watcher: Watcher) -> None:
    watcher.make(closed=True)
    grow(log, 5)
    assert watcher.look().is_clean
    watcher.now += 10 * 24 * 3600
    assert watcher.look().is_clean  # and its age is none of our business
    grow(log, 6)
    assert watcher.kinds() == {"closed_log_grew"}


def test_a_log_nobody_follows_is_named(tmp_path: Path) -> None:
    log = Log(tmp_path / "public" / ORIGIN)
    grow(log, 2)
    (tmp_path / "public" / "logs").write_text(f"{ORIGIN}\nlog.example/2027\n")
    watcher = Watcher(tmp_path / "monitor", log).make()
    assert watcher.kinds() == {"log_not_followed"}
    (tmp_path / "public" / "logs").write_text(f"{ORIGIN}\n")
    assert watcher.look().is_clean
    base, _, name = ORIGIN.partition("/")
    (tmp_path / "public" / base / "logs").write_text(f"{name}\n2027\n")  # as a store lists them
    (found,) = watcher.look().opened
    assert (found.alarm.kind, found.alarm.what) == ("log_not_followed", f"{base}/2027")


def test_what_is_not_ours_to_judge_is_no_crash(log: Log, watcher: Watcher) -> None:
    """Entries that are no leaves, a policy gone, a memory gone: each is said."""
    watcher.make()
    log.add(b"not a leaf", leaf(1))
    assert watcher.kinds() == {"entry_foreign"}
    (watcher.folder / "policy").write_text("quorum nobody\n")
    assert watcher.kinds() == {"entry_foreign", "monitor_fault"}
    (watcher.folder / "monitor.sqlite").write_bytes(b"no database")
    with pytest.raises(MonitorError):
        watcher.look()


def test_memory_is_not_set_back(log: Log, watcher: Watcher) -> None:
    watcher.make()
    grow(log, 5)
    watcher.look()
    for statement in (
        "update log set size = 1",
        "update log set root = zeroblob(32)",
        "delete from log",
        "delete from alarm",
        "delete from evidence",
    ):

        def change(state: MonitorState, statement: str = statement) -> None:
            with state.changing():
                state.write("insert into evidence values (1, 'o', 'fork', 'a', 'b', 1)")
                state.write(
                    "insert into alarm values (1, 'k', 's', 'k', 'w', 'v', 'e', 0, 1, 1, 1, '', 0)"
                )
                state.write(statement)

        with pytest.raises(Exception, match=r"shrinks|forgotten|deleted"):
            watcher.state(change)


ONE = '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\n'


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "[[log]]\norigin = 1\n",
        '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\nother = "d"\n',
        '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\n[watch]\nleaves = ["zz"]\n',
        '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\n[watch]\nnight_from = "25:00"\n',
        '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\n[watch]\nlate_days = -1\n',
        '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\n[webhook]\nurl = "file:///etc"\n',
        '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\n[mail]\nto = []\n',
        '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\n[surprise]\n',
        '[[log]]\norigin = "a"\nplace = "b"\npolicy = "c"\n' * 2,
        ONE + '[watch]\nzone = "Hanoi"\n',
        ONE + '[watch]\nzone = "../etc/passwd"\n',
        ONE + '[mail]\nto = []\nsender = "a@b"\n',
        ONE + '[mail]\nto = ["nobody"]\nsender = "a@b"\n',
        ONE + '[mail]\nto = ["a@b"]\nsender = "a@b\\nBcc: x@y"\n',
        ONE + '[mail]\nto = ["a@b"]\nsender = "a@b"\nport = 99999\n',
        ONE + '[webhook]\nurl = "http://127.0.0.1:99999"\n',
        ONE + '[webhook]\nurl = "http://"\n',
        "not toml",
    ],
)
def test_settings_are_read_strictly(bad: str, tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text(bad)
    with pytest.raises(MonitorError):
        read_settings(tmp_path)


def test_leaves_of_the_tests_are_leaves_of_the_register() -> None:
    assert b'"a":"issue","b":"%s"' % BOOK.encode() in leaf(1)
    assert len(leaf_hash(leaf(1, issuer=ISSUER))) == 32
