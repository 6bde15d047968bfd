"""The log's public files: what an export holds, what a server gives and what it does not."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sogoc.cli.log_public import public_server
from sogoc.credentials.log import api as log
from sogoc.kernel.errors import Error
from sogoc.monitor.api import FolderSource, audit_log, logs_at
from sogoc.people.api import Actor, acting
from tests.credentials.log.conftest import BASE

pytestmark = pytest.mark.django_db(transaction=True)


def add(count: int, prefix: str = "leaf", stream: str = "2025") -> None:
    with acting(Actor.system("test")):
        for number in range(count):
            log.add_leaf(stream, "test", f"{prefix} {number}".encode())


def test_export_grows_and_is_checked_without_the_database(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    target = tmp_path / "out"
    for run, (count, size) in enumerate(((3, 3), (300, 303), (40, 343))):
        add(count, f"run {run}")
        sequence()
        assert log.export_log(tmp_path, target, base=BASE) == {f"{BASE}/2025": size}
        reports = [audit_log(source) for source in logs_at(str(target))]
        assert [(each.origin, each.is_clean) for each in reports] == [(f"{BASE}/2025", True)]
    assert (target / "logs").read_text() == f"{BASE}/2025\n"
    assert sorted(each.name for each in (target / BASE / "2025").iterdir()) == [
        "checkpoint", "policy", "tile", "vkey", "vkey-ml-dsa-44"
    ]  # fmt: skip


def test_logs_without_entries_are_left_out(sequence: Callable[..., Any], tmp_path: Path) -> None:
    sequence()
    assert log.export_log(tmp_path, tmp_path / "out", base=BASE) == {}
    add(1, stream="so-hoa")
    sequence()
    assert log.export_log(tmp_path, tmp_path / "out", base=BASE) == {f"{BASE}/so-hoa": 1}


def test_export_refuses_the_place_of_another_log(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(300)
    sequence()
    target = tmp_path / "out"
    log.export_log(tmp_path, target, base=BASE)
    bundle = target / BASE / "2025" / "tile" / "entries" / "000"
    bundle.write_bytes(b"other")
    with pytest.raises(log.LogError) as refused:
        log.export_log(tmp_path, target, base=BASE)
    assert refused.value.code == "log_export_differs"
    checkpoint = target / BASE / "2025" / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace("\n300\n", "\n999\n"))
    with pytest.raises(log.LogError) as refused:
        log.export_log(tmp_path, target, base=BASE)
    assert refused.value.code == "log_export_other"


def test_server_gives_public_files_and_nothing_else(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(300)
    sequence()
    server = public_server(tmp_path, base=BASE, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        assert [audit_log(source).is_clean for source in logs_at(address)] == [True]
        with urllib.request.urlopen(f"{address}/{BASE}/2025/tile/0/000") as answer:
            assert "immutable" in answer.headers["Cache-Control"]
        with urllib.request.urlopen(f"{address}/{BASE}/2025/checkpoint") as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=1"
        for path in (
            "", "signer/signer.key", f"{BASE}/2025/key", f"{BASE}/2025/../../keys/django",
            f"{BASE}/2025/%2e%2e/%2e%2e/home.json", f"{BASE}/2025/.draft", f"{BASE}/2025/tile/0/00",
            f"{BASE}/1999/checkpoint",
        ):  # fmt: skip
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{address}/{path}")
            assert refused.value.code == 404
            refused.value.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_altered_file_of_an_export_is_named(sequence: Callable[..., Any], tmp_path: Path) -> None:
    add(300)
    sequence()
    target = tmp_path / "out"
    log.export_log(tmp_path, target, base=BASE)
    folder = target / BASE / "2025"
    bundle = folder / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes().replace(b"leaf 7", b"leaf 8", 1))
    found = {each.kind for each in audit_log(FolderSource(folder)).findings}
    assert found == {"tile_differs", "root_differs"}


def test_a_policy_that_is_no_text_is_an_error_that_says_so(
    sequence: Callable[..., Any], audit: Callable[[], log.AuditReport], tmp_path: Path
) -> None:
    add(3)
    sequence()
    (tmp_path / "log-witnesses").write_bytes(b"# \xc4\x90\xe1\xba\xafk\nquorum none # \xe9\n")
    (found,) = audit().problems
    assert (found.kind, found.what) == ("stream", "2025")
    assert "log-witnesses" in found.message.vi
    assert "Dòng 2: Không phải chữ UTF-8" in found.message.vi
    assert "Line 2: It is not UTF-8" in found.message.en
    add(1, "more")
    for act in (sequence, lambda: log.export_log(tmp_path, tmp_path / "out", base=BASE)):
        with pytest.raises(Error) as refused:
            act()
        assert refused.value.code == "policy_malformed"
    asked: dict[str, Any] = {"base": BASE, "asked": {}, "path": f"{BASE}/2025/policy"}
    answer = log.answer(tmp_path, method="GET", **asked)
    assert answer is not None
    assert (answer.status, answer.body) == (503, b"")
