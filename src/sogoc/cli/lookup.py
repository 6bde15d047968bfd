"""``sogoc lookup``: what the public sees of one credential."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.words import say, shown
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from sogoc.credentials.disclosure.api import Answer


_ERASED: Final = ("dữ liệu cá nhân đã xóa", "personal data erased")


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

    answer = (
        api.look_up_code(code)
        if code
        else api.look_up(serial or "", entry_number or "", birth_date, full_name)
    )
    data = answer_dict(answer)
    output.result(data, lines=answer_lines(answer), code=FINE if answer.found else FINDINGS)


def answer_dict(answer: Answer) -> dict[str, Any]:
    """The public answer as JSON; fields that say nothing are left out."""
    data = {name: getattr(answer, name) for name in type(answer).__dataclass_fields__}
    return {"found": answer.found} | {
        name: value for name, value in data.items() if value not in (None, "", Text("", ""))
    }


def answer_lines(answer: Answer) -> list[str]:
    """The public answer for people."""
    lines = [shown(answer.meaning)]
    if answer.found:
        day = answer.issued_on.strftime("%d/%m/%Y") if answer.issued_on else "–"
        lines += [
            f"  {shown(answer.kind_name)}",
            f"  {answer.issuer_name}, {say('cấp ngày', 'issued on')} {day}",
            f"  {say('Số hiệu', 'Serial')} {answer.serial}",
            f"  {say('Số vào sổ', 'Entry number')} {answer.entry_number}",
            f"  {say('Họ tên', 'Name')} {answer.full_name or say(*_ERASED)}",
            f"  {say('Mã tra cứu', 'Code')} {answer.code}" if answer.code else "",
        ]
    return [line for line in lines if line]
