"""``sogoc originals`` and ``sogoc archive``: digital originals of many lines, and keeping them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import click

from sogoc.cli.environment import Environment
from sogoc.cli.key_drill import request_of
from sogoc.cli.options import DAY, as_account
from sogoc.cli.output import FINDINGS, FINE, Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error


@click.group()
def originals() -> None:
    """Văn bằng số làm trong nền: còn chờ gì, làm ngay. / Digital originals: what waits, make."""


@originals.command()
@as_account
@click.pass_obj
@command
def pending(environment: Environment, *, account: str | None, output: Output) -> None:
    """Dòng đã công bố chưa có bản số, theo đơn vị, và vì sao. / Lines that wait, and why.

    Tiến trình nền tự làm từng loạt. / The worker makes them batch by batch.
    """
    environment.start()
    from sogoc.credentials.documents import api

    by = choose_actor(environment, output, "keys.manage", account=account)
    request = request_of(environment, by)
    waiting = api.waiting_originals(request)
    paused = api.waiting_for_devices()
    due = api.due_numbers()
    output.result(
        {
            "waiting": [
                {"issuer": each.issuer, "lines": each.lines, "obstacle": each.obstacle}
                for each in waiting
            ],
            "at_devices": [
                {"document": number, "stage": stage, "expires_at": until}
                for number, stage, until in paused
            ],
            "due_for_renewal": due,
            "law_knows_originals": api.knows_originals(environment.today()),
        },
        lines=[
            *table(
                ["đơn vị/body", "chờ/wait", "vì/why"],
                [
                    [each.issuer, each.lines, "" if each.obstacle is None else shown(each.obstacle)]
                    for each in waiting
                ],
            ),
            say(
                f"{len(paused)} văn bản chờ thiết bị riêng, {len(due)} chờ lập lại.",
                f"{len(paused)} wait for a device elsewhere, {len(due)} for renewal.",
            ),
        ],
    )


@originals.command()
@click.option("--limit", type=click.IntRange(1), help="Nhiều nhất bao nhiêu. / At most.")
@as_account
@click.pass_obj
@command
@writing
def make(
    environment: Environment, /, *, limit: int | None, account: str | None, output: Output
) -> None:
    """Làm ngay bản số của các dòng còn chờ; dừng giữa chừng thì chạy lại. / Make what waits, now.

    Mã thoát 1 khi có dòng không làm được. / Exit code 1 when a line cannot be made.
    """
    environment.start()
    from sogoc.credentials.documents import api

    by = choose_actor(environment, output, "keys.manage", account=account)
    done = api.make_waiting(request_of(environment, by), limit=limit)
    output.result(
        {
            "made": done.made,
            "not_made": [
                {"line": each.line, "issuer": each.issuer, "code": each.error.code}
                for each in done.not_made
            ],
        },
        lines=[
            say(f"Đã làm {done.made} văn bằng số.", f"{done.made} digital originals made."),
            *(f"  ✗ {each.line} {shown(each.error.message)}" for each in done.not_made),
        ],
        code=FINDINGS if done.not_made else FINE,
    )


@click.command()
@click.argument("names", nargs=-1, metavar="[D-…|CODE]…")
@click.option("--all", "is_all", is_flag=True, help="Mọi văn bản chưa lưu trữ. / All not archived.")
@click.option(
    "--renew-before",
    type=DAY,
    help="Với --all: cả văn bản lưu trữ trước ngày. / And those archived before this day.",
)
@as_account
@click.pass_obj
@command
@writing
def archive(
    environment: Environment,
    /,
    *,
    names: tuple[str, ...],
    is_all: bool,
    renew_before: date | None,
    account: str | None,
    output: Output,
) -> None:
    """Thêm bằng chứng lâu dài (PAdES B-LTA) vào văn bản: số D-… hay mã tra cứu. / Archive papers.

    Văn bản đã lưu trữ được thêm dấu thời gian mới. Mã thoát 1 khi có văn bản không lưu trữ được.
    / One that is archived gets a new archive time-stamp on top.
    """
    environment.start()
    from sogoc.credentials.documents import api

    by = choose_actor(environment, output, "keys.manage", account=account)
    request = request_of(environment, by)
    numbers = [api.newest_document_of(each) or each for each in names]
    if is_all:
        before = datetime.combine(renew_before or date(2000, 1, 1), time(), tzinfo=UTC)
        numbers += api.documents_to_archive(renewed_before=before)
    if not numbers and not is_all:
        raise click.UsageError(say("Nêu văn bản, hoặc --all.", "Name papers, or --all."))
    done, refused = [], []
    for number in dict.fromkeys(numbers):
        try:
            done.append(api.archive(number, request))
        except Error as error:
            refused.append({"document": number, "code": error.code, "why": shown(error.message)})
    output.result(
        {
            "archived": [
                {"document": e.number, "code": e.code, "edition": e.edition} for e in done
            ],
            "refused": refused,
        },
        lines=[
            say(f"Đã lưu trữ {len(done)} văn bản.", f"{len(done)} papers archived."),
            *(f"  ✗ {each['document']}: {each['why']}" for each in refused),
        ],
        code=FINDINGS if refused else FINE,
    )
