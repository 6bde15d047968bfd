"""Taking an old list in: for good, or as a rehearsal that judges it and keeps nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sogoc.cli.environment import Environment
from sogoc.cli.findings import swept_dict
from sogoc.cli.lists import kind_id

if TYPE_CHECKING:
    from sogoc.people.api import Actor


class _KeepNothing(Exception):
    pass


def bring_in(
    environment: Environment,
    file: Path,
    *,
    kind: str,
    issuer: str,
    signatory: str,
    issued_on: date | None,
    issued_on_column: str | None,
    sheet: str | None,
    by: Actor,
    dry_run: bool,
) -> dict[str, Any]:
    """Import the file; with ``dry_run`` sweep the lines and roll everything back."""
    from sogoc.credentials.register import api as registers
    from sogoc.credentials.sweep import api as sweeps
    from sogoc.intake.api import read_file
    from sogoc.people import api as people

    reading = read_file(
        file.read_bytes(),
        file.name,
        sheet=sheet,
        answers={issued_on_column: "issued_on"} if issued_on_column else None,
        partial_dates=True,
    )
    data: dict[str, Any] = {"file": file.name, "sha256": reading.sha256, "kept": not dry_run}

    def run() -> None:
        done = registers.import_legacy(
            reading,
            issuer=issuer,
            kind=kind_id(kind),
            signatory_title=signatory,
            issued_on=issued_on,
            by=by,
            at=environment.now(),
        )
        data.update(lines=done.lines, added=done.added, existing=done.already)

    if not dry_run:
        run()
        return data
    with suppress(_KeepNothing), people.acting(by):
        run()
        report = sweeps.sweep(by=by, as_of=environment.today(), issuer=issuer)
        data.update(swept_dict(report))
        raise _KeepNothing
    return data
