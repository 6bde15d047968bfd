"""The sequencer: one place for each leaf, whatever stops it, and no tree but a longer one."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from sogoc.credentials.log import api as log
from sogoc.credentials.log.store import StreamStore
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import open_note
from sogoc.kernel.tiles import TileReader
from sogoc.people.api import Actor, acting
from tests.credentials.log.conftest import BASE

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = Actor.system("tests")
STEPS = ("claiming", "claimed", "tiles", "locked", "signed", "published", "kept")


class StoppedError(Exception):
    """Raised in the place of a kill."""


def _add(count: int, stream: str = "2025", prefix: str = "leaf") -> None:
    with acting(SYSTEM):
        for number in range(count):
            log.add_leaf(stream, "test", f"{prefix} {number}".encode())


def _positions() -> list[tuple[str, int, bytes]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.stream, p.index, l.leaf FROM credentials_log_position p"
            " JOIN credentials_log_leaf l ON l.id = p.leaf_id ORDER BY p.stream, p.index"
        )
        return [(stream, index, bytes(leaf)) for stream, index, leaf in cursor.fetchall()]


def _checkpoint(home: Path, stream: str = "2025") -> Checkpoint:
    folder = home / "log" / stream
    key = (folder / "key").read_text().strip()
    return Checkpoint.parse(open_note((folder / "checkpoint").read_bytes(), [key]).text)


def test_leaves_get_their_places_and_a_signed_checkpoint(
    sequence: Callable[..., log.SequencedReport], tmp_path: Path
) -> None:
    _add(300)
    _add(3, "so-hoa", "old")
    report = sequence()
    assert (report.sequenced, report.sizes) == (303, {"2025": 300, "so-hoa": 3})
    assert "thử nghiệm" in report.warning.vi
    checkpoint = _checkpoint(tmp_path)
    assert (checkpoint.origin, checkpoint.size) == (f"{BASE}/2025", 300)
    reader = TileReader(StreamStore(tmp_path, "2025").read)
    assert reader.root(300) == checkpoint.root
    assert reader.entry(299, 300) == b"leaf 299"
    assert sequence().sequenced == 0


def test_stream_grows_across_runs(sequence: Callable[..., Any], tmp_path: Path) -> None:
    sizes = []
    for run in range(6):
        _add(100, prefix=f"run {run}")
        sequence()
        sizes.append(_checkpoint(tmp_path).size)
    assert sizes == [100, 200, 300, 400, 500, 600]
    assert [index for _, index, _ in _positions()] == list(range(600))


def test_late_commit_of_a_lower_id_is_not_forgotten(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """Ids are drawn in one order and committed in another."""
    drawn, committed = threading.Event(), threading.Event()

    def slow() -> None:
        with acting(SYSTEM):
            log.add_leaf("2025", "test", b"drawn first")
            drawn.set()
            committed.wait(20)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    drawn.wait(20)
    _add(2)
    sequence()
    assert len(_positions()) == 2
    committed.set()
    thread.join()
    sequence()
    assert [leaf for _, _, leaf in _positions()] == [b"leaf 0", b"leaf 1", b"drawn first"]


def test_leaf_nobody_announced_is_found_by_a_run_that_looks_everywhere(
    sequence: Callable[..., Any],
) -> None:
    _add(3)
    sequence()
    _add(2, prefix="hidden")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM credentials_log_arrival")
    assert sequence().sequenced == 0
    assert sequence(everywhere=True).sequenced == 2


def test_nothing_is_left_to_look_at_when_all_have_a_place(sequence: Callable[..., Any]) -> None:
    for number in range(3):
        _add(2, prefix=f"{number}")
    assert sequence().sequenced == 6
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM credentials_log_arrival")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("before", [0, 70])
def test_stopped_at_any_step_it_goes_on(
    step: str, before: int, sequence: Callable[..., Any], tmp_path: Path
) -> None:
    def stop(reached: str) -> None:
        if reached == step:
            raise StoppedError

    if before:
        _add(before, prefix="before")
        sequence()
    _add(300)
    with pytest.raises(StoppedError):
        sequence(reached=stop)
    _add(5, prefix="after")
    sequence()
    assert _checkpoint(tmp_path).size == before + 305
    reader = TileReader(StreamStore(tmp_path, "2025").read)
    entries = [reader.entry(index, before + 305) for index in range(before + 305)]
    assert entries == [leaf for _, _, leaf in _positions()]
    assert len(set(entries)) == before + 305
    assert log.audit(tmp_path, base=BASE).problems == ()


@pytest.mark.fault
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_goes_on(
    step: str, sequence: Callable[..., Any], tmp_path: Path
) -> None:
    _add(300)
    connections.close_all()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            sequence(reached=lambda reached: reached == step and os.kill(os.getpid(), 9))
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    sequence()
    assert _checkpoint(tmp_path).size == 300
    assert log.audit(tmp_path, base=BASE).problems == ()


def test_draft_left_by_a_crash_is_no_tile(sequence: Callable[..., Any], tmp_path: Path) -> None:
    store = StreamStore(tmp_path, "2025")
    store.prepare()
    (store.folder / ".draft" / "torn").write_bytes(b"half a ti")
    _add(10)
    sequence()
    assert list((store.folder / ".draft").iterdir()) == []


def test_tile_with_other_bytes_stops_it(sequence: Callable[..., Any], tmp_path: Path) -> None:
    store = StreamStore(tmp_path, "2025")
    store.prepare()
    store.put([("tile/0/000.p/10", b"x" * 320)])
    _add(10)
    with pytest.raises(log.LogError) as error:
        sequence()
    assert error.value.code == "log_tile_altered"
    assert store.checkpoint() is None


def test_altered_tile_under_the_signed_tree_stops_it(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    _add(10)
    sequence()
    tile = tmp_path / "log" / "2025" / "tile" / "0" / "000.p" / "10"
    tile.write_bytes(b"x" * 320)
    _add(10, prefix="more")
    with pytest.raises(log.LogError) as refused:
        sequence()
    assert refused.value.code == "log_files_missing"
    assert _checkpoint(tmp_path).size == 10


def test_altered_tile_far_from_the_edge_is_left_to_the_audit(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """Going on costs the same at any size because it reads the right edge only."""
    _add(260)
    sequence()
    (tmp_path / "log" / "2025" / "tile" / "0" / "000").write_bytes(b"x" * 8192)
    _add(10, prefix="more")
    sequence()
    problems = log.audit(tmp_path, base=BASE).problems
    assert [found.what for found in problems if found.kind == "tile"] == ["2025/tile/0/000"]


def test_two_sequencers_take_turns(sequence: Callable[..., Any], tmp_path: Path) -> None:
    _add(50)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            sequence()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [index for _, index, _ in _positions()] == list(range(50))


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO credentials_log_position (leaf_id, stream, index) SELECT id, '2026', 0"
            " FROM credentials_log_leaf LIMIT 1"
        ),
        (
            "INSERT INTO credentials_log_position (leaf_id, stream, index) SELECT id, stream, 5"
            " FROM credentials_log_leaf LIMIT 1"
        ),
        (
            "INSERT INTO credentials_log_leaf (stream, source, leaf, leaf_hash)"
            " VALUES ('2025', 'test', 'a', 'b')"
        ),
        "UPDATE credentials_log_leaf SET stream = '2026'",
        "DELETE FROM credentials_log_leaf",
        "TRUNCATE credentials_log_checkpoint",
        "UPDATE credentials_log_position SET index = 7",
    ],
)
def test_database_refuses_what_breaks_the_log(
    statement: str, owner_connection: psycopg.Connection[Any]
) -> None:
    """Even of the owner, as long as the triggers are on."""
    _add(2)
    with pytest.raises((psycopg.errors.IntegrityError, psycopg.errors.InsufficientPrivilege)):
        owner_connection.execute(statement)
