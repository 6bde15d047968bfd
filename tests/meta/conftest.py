"""The files of the project, for tests about the code base itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_NOT_OURS = {".git", ".venv", "var", "build", "dist", "node_modules", "staticfiles", "__pycache__"}
_NOT_OURS |= {".hypothesis"}
_TEXT = {
    *(".py", ".sql", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ".js", ".po", ".txt", ".in"),
    *(".json", ".csv", ".cfg", ".sh", ""),
}


def files_of_project(*suffixes: str, under: tuple[str, ...] = ()) -> list[Path]:
    """Return our files with these suffixes (default: every text file) under these folders."""
    found = []
    for top in [ROOT / name for name in under] or [ROOT]:
        for folder, names, files in os.walk(top):
            names[:] = [
                name
                for name in sorted(names)
                if name not in _NOT_OURS and not name.endswith(("_cache", ".egg-info"))
            ]
            found += [Path(folder) / name for name in sorted(files)]
    return [file for file in found if file.suffix in (suffixes or _TEXT)]


@pytest.fixture(scope="session")
def root() -> Path:
    """The directory of the project."""
    return ROOT


@pytest.fixture(scope="session")
def texts() -> dict[Path, str]:
    """Every text file of the project: path from the root → content. These tests are left out."""
    read = {}
    for file in files_of_project():
        if ROOT / "tests" / "meta" in file.parents:
            continue
        try:
            read[file.relative_to(ROOT)] = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a binary file without a suffix
    return read


@pytest.fixture(scope="session")
def sources(texts: dict[Path, str]) -> dict[Path, str]:
    """Every Python file of the project but migrations: path from the root → content."""
    return {
        path: text
        for path, text in texts.items()
        if path.suffix == ".py" and "migrations" not in path.parts
    }
