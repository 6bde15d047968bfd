"""Vectors for all kernel tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parent / "vectors"


def _load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def rfc6962() -> Any:
    return _load("rfc6962.json")


@pytest.fixture(scope="session")
def rfc8785_vectors() -> Any:
    return _load("rfc8785.json")


@pytest.fixture(scope="session")
def signed_note() -> Any:
    return _load("signed_note.json")


@pytest.fixture(scope="session")
def leaf_v1() -> Any:
    return _load("leaf_v1.json")


@pytest.fixture(scope="session")
def cosignatures() -> Any:
    return _load("cosignatures.json")
