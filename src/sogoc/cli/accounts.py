"""``sogoc login`` and ``sogoc logout``."""

from __future__ import annotations

import sys

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, Output, command
from sogoc.cli.session import HOURS, forget, remember
from sogoc.cli.words import say


@click.command()
@click.argument("name")
@click.option(
    "--password-stdin", is_flag=True, help="Đọc mật khẩu từ đầu vào. / Read it from standard input."
)
@click.pass_obj
@command
def login(environment: Environment, *, name: str, password_stdin: bool, output: Output) -> None:
    """Đăng nhập; phiên giữ tám giờ. / Sign in; the session lasts eight hours."""
    environment.start()
    from sogoc.people import api as people

    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt(say("Mật khẩu", "Password"), hide_input=True)
    )
    username = people.sign_in(name, password, on=environment.today())
    if username is None:
        output.result(
            {"signed_in": False},
            lines=[say("Sai tên hoặc mật khẩu.", "Wrong name or password.")],
            code=FINDINGS,
        )
    remember(environment, username)
    output.result(
        {"signed_in": True, "account": username, "hours": HOURS},
        lines=[say(f"Đã đăng nhập: {username}", f"Signed in: {username}")],
    )


@click.command()
@click.pass_obj
@command
def logout(environment: Environment, *, output: Output) -> None:
    """Kết thúc phiên. / End the session."""
    existed = forget(environment)
    output.result({"signed_out": existed}, lines=[say("Đã đăng xuất.", "Signed out.")])
