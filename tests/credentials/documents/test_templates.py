"""Every template is set, with the longest names too, tagged, on one page where it must be."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.press import NAMES, Press
from sogoc.credentials.documents.samples import (
    CODE,
    LONGEST_NAME,
    copy_templates,
    longest,
    print_sample,
    sample,
)
from tests.papers import SIGNED_AT

MARK = b"BeVietnamPro-Bold"
"""The typeface of the words across a sample, used for nothing else."""


PAGES = {("supplement", False): 2, ("supplement", True): 2, ("decision", True): 3}
"""A supplement runs over pages, and the list of a decision; everything else is one sheet."""


def words_of(data: bytes, folder: Path) -> list[tuple[float, ...]]:
    """Where each word stands: left, top, right, bottom and the page's width and height."""
    file = folder / "boxes.pdf"
    file.write_bytes(data)
    done = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, check=True)
    found, size = [], (0.0, 0.0)
    for kind, values in re.findall(r"<(page|word) ([^>]*)>", done.stdout.decode()):
        numbers = tuple(float(each) for each in re.findall(r'"([\d.-]+)"', values))
        if kind == "page":
            size = numbers[:2]
        else:
            found.append((*numbers, *size))
    return found


def is_on_paper(word: tuple[float, ...]) -> bool:
    """Whether a word stays 7 mm away from every edge: what a printer leaves white, and more."""
    left, top, right, bottom, width, height = word
    edge = 7 * 72 / 25.4
    return left >= edge and top >= edge and right <= width - edge and bottom <= height - edge


def text_of(data: bytes, folder: Path) -> str:
    file = folder / "page.pdf"
    file.write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_longest", [False, True], ids=["sample", "longest"])
def test_a_template_is_set(name: str, is_longest: bool, tmp_path: Path) -> None:
    data = longest(name) if is_longest else sample(name)
    made = Press().print(name, data, at=SIGNED_AT)
    text = re.sub(r"\s+", " ", text_of(made, tmp_path))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert CODE in text
    assert MARK in made
    assert data["signatory_name"] in text
    if name not in ("decision", "register-page"):
        words = data["full_name"].replace("'", "’").split()
        assert all(word in text.replace("'", "’") for word in words)
    pages = re.search(rb"/Type/Pages/Count (\d+)", made)
    assert pages is not None
    assert int(pages[1]) == PAGES.get((name, is_longest), 1)
    assert all(is_on_paper(word) for word in words_of(made, tmp_path))
    assert b"/StructTreeRoot" in made


@pytest.mark.parametrize("name", ["certificate", "diploma-thpt", "diploma-university"])
@pytest.mark.parametrize("full_name", ["H'Len Mlô", "Y Bhăm Niê Kđăm", "K'Brẻ", "Y Wer Ayũn"])
def test_names_of_the_highlands_stand_as_they_are(
    name: str, full_name: str, tmp_path: Path
) -> None:
    data = {**sample(name), "full_name": full_name, "sample": False}
    made = Press().print(name, data, at=SIGNED_AT)
    lines = text_of(made, tmp_path).replace("’", "'").splitlines()
    assert any(full_name in line for line in lines)


def test_a_word_over_the_edge_would_be_seen(tmp_path: Path) -> None:
    made = Press().print(
        "register-copy", {**sample("register-copy"), "serial": "W" * 60}, at=SIGNED_AT
    )
    assert not all(is_on_paper(word) for word in words_of(made, tmp_path))


def test_a_sample_mark_is_on_samples_alone() -> None:
    made = Press().print("certificate", {**sample("certificate"), "sample": False}, at=SIGNED_AT)
    assert MARK not in made


def test_the_diploma_does_not_show_the_mode_of_training(tmp_path: Path) -> None:
    data = {**sample("diploma-university"), "training_mode": "Từ xa", "ethnicity": "Ê Đê"}
    text = text_of(Press().print("diploma-university", data, at=SIGNED_AT), tmp_path)
    assert "Từ xa" not in text
    assert "Ê Đê" not in text


def test_the_same_data_give_the_same_bytes() -> None:
    data = sample("certificate")
    assert Press().print("certificate", data, at=SIGNED_AT) == Press().print(
        "certificate", data, at=SIGNED_AT
    )


def test_a_home_changes_a_template(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    assert "kit.typ" in copy_templates(folder)
    file = folder / "certificate.typ"
    file.write_text(file.read_text("utf-8").replace("Cho ông/bà", "Trao cho"), "utf-8")
    assert copy_templates(folder) == []
    made = Press(folder).print("certificate", sample("certificate"), at=SIGNED_AT)
    assert "Trao cho" in text_of(made, tmp_path)
    file.write_text("#let broken = ", "utf-8")
    with pytest.raises(DocumentRefused) as refused:
        Press(folder).print("certificate", sample("certificate"), at=SIGNED_AT)
    assert refused.value.code == "template_broken"


def test_looking_at_one(tmp_path: Path) -> None:
    png = print_sample(tmp_path, "decision", is_longest=False, form="png", at=SIGNED_AT)
    assert png.startswith(b"\x89PNG")
    with pytest.raises(DocumentRefused):
        print_sample(tmp_path, "nothing", is_longest=False, form="pdf", at=SIGNED_AT)
    assert LONGEST_NAME in longest("certificate")["full_name"]
