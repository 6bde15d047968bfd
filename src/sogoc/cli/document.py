"""``sogoc document``: a line of the register as a file that proves itself."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import as_account
from sogoc.cli.output import Output, command
from sogoc.cli.paper_lines import paper_line
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.statuses import publish_statuses
from sogoc.cli.words import say


@click.command()
@click.argument("code")
@click.option(
    "--format",
    "form",
    default="vc",
    show_default=True,
    help="vc, vc-ecdsa, pdf, pdf-copy, supplement, register-page, decision, xml.",
)
@click.option(
    "-o",
    "--output-file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Tệp ghi ra. / The file to write.",
)
@as_account
@click.pass_obj
@command
@writing
def document(
    environment: Environment,
    *,
    code: str,
    form: str,
    target: Path,
    account: str | None,
    output: Output,
) -> None:
    """Ghi dòng mang mã CODE thành tệp tự chứng minh. / Write a line as a file that proves itself.

    pdf: bản số gốc, hoặc bản sao; pdf-copy: bản sao; supplement: phụ lục văn bằng; register-page:
    trang sổ gốc có dòng này; decision: trích quyết định công nhận kèm danh sách. / The digital
    original or a copy; a copy; the supplement; the page of the register the line stands on; the
    decision that recognised it, with its list.

    Chỉ làm từ dòng đã công bố: điểm kiểm của nhật ký bao trùm và đủ bên chứng kiến. / Only of
    published lines: a checkpoint with its quorum of witnesses covers them.
    """
    environment.start()
    from sogoc.credentials.documents import api as documents

    by = choose_actor(environment, output, "register.view", account=account, sees_all=True)
    made = documents.render(
        form,
        documents.Request(
            code=code,
            home=environment.home,
            base=environment.log_origin,
            at=environment.now(),
            by=by,
            is_playground=environment.is_playground,
        ),
    )
    target.write_bytes(made)
    publish_statuses(environment)
    view = documents.paper_of_file(made, by=by)
    papers = documents.papers_of(code, by=by, today=environment.today())
    if environment.is_playground:
        output.note(documents.WARNING.vi, documents.WARNING.en)
    output.result(
        {
            "file": str(target),
            "format": form,
            "bytes": len(made),
            "document": None if view is None else asdict(view),
            "papers": asdict(papers),
        },
        lines=[
            say(f"Đã ghi {target} ({form}).", f"Wrote {target} ({form})."),
            *([] if view is None else [paper_line(view)]),
        ],
    )
