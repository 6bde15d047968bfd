"""``sogoc paper``: templates of papers, for whoever designs them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import Output, command
from sogoc.cli.words import say

_SAMPLE_TIME = datetime(2026, 6, 1, tzinfo=UTC)


@click.group()
def paper() -> None:
    """Mẫu văn bằng, chứng chỉ, bản sao: xem thử, sửa. / Templates of papers: look, change."""


@paper.command("list")
@click.pass_obj
@command
def list_(environment: Environment, *, output: Output) -> None:
    """Các mẫu; mẫu của đơn vị đi trước. / The templates; a home's own go first."""
    environment.start()
    from sogoc.credentials.documents.api import TEMPLATES, press_of

    press = press_of(environment.home)
    found = {name: press.source(name) for name in TEMPLATES}
    own = environment.home / "templates"
    output.result(
        {
            "templates": [
                {"name": name, "own": file.parent == own, "sha256": press.digest(name)}
                for name, file in found.items()
            ]
        },
        lines=[f"{'*' if file.parent == own else ' '} {name}" for name, file in found.items()],
    )


@paper.command()
@click.pass_obj
@command
def copy(environment: Environment, *, output: Output) -> None:
    """Chép mẫu vào thư mục templates để sửa; không ghi đè. / Copy them to be changed."""
    environment.start()
    from sogoc.credentials.documents.api import copy_templates

    made = copy_templates(environment.home / "templates")
    output.result(
        {"copied": made, "directory": str(environment.home / "templates")},
        lines=[say(f"Đã chép {len(made)} tệp.", f"{len(made)} files copied."), *made],
    )


@paper.command()
@click.argument("name")
@click.option("--longest", is_flag=True, help="Tên dài nhất. / The longest names.")
@click.option(
    "-o",
    "--output-file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Tệp .pdf hoặc .png. / A .pdf or .png file.",
)
@click.pass_obj
@command
def preview(
    environment: Environment, *, name: str, longest: bool, target: Path, output: Output
) -> None:
    """Dựng một mẫu với dữ liệu giả để xem. / Set a template with made-up data, to look at."""
    environment.start()
    from sogoc.credentials.documents.api import print_sample

    form = "png" if target.suffix == ".png" else "pdf"
    made = print_sample(environment.home, name, is_longest=longest, form=form, at=_SAMPLE_TIME)
    target.write_bytes(made)
    output.result(
        {"file": str(target), "bytes": len(made)},
        lines=[say(f"Đã ghi {target}.", f"Wrote {target}.")],
    )
