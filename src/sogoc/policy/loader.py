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
from sogoc.policy.coherence import require_coherent
from sogoc.policy.errors import LawDataError
from sogoc.policy.readers import Reader
from sogoc.policy.reading import Entry, parse
from sogoc.policy.statute import AuthorityRow, Instrument, Kind, Law, Provenance, key_of
from sogoc.policy.value_readers import ValueReader
from sogoc.policy.values import Topic, Value

VALUE_FILES = (
    "regulations", "conditions", "numbers", "blanks", "registers", "copies", "contents",
    "corrections", "reissue", "revocation", "holders", "disclosure", "reports", "digital",
    "penalties", "signing",
)  # fmt: skip
FILES = (
    "instruments", "capacities", "kinds", "authority", "custody", "endings",
    "titles", "pass_marks", "results", "deadlines", "topics", *VALUE_FILES,
)  # fmt: skip
NOT_JUDGING = frozenset(
    {
        "reference.py",
        "values_page.py",
        "provisions.py",
        "history.py",
        "difference.py",
        "fingerprints.py",
    }
)
"""Modules that only show the law: a change of theirs makes no other rule set."""


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
    read = Reader()
    checked = {name: read.provenance(entry) for name, entry in files.items()}
    reviewed = max(found.reviewed for found in checked.values())
    read.instruments = _instruments(read, files["instruments"], checked["instruments"])
    read.capacities = read.by_id(files["capacities"], "capacities", read.capacity)
    read.kinds = read.by_id(files["kinds"], "kinds", read.kind)
    matrix = tuple(read.by_id(files["authority"], "rows", read.row).values())
    _check_matrix(matrix, read.kinds)
    topics, values = _values(read, files, checked)
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
        topics=topics,
        values=values,
        provenance=checked,
        texts=dict(texts),
        content_digest=content_digest(contents),
    )
    for entry in files.values():
        entry.close()
    require_coherent(law)
    return law


def _instruments(read: Reader, file: Entry, checked: Provenance) -> dict[str, Instrument]:
    read.issuers = read.issuer_names(file)
    read.instruments = read.by_id(
        file, "instruments", lambda name, entry: read.instrument(name, entry, checked)
    )
    read.related(file)
    return read.instruments


def _values(
    read: Reader, files: Mapping[str, Entry], checked: Mapping[str, Provenance]
) -> tuple[dict[str, Topic], tuple[Value, ...]]:
    """Topics, and the values of every file; an id is used once in all of them."""
    reader = ValueReader(read)
    reader.topics = read.by_id(files["topics"], "topics", reader.topic)
    values: dict[str, Value] = {}
    for name in VALUE_FILES:

        def value(identifier: str, entry: Entry, defaults: Provenance = checked[name]) -> Value:
            return reader.value(identifier, entry, defaults)

        found = read.by_id(files[name], "values", value)
        if twice := values.keys() & found.keys():
            raise LawDataError(f"{name}.yaml", f"{', '.join(sorted(twice))}: id twice")
        values |= found
    return reader.topics, tuple(values.values())


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
    content = {"law": content_digest(contents), "sources": _code_digests()}
    digest = hashlib.sha256(canonical.dumps(content)).hexdigest()
    return f"vn-{reviewed:%Y.%m}-{digest[:12]}"


@lru_cache(maxsize=1)
def _code_digests() -> dict[str, str]:
    """SHA-256 of every module that judges, read once: a process runs the code it began with."""
    return {
        path: hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for path, file in _sources(resources.files("sogoc.policy"), "")
    }


def content_digest(contents: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) over what the law files say, whatever their layout."""
    return hashlib.sha256(canonical.dumps(_plain(contents))).hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterable[tuple[str, Traversable]]:
    for item in folder.iterdir():
        path = f"{prefix}{item.name}"
        if item.is_dir():
            yield from _sources(item, f"{path}/")
        elif item.name.endswith(".py") and path not in NOT_JUDGING:
            yield path, item


def _plain(value: Any) -> Any:
    """YAML values as JSON has them: days become text, keys strings."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
