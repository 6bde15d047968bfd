"""Conventions of templates and styles: components only, nothing inline, every colour readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "src" / "sogoc" / "web"
PAGES = sorted((WEB / "templates").rglob("*.html"))
COMPONENTS = sorted((WEB / "components").glob("*.html"))
FRAME = {"base.html", "failure.html", "date.html", "radio.html"}  # the frame and widgets
STYLES = WEB / "static" / "sogoc" / "css"


def test_pages_hold_no_class_and_no_style() -> None:
    raw = re.compile(r"\s(class|style)=")
    found = [p.name for p in PAGES if p.name not in FRAME and raw.search(p.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize("path", [*PAGES, *COMPONENTS], ids=lambda path: path.name)
def test_templates_hold_no_script_and_nothing_inline(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text)


def test_every_component_is_used() -> None:
    written = " ".join(path.read_text("utf-8") for path in [*PAGES, *COMPONENTS])
    unused = [
        path.stem
        for path in COMPONENTS
        if not re.search(rf"<c-{path.stem.replace('_', '-')}[\s>/]", written)
    ]
    assert unused == []


def test_components_for_pages_stand_on_the_design_page() -> None:
    shown = (WEB / "templates" / "design" / "design.html").read_text("utf-8")
    parts = {
        "crumb",
        "head",
        "row",
        "cell",
        "check",
        "step",
        "task",
        "count",
        "summary_row",
        "filter",
        "result",
        "change",
        "swatch",
    }
    frame = {"header", "footer", "field"}  # around every page; inside `fields`
    missing = [
        path.stem
        for path in COMPONENTS
        if path.stem not in parts | frame
        and not re.search(rf"<c-{path.stem.replace('_', '-')}[\s>/]", shown)
    ]
    assert missing == []


def test_every_class_of_a_component_has_a_rule() -> None:
    rules = " ".join(path.read_text("utf-8") for path in STYLES.glob("*.css"))
    used = set()
    for path in [*COMPONENTS, *(p for p in PAGES if p.name in FRAME)]:
        for names in re.findall(r'class="([^"]*)"', path.read_text("utf-8")):
            plain = re.sub(r"{%.*?%}|{{.*?}}", " ", names)
            used |= {name for name in plain.split() if not name.endswith("--")}
    used -= {"steps__", "record__body"}
    missing = [name for name in sorted(used) if not re.search(rf"\.{re.escape(name)}\b", rules)]
    assert missing == []


def test_colours_come_from_tokens() -> None:
    """Outside the tokens only ink on gold leaf, white under a QR code, and black on paper."""
    allowed = {"#171a21", "#ffffff", "#000000", "#333333"}
    for path in STYLES.glob("*.css"):
        if path.name != "tokens.css":
            used = set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s])", path.read_text("utf-8")))
            assert used <= allowed, path.name


# --- contrast ----------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    text = (STYLES / "tokens.css").read_text("utf-8")
    day, night = text.split("@media (prefers-color-scheme: dark)")
    colour = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")
    light = dict(colour.findall(day))
    return {"light": light, "dark": {**light, **dict(colour.findall(night))}}


TEXT_PAIRS = [
    (ink, paper)
    for paper in ("paper", "paper-sunk", "paper-raised")
    for ink in ("ink", "ink-soft", "cham", "cham-hover")
] + [
    ("on-band", "cham-band"),
    ("on-band-soft", "cham-band"),
    ("on-action", "action"),
    ("on-action", "action-hover"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("bad-ink", "paper"),
    ("bad-ink", "paper-raised"),
    *((f"{tone}-ink", f"{tone}-paper") for tone in ("ok", "warn", "bad", "info", "plain")),
]
SHAPE_PAIRS = [
    ("line-strong", "paper"),
    ("line-strong", "paper-raised"),
    ("son", "paper"),
    *((f"{tone}-line", "paper") for tone in ("ok", "warn", "bad", "info", "plain")),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="-on-".join)
def test_text_is_readable(scheme: str, pair: tuple[str, str]) -> None:
    tokens = schemes()[scheme]
    assert contrast(tokens[pair[0]], tokens[pair[1]]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pair", SHAPE_PAIRS, ids="-on-".join)
def test_shapes_that_mean_something_are_visible(scheme: str, pair: tuple[str, str]) -> None:
    tokens = schemes()[scheme]
    assert contrast(tokens[pair[0]], tokens[pair[1]]) >= 3


def test_focus_is_visible_on_any_ground() -> None:
    """Gold leaf with a dark ring: one of the two stands out on every paper."""
    for tokens in schemes().values():
        for paper in ("paper", "paper-sunk", "cham-band", "action"):
            rings = (tokens["vang"], tokens["focus-ring"])
            assert max(contrast(ring, tokens[paper]) for ring in rings) >= 3
