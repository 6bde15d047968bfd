"""The log's public files from the web process: no session, no language, the right headers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sogoc.credentials.log import api as log
from tests.credentials.log.conftest import BASE, sequence  # noqa: F401 - a fixture
from tests.credentials.log.test_publishing import add

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(sequence: Callable[..., Any], tmp_path: Path, settings: Any) -> Client:  # noqa: F811
    class Home:
        home = tmp_path
        log_origin = BASE

    settings.SOGOC_ENVIRONMENT = Home()
    add(300)
    sequence()
    return Client()


def test_files_are_those_of_the_export(client: Client, tmp_path: Path) -> None:
    log.export_log(tmp_path, tmp_path / "out", base=BASE)
    files = [each for each in (tmp_path / "out").rglob("*") if each.is_file()]
    assert len(files) > 8
    for file in files:
        answer = client.get(f"/log/{file.relative_to(tmp_path / 'out')}")
        assert answer.status_code == 200
        assert answer.content == file.read_bytes()
        assert not answer.cookies
        assert not {"Vary", "Content-Language", "Set-Cookie"} & set(answer.headers)


def test_headers_ranges_and_what_is_refused(client: Client) -> None:
    tile = f"/log/{BASE}/2025/tile/0/000"
    whole = client.get(tile)
    assert whole["Cache-Control"] == "public, max-age=31536000, immutable"
    assert whole["Content-Type"] == "application/octet-stream"
    assert client.get(f"/log/{BASE}/2025/checkpoint")["Cache-Control"] == "public, max-age=1"
    assert client.head(tile)["Content-Length"] == str(len(whole.content)) == "8192"
    assert client.head(tile).content == b""
    assert client.get(tile, headers={"if-none-match": whole["ETag"]}).status_code == 304
    part = client.get(tile, headers={"range": "bytes=0-31"})
    assert (part.status_code, part.content) == (206, whole.content[:32])
    without_end = client.get(tile, headers={"range": "bytes=0-" + "9" * 5000})
    assert (without_end.status_code, without_end.content) == (200, whole.content)
    assert client.get(f"/log/{BASE}/2025/tile/0/{'x001/' * 1500}001").status_code == 404
    assert client.post(tile).status_code == 405
    for path in ("", f"{BASE}/2025/key", f"{BASE}/2025/.draft", "signer/signer.key", "home.json"):
        answer = client.get(f"/log/{path}")
        assert answer.status_code == 404, path
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
