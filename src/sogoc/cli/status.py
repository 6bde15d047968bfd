"""``sogoc status``: published lists of what became of digital copies."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, as_account
from sogoc.cli.output import Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.statuses import publish_statuses
from sogoc.cli.words import say
from sogoc.kernel.periods import VIET_NAM


@click.group()
def status() -> None:
    """Trạng thái của bản số: công bố, đánh dấu, xem. / The status of digital copies."""


@status.command()
@click.pass_obj
@command
@writing
def publish(environment: Environment, /, *, output: Output) -> None:
    """Công bố danh sách trạng thái có thay đổi hoặc sắp hết hạn; ghi dấu vào nhật ký.

    / Publish the status lists that changed or whose validity is half over; log their digests.
    """
    environment.start()
    from sogoc.credentials.status import api

    done = api.publish(
        environment.home,
        base=environment.log_origin,
        at=environment.now(),
        is_playground=environment.is_playground,
    )
    fresh = sum(each.is_new for each in done)
    output.result(
        {"published": fresh, "lists": [asdict(each) for each in done]},
        lines=[
            *table(
                ["", "path", "valid until"],
                [["+" if each.is_new else "=", each.path, each.valid_until] for each in done],
            ),
            say(f"Đã công bố {fresh} danh sách.", f"{fresh} lists published."),
        ],
    )


@status.command()
@click.argument("code")
@click.option(
    "--purpose",
    type=click.Choice(["revocation", "suspension", "refresh"]),
    required=True,
    help="Hủy bản số, tạm dừng, hay đã có bản mới. / What is said of the copies.",
)
@click.option("--clear", is_flag=True, help="Bỏ dấu đã đặt. / Take the mark back.")
@click.option("--reason", required=True, help="Lý do. / Why.")
@as_account
@click.pass_obj
@command
@writing
def mark(
    environment: Environment,
    /,
    *,
    code: str,
    purpose: str,
    clear: bool,
    reason: str,
    account: str | None,
    output: Output,
) -> None:
    """Đánh dấu mọi bản số của một dòng; văn bằng trong sổ không đổi. / Mark a line's copies."""
    environment.start()
    from sogoc.credentials.status import api

    by = choose_actor(environment, output, "register.revoke", account=account)
    copies = api.mark(
        code=code, purpose=purpose, is_set=not clear, reason=reason, by=by, at=environment.now()
    )
    publish_statuses(environment)
    output.result(
        {"code": code, "purpose": purpose, "set": not clear, "copies": copies},
        lines=[say(f"{len(copies)} bản số.", f"{len(copies)} copies.")],
    )


@status.command()
@click.argument("code")
@click.option("--at", type=DAY, help="Vào cuối ngày này. / At the end of this day.")
@as_account
@click.pass_obj
@command
def show(
    environment: Environment, *, code: str, at: date | None, account: str | None, output: Output
) -> None:
    """Xem điều đã công bố về các bản số, kể cả ngày trước đây. / What was published, and when.

    Kèm SHA-256 của danh sách và mục nhật ký chứng minh nó. / With the list's SHA-256 and its leaf.
    """
    environment.start()
    from sogoc.credentials.status import api

    when = environment.now() if at is None else datetime.combine(at, time.max, VIET_NAM)
    by = choose_actor(environment, output, "register.view", account=account, sees_all=True)
    said = api.status_on(code, home=environment.home, at=when, by=by)
    words = {True: "✗", False: "✓", None: "?"}
    output.result(
        {"code": code, "at": when, "copies": [asdict(each) for each in said]},
        lines=table(
            ["", "copy", "purpose", "valid from", "sha256"],
            [
                [words[e.is_set], e.copy, e.purpose, e.valid_from or "–", e.sha256[:16] or "–"]
                for e in said
            ],
        ),
    )
