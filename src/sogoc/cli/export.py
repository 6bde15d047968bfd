"""``sogoc export``: everything out in open formats, and back in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import FILE, as_account
from sogoc.cli.output import Output, command
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say


@click.command()
@click.option("--all", "is_all", is_flag=True, required=True, help="Tất cả. / Everything.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@as_account
@click.pass_obj
@command
def export(
    environment: Environment, *, is_all: bool, directory: Path, account: str | None, output: Output
) -> None:
    """Ghi toàn bộ sổ gốc ra thư mục, theo lược đồ công khai. / Write everything to a folder.

    JSON Lines và XML cùng nội dung, lược đồ, tệp công khai của nhật ký. / JSON Lines and XML that
    say the same, schemas, the log's public files.
    """
    if not is_all:
        raise click.UsageError("--all")
    environment.start()
    from sogoc.credentials.documents import api

    by = choose_actor(environment, output, "register.export", account=account, sees_all=True)
    done = api.export_all(directory, home=environment.home, base=environment.log_origin, by=by)
    output.result(
        {"directory": str(directory), "lines": done.lines, "logs": done.logs},
        lines=[
            say(
                f"Đã ghi {done.lines} dòng và {len(done.logs)} nhật ký vào {directory}.",
                f"{done.lines} lines and {len(done.logs)} logs written to {directory}.",
            )
        ],
    )


@click.command("import-open")
@click.argument("file", type=FILE)
@as_account
@click.pass_obj
@command
@writing
def import_open(
    environment: Environment, /, *, file: Path, account: str | None, output: Output
) -> None:
    """Nhập lại register.jsonl hoặc register.xml đã xuất. / Take an exported register in again.

    Các dòng vào sổ như sổ cũ; dòng đã thu hồi được kê ra để thu hồi lại bằng quyết định. / Lines
    come in as those of an old register; revoked ones are listed, to be revoked by a decision.
    """
    environment.start()
    from sogoc.credentials.documents import api

    by = choose_actor(environment, output, "register.import_legacy", account=account)
    lines = api.read_register_xml(file) if file.suffix == ".xml" else _json_lines(file)
    done = api.bring_back(list(lines), by=by, at=environment.now())
    output.result(
        {"lines": done.lines, "revoked": list(done.revoked)},
        lines=[
            say(f"Đã nhập {done.lines} dòng.", f"{done.lines} lines taken in."),
            *(say(f"  đã thu hồi: {code}", f"  revoked: {code}") for code in done.revoked),
        ],
    )


def _json_lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                found = json.loads(line.decode()) if line.strip() else {}
            except (ValueError, RecursionError):
                found = None
            if not isinstance(found, dict):
                raise click.UsageError(f"{file.name}:{number}: không phải JSON / is no JSON object")
            if found:
                yield found
