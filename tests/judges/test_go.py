"""Go's own transparency log library reads our logs and proofs, and refuses altered ones."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.tiles import TileReader, entries_path, tile_path
from tests.monitor.test_audit import (
    change_entry,
    cut_bundle,
    entries,
    rename,
    sign_another_root,
    spoil_note,
    swap_tiles,
    write,
)

GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}
SIZE = 600


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the judge; Debian's Go needs no network."""
    folder = tmp_path_factory.mktemp("go")
    program = folder / "judge"
    source = Path(__file__).parent / "go" / "judge.go"
    subprocess.run(
        ["go", "build", "-o", str(program), str(source)],
        env={**os.environ, **GO, "GOCACHE": str(folder / "cache"), "HOME": str(folder)},
        check=True,
    )
    return program


def asked(judge: Path, *words: Path) -> tuple[int, str]:
    done = subprocess.run([judge, *words], capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, SIZE, 3000])
def test_good_log_is_accepted(judge: Path, size: int, tmp_path: Path) -> None:
    assert asked(judge, write(tmp_path, entries(size))) == (0, f"log {size}\n")


def change_tile(folder: Path) -> None:
    path = folder / tile_path(0, 1)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")


@pytest.mark.parametrize(
    "attack",
    [change_entry, change_tile, cut_bundle, swap_tiles, sign_another_root, rename, spoil_note],
)
def test_altered_log_is_refused(
    judge: Path, attack: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path, entries(SIZE))
    attack(tmp_path)
    code, said = asked(judge, tmp_path)
    assert code == 1
    assert said.startswith("REFUSED:")


@pytest.mark.parametrize("index", [0, 255, 256, 511, SIZE - 1])
def test_proof_is_accepted_for_its_entry_alone(judge: Path, index: int, tmp_path: Path) -> None:
    folder = write(tmp_path / "log", entries(SIZE))
    reader = TileReader(lambda path: (folder / path).read_bytes())
    note = (folder / "checkpoint").read_text()
    proof = LogProof(index, tuple(reader.inclusion_proof(index, SIZE)), note, b"extra")
    file, entry = tmp_path / "one.tlog-proof", tmp_path / "entry"
    file.write_text(str(proof))
    entry.write_bytes(reader.entry(index, SIZE))
    assert asked(judge, folder, file, entry) == (0, f"log {SIZE}\nproof {index}\n")
    entry.write_bytes(b"leaf of somebody else")
    assert asked(judge, folder, file, entry)[0] == 1


def test_the_judge_reads_the_entries_themselves(judge: Path, tmp_path: Path) -> None:
    write(tmp_path, entries(SIZE))
    (tmp_path / entries_path(2, SIZE - 512)).unlink()
    assert asked(judge, tmp_path)[0] == 1
