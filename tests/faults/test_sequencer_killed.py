"""kill -9 of the sequencer at any step of database or files, and a disk that fills up under it."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import VerifierKey, open_note
from sogoc.kernel.tiles import TileReader
from tests.faults.work import LOG

if TYPE_CHECKING:
    from tests.faults.workshop import Workshop

pytestmark = pytest.mark.fault

_measured: dict[str, int] = {}
_KILLS = 3
_STREAM = "2025"


def test_log_goes_on_wherever_the_sequencer_was_killed(
    seed: int, shop: Workshop, settled: Workshop, tmp_path: Path
) -> None:
    """Killed, resumed and killed again with new leaves waiting; the tree only ever grows."""
    chance = random.Random(seed)
    tree = _Tree(tmp_path)
    total = _points(shop, settled, tmp_path / "calibration")
    points = random.Random("sequencer").sample(range(1, total + 1), total)

    for kill in range(_KILLS):
        point = points[seed % total] if kill == 0 else chance.randrange(1, total + 1)
        outcome = shop.attempt("sequence_until", home=str(tmp_path), stop_at=point)
        if kill == 0 and outcome.get("signal") != signal.SIGKILL:
            # One run passes a few points more or fewer than another: it waits for its signer.
            assert 0.9 * total < outcome["value"] < point, outcome
        shop.quiet()
        tree.look()
        if chance.random() < 0.5:
            shop.do("prepare", batch=kill + 1)

    _finishes(shop, tmp_path, tree)


def test_log_goes_on_after_a_full_disk(
    seed: int, shop: Workshop, settled: Workshop, tmp_path: Path
) -> None:
    tree = _Tree(tmp_path)
    writes = _writes(shop, settled, tmp_path / "calibration")
    if seed % 2:
        shop.do("sequence", home=str(tmp_path))
        tree.look()
        shop.do("finish", batch=1)

    outcome = shop.attempt("sequence_on_full_disk", home=str(tmp_path), writes=seed % writes)

    # a signer that cannot be made says so itself
    assert outcome.get("error") in {"OSError", "signer_not_made"} or seed % 2, outcome
    tree.look()
    _finishes(shop, tmp_path, tree)


class _Tree:
    """Every checkpoint ever seen, each proven to be a beginning of the next."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "log" / _STREAM
        self._seen = Checkpoint(f"{LOG}/{_STREAM}", 0, merkle.EMPTY_ROOT)

    def look(self) -> int:
        """Check what is published now against what was before; return its size."""
        if not (self._folder / "checkpoint").exists():
            assert self._seen.size == 0
            return 0
        key = VerifierKey.parse((self._folder / "key").read_text("ascii").strip())
        note = open_note((self._folder / "checkpoint").read_text("utf-8"), [key])
        now = Checkpoint.parse(note.text)
        assert now.size >= self._seen.size
        proof = TileReader(self._read).consistency_proof(self._seen.size, now.size)
        merkle.verify_consistency(self._seen.size, now.size, self._seen.root, now.root, proof)
        self._seen = now
        return now.size

    def _read(self, path: str) -> bytes:
        return (self._folder / path).read_bytes()


def _finishes(shop: Workshop, home: Path, tree: _Tree) -> None:
    """The next run ends well, everything is published, and nothing was altered."""
    shop.do("sequence", home=str(home))
    with shop.connect() as connection:
        leaves: Any = connection.execute(
            "SELECT count(*), count(p.leaf_id), max(p.index) + 1 FROM credentials_log_leaf l"
            " LEFT JOIN credentials_log_position p ON p.leaf_id = l.id WHERE l.stream = %s",
            [_STREAM],
        ).fetchone()
    assert leaves == (tree.look(),) * 3
    found = shop.do("audit", home=str(home))
    assert (found["problems"], found["waiting"]) == ([], 0)
    assert list((home / "log" / _STREAM / ".draft").iterdir()) == []


def _points(shop: Workshop, settled: Workshop, home: Path) -> int:
    """How many points an undisturbed run passes, measured once (what it did is undone after)."""
    if "points" not in _measured:
        _measured["points"] = _undone(shop, settled, "sequence_until", home=str(home), stop_at=None)
    return _measured["points"]


def _writes(shop: Workshop, settled: Workshop, home: Path) -> int:
    if "writes" not in _measured:
        _measured["writes"] = _undone(
            shop, settled, "sequence_on_full_disk", home=str(home), writes=1_000_000
        )
    return _measured["writes"]


def _undone(shop: Workshop, settled: Workshop, name: str, **arguments: Any) -> int:
    value: int = shop.do(name, **arguments)
    shop.quiet()
    shop.renew(settled.database)
    return value
