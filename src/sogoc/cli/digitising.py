"""What the commands of ``sogoc digitise`` share: who acts on a job, how it is shown."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY
from sogoc.cli.output import Output
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say, shown
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from sogoc.credentials.digitisation.api import JobView
    from sogoc.people.api import Actor

STATES: Final = {
    "keying": Text("đang nhập, đối chiếu", "being keyed and compared"),
    "compared": Text("đã lập biên bản, chờ ký", "minutes drawn up, waiting for signatures"),
    "signed": Text("biên bản đã ký, chờ vào sổ", "minutes signed, waiting to be counted"),
    "counted": Text("đã vào sổ gốc", "in the register"),
    "cancelled": Text("đã hủy", "cancelled"),
}


class Span(click.ParamType[tuple[int, int]]):
    """Two whole numbers, first and last: ``12-40``; one alone is both."""

    name = "A-B"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read the span or fail."""
        if isinstance(value, tuple):
            return value
        first, _, last = str(value).partition("-")
        try:
            return int(first), int(last or first)
        except ValueError:
            self.fail(f"«{value}»: 12-40", param, ctx)


SPAN = Span()


def job_actor(
    environment: Environment,
    output: Output,
    token: str,
    permission: str,
    account: str | None,
    *,
    keyers: bool = False,
    page: int | None = None,
    signers: bool = False,
) -> Actor:
    """Who acts on a job; a demo account that has not yet done its part where others must.

    ``keyers`` leaves out who keyed the page, or any page that still waits for its second person.
    """
    environment.start()
    from sogoc.credentials.digitisation import api
    from sogoc.people import api as people

    machine = people.Actor.system("command line")
    view = api.get_job(token=token, by=machine)
    done: set[str] = set()
    if keyers:
        done = {
            name
            for each in api.pages(token=token, by=machine)
            if each.page == page or (page is None and len(each.passes) == 1)
            for name in each.passes
        }
    if signers and (drawn_up := api.get_minutes(token=token, by=machine)):
        done = {each.signed_by for each in drawn_up.signatures}
    return choose_actor(
        environment,
        output,
        permission,
        account=account,
        organisation=view.issuer,
        excluding=frozenset(done),
    )


def uploads(environment: Environment) -> Path:
    """Where files as received lie."""
    return environment.home / "uploads"


def pair(text: str, option: str) -> tuple[str, str]:
    """Split ``X=Y`` at its first sign, or fail."""
    key, separator, value = text.partition("=")
    if not separator or not key:
        raise click.BadParameter(f"«{text}»: X=Y", param_hint=option)
    return key, value


def dated(text: str) -> tuple[str, date]:
    """Split ``TEXT=D`` at its last sign, or fail."""
    found, separator, day = text.rpartition("=")
    if not separator:
        raise click.BadParameter(f"«{text}»: 1998=1998-06-20", param_hint="--day")
    return found, DAY.convert(day, None, None)


def sentence(view: JobView) -> str:
    """One line about a job."""
    return (
        f"{view.token}  {view.title}  {view.first_page}–{view.last_page}  {view.issuer}  "
        f"{shown(STATES[view.state])}"
    )


def show_job(output: Output, view: JobView) -> None:
    """Answer with a job."""
    output.result(asdict(view), lines=[sentence(view)])


def show_keyed(output: Output, token: str, by: Actor, done: list[Any]) -> None:
    """Answer with pages keyed or compared."""
    lines = [
        say(
            f"Trang {each.page}: {each.lines} dòng, người thứ {each.ordinal}.",
            f"Page {each.page}: {each.lines} lines, person {each.ordinal}.",
        )
        for each in done
    ]
    pages = [asdict(each) for each in done]
    output.result({"token": token, "by": by.username, "pages": pages}, lines=lines)
