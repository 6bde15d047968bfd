"""``sogoc log timestamp``: each day's last checkpoint under a time-stamp; and their audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import Output, command
from sogoc.cli.words import say

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from sogoc.credentials.log.api import PublishedLog
    from sogoc.monitor.api import Finding, LogReport, Source


@click.command()
@click.option(
    "--today",
    is_flag=True,
    help="Cả hôm nay; chỉ kho thử. / Today as well; demo and test homes only.",
)
@click.pass_obj
@command
def timestamp(environment: Environment, *, today: bool, output: Output) -> None:
    """Đóng dấu thời gian điểm kiểm cuối của mỗi ngày đã qua (RFC 3161).

    / Time-stamp the last checkpoint of each day that has ended.
    """
    environment.start()
    from sogoc.credentials.log import api as log

    if today and not environment.is_playground:
        raise click.UsageError("--today: chỉ kho thử / demo and test homes only.")
    authority = log.authority_of(environment.home, is_playground=environment.is_playground)
    if authority is None:
        raise click.UsageError("Cần / needed: SOGOC_TSA_URL, SOGOC_TSA_CERTIFICATES.")
    done = log.stamp_days(
        environment.home, base=environment.log_origin, authority=authority, also_today=today
    )
    output.result(
        {
            "stamped": [
                {"origin": s.origin, "day": s.day, "size": s.size, "at": s.at.isoformat()}
                for s in done
            ]
        },
        lines=[
            *(f"{s.origin} {s.day}: {s.size}, {s.at.isoformat()}" for s in done),
            say(f"{len(done)} ngày có dấu thời gian mới.", f"{len(done)} days newly stamped."),
        ],
    )


def certificates(file: Path | None) -> list[Certificate] | None:
    """Return the authorities to trust from a PEM file; None without one."""
    if file is None:
        return None
    from cryptography import x509

    try:
        return list(x509.load_pem_x509_certificates(file.read_bytes()))
    except ValueError:
        raise click.UsageError(f"--tsa {file}: PEM?") from None


@dataclass(frozen=True, slots=True)
class _HomeSource:
    """The public files of one log of the home, without a server."""

    log: PublishedLog

    @property
    def where(self) -> str:
        return self.log.origin

    def read(self, path: str) -> bytes:
        file = self.log.file(path)
        if file is None:
            raise FileNotFoundError(path)
        return file.data


def home_findings(environment: Environment) -> Iterator[Finding]:
    """Yield what is wrong with the time-stamps of the home's own logs."""
    from sogoc.credentials.log import api as log
    from sogoc.monitor.api import LogReport, check_time_stamps

    for published in log.published_logs(environment.home, base=environment.log_origin):
        checkpoint = published.checkpoint()
        report: LogReport = LogReport(published.origin, published.origin)
        if checkpoint is not None:
            report.size, report.root = checkpoint.size, checkpoint.root
        source: Source = _HomeSource(published)
        check_time_stamps(source, report)
        yield from report.findings
