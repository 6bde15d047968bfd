"""``sogoc override``: a check set aside for a while: proposed, confirmed, maybe withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, as_account
from sogoc.cli.output import Output, command, table
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say


@click.group()
def override() -> None:
    """Miễn áp dụng một phép kiểm, có thời hạn. / Setting a check aside for a while."""


@override.command()
@click.argument("check")
@click.option("--body", required=True, help="Đơn vị được miễn. / The body it is for.")
@click.option("--kind", default="", help="Loại; để trống: mọi loại. / Kind.")
@click.option("--file-sha256", default="", help="Chỉ một danh sách. / One list alone.")
@click.option("--from", "valid_from", type=DAY, required=True, help="Từ ngày. / From.")
@click.option("--until", "valid_until", type=DAY, required=True, help="Đến trước ngày. / Until.")
@click.option("--reason", required=True, help="Lý do. / Why.")
@click.option("--document", required=True, help="Văn bản căn cứ. / By which document.")
@as_account
@click.pass_obj
@command
def propose(
    environment: Environment, /, *, check: str, account: str | None, output: Output, **fields: Any
) -> None:
    """Đề nghị miễn áp dụng; chờ người thứ hai xác nhận. / Propose to set a check aside."""
    environment.start()
    from sogoc.credentials.overrides import api

    by = choose_actor(
        environment, output, "override.propose", account=account, organisation=fields["body"]
    )
    _show(output, api.propose_override(check=check, by=by, at=environment.now(), **fields))


@override.command()
@click.argument("number")
@as_account
@click.pass_obj
@command
def confirm(environment: Environment, *, number: str, account: str | None, output: Output) -> None:
    """Xác nhận, bởi người khác. / Confirm, by another officer."""
    environment.start()
    from sogoc.credentials.overrides import api
    from sogoc.people import api as people

    found = [
        view
        for view in api.overrides(by=people.Actor.system("command line"))
        if view.number == number
    ]
    by = choose_actor(
        environment,
        output,
        "override.confirm",
        account=account,
        organisation=found[0].body if found else None,
        excluding=frozenset(view.proposed_by for view in found),
    )
    _show(output, api.confirm_override(number=number, by=by, at=environment.now()))


@override.command()
@click.argument("number")
@click.option("--reason", required=True, help="Lý do. / Why.")
@click.option(
    "--from",
    "from_date",
    type=DAY,
    help="Từ ngày; mặc định hôm nay, không lùi ngày. / From; today or later.",
)
@as_account
@click.pass_obj
@command
def withdraw(
    environment: Environment,
    *,
    number: str,
    reason: str,
    from_date: date | None,
    account: str | None,
    output: Output,
) -> None:
    """Thu hồi trước hạn; dòng đã cấp vẫn đứng. / End it early; what was issued stands."""
    environment.start()
    from sogoc.credentials.overrides import api
    from sogoc.people import api as people

    known = api.overrides(by=people.Actor.system("command line"))
    by = choose_actor(
        environment,
        output,
        "override.propose",
        account=account,
        organisation=next((view.body for view in known if view.number == number), None),
    )
    view = api.withdraw_override(
        number=number,
        reason=reason,
        from_date=from_date,
        by=by,
        at=environment.now(),
        today=environment.today(),
    )
    _show(output, view)


@override.command("list")
@click.option("--body", default=None, help="Đơn vị. / Body.")
@as_account
@click.pass_obj
@command
def list_(
    environment: Environment, *, body: str | None, account: str | None, output: Output
) -> None:
    """Các miễn áp dụng đã ghi. / Overrides recorded."""
    environment.start()
    from sogoc.credentials.overrides import api

    by = choose_actor(environment, output, "override.propose", account=account)
    rows = [_dict(view) for view in api.overrides(by=by, body=body)]
    output.result(
        {"overrides": rows},
        lines=table(
            [
                say("Số", "Number"),
                say("Phép kiểm", "Check"),
                say("Đơn vị", "Body"),
                say("Từ", "From"),
                say("Đến trước", "Until"),
                say("Xác nhận", "Confirmed"),
                say("Thu hồi từ", "Withdrawn from"),
            ],
            [
                (
                    r["number"],
                    r["check"],
                    r["body"],
                    r["valid_from"],
                    r["valid_until"],
                    r["confirmed_by"] or "–",
                    r["withdrawn_from"] or "–",
                )
                for r in rows
            ],
        ),
    )


def _dict(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in type(view).__dataclass_fields__}


def _show(output: Output, view: Any) -> None:
    data = _dict(view)
    if data["withdrawn_by"]:
        day = data["withdrawn_from"]
        line = say(
            f"{data['number']}: thu hồi từ {day:%d/%m/%Y}",
            f"{data['number']}: withdrawn from {day.isoformat()} on",
        )
    elif data["confirmed_by"]:
        line = say(f"{data['number']}: đã xác nhận", f"{data['number']}: confirmed")
    else:
        line = say(
            f"{data['number']}: chờ người thứ hai xác nhận",
            f"{data['number']}: waits for a second officer",
        )
    output.result(data, lines=[line])
