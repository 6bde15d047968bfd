"""Finds the typeface in its wheel, so that no font file is ever committed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PACKAGE = "fontpkg_be_vietnam_pro"
PREFIX = "sogoc/fonts"
FACES = ("BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf", "BeVietnamPro-Bold.ttf")


class FontFinder(BaseFinder):
    """Static files `sogoc/fonts/BeVietnamPro-*.ttf`: the three weights our pages use."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        spec = find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(PACKAGE)
        self.storage = FileSystemStorage(location=Path(spec.origin).parent / "files")
        # `collectstatic` reads this to know where below STATIC_ROOT a file goes.
        self.storage.prefix = PREFIX  # type: ignore[attr-defined] # collectstatic's own protocol

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the absolute path of a face, or [] when `path` is none of them."""
        folder, _, name = path.replace("\\", "/").rpartition("/")
        if folder != PREFIX or name not in FACES:
            return []
        found = self.storage.path(name)
        return [found] if find_all or kwargs.get("all") else found

    def list(
        self,
        ignore_patterns: Iterable[str] | None,  # noqa: ARG002 - Django names it so
    ) -> Iterator[tuple[str, Any]]:
        """Yield the three faces for `collectstatic`."""
        for name in FACES:
            yield name, self.storage
