"""A plain web server over the same folder gives the same bytes and headers as we do."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path
from typing import Any

import pytest

from sogoc.cli.log_public import public_server
from sogoc.credentials.log import api as log
from sogoc.monitor.api import audit_log, logs_at
from tests.credentials.log.conftest import BASE, sequence  # noqa: F401 - a fixture
from tests.credentials.log.test_publishing import add

EXAMPLE = Path(__file__).parents[2] / "docs" / "operations" / "nginx-log.conf"
SAME = ("Content-Type", "Cache-Control", "Accept-Ranges", "Access-Control-Allow-Origin",
        "X-Content-Type-Options", "Content-Length")  # fmt: skip
FILES = ("logs", "2025/checkpoint", "2025/vkey", "2025/vkey-ml-dsa-44", "2025/policy",
         "2025/tile/0/000", "2025/tile/0/001.p/44", "2025/tile/entries/000")  # fmt: skip
HIDDEN = ("", "2025", "2025/.draft", "2025/key", "2025/tile/0/002", "2025/../../home.json", ".x",
          "2025/tile/entries/%2e%2e/%2e%2e/key")  # fmt: skip


@dataclass(frozen=True)
class Got:
    status: int
    headers: HTTPMessage
    body: bytes


def get(address: str, method: str = "GET", **headers: str) -> Got:
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, headers=asked, method=method)
        ) as answer:
            return Got(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Got(error.code, error.headers, error.read())


@contextmanager
def nginx(folder: Path, root: Path) -> Iterator[str]:
    """Run nginx with our example over `root`, on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    example = EXAMPLE.read_text("utf-8")
    assert example.count("listen 127.0.0.1:8090;") == example.count("root /srv/public;") == 1
    ours = example.replace("127.0.0.1:8090", f"127.0.0.1:{port}").replace("/srv/public", str(root))
    (folder / "log.conf").write_text(ours)
    paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in
                    ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nworker_processes 1;\nerror_log {folder}/errors;\n"
        + ("user root;\n" if os.geteuid() == 0 else "")
        + f"events {{}}\nhttp {{\naccess_log off;\n{paths}include {folder}/log.conf;\n}}\n"
    )
    server = subprocess.Popen(
        ["/usr/sbin/nginx", "-p", folder, "-e", folder / "errors", "-c", folder / "nginx.conf"]
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            assert server.poll() is None, (folder / "errors").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


@contextmanager
def ours(home: Path) -> Iterator[str]:
    server = public_server(home, base=BASE, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["store", "export"])
def root(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    transactional_db: None,
    sequence: Callable[..., Any],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """What nginx is given: the live store, or an export."""
    if request.param == "store":
        monkeypatch.setenv("SOGOC_LOG_STORE", str(tmp_path / "public" / BASE))
    add(300)
    sequence()
    if request.param == "export":
        log.export_log(tmp_path, tmp_path / "public", base=BASE)
    return tmp_path / "public"


def test_nginx_and_we_give_the_same(root: Path, tmp_path: Path) -> None:
    (tmp_path / "nginx").mkdir()
    with nginx(tmp_path / "nginx", root) as theirs, ours(tmp_path) as address:
        assert [audit_log(each).is_clean for each in logs_at(whole(root, theirs))] == [True]
        for name in FILES:
            path = name if name == "logs" else f"{BASE}/{name}"
            if name == "logs" and not (root / "logs").exists():
                continue
            compare(f"{theirs}/{path}", f"{address}/{path}")
        for name in HIDDEN:
            assert get(f"{theirs}/{BASE}/{name}").status in {400, 404}, name
            assert get(f"{address}/{BASE}/{name}").status == 404, name


def whole(root: Path, address: str) -> str:
    """Where `logs` lies: at the top of an export, in the folder of the log's name in a store."""
    return address if (root / "logs").exists() else f"{address}/{BASE}"


def compare(theirs: str, ours: str) -> None:
    there, here = get(theirs), get(ours)
    assert (there.status, here.status) == (200, 200), theirs
    assert there.body == here.body
    for name in SAME:
        assert there.headers[name] == here.headers[name], (name, theirs)
    for url in (theirs, ours):
        etag = get(url).headers["ETag"]
        assert etag.startswith('"')
        head = get(url, "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Length"] == str(len(here.body))
        assert get(url, If_None_Match=etag).status == 304
        assert get(url, If_None_Match='"another"').status == 200
        part = get(url, Range="bytes=2-9")
        assert (part.status, part.body) == (206, here.body[2:10])
        assert part.headers["Content-Range"] == f"bytes 2-9/{len(here.body)}"
        assert get(url, Range="bytes=-5").body == here.body[-5:]
        assert get(url, Range="bytes=7-").body == here.body[7:]
        assert get(url, Range=f"bytes={len(here.body)}-").status == 416
        assert get(url, Range="bytes=0-1", If_Range='"old"').body == here.body
        assert get(url, Range="bytes=0-1", If_Range=etag).status == 206


def test_an_altered_file_is_named_through_nginx(root: Path, tmp_path: Path) -> None:
    bundle = root / BASE / "2025" / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes().replace(b"leaf 7", b"leaf 8", 1))
    (tmp_path / "nginx").mkdir()
    with nginx(tmp_path / "nginx", root) as address:
        (source,) = logs_at(whole(root, address))
        assert {"tile_differs", "root_differs"} == {f.kind for f in audit_log(source).findings}
