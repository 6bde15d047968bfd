"""Conventions of the sources that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

Sources = dict[Path, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef

LONGEST_FILE = 500
LONGEST_FUNCTION = 50

PACKAGES_WITH_A_DOOR = ("policy", "people", "intake")
APPLETS_OF = ("credentials", "learning", "assurance")
SHARED = ("bulk", "models", "apps", "migrations")  # modules of a subdomain, not applets
CLOCKS = {
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "date.today",
    "time.time",
    "timezone.now",
}
CLOCK = Path("src/sogoc/config/environment.py")
REAL_TIME = {  # what ages in real time, whatever the business date
    Path("src/sogoc/people/sessions.py"),
    Path("src/sogoc/web/office/drafts.py"),
    Path("src/sogoc/cli/witness.py"),  # says when it saw a checkpoint, also beside a demo home
    Path("src/sogoc/cli/monitor.py"),  # says how old a checkpoint is, likewise
    Path("src/sogoc/cli/dev.py"),  # answers suites that send documents of today
}


def test_files_are_short(texts: Sources) -> None:
    long = {
        str(path): text.count("\n")
        for path, text in texts.items()
        if path.suffix in {".py", ".sql", ".html", ".sh"} and text.count("\n") > LONGEST_FILE
    }
    assert long == {}


def test_functions_are_short_or_say_why_not(sources: Sources) -> None:
    """A function may be longer when its first line or the line above bears `# long: <reason>`."""
    long = []
    for path, text in sources.items():
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Function) and length(node) > LONGEST_FUNCTION:
                near = lines[max(0, node.lineno - 2) : node.body[0].lineno]
                if not any(re.search(r"# long: \w{3}", line) for line in near):
                    long.append(f"{path}:{node.lineno} {node.name} {length(node)}")
    assert not long, "\n".join(long)


def length(function: Function) -> int:
    """Return the lines of a function without its decorators and docstring."""
    total = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        total -= (first.end_lineno or 0) - first.lineno + 1
    return total


def test_nothing_is_left_to_do(texts: Sources) -> None:
    left = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK|raise NotImplemented[E]rror)\b")
    found = [
        f"{path}:{number}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if left.search(line) and "hash=" not in line
    ]
    assert not found, "\n".join(found)


def test_no_test_is_skipped(sources: Sources) -> None:
    skipping = re.compile(r"pytest\.(mark\.)?(skip|xfail|importorskip)|unittest\.skip")
    assert [str(path) for path, text in sources.items() if skipping.search(text)] == []


def test_packages_are_entered_by_their_door(sources: Sources) -> None:
    """Others use `<package>.api`. Credentials, on the same database, may name people's tables."""
    around = [
        f"{path}:{line} {module}"
        for path, text in sources.items()
        if path.parts[:2] == ("src", "sogoc")
        for line, module in imports(text)
        if not enters_by_door(path, module)
    ]
    assert not around, "\n".join(around)


def enters_by_door(path: Path, module: str) -> bool:
    """Return whether the file at `path` may import `module`."""
    here, there = path.parts[2:], module.split(".")[1:]
    if module.split(".", maxsplit=1)[0] != "sogoc" or len(there) < 2 or here[0] == "config":
        return True
    if there[0] in PACKAGES_WITH_A_DOOR:
        if here[0] == there[0] or there[1] == "api":
            return True
        return there[:2] == ["people", "models"] and here[0] in APPLETS_OF
    if there[0] in APPLETS_OF and len(there) > 2 and there[1] not in SHARED:
        same_applet = here[0] == there[0] and here[1] == there[1]
        gathers_models = here == (there[0], "models.py") and there[2] == "models"
        return same_applet or gathers_models or there[2] == "api"
    return True


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and module of every import; `from a.b import c` is `a.b.c`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_doors_name_what_they_offer(sources: Sources) -> None:
    without = [
        str(path)
        for path, text in sources.items()
        if path.name == "api.py" and "__all__" not in text
    ]
    assert not without, "\n".join(without)


def test_there_is_one_clock(sources: Sources) -> None:
    """Everything takes the day and the time as arguments; tests too run on days they name."""
    looked = []
    for path, text in sources.items():
        if path.parts[0] not in {"src", "tests"} or path in {CLOCK, *REAL_TIME}:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and ".".join(ends(node)) in CLOCKS:
                looked.append(f"{path}:{node.lineno} {ast.unparse(node)}")
    assert not looked, "\n".join(looked)


def ends(node: ast.Attribute) -> tuple[str, str]:
    """Return the last two names of a dotted expression."""
    value = node.value
    before = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
    return before, node.attr
