"""Reference pages say what the sources and the database say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from tools import reference, source_facts

from sogoc.people.identity import Actor, acting

PAGES = reference.REFERENCE


@pytest.mark.parametrize("name", reference.PAGES)
def test_generated_pages_are_not_stale(name: str) -> None:
    written = (PAGES / name).read_text("utf-8")
    assert written == reference.PAGES[name](), "python -m tools.reference"


def test_every_environment_variable_has_its_row() -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)`", (PAGES / "settings.md").read_text("utf-8"), re.M))
    assert rows == source_facts.environment_names()


def test_the_leaf_page_explains_every_committed_field() -> None:
    page = (PAGES / "leaf-format.md").read_text("utf-8")
    explained = set(re.findall(r"`(\w+)`", page.split("## Committed fields")[1].split("\n## ")[0]))
    listed = set(re.findall(r"`(\w+)`", reference.leaf_fields()))
    sources = {"register_line", "blank_movement", "blank_lot", "people_auditevent"}
    assert listed - sources <= explained


def test_the_glossary_names_what_the_code_names(sources: dict[Path, str]) -> None:
    rows = re.findall(r"^\|[^|]+\| (`[^|]+) \|", (PAGES / "glossary.md").read_text("utf-8"), re.M)
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert len(names) == len(set(names))
    code = "\n".join(text for path, text in sources.items() if path.parts[0] == "src").lower()
    words = set(re.findall(r"[a-z_]+", code)) | set(re.split(r"[^a-z]+", code))
    assert [name for name in names if name.lower() not in words] == []


def test_the_guards_page_is_what_the_database_has(db: None) -> None:
    with acting(Actor.system("reference")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        triggers = set(cursor.fetchall())
        cursor.execute("SELECT tablename, policyname FROM pg_policies")
        policies = set(cursor.fetchall())
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        secured = {row[0] for row in cursor.fetchall()}
    page = reference.guards()
    assert rows_of(page, "Trigger") == triggers
    assert rows_of(page, "Chính sách theo hàng") == policies
    assert set(re.findall(r"`(\w+)`", page.split("Bảng bật chính sách: ")[1].split("\n")[0])) == (
        secured
    )


def rows_of(page: str, heading: str) -> set[tuple[str, ...]]:
    part = page.split(f"## {heading}")[1].split("\n## ", maxsplit=1)[0]
    return set(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", part, re.M))


def test_the_tool_says_when_a_page_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "REFERENCE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["reference", "--check"])
    assert reference.main() == 1
    assert "stale: docs/reference/errors.md" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_leaf_is_verified_by_hand_as_the_page_says(tmp_path: Path) -> None:
    """The page's program on a small log, and on one with a byte changed."""
    from base64 import b64encode

    from sogoc.kernel.leaf import leaf_hash
    from sogoc.kernel.merkle import root_hash
    from sogoc.kernel.tiles import entries_path

    leaves = [b'{"a":"issue","n":%d}' % number for number in range(1, 301)]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    for index, width in ((0, 256), (1, 20), (1, 44)):
        file = tmp_path / entries_path(index, width)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = leaves[index * 256 : index * 256 + width]
        file.write_bytes(b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in part))
    root = b64encode(root_hash(hashes)).decode()
    (tmp_path / "checkpoint").write_text(f"origin/2026\n300\n{root}\n\n— …\n", "utf-8")
    page = (PAGES / "leaf-format.md").read_text("utf-8")
    program = page.split("```python\n")[1].split("```")[0]

    def verify() -> str:
        return subprocess.run(
            [sys.executable, "-c", program, str(tmp_path), hashes[298].hex()],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert verify() == 'leaf 298 {"a":"issue","n":299}\nroot fits\n'
    bundle = tmp_path / entries_path(0)
    bundle.write_bytes(bundle.read_bytes().replace(b'"n":7}', b'"n":8}'))
    assert "ROOT DIFFERS" in verify()
