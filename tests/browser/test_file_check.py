"""Sending a file and comparing a paper, as a browser has it: axe, phones, the receipt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.test_pages import look

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., "Page"]


@pytest.fixture(scope="session")
def lines(served: str, sogoc: Callable[..., str]) -> list[dict[str, str]]:
    """Two lines of the demo home."""
    said = sogoc("register", "export", "--json").splitlines()
    return [json.loads(line) for line in said[:2]]


@pytest.fixture(scope="session")
def file(
    lines: list[dict[str, str]], sogoc: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A paper of the first line."""
    target = tmp_path_factory.mktemp("paper") / "paper.pdf"
    sogoc("document", lines[0]["code"], "--format", "pdf", "-o", str(target))
    sogoc("status", "publish")
    return target


def send(page: Page, file: Path) -> None:
    page.set_input_files("#id_file", file)
    page.click("main form button")
    page.wait_for_selector("ul.checks")


def test_a_file_its_receipt_and_the_receipt_itself(
    visit: Visit, file: Path, lines: list[dict[str, str]], tmp_path: Path
) -> None:
    page = visit("/kiem-tra-tep/")
    send(page, file)
    assert "Khớp với sổ gốc" in page.inner_text("article")
    assert lines[0]["full_name"] in page.inner_text("article")
    look(page)
    with page.expect_download() as download:
        page.click("text=Tải biên nhận")
    target = tmp_path / "receipt.txt"
    download.value.save_as(target)
    assert target.read_text("utf-8").startswith("sogoc-receipt/1\n")
    page = visit("/en/kiem-tra-tep/")
    send(page, target)
    assert "A true receipt" in page.inner_text("article")
    look(page)


def test_an_altered_file_and_none(visit: Visit, file: Path, tmp_path: Path) -> None:
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(file.read_bytes() + b"%")
    page = visit("/kiem-tra-tep/")
    send(page, altered)
    assert "Không hợp lệ" in page.inner_text("article")
    look(page)
    page = visit("/kiem-tra-tep/")
    page.click("main form button")
    page.wait_for_selector("[role=alert]")
    look(page)


def test_originals_and_copies(visit: Visit, file: Path, lines: list[dict[str, str]]) -> None:
    page = visit(f"/c/{lines[0]['code']}")
    page.click("text=Bản gốc và bản sao của dòng này")
    assert "Bản sao 0001/2025/BS" in page.inner_text("main")
    look(page)
    look(visit(f"/office/register/{lines[0]['code']}", who="registrar.tt-gdtx"))


def test_a_code_and_the_paper_it_is_on(visit: Visit, lines: list[dict[str, str]]) -> None:
    mine, other = lines
    page = visit(f"/c/{mine['code']}")
    page.click("text=Nhập điều ghi trên giấy để so")
    look(page)
    for line, said in ((other, "mã này là của dòng khác"), (mine, "cùng một dòng")):
        page.fill("#id_serial", line["serial"])
        page.fill("#id_entry_number", line["entry_number"])
        page.fill("#id_full_name", line["full_name"])
        page.click("main form button")
        page.wait_for_selector("article")
        assert said in page.inner_text("article")
        look(page)
