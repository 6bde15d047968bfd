from __future__ import annotations

import dataclasses
import pickle

import pytest

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text


class SampleError(Error):
    """An error of this test."""


def test_text_is_vietnamese_first() -> None:
    text = Text("Xin chào", "Hello")
    assert str(text) == "Xin chào"
    assert [text.in_language(tag) for tag in ("vi", "en", "en-GB", "EN", "fr", "")] == [
        "Xin chào",
        "Hello",
        "Hello",
        "Hello",
        "Xin chào",
        "Xin chào",
    ]


def test_text_format_fills_both_languages() -> None:
    assert Text("{n} dòng", "{n} lines").format(n=3) == Text("3 dòng", "3 lines")


def test_text_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Text("a", "b").vi = "c"  # type: ignore[misc]  # the point of the test


def test_error_carries_code_message_and_context() -> None:
    error = SampleError("sample", Text("Sai", "Wrong"), row=7)
    assert (error.code, error.message.en, error.context) == ("sample", "Wrong", {"row": 7})
    assert str(error) == "sample: Sai"


def test_error_survives_a_process_boundary() -> None:
    error = pickle.loads(pickle.dumps(SampleError("sample", Text("Sai", "Wrong"), row=7)))
    assert type(error) is SampleError
    assert (error.code, error.message, error.context) == (
        "sample",
        Text("Sai", "Wrong"),
        {"row": 7},
    )
