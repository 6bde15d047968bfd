"""The same rules wherever the log's files lie: made once, never changed, a checkpoint swapped."""

from __future__ import annotations

import shutil
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sogoc.cli.log_public import public_server
from sogoc.credentials.log import api as log
from sogoc.credentials.log.storage import FolderFiles, LogFiles, log_files
from sogoc.credentials.log.storage_s3 import BucketFiles
from sogoc.credentials.log.store import StreamStore
from sogoc.monitor.api import FolderSource, WebSource, audit_log, logs_at
from tests.credentials.log import seaweed
from tests.credentials.log.conftest import BASE
from tests.credentials.log.test_publishing import add

NOTE = f"{BASE}/2025\n%d\n{'A' * 43}=\n\n— {BASE}/2025 AAAAAAAAAA==\n"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[seaweed.Bucket]:
    with seaweed.running(tmp_path_factory.mktemp("weed")) as running:
        yield running


@pytest.fixture(params=["home", "folder", "bucket"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def files(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> LogFiles:
    """The store as the settings name it, a place of its own for each test."""
    if kind == "folder":
        monkeypatch.setenv("SOGOC_LOG_STORE", str(tmp_path / "public" / BASE))
    if kind == "bucket":
        running: seaweed.Bucket = request.getfixturevalue("bucket")
        place = f"{tmp_path.name}/{BASE}"
        for name, value in running.settings(place).items():
            monkeypatch.setenv(name, value)
    found = log_files(tmp_path)
    assert isinstance(found, BucketFiles if kind == "bucket" else FolderFiles)
    found.prepare("2025")
    return found


def test_a_file_is_made_once_and_never_changed(files: LogFiles) -> None:
    files.create([("2025/tile/0/000", b"one"), ("2025/tile/0/001", b"two")])
    files.create([("2025/tile/0/000", b"one"), ("2025/tile/0/002", b"three")])
    with pytest.raises(log.LogError) as refused:
        files.create([("2025/tile/0/001", b"other")])
    assert refused.value.code == "log_tile_altered"
    assert "2025/tile/0/001" in refused.value.message.en
    assert [files.read(f"2025/tile/0/00{number}") for number in range(3)] == [
        b"one", b"two", b"three"
    ]  # fmt: skip
    assert files.has("2025/tile/0/000")
    assert not files.has("2025/tile/0/009")
    with pytest.raises(FileNotFoundError):
        files.read("2025/tile/0/009")
    assert files.streams() == ["2025"]


def test_a_checkpoint_is_swapped_only_for_the_one_that_was_read(files: LogFiles) -> None:
    assert files.swap("2025/checkpoint", None, b"first")
    assert not files.swap("2025/checkpoint", None, b"again the first")
    assert files.swap("2025/checkpoint", b"first", b"second")
    assert not files.swap("2025/checkpoint", b"first", b"a second second")
    assert files.read("2025/checkpoint") == b"second"


def test_of_many_at_once_one_swaps(files: LogFiles, kind: str) -> None:
    """The bucket itself decides; in a folder the sequencer's lock lets one process in."""
    files.swap("2025/checkpoint", None, b"first")
    together = threading.Barrier(4)
    won: list[bytes] = []

    def swap(name: bytes) -> None:
        together.wait()
        if files.swap("2025/checkpoint", b"first", name):
            won.append(name)

    threads = [threading.Thread(target=swap, args=(b"%d" % n,)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert files.read("2025/checkpoint") in won
    assert kind != "bucket" or len(won) == 1


def test_an_earlier_checkpoint_is_never_published_over_a_later_one(
    files: LogFiles, tmp_path: Path
) -> None:
    store = StreamStore(tmp_path, "2025")
    store.publish(NOTE % 7, {"key": "k"})
    store.publish(NOTE % 9, {"key": "k"})
    with pytest.raises(log.LogError) as refused:
        store.publish(NOTE % 8, {"key": "k"})
    assert refused.value.code == "log_checkpoint_overtaken"
    assert store.checkpoint() == NOTE % 9


@pytest.mark.django_db(transaction=True)
def test_a_log_grows_is_audited_exported_and_served(
    files: LogFiles, sequence: Callable[..., Any], audit: Callable[[], Any], tmp_path: Path
) -> None:
    for count in (3, 300):
        add(count, f"run {count}")
        sequence()
    assert (tmp_path / "log" / "2025").exists() == (files.where == str(tmp_path / "log"))
    assert not [each for each in audit().problems if each.kind in {"tile", "checkpoint", "entry"}]
    assert log.export_log(tmp_path, tmp_path / "out", base=BASE) == {f"{BASE}/2025": 303}
    (source,) = logs_at(str(tmp_path / "out"))
    assert audit_log(source).is_clean
    server = public_server(tmp_path, base=BASE, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        (served,) = logs_at(f"http://127.0.0.1:{server.server_port}")
        assert audit_log(served).is_clean
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_the_store_is_served_as_it_is(
    kind: str, files: LogFiles, sequence: Callable[..., Any], tmp_path: Path, bucket: seaweed.Bucket
) -> None:
    add(300)
    sequence()
    if kind == "folder":
        (source,) = logs_at(str(tmp_path / "public"))
        assert audit_log(source).is_clean
        assert (tmp_path / "public" / BASE / "logs").read_text() == "2025\n"
        assert (tmp_path / "public" / BASE / "2025" / "policy").is_file()
        return
    address = f"{bucket.endpoint}/logs/{tmp_path.name}/{BASE}"
    (served,) = logs_at(address)
    assert isinstance(served, WebSource)
    assert audit_log(served).is_clean
    for path, kind_of, cache in (
        ("2025/tile/0/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("2025/checkpoint", "text/plain; charset=utf-8", "public, max-age=1"),
    ):
        with urllib.request.urlopen(f"{address}/{path}") as answer:
            assert answer.headers["Content-Type"] == kind_of
            assert answer.headers["Cache-Control"] == cache


@pytest.mark.django_db(transaction=True)
def test_a_changed_tile_stops_the_sequencer_and_is_named(
    files: LogFiles, sequence: Callable[..., Any], audit: Callable[[], Any], tmp_path: Path
) -> None:
    add(300)
    sequence()
    bundle = "2025/tile/entries/001.p/44"
    good = files.read(bundle)
    files.replace(bundle, good[:-1] + b"x")
    assert any(each.kind in {"entry", "tile"} for each in audit().problems)
    files.replace(bundle, good)
    files.replace("2025/tile/0/001.p/50", b"put there by somebody")
    add(6, "more")
    with pytest.raises(log.LogError) as refused:
        sequence()
    assert refused.value.code == "log_tile_altered"


@pytest.mark.parametrize("place", ["log", "ftp://x/y", "s3://bucket", "s3://"])
def test_a_place_that_is_none_is_refused(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOGOC_LOG_STORE", place)
    with pytest.raises(log.LogError) as refused:
        log_files(tmp_path)
    assert refused.value.code == "log_store_unknown"


def test_a_silent_store_and_one_with_another_name_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOGOC_LOG_STORE", str(tmp_path / "elsewhere"))
    with pytest.raises(log.LogError) as refused:
        StreamStore(tmp_path, "2025").publish(NOTE % 1, {"key": "k"})
    assert refused.value.code == "log_store_misnamed"
    silent = BucketFiles.open(
        "s3://b/name", endpoint="http://127.0.0.1:9", region=None, key_id="k", secret="s"
    )
    with pytest.raises(log.LogError) as refused:
        silent.read("2025/checkpoint")
    assert refused.value.code == "log_store_silent"


@pytest.mark.django_db(transaction=True)
def test_no_checkpoint_is_published_where_its_tiles_are_not(
    sequence: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that was set before the files were copied; then copied, and all is there."""
    add(300)
    sequence()
    served = tmp_path / "public" / BASE
    monkeypatch.setenv("SOGOC_LOG_STORE", str(served))
    for attempt in range(2):
        with pytest.raises(log.LogError) as refused:
            sequence()
        assert refused.value.code == "log_files_missing"
        assert not (served / "2025" / "checkpoint").exists()
        if not attempt:
            add(1, "and one more")
    shutil.copytree(tmp_path / "log" / "2025", served / "2025", dirs_exist_ok=True)
    sequence()
    source = FolderSource(served / "2025")
    assert audit_log(source).size == log.freshness(tmp_path, base=BASE)[0].size > 300


@pytest.mark.django_db(transaction=True)
def test_a_store_that_was_moved_is_made_complete(
    sequence: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(3)
    sequence()
    served = tmp_path / "public" / BASE
    shutil.copytree(tmp_path / "log", served)
    monkeypatch.setenv("SOGOC_LOG_STORE", str(served))
    sequence()
    assert not (served / "logs").exists()  # a worker that has nothing to do asks nobody
    sequence(remember=True)
    assert {"vkey", "vkey-ml-dsa-44", "policy"} <= {
        each.name for each in (served / "2025").iterdir()
    }
    assert (served / "logs").read_text() == "2025\n"
    (only,) = logs_at(str(served))
    assert audit_log(only).is_clean
    changed = (served / "2025" / "policy").stat().st_mtime_ns
    sequence(remember=True)
    assert (served / "2025" / "policy").stat().st_mtime_ns == changed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("spoil", ["lose", "cut", "forge"])
def test_damaged_files_are_said_and_nothing_is_handed_out(
    spoil: str, sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(300)
    sequence()
    entry = next(iter((tmp_path / "log" / "2025" / "tile" / "0").glob("000")))
    hashed = entry.read_bytes()[:32]
    assert log.prove(tmp_path, base=BASE, leaf_hash=hashed).proof.index == 0
    data = entry.read_bytes()
    entry.unlink()
    if spoil != "lose":
        entry.write_bytes(data[:-1] if spoil == "cut" else bytes(len(data)))
    with pytest.raises(log.LogError) as refused:
        log.prove(tmp_path, base=BASE, leaf_hash=hashed)
    assert refused.value.code == "log_files_damaged"
    if spoil == "lose":
        with pytest.raises(log.LogError) as refused:
            log.export_log(tmp_path, tmp_path / "out", base=BASE)
        assert refused.value.code == "log_files_damaged"
