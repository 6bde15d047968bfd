"""``sogoc log``: sequence what waits, audit database against log."""

from __future__ import annotations

import click

from sogoc.cli import log_public, log_status
from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.sequencing import audit as compare
from sogoc.cli.sequencing import sequence as run
from sogoc.cli.words import say, shown


@click.group()
def log() -> None:
    """Nhật ký minh bạch: ghi, kiểm toán. / The transparency log."""


@log.command()
@click.pass_obj
@command
def sequence(environment: Environment, *, output: Output) -> None:
    """Ghi các lá đang chờ vào nhật ký. / Give waiting leaves their place and sign."""
    environment.start()

    report = run(environment)
    output.result(
        {
            "sequenced": report.sequenced,
            "waiting": report.waiting,
            "read_only": report.read_only,
        },
        lines=[
            say(f"Đã ghi {report.sequenced} lá.", f"{report.sequenced} leaves sequenced."),
            *(
                say(f"{name}: chờ bên chứng kiến.", f"{name}: waits for witnesses.")
                for name in report.waiting
            ),
        ],
    )


log.add_command(log_public.export)
log.add_command(log_public.proof)
log.add_command(log_public.serve)
log.add_command(log_status.status)


@log.command()
@click.argument("place", required=False, metavar="[DIR|URL]")
@click.option("--vkey", "vkeys", multiple=True, help="Khóa đã biết của nhật ký. / A known key.")
@click.pass_obj
@command
def audit(
    environment: Environment, *, place: str | None, vkeys: tuple[str, ...], output: Output
) -> None:
    """So sổ, phôi, nhật ký thao tác với nhật ký minh bạch; nêu tên chỗ bị sửa.

    Có DIR hoặc URL: kiểm nhật ký đã xuất hay đang phục vụ ở đó, chỉ từ các tệp của nó.

    / Compare register, blanks and audit events with the log; name whatever was altered. With a DIR
    or URL: check the log exported or served there from its files alone.
    """
    if place is not None:
        log_public.audit_public(place, vkeys, output)
    if vkeys:
        raise click.UsageError("--vkey: DIR hoặc URL? / goes with a DIR or URL.")
    environment.start()

    report = compare(environment)
    problems = [{"kind": p.kind, "what": p.what, "message": p.message} for p in report.problems]
    checked = {
        name: getattr(report, f"{name}_checked")
        for name in ("lines", "movements", "lots", "events", "entries")
    }
    output.result(
        {
            "ok": report.is_clean,
            "checked": checked,
            "waiting": report.waiting,
            "erased": report.erased,
            "problems": problems,
        },
        lines=[
            say(
                f"Đã kiểm {checked['lines']} dòng sổ, {checked['movements']} lượt phôi, "
                f"{checked['lots']} lô, {checked['events']} sự kiện, {checked['entries']} lá.",
                f"{checked['lines']} lines, {checked['movements']} blank movements, "
                f"{checked['lots']} lots, {checked['events']} events, {checked['entries']} leaves.",
            ),
            *(
                [
                    say(
                        f"{report.waiting} lá chờ ghi: sogoc log sequence.",
                        f"{report.waiting} leaves wait: sogoc log sequence.",
                    )
                ]
                if report.waiting
                else []
            ),
            *(
                say(
                    f"  · {code}: dữ liệu cá nhân đã xóa hợp lệ, theo việc xóa có trong nhật ký.",
                    f"  · {code}: personal data lawfully erased, by a logged act of erasure.",
                )
                for code in report.erased
            ),
            *(f"  ✗ {shown(p.message)}" for p in report.problems),
            say("Khớp nhật ký.", "Everything matches the log.")
            if report.is_clean
            else say(f"{len(problems)} chỗ sai lệch.", f"{len(problems)} discrepancies."),
        ],
        code=FINE if report.is_clean else FINDINGS,
    )
