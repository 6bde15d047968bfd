"""Pages that name tests name tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[a-z_/]+\.py)` (test_\w+)")


@pytest.mark.parametrize(
    ("page", "least"),
    [("docs/operations/forgeries.md", 50), ("docs/reference/conformance.md", 40)],
)
def test_each_test_named_exists(page: str, least: int) -> None:
    named = NAMED.findall((ROOT / page).read_text("utf-8"))
    assert len(named) >= least
    for file, test in set(named):
        body = ast.parse((ROOT / file).read_text("utf-8")).body
        assert test in {each.name for each in body if isinstance(each, ast.FunctionDef)}, test
