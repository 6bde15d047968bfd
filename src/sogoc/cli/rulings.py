"""``sogoc ruling``: a legal opinion is recorded by one officer and confirmed by a second."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, as_account
from sogoc.cli.output import Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say


@click.group()
def ruling() -> None:
    """Ý kiến pháp lý gỡ «cần xin ý kiến». / Legal opinions that answer a review."""


@ruling.command()
@click.argument("document_number")
@click.option("--document-date", type=DAY, required=True, help="Ngày văn bản. / Its day.")
@click.option("--author", required=True, help="Nơi ban hành, người ký. / Author.")
@click.option("--summary", required=True, help="Nội dung. / What it says.")
@click.option("--from", "valid_from", type=DAY, required=True, help="Áp dụng từ. / From.")
@click.option("--until", "valid_until", type=DAY, help="Đến trước ngày. / First day after.")
@click.option("--kind", "kinds", multiple=True, required=True, help="Loại. / Kind.")
@click.option("--check", "checks", multiple=True, required=True, help="Quy tắc. / Check.")
@click.option("--body", "bodies", multiple=True, help="Đơn vị; để trống: tất cả. / Body.")
@as_account
@click.pass_obj
@command
@writing
def record(
    environment: Environment,
    /,
    *,
    document_number: str,
    account: str | None,
    output: Output,
    **fields: Any,
) -> None:
    """Ghi một ý kiến pháp lý; chờ người thứ hai xác nhận. / Record an opinion."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    by = choose_actor(environment, output, "ruling.record", account=account)
    view = issuing.record_ruling(
        document_number=document_number, by=by, at=environment.now(), **fields
    )
    _show(output, view)


@ruling.command()
@click.argument("document_number")
@as_account
@click.pass_obj
@command
@writing
def confirm(
    environment: Environment, *, document_number: str, account: str | None, output: Output
) -> None:
    """Xác nhận, bởi người khác. / Confirm, by another officer."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing
    from sogoc.people import api as people

    recorded = issuing.get_ruling(
        document_number=document_number, by=people.Actor.system("command line")
    )
    by = choose_actor(
        environment,
        output,
        "ruling.confirm",
        account=account,
        excluding=frozenset({recorded.recorded_by}),
    )
    view = issuing.confirm_ruling(document_number=document_number, by=by, at=environment.now())
    _show(output, view)


@ruling.command("list")
@as_account
@click.pass_obj
@command
def list_(environment: Environment, *, account: str | None, output: Output) -> None:
    """Các ý kiến đã ghi. / Opinions recorded."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    by = choose_actor(environment, output, "ruling.record", account=account)
    rows = [_dict(view) for view in issuing.rulings(by=by)]
    output.result(
        {"rulings": rows},
        lines=table(
            [say("Số", "Number"), say("Nơi ban hành", "Author"), say("Xác nhận", "Confirmed")],
            [(r["document_number"], r["author"], r["confirmed_by"] or "–") for r in rows],
        ),
    )


def _dict(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in type(view).__dataclass_fields__}


def _show(output: Output, view: Any) -> None:
    data = _dict(view)
    confirmed: str | date = data["confirmed_by"]
    output.result(
        data,
        lines=[
            say(
                f"{data['document_number']}: "
                + ("đã xác nhận" if confirmed else "chờ người thứ hai xác nhận"),
                f"{data['document_number']}: "
                + ("confirmed" if confirmed else "waits for a second officer"),
            )
        ],
    )
