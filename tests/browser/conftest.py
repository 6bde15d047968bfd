"""A demo home served by the real web process, looked at with Debian's Chromium.

Nothing is downloaded: the browser is the system's, the pages need no network but 127.0.0.1.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "so-goc-demo"
_SOGOC = "from sogoc.config.main import main; main()"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the demo home lies, and the port it is served at."""
    home = tmp_path_factory.mktemp("browser") / "home"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SOGOC_", "DATABASE_"))}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "SOGOC_HOME": str(home), "PORT": str(_free_port())}


@pytest.fixture(scope="session")
def sogoc(environment: dict[str, str]) -> Callable[..., str]:
    """Return a function that runs a command in the demo home and returns what it printed."""

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", _SOGOC, *words],
            env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def served(environment: dict[str, str], sogoc: Callable[..., str]) -> Iterator[str]:
    """The address at which a demo home is served, without a slash at the end."""
    home, port = Path(environment["SOGOC_HOME"]), environment["PORT"]
    sogoc("init", "--demo")
    log = (home.parent / "web.log").open("w+")
    server = subprocess.Popen(
        [sys.executable, "-m", "sogoc.config.serve"], env=environment, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server, Path(log.name))
        yield address
    finally:
        server.terminate()
        server.wait(30)
        log.close()
        sogoc("stop")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, one for the run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """Return `visit(path, width=…, scheme=…, who=…)`: a page of a fresh browser.

    `who` signs that demo account in first. The browser has no JavaScript of ours to run; the policy
    is switched off only so that axe can be put into the page. Errors the browser reports fail.
    """
    contexts = []
    complaints: list[str] = []

    def open_page(
        path: str, *, width: int = 1280, scheme: str = "light", who: str = "", policy: bool = False
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type] # light or dark
            bypass_csp=not policy,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda said: complaints.append(said.text) if _is_bad(said) else None)
        if who:
            page.goto(f"{served}/office/sign-in")
            page.fill("#id_username", who)
            page.fill("#id_password", PASSWORD)
            page.click("main button")
            page.wait_for_url(f"{served}/office/")
        page.goto(f"{served}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _is_bad(said: object) -> bool:
    is_status = "status of 4" in said.text  # type: ignore[attr-defined] # 404 and 409 are meant
    return said.type == "error" and not is_status  # type: ignore[attr-defined]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/robots.txt", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(log.read_text())
