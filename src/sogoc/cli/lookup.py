"""``sogoc lookup``: what the public sees of one credential."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY
from sogoc.cli.output import FINDINGS, FINE, Output, command, say


@click.command()
@click.argument("code", required=False)
@click.option("--serial", help="Số hiệu. / Serial.")
@click.option("--entry-number", help="Số vào sổ. / Entry number.")
@click.option("--birth-date", type=DAY, help="Ngày sinh. / Date of birth.")
@click.option("--name", "full_name", help="Họ và tên. / Full name.")
@click.pass_obj
@command
def lookup(
    environment: Environment,
    *,
    code: str | None,
    serial: str | None,
    entry_number: str | None,
    birth_date: date | None,
    full_name: str | None,
    output: Output,
) -> None:
    """Tra theo mã, hoặc số hiệu + số vào sổ + ngày sinh hoặc họ tên. / Look one credential up."""
    if not code and not (serial and entry_number and (birth_date or full_name)):
        raise click.UsageError(
            "Nhập mã tra cứu, hoặc --serial, --entry-number và --birth-date hoặc --name. / A code, "
            "or --serial, --entry-number and --birth-date or --name."
        )
    environment.start()
    from sogoc.credentials.disclosure import api

    answer: Any = (
        api.look_up_code(code, at=environment.now())
        if code
        else api.look_up(
            serial=serial or "",
            entry_number=entry_number or "",
            birth_date=birth_date,
            full_name=full_name,
            at=environment.now(),
        )
    )
    data = answer.as_dict()
    lines = [f"{key}: {value}" for key, value in data.items() if value not in (None, "", [])]
    output.result(
        data,
        lines=lines or [say("Không thấy.", "Not found.")],
        code=FINE if data.get("found") else FINDINGS,
    )
