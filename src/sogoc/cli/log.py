"""``sogoc log``: sequence what waits, audit database against log."""

from __future__ import annotations

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, FINE, Output, command, say, shown
from sogoc.cli.sequencing import audit as compare
from sogoc.cli.sequencing import sequence as run


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
        {"sequenced": report.sequenced},
        lines=[say(f"Đã ghi {report.sequenced} lá.", f"{report.sequenced} leaves sequenced.")],
    )


@log.command()
@click.pass_obj
@command
def audit(environment: Environment, *, output: Output) -> None:
    """So sổ, phôi, nhật ký thao tác với nhật ký minh bạch; nêu tên chỗ bị sửa.

    / Compare register, blanks and audit events with the log; name whatever was altered.
    """
    environment.start()

    report = compare(environment)
    problems = [{"kind": p.kind, "what": p.what, "message": p.message} for p in report.problems]
    output.result(
        {"ok": not problems, "checked": report.checked, "problems": problems},
        lines=[
            say(f"Đã kiểm {report.checked} mục.", f"{report.checked} items checked."),
            *(f"  ✗ {p['kind']} {p['what']}: {shown(p['message'])}" for p in problems),
            say("Khớp nhật ký.", "Everything matches the log.")
            if not problems
            else say(f"{len(problems)} chỗ sai lệch.", f"{len(problems)} discrepancies."),
        ],
        code=FINDINGS if problems else FINE,
    )
