"""``sogoc paper``: templates for who designs them, pages of a book, documents that were made."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import as_account
from sogoc.cli.output import Output, command
from sogoc.cli.paper_lines import paper_line
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say

_SAMPLE_TIME = datetime(2026, 6, 1, tzinfo=UTC)


@click.group()
def paper() -> None:
    """Mẫu giấy tờ; trang sổ gốc; văn bản đã lập. / Templates; pages; documents made."""


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


@paper.command()
@click.argument("issuer", metavar="ORG")
@click.argument("kind")
@click.argument("year", type=int)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Thư mục ghi các trang. / The folder to write the pages to.",
)
@as_account
@click.pass_obj
@command
def pages(
    environment: Environment,
    *,
    issuer: str,
    kind: str,
    year: int,
    folder: Path,
    account: str | None,
    output: Output,
) -> None:
    """Mọi trang của một quyển sổ gốc, mỗi trang một tệp ký số. / Every page of a register book.

    Trang chưa đổi được đưa lại như cũ; trang đã khác (thêm dòng, thu hồi) được lập bản mới thay. /
    A page that says the same is handed out again; one that differs is made anew and supersedes.
    """
    environment.start()
    from sogoc.credentials.documents import api

    by = choose_actor(
        environment, output, "register.export", account=account, organisation=issuer, sees_all=True
    )
    made = api.make_pages(
        issuer,
        kind,
        year,
        api.Request(
            code="",
            home=environment.home,
            base=environment.log_origin,
            at=environment.now(),
            by=by,
            is_playground=environment.is_playground,
        ),
    )
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for place, each in enumerate(made, 1):
        file = folder / f"{kind}-{year}-{place:04}.pdf"
        file.write_bytes(each.data)
        found.append({"page": place, "number": each.number, "file": str(file)})
    if environment.is_playground:
        output.note(api.WARNING.vi, api.WARNING.en)
    output.result(
        {"pages": found},
        lines=[say(f"Đã ghi {len(made)} trang.", f"{len(made)} pages written.")],
    )


@paper.command()
@click.argument("number")
@as_account
@click.pass_obj
@command
def show(environment: Environment, *, number: str, account: str | None, output: Output) -> None:
    """Tình trạng riêng của một văn bản đã lập. / The status of its own of a document."""
    environment.start()
    from sogoc.credentials.documents import api

    by = choose_actor(environment, output, "register.view", account=account, sees_all=True)
    view = api.show_paper(number, by=by)
    output.result(asdict(view), lines=[paper_line(view)])


@paper.command()
@click.argument("number")
@click.option("--reason", required=True, help="Lý do. / Reason.")
@as_account
@click.pass_obj
@command
def withdraw(
    environment: Environment, *, number: str, reason: str, account: str | None, output: Output
) -> None:
    """Cho một bản sao, một tờ thôi giá trị; văn bằng không đổi. / End a document, not its line."""
    environment.start()
    from sogoc.credentials.documents import api

    by = choose_actor(environment, output, "register.revoke", account=account)
    view = api.withdraw(number, reason=reason, by=by, at=environment.now())
    output.result(asdict(view), lines=[paper_line(view)])
