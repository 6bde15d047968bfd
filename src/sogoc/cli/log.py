"""``sogoc log``: sequence what waits, audit database against log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sogoc.cli import log_public, log_stamps, log_status
from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.sequencing import audit as compare
from sogoc.cli.sequencing import sequence as run
from sogoc.cli.words import say, shown

if TYPE_CHECKING:
    from sogoc.credentials.log.api import AuditReport, Problem
    from sogoc.monitor.api import Finding


@click.group()
def log() -> None:
    """Nhật ký minh bạch: ghi, kiểm toán. / The transparency log."""


@log.command()
@click.pass_obj
@command
def sequence(environment: Environment, *, output: Output) -> None:
    """Ghi các lá đang chờ vào nhật ký. / Give waiting leaves their place and sign."""
    environment.start()

    report = run(environment, remember=True)
    output.result(
        {
            "sequenced": report.sequenced,
            "waiting": report.waiting,
            "read_only": report.read_only,
        },
        lines=[
            say(f"Đã ghi {report.sequenced} lá.", f"{report.sequenced} leaves sequenced."),
            *(
                f"{name}: {shown(report.read_only[name])}"
                if name in report.read_only
                else say(f"{name}: chờ bên chứng kiến.", f"{name}: waits for witnesses.")
                for name in report.waiting
            ),
        ],
    )


log.add_command(log_public.export)
log.add_command(log_public.proof)
log.add_command(log_public.serve)
log.add_command(log_status.status)
log.add_command(log_stamps.timestamp)


@log.command()
@click.argument("place", required=False, metavar="[DIR|URL]")
@click.option("--vkey", "vkeys", multiple=True, help="Khóa đã biết của nhật ký. / A known key.")
@click.option(
    "--tsa",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Chứng thư gốc của cơ quan cấp dấu thời gian. / Root certificates of the authority.",
)
@click.pass_obj
@command
def audit(
    environment: Environment,
    *,
    place: str | None,
    vkeys: tuple[str, ...],
    tsa: Path | None,
    output: Output,
) -> None:
    """So sổ, phôi, nhật ký thao tác với nhật ký minh bạch; nêu tên chỗ bị sửa.

    Có DIR hoặc URL: kiểm nhật ký đã xuất hay đang phục vụ ở đó, chỉ từ các tệp của nó.

    / Compare register, blanks and audit events with the log; name whatever was altered. With a DIR
    or URL: check the log exported or served there from its files alone.
    """
    if place is not None:
        log_public.audit_public(place, vkeys, tsa, output)
    if vkeys or tsa:
        raise click.UsageError("--vkey, --tsa: DIR hoặc URL? / go with a DIR or URL.")
    environment.start()

    report = compare(environment)
    found: list[Problem | Finding] = [*report.problems, *log_stamps.home_findings(environment)]
    problems = [{"kind": p.kind, "what": p.what, "message": p.message} for p in found]
    checked = {
        name: getattr(report, f"{name}_checked")
        for name in ("lines", "movements", "lots", "events", "entries")
    }
    output.result(
        {
            "ok": not found,
            "checked": checked,
            "waiting": report.waiting,
            "erased": report.erased,
            "problems": problems,
        },
        lines=list(_said(report, checked, found)),
        code=FINE if not found else FINDINGS,
    )


def _said(
    report: AuditReport, checked: dict[str, int], found: Sequence[Problem | Finding]
) -> Iterator[str]:
    """Yield what the audit says to a person."""
    yield say(
        f"Đã kiểm {checked['lines']} dòng sổ, {checked['movements']} lượt phôi, "
        f"{checked['lots']} lô, {checked['events']} sự kiện, {checked['entries']} lá.",
        f"{checked['lines']} lines, {checked['movements']} blank movements, "
        f"{checked['lots']} lots, {checked['events']} events, {checked['entries']} leaves.",
    )
    if report.waiting:
        yield say(
            f"{report.waiting} lá chờ ghi: sogoc log sequence.",
            f"{report.waiting} leaves wait: sogoc log sequence.",
        )
    for code in report.erased:
        yield say(
            f"  · {code}: dữ liệu cá nhân đã xóa hợp lệ, theo việc xóa có trong nhật ký.",
            f"  · {code}: personal data lawfully erased, by a logged act of erasure.",
        )
    for problem in found:
        yield f"  ✗ {shown(problem.message)}"
    if found:
        yield say(f"{len(found)} chỗ sai lệch.", f"{len(found)} discrepancies.")
    else:
        yield say("Khớp nhật ký.", "Everything matches the log.")
