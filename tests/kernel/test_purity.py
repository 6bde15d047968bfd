"""The kernel depends on its arguments only: no clock, no I/O, no randomness, no framework."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sogoc.kernel

MODULES = sorted(Path(sogoc.kernel.__file__).parent.glob("*.py"))
ALLOWED = {
    "__future__",
    "base64",
    "binascii",
    "collections",
    "cryptography",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "hashlib",
    "json",
    "math",
    "operator",
    "re",
    "sogoc",
    "typing",
    "unicodedata",
    "xml",
    "zlib",
}
FORBIDDEN_CALLS = {"open", "print", "input", "now", "today", "utcnow", "generate", "urandom"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_imports_and_calls_nothing_impure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported = [node.module or ""]
        else:
            imported = []
        for name in imported:
            assert name.split(".")[0] in ALLOWED, name
            assert not name.startswith("sogoc") or name.startswith("sogoc.kernel"), name
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            assert called not in FORBIDDEN_CALLS, called
