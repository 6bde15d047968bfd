"""Strict reading of YAML: every key known, every value of its type, nothing empty, no key twice."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any

import yaml

from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy.errors import LawDataError

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_BASE):  # type: ignore[misc]  # the C loader is chosen at run time
    """Safe loader that refuses a key written twice."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} twice", key_node.start_mark
            )
        seen.add(key)
    loader.flatten_mapping(node)
    return dict(loader.construct_pairs(node, deep=True))


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse(text: str, file: str) -> dict[str, Any]:
    """The mapping a law file holds. Raises ``LawDataError``."""
    try:
        content = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a safe loader, made strict
    except yaml.YAMLError as problem:
        raise LawDataError(file, str(problem)) from problem
    if not isinstance(content, dict) or not content:
        raise LawDataError(file, "must be a mapping that is not empty")
    return content


class Entry:
    """One mapping being read; ``close()`` refuses what nobody asked for."""

    def __init__(self, file: str, where: str, content: Any) -> None:
        if not isinstance(content, dict):
            raise LawDataError(file, f"{where}: must be a mapping, is {content!r}")
        self.file, self.where, self._left = file, where, dict(content)

    def error(self, detail: str) -> LawDataError:
        """An error that says where."""
        return LawDataError(self.file, f"{self.where}: {detail}")

    def has(self, key: str) -> bool:
        """Whether the key is present and not read yet."""
        return key in self._left

    def raw(self, key: str) -> Any:
        """The value of a key that must be there."""
        if key not in self._left:
            raise self.error(f"{key} is missing")
        return self._left.pop(key)

    def string(self, key: str, *, one_of: tuple[str, ...] = ()) -> str:
        """A string that is not empty."""
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{key} must be a string that is not empty")
        if one_of and value not in one_of:
            raise self.error(f"{key} must be one of {', '.join(one_of)}, is {value!r}")
        return value

    def optional_string(self, key: str) -> str | None:
        """A string, or ``None`` when the key is absent."""
        return self.string(key) if self.has(key) else None

    def strings(self, key: str, *, empty: bool = False) -> tuple[str, ...]:
        """A list of strings, each once."""
        value = self.raw(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self.error(f"{key} must be a list of strings")
        if not value and not empty:
            raise self.error(f"{key} is an empty list")
        if len(set(value)) != len(value):
            raise self.error(f"{key} names something twice")
        return tuple(value)

    def optional_strings(self, key: str) -> tuple[str, ...]:
        """A list of strings, or nothing when the key is absent."""
        return self.strings(key) if self.has(key) else ()

    def number(self, key: str) -> float:
        """A number."""
        value = self.raw(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"{key} must be a number")
        return value

    def levels(self, key: str) -> range:
        """Two numbers, both ends in, as a range."""
        value = self.raw(key)
        if not (isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)):
            raise self.error(f"{key} must be [first, last]")
        if value[0] > value[1]:
            raise self.error(f"{key}: {value[0]} is above {value[1]}")
        return range(value[0], value[1] + 1)

    def day(self, key: str) -> date:
        """A date."""
        value = self.raw(key)
        if type(value) is not date:
            raise self.error(f"{key} must be a date, is {value!r}")
        return value

    def optional_day(self, key: str) -> date | None:
        """A date, or ``None`` when the key is absent."""
        return self.day(key) if self.has(key) else None

    def period(self) -> Period:
        """``from`` and ``until``, both present, either may be null."""
        bounds: list[date | None] = []
        for key in ("from", "until"):
            value = self.raw(key)
            if value is not None and type(value) is not date:
                raise self.error(f"{key} must be a date or null, is {value!r}")
            bounds.append(value)
        start, until = bounds
        if start is not None and until is not None and until <= start:
            raise self.error(f"until {until} is not after from {start}")
        return Period(start, until)

    def text(self, key: str) -> Text:
        """A sentence in both languages."""
        both = Entry(self.file, f"{self.where}.{key}", self.raw(key))
        text = Text(both.string("vi"), both.string("en"))
        both.close()
        return text

    def optional_text(self, key: str) -> Text | None:
        """A sentence in both languages, or ``None`` when the key is absent."""
        return self.text(key) if self.has(key) else None

    def entry(self, key: str) -> Entry:
        """A mapping below."""
        return Entry(self.file, f"{self.where}.{key}", self.raw(key))

    def entries(self, key: str) -> list[Entry]:
        """A list of mappings that is not empty; each is named by its ``id`` where it has one."""
        value = self.raw(key)
        if not isinstance(value, list) or not value:
            raise self.error(f"{key} must be a list that is not empty")
        return [
            Entry(self.file, str(v.get("id", f"{key}[{n}]")) if isinstance(v, dict) else key, v)
            for n, v in enumerate(value)
        ]

    def names(self) -> tuple[str, ...]:
        """Keys not read yet."""
        return tuple(self._left)

    def close(self) -> None:
        """Refuse keys nobody asked for."""
        if self._left:
            raise self.error(f"unknown: {', '.join(map(str, self._left))}")
