"""``sogoc batch template``: a workbook for a unit to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from sogoc.cli.output import Output, command
from sogoc.cli.words import say


@click.command()
@click.option("--kind", required=True, help="Loại văn bằng, chứng chỉ. / Kind of credential.")
@click.option(
    "-o",
    "--output-file",
    "target",
    required=True,
    help="Tệp .xlsx. / The .xlsx to write.",
    type=click.Path(dir_okay=False, path_type=Path),
)
@command
def template(*, kind: str, target: Path, output: Output) -> None:
    """Tệp mẫu để điền danh sách. / A workbook to fill in, with lists of choices."""
    from sogoc.intake.api import fields_for, make_template
    from sogoc.policy.api import load_law

    known = load_law().find_kind(kind)
    if known is None:
        raise click.UsageError(f"--kind: {kind}?")
    fields = fields_for(known.category, has_major="major" in known.told_apart_by)
    target.write_bytes(make_template(str(known.name), fields))
    output.result(
        {"file": str(target), "kind": known.id, "fields": fields},
        lines=[say(f"Đã ghi {target}.", f"Written: {target}.")],
    )
