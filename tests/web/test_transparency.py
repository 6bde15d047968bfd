"""The page of transparency: what it says is so, and its commands do what it says they do."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sogoc.cli.log_public import public_server
from sogoc.credentials.log import api as log
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import parse_note
from sogoc.web.public.growth import HEIGHT, draw
from sogoc.web.public.transparency import age_in_words
from tests.credentials.log.conftest import BASE, sequence  # noqa: F401 - a fixture
from tests.credentials.log.test_publishing import add
from tests.credentials.log.test_timestamping import move_back
from tests.web.helpers import words

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, settings: Any, transactional_db: None) -> Path:
    class Home:
        home = tmp_path
        log_origin = BASE
        is_playground = False

    settings.SOGOC_ENVIRONMENT = Home()
    return tmp_path


@pytest.fixture
def grown(home: Path, sequence: Callable[..., Any]) -> Path:  # noqa: F811
    for count in (3, 300, 40):
        add(count, f"of {count}")
        sequence()
    return home


def page(path: str = "/minh-bach/") -> Any:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer


def test_an_empty_register_has_nothing_to_show(home: Path) -> None:
    assert "Chưa có mục nào trong nhật ký." in words(page())


def test_it_shows_the_published_checkpoint_in_both_languages(grown: Path) -> None:
    note = (grown / "log/2025/checkpoint").read_text()
    checkpoint = Checkpoint.parse(parse_note(note).text)
    for path, name in (("/minh-bach/", "Giá trị gốc"), ("/en/minh-bach/", "Root")):
        answer = page(path)
        said = words(answer)
        assert f"{BASE}/2025" in said
        assert "343" in said
        assert name in said
        assert html.unescape(answer.content.decode()).count(note.splitlines()[2]) == 2
        assert all(line in html.unescape(answer.content.decode()) for line in note.splitlines())
        assert (
            answer["Cache-Control"] == "public, max-age=5" or "max-age=5" in answer["Cache-Control"]
        )
        assert "Set-Cookie" not in answer.headers
    assert checkpoint.size == 343
    assert "chưa có bên chứng kiến" in words(page())
    assert "<svg" in page().content.decode()


def test_a_policy_that_is_no_text_shows_no_witness(grown: Path) -> None:
    (grown / "log-witnesses").write_bytes(b"quorum none # \xe9\n")
    assert "343" in words(page())


def test_names_never_stand_there(grown: Path) -> None:
    assert "of 300" not in words(page())


def test_what_is_older_than_an_hour_alarms(grown: Path, superuser_connection: Any) -> None:
    assert "Quá một giờ" not in words(page())
    now = log.overview(grown, base=BASE).now
    late = log.Freshness("2025", f"{BASE}/2025", 343, now - timedelta(hours=2), 0, None)
    assert [each.kind for each in late.problems(now)] == (["age"] if now.year == 2025 else [])
    year = str(now.year)
    late = log.Freshness(year, f"{BASE}/{year}", 343, now - timedelta(hours=2), 4, None)
    with pytest.MonkeyPatch.context() as patch:
        import sogoc.credentials.log.overview as module

        patch.setattr(module, "freshness", lambda *_, **__: (late_of(late),))
        said = words(page())
    assert "Quá một giờ" in said
    assert "chứng kiến 120 phút trước" in said


def late_of(age: log.Freshness) -> log.Freshness:
    """The same age, said of the log that is there."""
    return log.Freshness(age.stream, f"{BASE}/2025", age.size, age.witnessed_at, age.waiting, None)


def test_growth_follows_what_was_published(grown: Path, superuser_connection: Any) -> None:
    move_back(superuser_connection, 3, 10)
    move_back(superuser_connection, 303, 5)
    found = log.overview(grown, base=BASE)
    (one,) = found.logs
    assert [size for _, size in one.history] == [3, 303, 343]
    drawing = draw(one.history, found.now, id="x")
    assert drawing is not None
    assert [float(step.height) for step in drawing.steps] == pytest.approx(
        [max(2, HEIGHT * 3 / 343), HEIGHT * 303 / 343, HEIGHT], abs=0.1
    )
    assert [float(step.x[:-1]) for step in drawing.steps] == pytest.approx([0, 50, 100], abs=1)
    assert draw(one.history[:1], found.now, id="x") is None


def test_growth_costs_the_same_for_a_long_log(grown: Path) -> None:
    """At most sixty-one points, whatever the number of checkpoints."""
    from django.db import connection

    from sogoc.people.api import Actor, acting

    with acting(Actor.system("test")), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO credentials_log_checkpoint (stream, size, root, note)"
            " SELECT '2025', n, '\\x00', 'n' FROM generate_series(4, 300) n"
        )
    (one,) = log.overview(grown, base=BASE).logs
    assert 50 < len(one.history) <= 61
    assert (one.history[0][1], one.history[-1][1]) == (3, 343)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "dưới một phút trước"),
        (-5, "dưới một phút trước"),
        (61, "1 phút trước"),
        (7199, "119 phút trước"),
        (7200, "2 giờ trước"),
        (3 * 86400, "3 ngày trước"),
    ],
)
def test_ages_are_said_in_words(seconds: int, said: str) -> None:
    assert age_in_words(timedelta(seconds=seconds)) == said


@contextmanager
def served(home: Path) -> Iterator[str]:
    server = public_server(home, base=BASE, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def commands(address: str) -> dict[str, str]:
    """The commands of the page by the tool's name, at the address where the log is served now."""
    text = page("/en/minh-bach/").content.decode()
    found = re.findall(
        r'<pre[^>]*aria-label="Check: ([^"]*)"[^>]*><code>(.*?)</code></pre>', text, re.S
    )
    return {
        name.split(" ")[0]: html.unescape(code).replace("http://testserver/log/", address)
        for name, code in found
    }


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As a visitor types it, with the sources of the project where the Go program is called."""
    folder.mkdir(exist_ok=True)
    cwd = ROOT if "go run" in script else folder
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=cwd,
        env={
            **os.environ,
            "PATH": path,
            "GOCACHE": str(folder / "go"),
            "GOFLAGS": "",
            "no_proxy": "*",
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


TOOLS = ("golang.org/x/mod/sumdb", "metamorphic-log", "OpenSSL")


@pytest.mark.slow
def test_the_commands_of_the_page_accept_the_log_and_refuse_an_altered_one(
    grown: Path, tmp_path: Path
) -> None:
    log.stamp_days(grown, base=BASE, authority=log.TestAuthority(tmp_path / "tsa"), also_today=True)
    with served(grown) as address:
        asked = commands(address)
        assert tuple(asked) == TOOLS
        good = {name: run(script, tmp_path / "as") for name, script in asked.items()}
        assert {name: done.returncode for name, done in good.items()} == dict.fromkeys(TOOLS, 0), (
            good
        )
        assert good[TOOLS[0]].stdout == "log 343\n"
        assert "343" in good[TOOLS[1]].stdout
        assert "Verification: OK" in good[TOOLS[2]].stdout
        assert (tmp_path / "as" / "last-entry").read_bytes().startswith(b"of 40 39")

        stream = grown / "log/2025"
        (stamp,) = (stream / "timestamps").glob("*.checkpoint")
        for file, old, new in (
            (stream / "tile/entries/001.p/87", b"of 40 39", b"of 40 3x"),
            (stream / "checkpoint", b"\n343\n", b"\n342\n"),
            (stamp, b"\n343\n", b"\n342\n"),
        ):
            file.write_bytes(file.read_bytes().replace(old, new))
        bad = {name: run(script, tmp_path / "as") for name, script in asked.items()}
        assert all(done.returncode for done in bad.values()), bad


@pytest.mark.slow
def test_a_changed_entry_alone_is_refused_by_two_of_the_tools(grown: Path, tmp_path: Path) -> None:
    entry = grown / "log/2025/tile/entries/001.p/87"
    entry.write_bytes(entry.read_bytes().replace(b"of 40 39", b"of 40 3x"))
    with served(grown) as address:
        asked = commands(address)
        assert "OpenSSL" not in asked  # no day has a time-stamp yet
        for script in asked.values():
            assert run(script, tmp_path / "as").returncode
