"""Conventions of the repository: two commands, locks, decisions, nothing of one machine."""

from __future__ import annotations

import re
from pathlib import Path

Texts = dict[Path, str]
LOCKS = ("build", "base", "dev")


def test_two_commands_set_everything_up(texts: Texts) -> None:
    setup = texts[Path("README.md")].split("## Set-up")[1].split("\n## ")[0]
    commands = [line for line in setup.splitlines() if re.match(r"(\$ )?[a-z.]+ ", line)]
    blocks = re.findall(r"```sh\n(.*?)```", setup, re.S)
    typed = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    assert typed == ["make demo", "make test"], commands


def test_every_make_command_named_exists(texts: Texts) -> None:
    targets = set(re.findall(r"^([a-z-]+):", texts[Path("Makefile")], re.M))
    named = {
        name
        for path, text in texts.items()
        if path.suffix == ".md"
        for name in re.findall(r"`make ([a-z-]+)", text)
    }
    assert named <= targets
    assert {"demo", "serve", "test", "faults", "bench", "lint", "lock", "clean"} <= targets


def test_continuous_integration_runs_the_same_command(texts: Texts, root: Path) -> None:
    assert "make test" in texts[Path(".ci/run")]
    assert (root / ".ci" / "run").stat().st_mode & 0o100


def test_every_dependency_says_why(texts: Texts) -> None:
    for name in LOCKS:
        for line in texts[Path(f"requirements/{name}.in")].splitlines():
            assert re.match(r"#|-r |$|.+\s# \w", line), line


def test_locks_have_hashes_and_name_no_registry(texts: Texts) -> None:
    for name in LOCKS:
        lock = texts[Path(f"requirements/{name}.txt")]
        blocks = re.split(r"\n(?=[a-z0-9])", lock)
        assert len(blocks) > (10 if name != "build" else 0)
        for block in blocks:
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", block), block[:80]
            assert "--hash=sha256:" in block, block[:80]
        assert not re.search(r"https?:|index-url|find-links", lock)


def test_locks_hold_what_is_asked_for(texts: Texts) -> None:
    for name in LOCKS:
        asked = re.findall(r"^([a-z][a-z0-9-]+)", texts[Path(f"requirements/{name}.in")], re.M)
        locked = set(re.findall(r"^([a-z0-9-]+)", texts[Path(f"requirements/{name}.txt")], re.M))
        assert set(asked) <= locked


def test_nothing_belongs_to_one_machine(texts: Texts) -> None:
    place = re.compile(
        r"(?<![\w.])/(work|root|Users|opt/\w+)/|/home/\w+/|\.\./shared|\bpypi\.org|pythonhosted"
    )
    found = [
        f"{path}:{number} {line.strip()[:80]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if place.search(line)
    ]
    assert not found, "\n".join(found)


def test_decisions_are_numbered_and_complete(texts: Texts) -> None:
    decisions = sorted(path for path in texts if path.parent == Path("docs/decisions"))
    numbers = [path.name[:4] for path in decisions]
    assert numbers == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        text = texts[path]
        assert text.startswith(f"# {path.name[:4]}. "), path
        for heading in ("Context", "Decision", "Consequences", "Rejected"):
            assert f"\n## {heading}" in text, f"{path}: {heading}"


def test_links_between_pages_lead_somewhere(texts: Texts, root: Path) -> None:
    dead = [
        f"{path}: {target}"
        for path, text in texts.items()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
        if not (root / path.parent / target).exists()
    ]
    assert not dead, "\n".join(dead)
