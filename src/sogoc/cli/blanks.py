"""``sogoc blanks`` and ``sogoc book``: what a unit enters on its first day, and its stock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, as_account, stacked
from sogoc.cli.output import FINDINGS, FINE, Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say, shown
from sogoc.kernel.identifiers import format_entry
from sogoc.kernel.text import Text

_lot = stacked(
    click.option("--org", "owner", required=True, help="Đơn vị giữ phôi. / Keeper."),
    click.option("--kind", required=True, help="Loại. / Kind."),
    click.option("--first", required=True, help="Số hiệu đầu. / First serial."),
    click.option("--last", required=True, help="Số hiệu cuối. / Last serial."),
    click.option("--document", required=True, help="Biên bản, phiếu giao. / Minutes or note."),
    click.option("--on", type=DAY, help="Ngày. / Day."),
    as_account,
)


BALANCE: Final = {
    "owner": Text("Đơn vị", "Keeper"),
    "kind": Text("Loại", "Kind"),
    "opening": Text("Tồn đầu kỳ", "Opening"),
    "received": Text("Nhận", "Received"),
    "printed": Text("Tự in", "Printed"),
    "issued": Text("Đã cấp", "Issued"),
    "destroyed": Text("Hủy", "Destroyed"),
    "lost": Text("Mất", "Lost"),
    "in_stock": Text("Còn", "In stock"),
    "bound": Text("Đã in", "Bound"),
    "spoiled": Text("Hỏng", "Spoiled"),
    "is_balanced": Text("Khớp", "Balanced"),
}
"""Heads of the balance: what came in = what left it + in stock + bound + spoiled."""


def _cells(row: dict[str, Any]) -> list[Any]:
    return [("✓" if v else "✗") if isinstance(v, bool) else v for v in row.values()]


@click.group()
def blanks() -> None:
    """Phôi: nhập, tồn, hỏng, hủy, mất. / Blanks: intake, stock, spoiled, destroyed, lost."""


def _take_in(
    environment: Environment, output: Output, *, opening: bool, account: str | None, **f: Any
) -> None:
    environment.start()
    from sogoc.credentials.blanks import api

    by = choose_actor(
        environment, output, "blanks.receive", account=account, organisation=f["owner"]
    )
    common = {
        "owner": f["owner"],
        "kind": f["kind"],
        "first": f["first"],
        "last": f["last"],
        "on": f["on"] or environment.today(),
        "by": by,
        "at": environment.now(),
    }
    lot = (
        api.opening_stock(minutes=f["document"], **common)
        if opening
        else api.receive_lot(document_number=f["document"], printed=f["printed"], **common)
    )
    data = {name: getattr(lot, name) for name in type(lot).__dataclass_fields__}
    output.result(
        data,
        lines=[say(f"Đã nhập {f['first']} – {f['last']}", f"Taken in {f['first']} – {f['last']}")],
    )


@blanks.command()
@_lot
@click.option("--printed", is_flag=True, help="Tự in. / Printed by the unit itself.")
@click.pass_obj
@command
@writing
def receive(environment: Environment, /, *, output: Output, **fields: Any) -> None:
    """Nhận một lô phôi. / Take in a lot."""
    _take_in(environment, output, opening=False, **fields)


@blanks.command()
@_lot
@click.pass_obj
@command
@writing
def opening(environment: Environment, /, *, output: Output, **fields: Any) -> None:
    """Tồn đầu kỳ theo biên bản kiểm kê. / Opening stock, by the minutes of a stock-take."""
    _take_in(environment, output, opening=True, **fields)


@blanks.command("stock")
@click.option("--org", "owner", required=True, help="Đơn vị. / Organisation.")
@click.option("--kind", help="Loại. / Kind.")
@as_account
@click.pass_obj
@command
def stock_(
    environment: Environment, *, owner: str, kind: str | None, account: str | None, output: Output
) -> None:
    """Cân đối phôi: nhập = cấp + hủy + mất + tồn. / The balance of blanks."""
    environment.start()
    from sogoc.credentials.blanks import api

    by = choose_actor(environment, output, "register.view", account=account, organisation=owner)
    rows = [
        {name: getattr(b, name) for name in type(b).__dataclass_fields__}
        | {"is_balanced": b.is_balanced}
        for b in api.balance(owner=owner, kind=kind, by=by)
    ]
    output.result(
        {"balance": rows},
        lines=table([shown(BALANCE[name]) for name in rows[0]], [_cells(r) for r in rows])
        if rows
        else [say("Chưa có phôi.", "No blanks.")],
        code=FINE if all(r["is_balanced"] for r in rows) else FINDINGS,
    )


_run_of_blanks = stacked(
    click.option("--org", "owner", required=True, help="Đơn vị. / Organisation."),
    click.option("--kind", required=True, help="Loại. / Kind."),
    click.option("--first", required=True, help="Số hiệu đầu. / First serial."),
    click.option("--last", help="Số hiệu cuối; để trống: một phôi. / Last serial; empty: one."),
    click.option("--reason", required=True, help="Lý do. / Reason."),
    click.option("--on", type=DAY, help="Ngày. / Day."),
    as_account,
)
_minutes = click.option(
    "--minutes", required=True, help="Biên bản hủy. / Minutes of the destruction."
)
_notice = click.option(
    "--notice", required=True, help="Văn bản báo công an. / Notice to the police."
)


def _ending(name: str, paper: Callable[[Any], Any] | None, help_text: str) -> None:
    @blanks.command(name, help=help_text)
    @_run_of_blanks
    @stacked(*([paper] if paper else []))
    @click.pass_obj
    @command
    @writing
    def run(
        environment: Environment,
        /,
        *,
        owner: str,
        on: date | None,
        account: str | None,
        output: Output,
        **fields: Any,
    ) -> None:
        environment.start()
        from sogoc.credentials.blanks import api

        permission = "blanks.receive" if name == "spoil" else "blanks.destroy"
        by = choose_actor(environment, output, permission, account=account, organisation=owner)
        act: Any = {"spoil": api.spoil, "destroy": api.destroy, "lost": api.report_lost}[name]
        moved = act(
            owner=owner,
            on=on or environment.today(),
            by=by,
            at=environment.now(),
            **fields,
        )
        data = {n: getattr(moved, n) for n in type(moved).__dataclass_fields__}
        output.result(
            data,
            lines=[
                say(
                    f"Đã ghi {moved.count} phôi: {moved.first} – {moved.last}.",
                    f"{moved.count} blanks recorded: {moved.first} – {moved.last}.",
                )
            ],
        )


_ending("spoil", None, "Phôi hỏng. / Spoiled blanks.")
_ending("destroy", _minutes, "Hủy phôi theo biên bản. / Destroy blanks, by minutes.")
_ending("lost", _notice, "Mất phôi, đã báo công an. / Lost blanks, police notified.")


@click.group()
def book() -> None:
    """Quyển sổ gốc. / Register books."""


@book.command("open")
@click.option("--org", "issuer", required=True, help="Đơn vị. / Organisation.")
@click.option("--kind", required=True, help="Loại. / Kind.")
@click.option("--year", type=int, required=True, help="Năm. / Calendar year.")
@click.option(
    "--last-number", type=int, default=0, help="Số cuối đã dùng trên giấy. / Last used on paper."
)
@click.option("--minutes", default="", help="Biên bản. / Minutes that say so.")
@click.option("--pattern", help="Mẫu số vào sổ. / Pattern of entry numbers.")
@as_account
@click.pass_obj
@command
@writing
def open_(
    environment: Environment, /, *, account: str | None, output: Output, **fields: Any
) -> None:
    """Mở sổ của một năm, tiếp số đã dùng trên giấy. / Open a year's book after the paper one."""
    environment.start()
    from sogoc.credentials.register import api

    by = choose_actor(
        environment,
        output,
        "register.import_legacy",
        account=account,
        organisation=fields["issuer"],
    )
    opened = api.open_book(
        issuer=fields["issuer"],
        kind=fields["kind"],
        year=fields["year"],
        opening_number=fields["last_number"],
        minutes=fields["minutes"],
        pattern=fields["pattern"],
        by=by,
        at=environment.now(),
    )
    following = format_entry(
        opened.pattern,
        seq=fields["last_number"] + 1,
        year=opened.year,
        unit=opened.issuer_code,
    )
    output.result(
        {
            "issuer": opened.issuer_code,
            "kind": opened.kind,
            "year": opened.year,
            "pattern": opened.pattern,
            "last_number": fields["last_number"],
            "next_entry_number": following,
        },
        lines=[
            say(
                f"Đã mở sổ {opened.kind} năm {opened.year}; số vào sổ tiếp theo: {following}.",
                f"The {opened.year} book of {opened.kind} is open; next entry number: {following}.",
            )
        ],
    )
