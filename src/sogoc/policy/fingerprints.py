"""What a check rests on: the lines of code it can reach and the values of the law it reads.

Equal fingerprints judge alike, so a sweep after a change of the law need not judge again what
rests on nothing that changed. Everything is read from the sources, function by function: a check
reaches the functions, constants and members of classes that are named in what it reaches. That
errs on the side of too much. Comments and docstrings do not count, the wording of a check's own
message (its module's docstring) included.

By convention the law is called ``law`` wherever it is handed on, and ``law.<name>`` is how its
values are read; a test runs every check with a law that records what is asked of it.
"""

from __future__ import annotations

import ast
import enum
import hashlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sogoc.kernel import canonical
from sogoc.policy.check import Check, checks
from sogoc.policy.statute import Cite, Law

_LAW_CLASS: Final = ("sogoc.policy.statute", "Law")
_RUNNER: Final = (("sogoc.policy.runner", "run_lines"),)
"""What turns results into findings counts for every check."""

_ABOUT_REVIEW: Final = frozenset({"reviewed", "checked", "provenance"})
"""When somebody last compared a value with its source: no judgement depends on it."""

_TOPICAL: Final = "values"
"""The field of values kept by topic: a check that names its topics rests on those alone."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """``digest`` (16 hexadecimal digits) changes with whatever the check rests on.

    ``law``: names of the fields of ``Law`` it reads; ``reads``: every attribute its code names, so
    ``"prior" in reads`` says whether it may look at the person's other originals.
    """

    check: str
    digest: str
    law: frozenset[str]
    reads: frozenset[str]


@lru_cache(maxsize=4)
def fingerprints(law: Law) -> Mapping[str, Fingerprint]:
    """The fingerprint of every check under a law, by check id."""
    shared = _reach(_RUNNER)
    return {check.id: _fingerprint(check, law, shared) for check in checks()}


def _fingerprint(check: Check, law: Law, shared: _Reached) -> Fingerprint:
    run = check.run_act or check.run_row or check.run_list
    module = getattr(run, "__module__", "")
    names = ("CHECK", "run", "run_batch") if check.run_batch else ("CHECK", "run")
    own = _reach(tuple((module, name) for name in names))
    content = {
        "code": sorted({**shared.code, **own.code}.items()),
        "law": _values(law, own.law, own.texts, check),
    }
    digest = hashlib.sha256(canonical.dumps(content)).hexdigest()[:16]
    return Fingerprint(check.id, digest, own.law, own.attributes)


# --- the law ------------------------------------------------------------------------------------


def _values(law: Law, names: frozenset[str], texts: frozenset[str], check: Check) -> dict[str, Any]:
    """What the law says in those fields; of instruments only those cited, of topics those named."""
    cited = {cite.instrument for cite in check.citations} | (texts & set(law.instruments))
    found: dict[str, Any] = {}
    for name in sorted(names - {"instruments"}):
        value = getattr(law, name)
        if name == _TOPICAL and (named := texts & {each.topic for each in value}):
            value = tuple(each for each in value if each.topic in named)
            found[name] = plain(value)
            cited |= _cited(value)
        else:
            found[name], more = _plain_field(law, name)
            cited |= more
    found["instruments"] = [
        [i.id, i.short, plain(i.period)]
        for key, i in sorted(law.instruments.items())
        if key in cited
    ]
    return found


@lru_cache(maxsize=256)
def _plain_field(law: Law, name: str) -> tuple[Any, frozenset[str]]:
    value = getattr(law, name)
    return plain(value), frozenset(_cited(value))


def _cited(value: object) -> set[str]:
    """The instruments named anywhere in a value."""
    if isinstance(value, Cite):
        return {value.instrument}
    if isinstance(value, Mapping):
        return set().union(*(_cited(item) for item in value.values()))
    if isinstance(value, tuple | list | frozenset):
        return set().union(*(_cited(item) for item in value))
    if is_dataclass(value) and not isinstance(value, type):
        return set().union(*(_cited(getattr(value, f.name)) for f in fields(value)))
    return set()


def plain(value: Any) -> Any:  # noqa: PLR0911 - one return a type
    """A value of the law as JSON has it, in one order whatever the process."""
    if value is None or isinstance(value, str | bool | int):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, Mapping):
        return sorted(([plain(k), plain(v)] for k, v in value.items()), key=canonical.dumps)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=canonical.dumps)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        named = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        kept = {key: item for key, item in named.items() if key not in _ABOUT_REVIEW}
        return [type(value).__name__, kept]
    return repr(value)  # ranges and numbers


# --- the code -----------------------------------------------------------------------------------

Place = tuple[str, str]
"""A module and what is defined in it: ``run``, ``Law`` or ``Law.find_kind``."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """One definition: its code without docstrings, and what it names."""

    code: str
    names: frozenset[str]
    dotted: frozenset[tuple[str, str]]
    attributes: frozenset[str]
    law: frozenset[str]
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Reached:
    code: Mapping[str, str]
    law: frozenset[str]
    attributes: frozenset[str]
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Module:
    """``units`` by name; ``imported``: the name here → the module there, and the name there."""

    units: Mapping[str, _Unit]
    imported: Mapping[str, tuple[str, str]]


def _reach(roots: tuple[Place, ...]) -> _Reached:
    """Everything that can be reached from the roots by name."""
    todo, seen, classes = list(roots), set(roots), set[Place]()
    attributes, law, texts = set[str](), set[str](), set[str]()
    code: dict[str, str] = {}
    while todo:
        for module, name in todo:
            unit = _module(module).units[name]
            code[f"{module}:{name}"] = unit.code
            attributes |= unit.attributes
            law |= unit.law
            texts |= unit.texts
            if f"{name}." in _class_prefixes(module):
                classes.add((module, name))
        following = [place for place in todo for place in _named(place)]
        for each in classes:
            asked = law if each == _LAW_CLASS else attributes
            following += _members(each, asked)
        todo = [place for place in dict.fromkeys(following) if place not in seen]
        seen |= set(todo)
    own = frozenset(f.name for f in fields(Law)) & law - _ABOUT_REVIEW
    return _Reached(code, own, frozenset(attributes), frozenset(texts))


def _named(place: Place) -> Iterator[Place]:
    """The definitions of ours that one definition names."""
    module, name = place
    here = _module(module)
    unit = here.units[name]
    for used in unit.names:
        if used in here.units:
            yield module, used
        elif used in here.imported:
            there, what = here.imported[used]
            if what in _module(there).units:
                yield there, what
    for base, used in unit.dotted:  # names.fold of an imported module
        there = ".".join(here.imported.get(base, ("", "")))
        if _is_ours(there) and used in _module(there).units:
            yield there, used


def _members(place: Place, asked: set[str]) -> Iterator[Place]:
    module, name = place
    for unit in _module(module).units:
        owner, _, member = unit.partition(".")
        if owner == name and member in asked:
            yield module, unit


@lru_cache(maxsize=512)
def _class_prefixes(module: str) -> frozenset[str]:
    return frozenset(f"{name.partition('.')[0]}." for name in _module(module).units if "." in name)


@lru_cache(maxsize=512)
def _module(name: str) -> _Module:
    """The definitions of a module of ours; none of others."""
    spec = importlib.util.find_spec(name) if _is_ours(name) else None
    if spec is None or spec.origin is None:
        return _Module({}, {})
    tree = ast.parse(Path(spec.origin).read_text("utf-8"))
    imported: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and _is_ours(node.module):
            for alias in node.names:
                imported[alias.asname or alias.name] = (node.module, alias.name)
    units: dict[str, _Unit] = {}
    for node in tree.body:
        units.update(_units(node))
    return _Module(units, imported)


def _is_ours(name: str) -> bool:
    if not name.startswith("sogoc."):
        return False
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # `a.b.thing` where a.b is no package
        return False


def _units(node: ast.stmt) -> Iterator[tuple[str, _Unit]]:
    if isinstance(node, ast.FunctionDef):
        yield node.name, _unit(node)
    elif isinstance(node, ast.ClassDef):
        always: list[ast.stmt] = []
        for part in node.body:
            names = [name for name, _ in _units(part)]
            if names and not names[0].startswith("__"):
                for name in names:
                    yield f"{node.name}.{name}", _unit(part, in_law=node.name == _LAW_CLASS[1])
            elif not _is_docstring(part):
                always.append(part)
        head = ast.ClassDef(node.name, node.bases, node.keywords, always, node.decorator_list)
        yield node.name, _unit(head)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            for found in ast.walk(target):
                if isinstance(found, ast.Name):
                    yield found.id, _unit(node)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, _unit(node)


def _unit(node: ast.stmt, *, in_law: bool = False) -> _Unit:
    law_is = {"law", "self"} if in_law else {"law"}
    names, dotted, attributes = set[str](), set[tuple[str, str]](), set[str]()
    law, texts = set[str](), set[str]()
    for found in ast.walk(node):
        if isinstance(found, ast.Name):
            names.add(found.id)
        elif isinstance(found, ast.Constant) and isinstance(found.value, str):
            texts.add(found.value)
        elif isinstance(found, ast.Attribute):
            attributes.add(found.attr)
            base = found.value
            if isinstance(base, ast.Name):
                dotted.add((base.id, found.attr))
            if _last_name(base) in law_is:
                law.add(found.attr)
    return _Unit(
        ast.dump(_without_docstrings(node)),
        frozenset(names),
        frozenset(dotted),
        frozenset(attributes),
        frozenset(law),
        frozenset(texts),
    )


def _last_name(node: ast.expr) -> str:
    """``law`` of ``law``, ``self.law`` and ``facts.law``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _without_docstrings(node: ast.stmt) -> ast.stmt:
    for found in ast.walk(node):
        if isinstance(found, ast.FunctionDef | ast.ClassDef):
            found.body = [part for part in found.body if not _is_docstring(part)] or [ast.Pass()]
    return node


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
