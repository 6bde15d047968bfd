"""Facts read from the sources themselves: errors, audit verbs, environment names, guards.

Nothing is imported or run: Python is read as a syntax tree, SQL as statements.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = ROOT / "src" / "sogoc"
_VALUE: Final = "…"


@dataclass(frozen=True, slots=True)
class ErrorFact:
    """One code an `Error` is raised with; messages hold `…` for values, empty when built apart."""

    code: str
    kind: str
    module: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement of a guards file, loops written out; bodies of functions are left out."""

    file: str
    text: str


@lru_cache
def trees() -> dict[str, ast.Module]:
    """Every module of the package: dotted name → syntax tree."""
    return {
        ".".join(file.relative_to(SOURCES.parent).with_suffix("").parts): ast.parse(
            file.read_text("utf-8")
        )
        for file in sorted(SOURCES.rglob("*.py"))
        if "migrations" not in file.parts
    }


# --- errors -----------------------------------------------------------------------------------


def errors() -> list[ErrorFact]:
    """Every code an anticipated error is built with, by code and module."""
    kinds = _error_kinds()
    found = set()
    for module, tree in trees().items():
        found |= set(_built(module, tree, kinds))
        found |= set(_by_helper(module, tree, kinds))
        found |= set(_by_act(module, tree))
    by_code: dict[tuple[str, str], ErrorFact] = {}
    for fact in sorted(found, key=lambda f: (f.code, f.module, f.vi)):
        known = by_code.get((fact.code, fact.module))
        if known is None or not known.vi:
            by_code[fact.code, fact.module] = fact
    return [_with_message_of_cause(fact, by_code.values()) for fact in by_code.values()]


def _with_message_of_cause(fact: ErrorFact, known: Iterable[ErrorFact]) -> ErrorFact:
    """Give an error raised with the message of the one it answers that one's message."""
    cause = _causes().get((fact.code, fact.module))
    if fact.vi or cause is None:
        return fact
    said = [other for other in known if other.kind == cause and other.vi]
    return replace(fact, vi=said[0].vi, en=said[0].en) if said else fact


@lru_cache
def _causes() -> dict[tuple[str, str], str]:
    """(Code, module) → class of the error caught, where `caught.message` is passed on."""
    found = {}
    for module, tree in trees().items():
        for handler in ast.walk(tree):
            if not (isinstance(handler, ast.ExceptHandler) and isinstance(handler.type, ast.Name)):
                continue
            for call in ast.walk(handler):
                if (
                    isinstance(call, ast.Call)
                    and len(call.args) > 1
                    and isinstance(call.args[0], ast.Constant)
                    and ast.unparse(call.args[1]) == f"{handler.name}.message"
                ):
                    found[call.args[0].value, module] = handler.type.id
    return found


def _error_kinds() -> set[str]:
    kinds, before = {"Error"}, 0
    while len(kinds) != before:
        before = len(kinds)
        for tree in trees().values():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and kinds & {_name(b) for b in node.bases}:
                    kinds.add(node.name)
    return kinds


def _built(module: str, tree: ast.Module, kinds: set[str]) -> Iterator[ErrorFact]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in kinds:
            for call in _own_calls(node):
                yield from _fact(module, node.name, call)
        elif isinstance(node, ast.Call) and _name(node.func) in kinds - _with_own_code():
            yield from _fact(module, _name(node.func), node)


def _own_calls(node: ast.ClassDef) -> list[ast.Call]:
    return [
        call
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
    ]


@lru_cache
def _with_own_code() -> frozenset[str]:
    """Classes whose constructor names the code itself."""
    return frozenset(
        node.name
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for call in _own_calls(node)
        if call.args and isinstance(call.args[0], ast.Constant)
    )


def _by_helper(module: str, tree: ast.Module, kinds: set[str]) -> Iterator[ErrorFact]:
    """Codes passed to functions of the module that build the error from a parameter.

    Also by the modules that import such a function.
    """
    tables = _tables(tree)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        parameters = {argument.arg for argument in function.args.args}
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and _name(call.func) in kinds and call.args):
                continue
            first, kind = call.args[0], _name(call.func)
            if not (isinstance(first, ast.Name) and first.id in parameters):
                continue
            for code, message in tables.items():
                yield ErrorFact(code, kind, module, *message)
            for where, name in ((module, function.name), *_importers(module, function.name)):
                for user in ast.walk(trees()[where]):
                    if isinstance(user, ast.Call) and _name(user.func) == name:
                        found = _fact(where, kind, user)  # without a message: one of the table
                        yield from (fact for fact in found if where == module or fact.vi)


@lru_cache
def _importers(module: str, name: str) -> tuple[tuple[str, str], ...]:
    """Modules that import this name from there, and what they call it."""
    return tuple(
        (other, alias.asname or name)
        for other, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
        if alias.name == name
    )


def _by_act(module: str, tree: ast.Module) -> Iterator[ErrorFact]:
    """Codes `{self.name}_…` raised as `self.refused`: one for each `Act` of the package."""
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "self.refused"):
            continue
        ending, texts = _text(call.args[0]).removeprefix(_VALUE), _texts(call.args[1])
        for name, kind in _acts():
            yield ErrorFact(f"{name}{ending}", kind, module, *texts)


@lru_cache
def _acts() -> list[tuple[str, str]]:
    """Name and error class of every `Act(name=…, refused=…)`."""
    return [
        (ast.literal_eval(given["name"]), _name(given["refused"]))
        for tree in trees().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) == "Act"
        for given in [{each.arg: each.value for each in call.keywords}]
        if "refused" in given
    ]


def _tables(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Module tables of messages: code → texts."""
    found: dict[str, tuple[str, str]] = {}
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Dict):
            for key, text in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    match _texts(text):
                        case (vi, en):
                            found[key.value] = vi, en
    return found


def _fact(module: str, kind: str, call: ast.Call) -> Iterator[ErrorFact]:
    code = call.args[0] if call.args else None
    if not (isinstance(code, ast.Constant) and isinstance(code.value, str)):
        return
    texts: tuple[str, ...] = ()
    if len(call.args) > 1:
        texts = _texts(call.args[1]) or tuple(filter(None, map(_text, call.args[1:3])))
    vi, en = texts if len(texts) == 2 else ("", "")
    yield ErrorFact(code.value, kind, module, vi, en)


def _texts(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Call) and _name(node.func) == "Text" and len(node.args) == 2:
        return tuple(_text(argument) for argument in node.args)
    return ()


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{\w+\}", _VALUE, node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else _VALUE for part in node.values
        )
    if isinstance(node, ast.BinOp):
        return f"{_text(node.left)} {_text(node.right) or _VALUE}"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _text(node.func.value)  # "…".rstrip()
    return ""


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


# --- audit verbs ------------------------------------------------------------------------------

VERB_VALUES: Final = {
    "issuing:batch:{action}": (
        ["prepare", "approve", "print", "misprint", "reopen", "sign", "seal", "issue", "cancel"]
    ),
    "digitisation:job:{action}": (
        [
            "open",
            "attach",
            "key",
            "compare",
            "settle",
            "draw_up",
            "sign",
            "withdraw",
            "count",
            "cancel",
        ]
    ),
    "blanks:blank:{state}": ["spoiled", "returned", "destroyed", "lost"],
    "sweep:case:{step}": ["assign", "note", "close"],
    "signing:key:{cause}": ["retired", "compromised"],
    "lifecycle:revocation:{what}": ["propose", "withdraw"],
    "people:{what}:import": ["organisation", "account", "mandate"],
}
"""What stands in the verbs that are put together; each word must be in that package's sources."""


def verbs() -> list[tuple[str, str]]:
    """Every verb of audit events with the package that records it. Raises `LookupError`."""
    found = set()
    for module, tree in trees().items():
        package = ".".join(module.split(".")[: 2 if ".people." in module else 3])
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and _name(call.func) == "record_event":
                for keyword in call.keywords:
                    if keyword.arg == "verb":
                        found |= {(verb, package) for verb in _verbs(keyword.value, package)}
    return sorted(found)


def _verbs(node: ast.expr, package: str) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    pattern = ast.unparse(node)[2:-1]
    words = VERB_VALUES[pattern]  # a new pattern needs its words above
    constants = {
        constant.value
        for module, tree in trees().items()
        if module.startswith(package)
        for constant in ast.walk(tree)
        if isinstance(constant, ast.Constant)
    }
    if unknown := set(words) - constants:
        raise LookupError(f"{pattern}: {unknown} is nowhere in {package}")
    return [re.sub(r"\{\w+\}", word, pattern) for word in words]


# --- the environment --------------------------------------------------------------------------


def environment_names() -> set[str]:
    """Every name of an environment variable that the package reads or sets."""
    named = re.compile(r"""(?:environ(?:\.\w+\(|\[)|_flag\()\s*"([A-Z][A-Z_]+)\"""")
    return {
        name
        for file in SOURCES.rglob("*.py")
        for name in named.findall(file.read_text("utf-8"))
        if name != "DJANGO_SETTINGS_MODULE"
    }


# --- guards -----------------------------------------------------------------------------------


def statements() -> list[Statement]:
    """Every statement of the guards files in the order they run."""
    files = [SOURCES / "people" / "guards.sql", *sorted(SOURCES.glob("credentials/*/*guards.sql"))]
    return [
        Statement(str(file.relative_to(ROOT)), " ".join(statement.split()))
        for file in files
        for statement in _split(file.read_text("utf-8"))
    ]


def _split(sql: str) -> Iterator[str]:
    """Cut a file into statements, without comments; `DO` blocks become what they execute."""
    sql = re.sub(r"--[^\n]*", "", sql)
    for part in re.findall(r"(?:\$\$.*?\$\$|'(?:[^']|'')*'|[^;$'])+", sql, re.S):
        statement = part.strip()
        if re.match(r"DO\b", statement):
            yield from _written_out(statement)
        elif statement:
            yield re.sub(r"\$\$.*\$\$", "", statement, flags=re.S)


def _written_out(block: str) -> Iterator[str]:
    for names, body in re.findall(r"FOREACH.*?ARRAY\[(.*?)\]\s+LOOP(.*?)END LOOP", block, re.S):
        for name in re.findall(r"'(\w+)'", names):
            for call in re.findall(r"EXECUTE\s+format\((.*?),\s*name\)", body, re.S):
                literals = re.findall(r"'((?:[^']|'')*)'", call)
                yield "".join(literals).replace("''", "'").replace("%I", name)
