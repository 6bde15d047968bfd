"""Small parts: pages of a list, drafts, groups of findings, fonts, the frame."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from django.utils import translation

from sogoc.kernel.text import Text
from sogoc.policy.api import Finding, Level, Status
from sogoc.web.finders import FACES
from sogoc.web.frame import frame_of
from sogoc.web.office import drafts, findings
from sogoc.web.paging import page_of
from tests.credentials import world
from tests.web.helpers import Installation

DRAFT = drafts.Draft(
    owner="registrar.tt-gdtx",
    file_name="danh sách.xlsx",
    kind=world.KIND,
    issuer=world.CENTRE,
    signatory="GIÁM ĐỐC",
    issued_on=world.TODAY,
)


# --- pages of a list ---


@pytest.mark.parametrize("typed", ["0", "-1", "x", "1e3", "٣", "99999999"])
def test_what_is_no_page_is_the_first(typed: str) -> None:
    assert page_of(RequestFactory().get("/", {"page": typed}), 10).number == 1


def test_page_knows_its_neighbours_and_keeps_the_search() -> None:
    page = page_of(RequestFactory().get("/", {"q": "ánh", "page": "2"}), 10)
    assert page.offset == 10
    full = page.with_items(list(range(11)))
    assert len(full.items) == 10
    assert full.previous == "?q=%C3%A1nh&page=1"
    assert full.next == "?q=%C3%A1nh&page=3"
    assert page.with_items([1]).next == ""


# --- drafts ---


def test_draft_comes_back_as_it_was(installation: Installation) -> None:
    key = drafts.keep(DRAFT, b"data")
    assert drafts.read(key, owner=DRAFT.owner) == DRAFT
    assert drafts.data_of(key) == b"data"
    changed = replace(DRAFT, answers={"Cột lạ": "note"}, sheets=("A", "B"), sheet="A")
    drafts.write(key, changed)
    assert drafts.read(key, owner=DRAFT.owner) == changed


def test_draft_is_for_its_account_alone(installation: Installation) -> None:
    key = drafts.keep(DRAFT, b"data")
    with pytest.raises(drafts.UnknownDraft):
        drafts.read(key, owner="approver.tt-gdtx")


@pytest.mark.parametrize("key", ["", "..", "../drafts", "a/b", "x" * 32, "x" * 31 + "/"])
def test_draft_key_leads_nowhere_else(installation: Installation, key: str) -> None:
    with pytest.raises(drafts.UnknownDraft):
        drafts.read(key, owner=DRAFT.owner)


def test_draft_expires_and_is_thrown_away(installation: Installation) -> None:
    key = drafts.keep(DRAFT, b"data")
    folder = installation.uploads_directory / "drafts" / key
    assert folder.stat().st_mode & 0o077 == 0
    old = folder.stat().st_mtime - (drafts.HOURS_KEPT + 1) * 3600
    os.utime(folder, (old, old))
    with pytest.raises(drafts.UnknownDraft):
        drafts.read(key, owner=DRAFT.owner)
    drafts.keep(DRAFT, b"other")
    assert not folder.exists()


def test_keys_of_drafts_are_unguessable(installation: Installation) -> None:
    keys = {drafts.keep(DRAFT, b"") for _ in range(20)}
    assert len(keys) == 20
    assert all(len(key) == 32 for key in keys)


# --- findings ---


def finding(
    check: str, level: Level, row: int | None, message: str = "Sai", cite: str = ""
) -> Finding:
    status = Status.FAIL if level is Level.ERROR else Status.WARN
    says, todo = Text(message, message), Text("Sửa", "Fix")
    return Finding(check, None, level, status, "S1", row, 5, "birth_date", cite, says, todo)


def test_findings_are_grouped_by_check_the_heaviest_first() -> None:
    groups = findings.grouped(
        [
            finding("W-X", Level.WARNING, 3),
            finding("E-NAME-MISSING", Level.ERROR, 9),
            finding("E-NAME-MISSING", Level.ERROR, 4),
            finding("E-BODY", Level.ERROR, None),
        ]
    )
    assert [(g.check, g.count) for g in groups] == [
        ("E-BODY", 1),
        ("E-NAME-MISSING", 2),
        ("W-X", 1),
    ]
    assert groups[1].places[0].column == "Ngày sinh (E)"


def test_a_group_of_different_messages_is_titled_by_its_rule() -> None:
    check = "E-SCORE-OFF-SCALE"
    (group,) = findings.grouped(finding(check, Level.ERROR, n, f"Điểm {n}") for n in (11, 12))
    assert group.is_varied
    assert "{" not in group.title
    assert "…" in group.title


def test_long_groups_are_cut_and_say_so() -> None:
    many = [finding("E-X", Level.ERROR, n) for n in range(1, findings.SHOWN_ROWS + 8)]
    (group,) = findings.grouped(many)
    assert (len(group.places), group.more) == (findings.SHOWN_ROWS, 7)


def test_notes_carry_citation_and_remedy() -> None:
    (note,) = findings.notes([finding("E-X", Level.ERROR, 3, cite="Điều 17")])
    assert (note.sheet, note.row, note.column, note.level) == ("S1", 3, 5, "error")
    assert str(note.text) == "Sai (Điều 17) Sửa"


# --- fonts and frame ---


def test_typeface_is_found_in_its_wheel() -> None:
    for face in FACES:
        path = finders.find(f"sogoc/fonts/{face}")
        assert path is not None
        assert Path(path).read_bytes()[:4] == b"\x00\x01\x00\x00"
    assert finders.find("sogoc/fonts/BeVietnamPro-Black.ttf") is None
    assert finders.find("sogoc/fonts/../fonts/nothing.ttf") is None


def test_no_font_is_in_the_repository() -> None:
    static = Path(__file__).parents[2] / "src" / "sogoc" / "web" / "static"
    assert [
        p.name for p in static.rglob("*") if p.suffix in {".ttf", ".woff", ".woff2", ".js"}
    ] == []


def test_language_is_switched_by_address(installation: Installation) -> None:
    request = RequestFactory().get("/en/tra-cuu/")
    with translation.override("en"):
        frame = frame_of(request)
    assert [(link.code, link.href, link.is_current) for link in frame.languages] == [
        ("vi", "/tra-cuu/", False),
        ("en", "/en/tra-cuu/", True),
    ]


def test_only_playgrounds_bear_the_banner(installation: Installation) -> None:
    assert "10/04/2025" in frame_of(None).home_note
    installation.is_playground = False
    assert frame_of(None).home_note == ""
