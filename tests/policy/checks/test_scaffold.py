"""A scaffolded check, and that its marks are refused until they are filled in."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest
import yaml

from sogoc.policy.scaffold import FOLDER, MARK, SCOPES, ScaffoldError, main, scaffold

DAY = date(2026, 11, 21)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people").mkdir()
    return tmp_path


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("level", ["E", "W"])
def test_both_files_are_well_formed_and_marked(folder: Path, scope: str, level: str) -> None:
    module, cases = scaffold(f"{level}-NEW-RULE", "V19", scope, "people", on=DAY, folder=folder)
    assert module == folder / "people" / f"{level.lower()}_new_rule.py"
    tree = ast.parse(module.read_text("utf-8"))
    assert [n.name for n in tree.body if isinstance(n, ast.FunctionDef)] == ["run"]
    listed = yaml.safe_load(cases.read_text("utf-8"))
    assert {"pass", "fail" if level == "E" else "warn"} == {case["expect"] for case in listed}
    for file in (module, cases):
        assert MARK in file.read_text("utf-8")
        assert max(map(len, file.read_text("utf-8").splitlines())) <= 100


@pytest.mark.parametrize(
    "wrong",
    [
        ("new-rule", "V19", "row", "people"),
        ("X-NEW-RULE", "V19", "row", "people"),
        ("E-NEW-RULE", "V48", "row", "people"),
        ("E-NEW-RULE", "V00", "row", "people"),
        ("E-NEW-RULE", "V19", "cell", "people"),
        ("E-NEW-RULE", "V19", "row", "nowhere"),
    ],
)
def test_what_is_not_of_the_conventions_is_refused(
    folder: Path, wrong: tuple[str, str, str, str]
) -> None:
    with pytest.raises(ScaffoldError):
        scaffold(*wrong, on=DAY, folder=folder)
    assert list(folder.glob("people/*")) == []


def test_an_existing_check_is_never_written_over(folder: Path) -> None:
    scaffold("E-NEW-RULE", "-", "row", "people", on=DAY, folder=folder)
    with pytest.raises(ScaffoldError):
        scaffold("E-NEW-RULE", "-", "act", "people", on=DAY, folder=folder)


def test_the_command_says_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["2026-11-21", "E-NO-DECISION", "V08", "act"]) == 2
    assert "e_no_decision.py" in capsys.readouterr().err
    assert main([]) == 2


def test_no_check_that_ships_bears_a_mark() -> None:
    for file in FOLDER.rglob("*"):
        if file.suffix in {".py", ".yaml"}:
            assert MARK not in file.read_text("utf-8"), file
