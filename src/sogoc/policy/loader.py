"""From the YAML files to a ``Law``: each file checked against its schema and the other files."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from sogoc.kernel import canonical
from sogoc.policy.errors import LawDataError
from sogoc.policy.readers import Reader
from sogoc.policy.reading import Entry, parse
from sogoc.policy.statute import AuthorityRow, Kind, Law, key_of

FILES = (
    "instruments", "capacities", "kinds", "authority", "custody", "endings",
    "titles", "pass_marks", "results", "deadlines",
)  # fmt: skip


@lru_cache(maxsize=1)
def load_law() -> Law:
    """The law shipped with the program, read once. Raises ``LawDataError``."""
    folder = resources.files("sogoc.policy") / "law"
    return build_law({name: (folder / f"{name}.yaml").read_text("utf-8") for name in FILES})


def build_law(texts: Mapping[str, str]) -> Law:
    """A law from the text of each file of ``FILES``. Raises ``LawDataError``."""
    if set(texts) != set(FILES):
        raise LawDataError("law", f"needs exactly {', '.join(FILES)}")
    contents = {name: parse(text, f"{name}.yaml") for name, text in texts.items()}
    files = {name: Entry(f"{name}.yaml", name, content) for name, content in contents.items()}
    reviewed = max(entry.day("reviewed") for entry in files.values())
    read = Reader()
    read.instruments = read.by_id(files["instruments"], "instruments", read.instrument)
    read.capacities = read.by_id(files["capacities"], "capacities", read.capacity)
    read.kinds = read.by_id(files["kinds"], "kinds", read.kind)
    matrix = tuple(read.by_id(files["authority"], "rows", read.row).values())
    _check_matrix(matrix, read.kinds)
    custody = files["custody"]
    marks = files["pass_marks"]
    kinds, capacities = read.kinds.values(), read.capacities.values()
    law = Law(
        rule_set_id=rule_set_id(contents, reviewed),
        instruments=read.instruments,
        kinds=read.kinds,
        capacities=read.capacities,
        matrix=matrix,
        act_rules=tuple(read.by_id(custody, "acts", read.act_rule).values()),
        custodians=tuple(read.by_id(custody, "custodians", read.custodian).values()),
        endings=tuple(read.by_id(files["endings"], "endings", read.ending).values()),
        scales=tuple(read.scale(entry) for entry in marks.entries("scales")),
        pass_marks=tuple(read.by_id(marks, "marks", read.mark).values()),
        deadlines=tuple(read.by_id(files["deadlines"], "deadlines", read.deadline).values()),
        titles=read.titles(files["titles"]),
        results=read.result_words(files["results"]),
        no_credential_basis=read.no_credential(files["kinds"]),
        reviewed=reviewed,
        kind_words=_words("kinds", ((k.id, (*k.synonyms, k.name.vi)) for k in kinds)),
        capacity_words=_words("capacities", ((c.id, (*c.aliases, c.name.vi)) for c in capacities)),
        rows_by_kind={k.id: tuple(r for r in matrix if k.id in r.kinds) for k in kinds},
    )
    for entry in files.values():
        entry.close()
    return law


def _check_matrix(matrix: tuple[AuthorityRow, ...], kinds: Mapping[str, Kind]) -> None:
    """Rows of equal rank never speak twice of one capacity, and every current kind has a row."""
    for row in matrix:
        for name in row.kinds:
            if kinds[name].standing != "current":
                raise LawDataError("authority.yaml", f"{row.id}: {name} is not a current kind")
    for one, other in itertools.combinations(matrix, 2):
        if (
            one.special == other.special
            and set(one.kinds) & set(other.kinds)
            and set(one.issuer_kinds) & set(other.issuer_kinds)
            and one.period.overlaps(other.period)
        ):
            raise LawDataError("authority.yaml", f"{one.id} and {other.id} overlap")
    spoken_of = {name for row in matrix for name in row.kinds}
    for kind in kinds.values():
        if kind.standing == "current" and kind.id not in spoken_of:
            raise LawDataError("authority.yaml", f"no row for the current kind {kind.id}")


def _words(file: str, names: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """Every id and synonym, as compared, to its id; a word with two meanings is an error."""
    words: dict[str, str] = {}
    for name, synonyms in names:
        for word in (name, *synonyms):
            if words.setdefault(key_of(word), name) != name:
                raise LawDataError(
                    f"{file}.yaml", f"{word!r} means both {words[key_of(word)]} and {name}"
                )
    return words


def rule_set_id(contents: Mapping[str, Any], reviewed: date) -> str:
    """``vn-YYYY.MM-`` and 12 hex digits over the law's content and every line of code that judges.

    Equal ids judge alike. Layout and comments of the YAML files do not count.
    """
    sources = {
        path: hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for path, file in _sources(resources.files("sogoc.policy"), "")
    }
    content = {"law": _plain(contents), "sources": sources}
    digest = hashlib.sha256(canonical.dumps(content)).hexdigest()
    return f"vn-{reviewed:%Y.%m}-{digest[:12]}"


def _sources(folder: Traversable, prefix: str) -> Iterable[tuple[str, Traversable]]:
    for item in folder.iterdir():
        path = f"{prefix}{item.name}"
        if item.is_dir():
            yield from _sources(item, f"{path}/")
        elif item.name.endswith(".py") and path != "reference.py":
            yield path, item


def _plain(value: Any) -> Any:
    """YAML values as JSON has them: days become text, keys strings."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
