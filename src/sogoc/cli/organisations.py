"""``sogoc org|account|mandate import``: what a real unit brings to start."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import FILE, as_account
from sogoc.cli.output import Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say


@click.group()
def org() -> None:
    """Đơn vị, tư cách, giấy phép, kế thừa. / Organisations."""


@click.group()
def account() -> None:
    """Tài khoản và vai trò. / Accounts and roles."""


@click.group()
def mandate() -> None:
    """Người ký: chức danh, thời hạn, quyết định. / Mandates of signatories."""


def _import(group: click.Group, permission: str, name: str, help_text: str) -> None:
    @group.command("import", help=help_text)
    @click.argument("file", type=FILE)
    @as_account
    @click.pass_obj
    @command
    @writing
    def run(environment: Environment, *, file: Path, account: str | None, output: Output) -> None:
        environment.start()
        from sogoc.people import api as people

        importer: Callable[..., Any] = getattr(people, name)
        by = people.first_officer(on=environment.today(), permission=permission)
        if by is None or account is not None:
            by = choose_actor(environment, output, permission, account=account)
        done = importer(file.read_bytes(), file.name, by=by, at=environment.now())
        output.result(
            {"created": done.created, "changed": done.changed, "unchanged": done.unchanged},
            lines=[
                say(
                    f"Thêm {done.created}, đổi {done.changed}, giữ nguyên {done.unchanged}.",
                    f"{done.created} added, {done.changed} changed, {done.unchanged} unchanged.",
                )
            ],
        )


_import(
    org, "org.import", "import_organisations", "Nhập đơn vị từ CSV/XLSX. / Import organisations."
)
_import(account, "account.import", "import_accounts", "Nhập tài khoản. / Import accounts.")
_import(mandate, "mandate.import", "import_mandates", "Nhập người ký. / Import mandates.")


@org.command("list")
@click.pass_obj
@command
def list_organisations(environment: Environment, *, output: Output) -> None:
    """Các đơn vị đã khai báo. / Organisations known here."""
    environment.start()
    from sogoc.people import api as people

    rows = people.organisation_summaries(on=environment.today())
    output.result(
        {"organisations": rows},
        lines=table(
            [say("Mã", "Code"), say("Tên", "Name"), say("Tư cách", "Capacities")],
            [(r["code"], r["name"], ", ".join(r["capacities"])) for r in rows],
        ),
    )


@account.command()
@click.argument("name")
@click.option(
    "--password-stdin", is_flag=True, help="Đọc mật khẩu từ đầu vào. / Read it from standard input."
)
@as_account
@click.pass_obj
@command
@writing
def password(
    environment: Environment,
    *,
    name: str,
    password_stdin: bool,
    account: str | None,
    output: Output,
) -> None:
    """Đặt mật khẩu cho một tài khoản. / Set an account's password."""
    environment.start()
    from sogoc.people import api as people

    by = people.first_officer(on=environment.today(), permission="account.import")
    if by is None or account is not None:
        by = choose_actor(environment, output, "account.import", account=account)
    chosen = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt(
            say("Mật khẩu mới", "New password"), hide_input=True, confirmation_prompt=True
        )
    )
    from django.core.exceptions import ValidationError

    try:
        people.set_password(name, chosen, by=by, at=environment.now())
    except ValidationError as weak:
        raise click.BadParameter(" ".join(weak.messages), param_hint="password") from weak
    output.result({"account": name}, lines=[say("Đã đặt mật khẩu.", "The password is set.")])
