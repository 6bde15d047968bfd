"""``sogoc digitise``: a paper book on its way into the register."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.digitising import (
    SPAN,
    STATES,
    dated,
    job_actor,
    pair,
    sentence,
    show_job,
    show_keyed,
    uploads,
)
from sogoc.cli.environment import Environment
from sogoc.cli.lists import kind_id
from sogoc.cli.options import DAY, FILE, as_account
from sogoc.cli.output import FINDINGS, FINE, Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say, shown

if TYPE_CHECKING:
    pass

_page = click.option("--page", type=int, required=True, help="Trang. / Page.")


@click.group()
def digitise() -> None:
    """Số hóa sổ giấy: ảnh trang, hai người, biên bản. / Pages, two persons, minutes, lines."""


@digitise.command("open")
@click.option("--issuer", required=True, metavar="ORG", help="Nơi đã cấp. / Body that issued.")
@click.option("--kind", required=True, help="Loại. / Kind.")
@click.option("--title", required=True, help="Tên quyển sổ như trên bìa. / Title on the cover.")
@click.option("--years", type=SPAN, required=True, help="Các năm của sổ. / Years of the book.")
@click.option("--pages", type=SPAN, required=True, help="Các trang. / Pages.")
@click.option(
    "--method",
    type=click.Choice(["twice", "compare"]),
    default="twice",
    show_default=True,
    help="Hai người nhập độc lập, hay một nhập một đối chiếu. / Key twice, or key and compare.",
)
@click.option("--signatory", default="", help="Chức danh người ký ghi ở sổ. / Signatory's title.")
@click.option("--signatory-name", default="", help="Họ tên người ký. / Signatory's name.")
@as_account
@click.pass_obj
@command
def open_(
    environment: Environment,
    /,
    *,
    issuer: str,
    kind: str,
    signatory: str,
    account: str | None,
    output: Output,
    **fields: Any,
) -> None:
    """Mở việc số hóa một đoạn trang. / Open a job for a stretch of pages."""
    environment.start()
    from sogoc.credentials.digitisation import api

    by = choose_actor(environment, output, "digitise.key", account=account, organisation=issuer)
    view = api.open_job(
        issuer=issuer,
        kind=kind_id(kind),
        signatory_title=signatory,
        by=by,
        at=environment.now(),
        **fields,
    )
    show_job(output, view)


@digitise.command()
@click.argument("token")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--page", type=int, required=True, help="Trang của ảnh đầu. / Page of the first.")
@click.option("--again-because", default="", help="Lý do làm lại trang đã nhập. / Why again.")
@as_account
@click.pass_obj
@command
def attach(
    environment: Environment,
    *,
    token: str,
    files: tuple[Path, ...],
    page: int,
    again_because: str,
    account: str | None,
    output: Output,
) -> None:
    """Gắn ảnh trang, theo thứ tự trang. / Attach page images, one a page, in order."""
    by = job_actor(environment, output, token, "digitise.key", account)
    from sogoc.credentials.digitisation import api

    done = [
        api.attach_page(
            token=token,
            page=number,
            data=file.read_bytes(),
            file_name=file.name,
            uploads=uploads(environment),
            by=by,
            at=environment.now(),
            again_because=again_because,
        )
        for number, file in enumerate(files, page)
    ]
    output.result(
        {"token": token, "pages": [asdict(view) for view in done]},
        lines=[f"{view.page}: {view.file_name} {view.media_type} {view.sha256}" for view in done],
    )


@digitise.command("key")
@click.argument("token")
@click.argument("file", type=FILE, required=False)
@click.option("--page", type=int, help="Trang, nếu tệp không có cột Trang. / Page of all rows.")
@click.option("--blank", default="", metavar="REASON", help="Trang không có dòng nào. / No lines.")
@click.option("--sheet", help="Chỉ đọc sheet này. / Read this sheet only.")
@click.option("--map", "answers", multiple=True, metavar="HEADER=FIELD", help="Cột chưa rõ.")
@as_account
@click.pass_obj
@command
def key_(
    environment: Environment,
    *,
    token: str,
    file: Path | None,
    page: int | None,
    blank: str,
    sheet: str | None,
    answers: tuple[str, ...],
    account: str | None,
    output: Output,
) -> None:
    """Nhập các trang từ bảng tính (cột Trang, Dòng …). / Key pages from a workbook."""
    if (file is None) == (not blank) or (blank and page is None):
        raise click.UsageError("FILE, hoặc / or --page N --blank REASON")
    by = job_actor(environment, output, token, "digitise.key", account, keyers=True, page=page)
    from sogoc.credentials.digitisation import api

    if file is None:
        assert page is not None  # noqa: S101 - see above
        done = api.key_pages(
            token=token, pages={}, notes={page: blank}, by=by, at=environment.now()
        )
    else:
        done = api.key_sheet(
            token=token,
            data=file.read_bytes(),
            file_name=file.name,
            page=page,
            sheet=sheet,
            answers=dict(pair(answer, "--map") for answer in answers),
            by=by,
            at=environment.now(),
        )
    show_keyed(output, token, by, done)


@digitise.command()
@click.argument("token")
@_page
@click.option(
    "--fix",
    "fixes",
    multiple=True,
    metavar="LINE:FIELD=VALUE",
    help="Chỗ khác với ảnh. / What stands on paper instead.",
)
@click.option("--absent", type=int, multiple=True, metavar="LINE", help="Dòng không có trong sổ.")
@as_account
@click.pass_obj
@command
def compare(
    environment: Environment,
    *,
    token: str,
    page: int,
    fixes: tuple[str, ...],
    absent: tuple[int, ...],
    account: str | None,
    output: Output,
) -> None:
    """Đối chiếu từng dòng với ảnh. / Compare every line of a page with its picture."""
    corrections: dict[int, dict[str, object]] = {}
    for fix in fixes:
        place, value = pair(fix, "--fix")
        line, _, field = place.partition(":")
        if not line.isdecimal() or not field:
            raise click.BadParameter(f"«{fix}»: 3:full_name=…", param_hint="--fix")
        corrections.setdefault(int(line), {})[field] = value
    by = job_actor(environment, output, token, "digitise.compare", account, keyers=True, page=page)
    from sogoc.credentials.digitisation import api

    done = api.compare_page(
        token=token,
        page=page,
        corrections=corrections,
        absent=absent,
        by=by,
        at=environment.now(),
    )
    show_keyed(output, token, by, [done])


@digitise.command()
@click.argument("token")
@click.option("--page", type=int, help="Chỉ trang này. / Only this page.")
@click.option("--open", "only_open", is_flag=True, help="Chỉ chỗ chưa quyết định. / Not settled.")
@as_account
@click.pass_obj
@command
def differences(
    environment: Environment,
    *,
    token: str,
    page: int | None,
    only_open: bool,
    account: str | None,
    output: Output,
) -> None:
    """Chỗ hai người đọc khác nhau. / Where the two persons read differently."""
    by = job_actor(environment, output, token, "digitise.compare", account)
    from sogoc.credentials.digitisation import api

    found = api.differences(token=token, by=by, page=page, only_open=only_open)
    open_count = len(found) if only_open else sum(each.settled is None for each in found)
    rows = [
        (d.page, d.line, d.field, d.first, d.second, "…" if d.settled is None else d.settled)
        for d in found
    ]
    heads = [
        say("Trang", "Page"), say("Dòng", "Line"), say("Trường", "Field"), "1", "2",
        say("Quyết định", "Settled"),
    ]  # fmt: skip
    output.result(
        {"token": token, "open": open_count, "differences": [asdict(each) for each in found]},
        lines=table(heads, rows),
        code=FINDINGS if open_count else FINE,
    )


@digitise.command()
@click.argument("token")
@_page
@click.option("--line", type=int, required=True, help="Dòng. / Line.")
@click.option("--field", required=True, help="Trường; `line`: dòng có hay không. / Field.")
@click.option("--value", required=True, help="Điều ghi trên giấy; kept|dropped. / What stands.")
@click.option("--reason", required=True, help="Lý do. / Reason.")
@as_account
@click.pass_obj
@command
def settle(
    environment: Environment,
    /,
    *,
    token: str,
    account: str | None,
    output: Output,
    **decision: Any,
) -> None:
    """Người thứ ba quyết định một chỗ khác nhau. / A third person settles a difference."""
    page: int = decision["page"]
    by = job_actor(environment, output, token, "digitise.compare", account, keyers=True, page=page)
    from sogoc.credentials.digitisation import api

    done = api.settle(token=token, by=by, at=environment.now(), **decision)
    text = f"{done.page}:{done.line} {done.field} = {done.settled}"
    output.result({"token": token, "by": by.username, **asdict(done)}, lines=[text])


@digitise.command()
@click.argument("token")
@click.option("--number", help="Số biên bản; để trống: ký biên bản đã lập. / Left out: sign.")
@click.option("--date", "on", type=DAY, help="Ngày biên bản. / Its day.")
@click.option(
    "--day",
    "days",
    multiple=True,
    metavar="TEXT=D",
    help="Ngày cấp của dòng ghi thiếu: `1998=1998-06-20`, `=1998-06-20` khi không ghi. / Day of"
    " issue where the book has no full day.",
)
@click.option("--basis", "days_basis", default="", help="Căn cứ của các ngày ấy. / Their ground.")
@click.option("--withdraw", metavar="REASON", help="Rút biên bản chưa ký đủ. / Withdraw it.")
@as_account
@click.pass_obj
@command
def minutes(
    environment: Environment,
    *,
    token: str,
    number: str | None,
    on: date | None,
    days: tuple[str, ...],
    days_basis: str,
    withdraw: str | None,
    account: str | None,
    output: Output,
) -> None:
    """Lập biên bản (người lập ký luôn), ký, hoặc rút. / Draw up, sign or withdraw the minutes."""
    by = job_actor(environment, output, token, "digitise.sign", account, signers=number is None)
    from sogoc.credentials.digitisation import api

    at = environment.now()
    if withdraw is not None:
        show_job(output, api.withdraw_minutes(token=token, reason=withdraw, by=by, at=at))
    if number is None:
        view = api.sign_minutes(token=token, by=by, at=at)
    else:
        view = api.draw_up_minutes(
            token=token,
            number=number,
            on=on or environment.today(),
            days=dict(dated(day) for day in days),
            days_basis=days_basis,
            by=by,
            at=at,
        )
    state = api.get_job(token=token, by=by).state
    output.result(
        {"token": token, "state": state, **asdict(view)},
        lines=[
            say(
                f"Biên bản {view.number}: {view.lines} dòng, {len(view.signatures)} người đã ký, "
                f"{shown(STATES[state])}.",
                f"Minutes {view.number}: {view.lines} lines, {len(view.signatures)} signed, "
                f"{shown(STATES[state])}.",
            ),
            f"SHA-256 {view.digest}",
        ],
    )


@digitise.command()
@click.argument("token")
@as_account
@click.pass_obj
@command
@writing
def count(environment: Environment, *, token: str, account: str | None, output: Output) -> None:
    """Vào sổ gốc theo biên bản đã ký; lần nữa không thêm gì. / Count; again adds nothing."""
    by = job_actor(environment, output, token, "digitise.sign", account)
    from sogoc.credentials.digitisation import api

    done = api.count_job(token=token, by=by, at=environment.now())
    lines = [
        say(
            f"{done.lines} dòng trong sổ ({done.added} mới).",
            f"{done.lines} lines ({done.added} new).",
        )
    ]
    lines += [
        say(
            f"Trang {page} dòng {line}: số hiệu trùng với văn bằng đang có; giữ ở chi tiết.",
            f"Page {page} line {line}: its serial is a live one's; kept in the details.",
        )
        for page, line in done.serials_beside
    ]
    output.result({**asdict(done), "existing": done.already}, lines=lines)


@digitise.command()
@click.argument("token")
@click.option("--reason", required=True, help="Lý do. / Reason.")
@as_account
@click.pass_obj
@command
def cancel(
    environment: Environment, *, token: str, reason: str, account: str | None, output: Output
) -> None:
    """Bỏ một việc chưa vào sổ. / Give up a job that does not count yet."""
    by = job_actor(environment, output, token, "digitise.sign", account)
    from sogoc.credentials.digitisation import api

    show_job(output, api.cancel_job(token=token, reason=reason, by=by, at=environment.now()))


@digitise.command()
@click.argument("token")
@click.option("--page", type=int, help="Kèm các dòng của trang. / With the lines of a page.")
@as_account
@click.pass_obj
@command
def show(
    environment: Environment, *, token: str, page: int | None, account: str | None, output: Output
) -> None:
    """Một việc: các trang, biên bản, ảnh còn nguyên không. / One job, its pages and minutes."""
    by = job_actor(environment, output, token, "register.view", account)
    from sogoc.credentials.digitisation import api

    view = api.get_job(token=token, by=by)
    drawn_up = api.get_minutes(token=token, by=by)
    altered = api.altered_images(token=token, uploads=uploads(environment), by=by)
    data: dict[str, Any] = {
        **asdict(view),
        "pages": [asdict(each) for each in api.pages(token=token, by=by)],
        "minutes": asdict(drawn_up) if drawn_up else None,
        "altered_images": altered,
    }
    lines = [sentence(view)]
    lines += [
        f"{each['page']}: {', '.join(each['passes']) or '–'}  {each['open_differences'] or ''}"
        for each in data["pages"]
    ]
    if page is not None:
        found = api.page_lines(token=token, page=page, by=by)
        data["lines"] = [asdict(line) for line in found]
        lines += [f"{line.page}:{line.line} {dict(line.values)} {line.code}" for line in found]
    lines += [say(f"Ảnh trang {p} đã bị sửa.", f"Image {p} was altered.") for p in altered]
    output.result(data, lines=lines, code=FINDINGS if altered else FINE)


@digitise.command("list")
@click.option("--issuer", metavar="ORG", help="Chỉ đơn vị này. / Only this issuer.")
@click.option("--state", type=click.Choice(list(STATES)), help="Chỉ ở bước này. / Only there.")
@as_account
@click.pass_obj
@command
def list_(
    environment: Environment,
    *,
    issuer: str | None,
    state: str | None,
    account: str | None,
    output: Output,
) -> None:
    """Các việc số hóa. / Jobs."""
    environment.start()
    from sogoc.credentials.digitisation import api

    by = choose_actor(
        environment, output, "register.view", account=account, organisation=issuer, sees_all=True
    )
    found = api.jobs(by=by, issuer=issuer, state=state)
    output.result({"jobs": [asdict(view) for view in found]}, lines=[sentence(v) for v in found])
