"""A log judged from its files alone: whatever was changed in them is named."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import SignerKey, sign_note
from sogoc.kernel.tiles import TileBuilder, entries_path, tile_path
from sogoc.monitor.api import FolderSource, LogReport, SourceError, WebSource, audit_log, logs_at

ORIGIN = "log.example/2025"
KEY = SignerKey(ORIGIN, b"k" * 32)
SIZES = (1, 255, 256, 257, 600, 70_000)


def entries(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


def write(folder: Path, leaves: list[bytes], key: SignerKey = KEY, origin: str = ORIGIN) -> Path:
    """Write a log as a correct operator would."""
    builder = TileBuilder()
    builder.extend(leaves)
    for path, data in builder.take_files():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    sign(folder, len(leaves), builder.root(), key, origin)
    return folder


def sign(folder: Path, size: int, root: bytes, key: SignerKey = KEY, origin: str = ORIGIN) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    body = Checkpoint(origin, size, root).body()
    (folder / "checkpoint").write_text(sign_note(body, key.name, key.private_key))
    (folder / "vkey").write_text(f"{key.verifier}\n")


def judged(folder: Path, vkey: str | None = None) -> LogReport:
    return audit_log(FolderSource(folder), vkey=vkey)


def kinds(report: LogReport) -> set[str]:
    return {finding.kind for finding in report.findings}


@pytest.mark.parametrize("size", SIZES)
def test_good_log_is_clean(size: int, tmp_path: Path) -> None:
    report = judged(write(tmp_path, entries(size)), str(KEY.verifier))
    assert report.findings == []
    assert (report.origin, report.size) == (ORIGIN, size)


def change_entry(folder: Path) -> None:
    path = folder / entries_path(1)
    path.write_bytes(path.read_bytes().replace(b"leaf 300", b"leaf 3x0"))


def swap_tiles(folder: Path) -> None:
    one, two = folder / tile_path(0, 0), folder / tile_path(0, 1)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def cut_bundle(folder: Path) -> None:
    path = folder / entries_path(1)
    path.write_bytes(path.read_bytes()[:-1])


def lose_bundle(folder: Path) -> None:
    (folder / entries_path(0)).unlink()


def lose_tile(folder: Path) -> None:
    (folder / tile_path(0, 1)).unlink()


def sign_another_root(folder: Path) -> None:
    sign(folder, 600, b"r" * 32)


def sign_fewer(folder: Path) -> None:
    builder = TileBuilder()
    builder.extend(entries(598))
    sign(folder, 599, builder.root())


def rename(folder: Path) -> None:
    builder = TileBuilder()
    builder.extend(entries(600))
    sign(folder, 600, builder.root(), origin="log.example/2024")


def spoil_note(folder: Path) -> None:
    note = folder / "checkpoint"
    note.write_text(note.read_text().replace("\n600\n", "\n601\n"))


@pytest.mark.parametrize(
    ("attack", "kind"),
    [
        (change_entry, "root_differs"),
        (change_entry, "tile_differs"),
        (swap_tiles, "tile_differs"),
        (cut_bundle, "entries_damaged"),
        (lose_bundle, "entries_missing"),
        (lose_tile, "tile_missing"),
        (sign_another_root, "root_differs"),
        (sign_fewer, "entries_missing"),
        (rename, "checkpoint_of_another_log"),
        (spoil_note, "checkpoint_invalid"),
        (lambda folder: (folder / "checkpoint").unlink(), "file_missing"),
        (lambda folder: (folder / "vkey").unlink(), "file_missing"),
        (lambda folder: (folder / "vkey").write_bytes(b"\xff"), "checkpoint_invalid"),
    ],
)
def test_attack_is_named(attack: Callable[[Path], object], kind: str, tmp_path: Path) -> None:
    write(tmp_path, entries(600))
    attack(tmp_path)
    assert kind in kinds(judged(tmp_path))


def test_entry_changed_among_seventy_thousand_is_named_with_its_tile(tmp_path: Path) -> None:
    write(tmp_path, entries(70_000))
    path = tmp_path / entries_path(500 // 256)
    path.write_bytes(path.read_bytes().replace(b"leaf 500", b"leaf 5OO"))
    report = judged(tmp_path)
    assert [each.what for each in report.findings] == [
        tile_path(0, 1), tile_path(1, 0), tile_path(2, 0, 1), "checkpoint"
    ]  # fmt: skip


def test_history_made_anew_is_caught_only_by_who_knows_the_key(tmp_path: Path) -> None:
    other = SignerKey(ORIGIN, b"x" * 32)
    write(tmp_path, [b"forged", *entries(599)], key=other)
    assert judged(tmp_path).is_clean
    assert kinds(judged(tmp_path, str(KEY.verifier))) == {"checkpoint_invalid"}


def test_partial_tile_may_go_once_the_full_one_is_there(tmp_path: Path) -> None:
    write(tmp_path, entries(300))
    checkpoint = (tmp_path / "checkpoint").read_text()
    write(tmp_path, entries(512))
    (tmp_path / "checkpoint").write_text(checkpoint)
    (tmp_path / tile_path(0, 1, 44)).unlink()
    (tmp_path / entries_path(1, 44)).unlink()
    assert judged(tmp_path).is_clean
    path = tmp_path / tile_path(0, 1)
    path.write_bytes(b"\0" + path.read_bytes()[1:])
    assert kinds(judged(tmp_path)) == {"tile_missing"}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_logs_are_followed_over_http(tmp_path: Path) -> None:
    write(tmp_path / ORIGIN, entries(600))
    write(tmp_path / "log.example" / "so-hoa", entries(3))
    (tmp_path / "logs").write_text(f"{ORIGIN}\nlog.example/so-hoa\n../../etc\n")
    with served(tmp_path) as address:
        sources = logs_at(f"{address}/")
        assert [source.where for source in sources] == [
            f"{address}/{ORIGIN}", f"{address}/log.example/so-hoa"
        ]  # fmt: skip
        assert audit_log(sources[0], vkey=str(KEY.verifier)).is_clean
        change_entry(tmp_path / ORIGIN)
        assert "root_differs" in kinds(audit_log(sources[0]))
        assert [each.where for each in logs_at(f"{address}/{ORIGIN}")] == [f"{address}/{ORIGIN}"]


def test_silence_is_no_finding(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        pass
    with pytest.raises(SourceError):
        audit_log(WebSource(address))
    for place in (str(tmp_path), "ftp://log.example"):
        with pytest.raises(SourceError):
            logs_at(place)


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "log").mkdir()
    with pytest.raises(FileNotFoundError):
        FolderSource(tmp_path / "log").read("../secret")
