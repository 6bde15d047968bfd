"""Showing results: tables and sentences for people, one JSON document for programs.

Exit codes: 0 fine; 1 there is something to look at (errors found, refused, not found, altered);
2 the command was used wrongly (unknown option, file, organisation, account).
"""

from __future__ import annotations

import errno
import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NoReturn, TypeVar

import click

from sogoc.cli.findings import finding_dict, finding_lines
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.periods import VIET_NAM
from sogoc.kernel.text import Text, harmless

FINE, FINDINGS, USAGE = 0, 1, 2
_ANSWERS = ("sogoc.credentials.",)
"""Where errors come from that are an answer about data and states, not a mistake in the command."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""What a disk says that takes nothing more; such an error names no file."""
F = TypeVar("F", bound=Callable[..., Any])


def plain(value: Any) -> Any:  # noqa: PLR0911 - one return a type
    """Make a value fit for JSON: dates in ISO 8601, texts in the user's language."""
    if isinstance(value, Text):
        return shown(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


class Output:
    """Where a command puts its answer: JSON when asked for, sentences otherwise."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, data: Any, *, lines: Iterable[str] = (), code: int = FINE) -> NoReturn:
        """Print the answer and leave with the exit code."""
        if self.as_json:
            click.echo(harmless(json.dumps(plain(data), ensure_ascii=False, indent=1)))
        else:
            for line in lines:
                click.echo(harmless(line))
        sys.exit(code)

    def note(self, vi: str, en: str) -> None:
        """Say something on the side (standard error), so that JSON stays clean."""
        click.echo(say(vi, en), err=True)

    def failure(self, error: Error) -> NoReturn:
        """Print an anticipated error and leave: 1 when the data refuse, 2 when the command does."""
        code = FINDINGS if type(error).__module__.startswith(_ANSWERS) else USAGE
        data: dict[str, Any] = {
            "error": {
                "code": error.code,
                "message": shown(error.message),
                **{key: plain(value) for key, value in error.context.items()},
            }
        }
        findings = [finding_dict(found) for found in getattr(error, "findings", ())]
        if findings:
            data["findings"] = findings
        if self.as_json:
            click.echo(harmless(json.dumps(plain(data), ensure_ascii=False, indent=1)))
        else:
            click.secho(harmless(shown(error.message)), fg="red", err=True)
            for line in finding_lines(findings):
                click.echo(harmless(line), err=True)
        sys.exit(code)


def _unusable(error: OSError) -> Error:
    """Return the error for a file or folder that the system refuses."""
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    why = error.strerror or type(error).__name__
    if not name:
        return Error("disk_full", Text(f"Không ghi được: {why}", f"Cannot write: {why}"))
    return Error(
        "file_unusable",
        Text(f"Không dùng được tệp {name}: {why}", f"The file {name} cannot be used: {why}"),
        file=name,
    )


def _forgetful(error: Exception) -> Error:
    """Return the error for the memory of a witness or monitor that the disk refuses."""
    return Error(
        "memory_unusable",
        Text(
            f"Không đọc hoặc ghi được trí nhớ (tệp SQLite): {error}",
            f"The memory (a SQLite file) cannot be read or written: {error}",
        ),
    )


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Align columns for the terminal; times are those of Viet Nam."""
    body = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(headers), *body]) for i in range(len(headers))]
    lines = ["  ".join(h.ljust(w) for h, w in zip(headers, widths, strict=True)).rstrip()]
    lines.append("  ".join("─" * w for w in widths))
    lines += ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in body]
    return lines


def _cell(value: Any) -> str:
    if isinstance(value, Text):
        return shown(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(VIET_NAM):%d/%m/%Y %H:%M}"
    return str(value)


def command(function: F) -> F:
    """Give a command ``--json`` and ``--lang``, and turn anticipated errors into exit codes."""

    @click.option("--json", "as_json", is_flag=True, help="In kết quả JSON. / Print JSON.")
    @click.option(
        "--lang",
        type=click.Choice(["vi", "en"]),
        default=None,
        help="Ngôn ngữ thông báo. / Language of messages.",
    )
    @functools.wraps(function)
    def wrapped(*args: Any, as_json: bool, lang: str | None, **kwargs: Any) -> Any:
        if lang:
            os.environ["SOGOC_LANG"] = lang
        output = Output(as_json=as_json)
        try:
            return function(*args, output=output, **kwargs)
        except Error as error:
            output.failure(error)
        except OSError as error:
            if error.filename is None and error.errno not in _FULL:
                raise  # not of a file that somebody named: a fault of ours
            output.failure(_unusable(error))
        except Exception as error:
            if type(error).__module__ != "sqlite3":
                raise
            output.failure(_forgetful(error))

    return wrapped  # type: ignore[return-value]  # functools.wraps keeps the signature it hides
