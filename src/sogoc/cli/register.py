"""``sogoc register`` and ``import-legacy``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, FILE, as_account
from sogoc.cli.output import FINE, Output, command, plain
from sogoc.cli.paper_lines import papers_lines
from sogoc.cli.revoking import (
    confirm_revocation,
    revocations,
    revoke,
    withdraw_revocation,
)
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from sogoc.credentials.lifecycle.api import Erased
    from sogoc.credentials.register.api import LineView


@click.group()
def register() -> None:
    """Sổ gốc: xem, xuất, thu hồi, xóa dữ liệu. / The register: show, export, revoke, erase."""


@register.command()
@click.argument("code")
@as_account
@click.pass_obj
@command
def show(environment: Environment, *, code: str, account: str | None, output: Output) -> None:
    """Một dòng sổ gốc theo mã: bản gốc, bản sao, thời hạn. / A line, its originals and copies."""
    environment.start()
    from sogoc.credentials.documents.api import papers_of
    from sogoc.credentials.register import api

    by = choose_actor(environment, output, "register.view", account=account, sees_all=True)
    data = _line_dict(api.show_line(code, by=by))
    papers = papers_of(code, by=by, today=environment.today())
    lines = [f"{k}: {v}" for k, v in plain(data).items() if v not in (None, "")]
    output.result({**data, "papers": asdict(papers)}, lines=[*lines, *papers_lines(papers)])


def _line_dict(line: LineView) -> dict[str, Any]:
    data = {name: getattr(line, name) for name in type(line).__dataclass_fields__}
    del data["id"], data["book"]
    return {**data, "book": f"{line.book.kind}/{line.book.year}", "status": str(line.status)}


@register.command()
@click.option("--issuer", metavar="ORG", help="Chỉ đơn vị này. / Only this issuer.")
@click.option("--kind", help="Chỉ loại này. / Only this kind.")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Ghi ra tệp. / Write to a file.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines (mặc định). / The default.")
@click.option(
    "--leaves",
    is_flag=True,
    help="Kèm lá trong nhật ký, cho sogoc monitor. / With leaves, for sogoc monitor.",
)
@as_account
@click.pass_obj
def export(
    environment: Environment,
    *,
    issuer: str | None,
    kind: str | None,
    target: Path | None,
    as_json: bool,  # noqa: ARG001 - one object a line is the only form
    leaves: bool,
    account: str | None,
) -> None:
    """Xuất sổ gốc, mỗi dòng một đối tượng JSON. / Export, one JSON object a line."""
    output = Output(as_json=True)
    try:
        environment.start()
        from sogoc.credentials.register import api

        by = choose_actor(
            environment,
            output,
            "register.export",
            account=account,
            organisation=issuer,
            sees_all=issuer is None,
        )
        stream = target.open("w", encoding="utf-8") if target else sys.stdout
        try:
            for line in api.export_lines(by=by, issuer=issuer, kind=kind, leaves=leaves):
                stream.write(json.dumps(plain(line), ensure_ascii=False) + "\n")
        finally:
            if target:
                stream.close()
    except Error as error:
        output.failure(error)


for _each in (revoke, revocations, confirm_revocation, withdraw_revocation):
    register.add_command(_each)


@register.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE…")
@click.option("--decision-no", required=True, help="Số quyết định xóa. / Decision number.")
@click.option("--decision-date", type=DAY, required=True, help="Ngày quyết định. / Its day.")
@click.option("--reason", required=True, help="Căn cứ và lý do. / Ground and reason.")
@as_account
@click.pass_obj
@command
@writing
def erase(
    environment: Environment,
    *,
    codes: tuple[str, ...],
    decision_no: str,
    decision_date: date,
    reason: str,
    account: str | None,
    output: Output,
) -> None:
    """Xóa dữ liệu cá nhân của dòng theo quyết định; không phục hồi được.

    / Erase the personal data of lines by a decision, wherever this home keeps them; it cannot be
    undone. The act is logged. What stays is named, with why.
    """
    environment.start()
    from sogoc.credentials.lifecycle import api as lifecycle

    by = choose_actor(environment, output, "register.erase", account=account)
    done = lifecycle.erase_personal(
        codes=list(dict.fromkeys(codes)),
        decision_number=decision_no,
        decision_date=decision_date,
        reason=reason,
        by=by,
        at=environment.now(),
        home=environment.home,
    )
    data = {n: getattr(done, n) for n in type(done).__dataclass_fields__}
    data["kept"] = [{n: getattr(each, n) for n in type(each).__slots__} for each in done.kept]
    output.result(data | {"backups": shown(_BACKUPS)}, lines=_erased_lines(done))


_BACKUPS = Text(
    "Bản sao lưu làm trước lúc này vẫn còn dữ liệu đã xóa: hủy những bản đó sau khi có bản mới. "
    "Tệp danh sách gốc ở ngoài Sổ Gốc do đơn vị tự xử lý.",
    "Backups made before now still hold what was erased: make a new one, then destroy those. "
    "The list as a file outside Sổ Gốc is for the body itself to deal with.",
)


def _erased_lines(done: Erased) -> list[str]:
    from sogoc.credentials.lifecycle.api import KEPT_BECAUSE

    lines = [say(f"Đã xóa dữ liệu của {done.count} dòng.", f"Data of {done.count} lines erased.")]
    lines += [say(f"Tệp đã xóa: {name}", f"File removed: {name}") for name in done.files]
    lines += [
        say(f"Chưa xóa được tệp: {name}", f"File not removed yet: {name}")
        for name in done.files_left
    ]
    for each in done.kept:
        why = KEPT_BECAUSE[each.what]
        others_vi = "" if each.others is None else f", còn {each.others} người khác"
        others_en = "" if each.others is None else f", {each.others} other people"
        lines.append(
            say(
                f"Còn lại ({each.code}) {each.name}: {why.vi}{others_vi}.",
                f"Left ({each.code}) {each.name}: {why.en}{others_en}.",
            )
        )
    return [*lines, shown(_BACKUPS)]


@click.command("import-legacy")
@click.argument("file", type=FILE)
@click.option("--kind", required=True, help="Loại. / Kind.")
@click.option("--issuer", required=True, metavar="ORG", help="Nơi đã cấp. / Body that issued.")
@click.option("--signatory", required=True, help="Chức danh đã ký. / Title that signed.")
@click.option("--issued-on", type=DAY, help="Ngày cấp chung. / One day for all.")
@click.option("--issued-on-column", metavar="HEADER", help="Cột ngày cấp. / Column of days.")
@click.option("--sheet", help="Chỉ sheet này. / Only this sheet.")
@click.option("--dry-run", is_flag=True, help="Rà soát rồi bỏ, không ghi gì. / Keep nothing.")
@as_account
@click.pass_obj
@command
@writing
def import_legacy(
    environment: Environment,
    *,
    file: Path,
    kind: str,
    issuer: str,
    signatory: str,
    issued_on: date | None,
    issued_on_column: str | None,
    sheet: str | None,
    dry_run: bool,
    account: str | None,
    output: Output,
) -> None:
    """Nhập sổ cũ đúng như nó có, kể cả lỗi. / Take an old register in as found, faults and all."""
    if (issued_on is None) == (issued_on_column is None):
        raise click.UsageError("--issued-on hoặc / or --issued-on-column")
    environment.start()
    from sogoc.cli.legacy import bring_in

    by = choose_actor(
        environment, output, "register.import_legacy", account=account, organisation=issuer
    )
    data = bring_in(
        environment,
        file,
        kind=kind,
        issuer=issuer,
        signatory=signatory,
        issued_on=issued_on,
        issued_on_column=issued_on_column,
        sheet=sheet,
        by=by,
        dry_run=dry_run,
    )
    lines = [
        say(
            f"{data['file']}: {data['lines']} dòng"
            + (" (đã nhập từ trước)." if data["existing"] else ""),
            f"{data['file']}: {data['lines']} lines"
            + (" (imported before)." if data["existing"] else ""),
        )
    ]
    if dry_run:
        lines += [f"  {k}: {v}" for k, v in data["by_check"].items()]
        lines.append(say("Không ghi gì.", "Nothing was kept."))
    output.result(data, lines=lines, code=FINE)
