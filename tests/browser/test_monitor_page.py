"""The page a monitor writes, as a browser has it: axe finds nothing, nothing overflows a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.test_pages import look
from tests.monitor.building import ISSUER, NOW, Log, Watcher, leaf

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["index.html", "en.html"])
@pytest.mark.parametrize("state", ["fine", "alarms"])
def test_monitor_page(chromium: Browser, tmp_path: Path, name: str, state: str) -> None:
    log = Log(tmp_path / "log")
    log.add(*(leaf(number) for number in range(1, 301)))
    watch = f'issuers = ["{ISSUER}"]\nown_list = "own"' if state == "alarms" else ""
    watcher = Watcher(tmp_path / "monitor", log).make(watch, '[page]\nfolder = "page"')
    (watcher.folder / "own").write_text("")
    watcher.look()
    if state == "alarms":
        watcher.state(lambda memory: memory.settle(1, reason="đã đối chiếu", at=NOW))
        watcher.now += 4000
        watcher.look()
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto((watcher.folder / "page" / name).as_uri())
    look(page)
    context.close()
