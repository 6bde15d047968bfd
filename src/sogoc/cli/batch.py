"""``sogoc batch``: a list on its way from file to register."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.batch_report import marked_up, report_dict, report_lines
from sogoc.cli.environment import Environment
from sogoc.cli.findings import finding_dict, finding_lines
from sogoc.cli.lists import read_requests
from sogoc.cli.options import DAY, FILE, as_account, list_options
from sogoc.cli.output import FINDINGS, FINE, Output, command, table
from sogoc.cli.sequencing import enter, writing
from sogoc.cli.session import choose_actor
from sogoc.cli.template import template
from sogoc.cli.words import batch_state, say

if TYPE_CHECKING:
    from sogoc.credentials.issuing.api import BatchView, Prepared


@click.group()
def batch() -> None:
    """Đợt cấp: kiểm tra, lập, duyệt, in, ký, vào sổ. / From check to register."""


batch.add_command(template)


@batch.command()
@click.argument("file", type=FILE)
@list_options
@click.option("--rows", "with_rows", is_flag=True, help="Kèm từng dòng. / Include the rows.")
@click.option(
    "--annotated",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Ghi tệp đã đánh dấu. / Write the marked-up workbook here.",
)
@as_account
@click.pass_obj
@command
def check(
    environment: Environment,
    /,
    *,
    file: Path,
    with_rows: bool,
    annotated: Path | None,
    account: str | None,
    output: Output,
    **options: Any,
) -> None:
    """Kiểm tra danh sách theo luật của ngày cấp; không ghi gì. / Check a list; writes nothing."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    requests = read_requests(environment, file, **options)
    reports = []
    for request in requests:
        by = choose_actor(
            environment,
            output,
            "batch.check",
            account=account,
            organisation=request.proposal.issuer,
        )
        reports.append(
            issuing.check_list(
                file=request.file, proposal=request.proposal, by=by, at=environment.now()
            )
        )
    if annotated is not None:
        annotated.write_bytes(marked_up(requests[0], reports))
    data = report_dict(requests, reports, with_rows=with_rows)
    has_problem = any(f["level"] in {"error", "review"} for f in data["findings"])
    output.result(
        data,
        lines=report_lines(data),
        code=FINDINGS if has_problem or data["questions"] else FINE,
    )


@batch.command()
@click.argument("file", type=FILE)
@list_options
@as_account
@click.pass_obj
@command
@writing
def prepare(
    environment: Environment, /, *, file: Path, account: str | None, output: Output, **options: Any
) -> None:
    """Kiểm tra và lập đợt cấp, giữ phôi. / Check, fix the rows, reserve blanks; gives a token."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    prepared = []
    for request in read_requests(environment, file, **options):
        by = choose_actor(
            environment,
            output,
            "batch.prepare",
            account=account,
            organisation=request.proposal.issuer,
        )
        prepared.append(
            issuing.prepare_batch(
                file=request.file,
                proposal=request.proposal,
                by=by,
                at=environment.now(),
                today=environment.today(),
                allow_any_date=environment.is_playground,
            )
        )
    batches = [_prepared_dict(p) for p in prepared]
    lines = []
    for item in batches:
        lines.append(
            say(
                f"Đợt {item['token']}: {item['rows']} dòng, loại {item['refused_rows']} dòng lỗi"
                + (" (đã lập từ trước)." if item["existing"] else "."),
                f"Batch {item['token']}: {item['rows']} rows, {item['refused_rows']} left out"
                + (" (prepared before)." if item["existing"] else "."),
            )
        )
        lines += finding_lines(item["findings"])
    data = batches[0] if len(batches) == 1 else {"batches": batches}
    output.result(data, lines=lines)


def _prepared_dict(p: Prepared) -> dict[str, Any]:
    return {
        "token": p.token,
        "state": p.state,
        "issuer": p.issuer,
        "kind": p.kind,
        "date": p.act_date,
        "rows": p.row_count,
        "refused_rows": p.refused_rows,
        "rule_set": p.rule_set,
        "existing": p.existing,
        "blanks_until": p.blanks_until,
        "findings": [finding_dict(f) for f in p.findings],
    }


@batch.command()
@click.argument("token")
@as_account
@click.pass_obj
@command
@writing
def approve(environment: Environment, *, token: str, account: str | None, output: Output) -> None:
    """Duyệt; không phải người lập. / Approve; never the person who prepared."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    whose = _whose(environment, token, four_eyes=True)
    by = choose_actor(environment, output, "batch.approve", account=account, **whose)
    view = issuing.approve_batch(token=token, by=by, at=environment.now())
    _show(output, view)


@batch.command("print")
@click.argument("token")
@click.option(
    "--misprint",
    "misprints",
    multiple=True,
    metavar="N=REASON",
    help="Dòng N in hỏng: hỏng phôi, dùng phôi kế tiếp. / Row N spoiled its blank.",
)
@as_account
@click.pass_obj
@command
@writing
def print_(
    environment: Environment,
    *,
    token: str,
    misprints: tuple[str, ...],
    account: str | None,
    output: Output,
) -> None:
    """In: gắn số hiệu phôi cho từng dòng. / Print: bind a blank's serial to each row."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    by = choose_actor(
        environment, output, "batch.print", account=account, **_whose(environment, token)
    )
    spoiled = []
    for item in misprints:
        number, _, reason = item.partition("=")
        if not number.isdigit() or not reason:
            raise click.BadParameter("N=REASON", param_hint="--misprint")
        spoiled.append((int(number), reason))
    day = _day_of_act(environment, token)
    done = issuing.print_batch(token=token, misprints=spoiled, by=by, on=day, at=environment.now())
    output.result(
        {
            "token": done.token,
            "state": "printed",
            "rows": done.row_count,
            "first_serial": done.first_serial,
            "last_serial": done.last_serial,
            "spoiled": done.spoiled,
        },
        lines=[
            say(
                f"Đã in {done.row_count} dòng: {done.first_serial} … {done.last_serial}"
                + (f"; hỏng {', '.join(done.spoiled)}" if done.spoiled else ""),
                f"{done.row_count} printed: {done.first_serial} … {done.last_serial}"
                + (f"; spoiled {', '.join(done.spoiled)}" if done.spoiled else ""),
            )
        ],
    )


_signed_on = click.option("--signed-on", type=DAY, help="Ngày ký. / Day signed.")
_sealed_on = click.option("--sealed-on", type=DAY, help="Ngày đóng dấu. / Day sealed.")


@batch.command()
@click.argument("token")
@_signed_on
@as_account
@click.pass_obj
@command
@writing
def sign(
    environment: Environment,
    *,
    token: str,
    signed_on: date | None,
    account: str | None,
    output: Output,
) -> None:
    """Ghi nhận người có thẩm quyền đã ký. / Record that the signatory signed."""
    environment.start()
    _show(output, _record_signature(environment, output, token, signed_on, account))


@batch.command()
@click.argument("token")
@_sealed_on
@as_account
@click.pass_obj
@command
@writing
def seal(
    environment: Environment,
    *,
    token: str,
    sealed_on: date | None,
    account: str | None,
    output: Output,
) -> None:
    """Ghi nhận văn thư đã đóng dấu. / Record that the seal keeper sealed."""
    environment.start()
    _show(output, _record_seal(environment, output, token, sealed_on, account))


def _record_signature(
    environment: Environment, output: Output, token: str, on: date | None, account: str | None
) -> BatchView:
    from sogoc.credentials.issuing import api as issuing

    by = choose_actor(
        environment, output, "batch.sign", account=account, **_whose(environment, token)
    )
    day = on or _day_of_act(environment, token)
    return issuing.sign_batch(token=token, on=day, by=by, at=environment.now())


def _record_seal(
    environment: Environment, output: Output, token: str, on: date | None, account: str | None
) -> BatchView:
    from sogoc.credentials.issuing import api as issuing

    by = choose_actor(
        environment, output, "batch.seal", account=account, **_whose(environment, token)
    )
    day = on or _day_of_act(environment, token)
    return issuing.seal_batch(token=token, on=day, by=by, at=environment.now())


@batch.command()
@click.argument("token")
@click.option("--key", help="Khóa chống lặp. / Idempotency key.")
@_signed_on
@_sealed_on
@as_account
@click.pass_obj
@command
def issue(
    environment: Environment,
    *,
    token: str,
    key: str | None,
    signed_on: date | None,
    sealed_on: date | None,
    account: str | None,
    output: Output,
) -> None:
    """Vào sổ gốc trong một giao dịch, rồi ghi nhật ký. / Issue in one transaction, then log.

    Ở bản thử, nếu chưa ghi nhận ký và đóng dấu thì tài khoản mẫu ghi giúp. / In a demo home the
    demo accounts record signature and seal when nobody has.
    """
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    whose = _whose(environment, token)
    by = choose_actor(environment, output, "batch.issue", account=account, **whose)
    view = issuing.get_batch(token=token, by=by)
    if view.state == "printed" and environment.is_playground:
        if not view.signed_by:
            _record_signature(environment, output, token, signed_on, None)
        _record_seal(environment, output, token, sealed_on or signed_on, None)
    done = issuing.issue_batch(token=token, key=key or token, by=by, at=environment.now())
    logged = enter(environment)
    output.result(
        {
            "token": done.token,
            "state": "issued",
            "lines": done.lines,
            "first_entry_number": done.first_entry_number,
            "last_entry_number": done.last_entry_number,
            "codes": done.codes,
            "repeated": done.repeated,
            "logged": 0 if logged is None else logged.sequenced,
        },
        lines=[
            say(
                f"Đã vào sổ {done.lines} dòng: {done.first_entry_number} … "
                f"{done.last_entry_number}" + (" (đã vào sổ từ trước)." if done.repeated else "."),
                f"{done.lines} lines in the register: {done.first_entry_number} … "
                f"{done.last_entry_number}" + (" (issued before)." if done.repeated else "."),
            ),
            *(
                [say(f"Mã tra cứu đầu: {done.codes[0]}", f"First code: {done.codes[0]}")]
                if done.codes
                else []
            ),
        ],
        code=FINDINGS if logged is None else FINE,
    )


@batch.command()
@click.argument("token")
@click.option("--reason", required=True, help="Lý do. / Reason.")
@as_account
@click.pass_obj
@command
@writing
def cancel(
    environment: Environment, *, token: str, reason: str, account: str | None, output: Output
) -> None:
    """Hủy đợt chưa vào sổ: phôi giữ chỗ trả lại, phôi đã in thành hỏng. / Cancel before issue."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    by = choose_actor(
        environment, output, "batch.cancel", account=account, **_whose(environment, token)
    )
    day = _day_of_act(environment, token)
    view = issuing.cancel_batch(token=token, reason=reason, by=by, on=day, at=environment.now())
    _show(output, view)


@batch.command("list")
@click.option("--state", help="Chỉ trạng thái này. / Only this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_account
@click.pass_obj
@command
def list_(
    environment: Environment, *, state: str | None, limit: int, account: str | None, output: Output
) -> None:
    """Các đợt cấp nhìn thấy được. / Batches one may see."""
    environment.start()
    from sogoc.credentials.issuing import api as issuing

    by = choose_actor(environment, output, "register.view", account=account, sees_all=True)
    rows = [_view_dict(v) for v in issuing.batches(by=by, state=state, limit=limit)]
    output.result(
        {"batches": rows},
        lines=table(
            [say("Mã", "Token"), say("Trạng thái", "State"), say("Đơn vị", "Issuer"), "n"],
            [(r["token"], batch_state(r["state"]), r["issuer"], r["row_count"]) for r in rows],
        ),
    )


def _whose(environment: Environment, token: str, *, four_eyes: bool = False) -> dict[str, Any]:
    """Whose batch it is, so that a demo home picks its people; with four eyes not the preparer."""
    if not environment.is_playground:
        return {}
    from sogoc.credentials.issuing import api as issuing
    from sogoc.people import api as people

    view = issuing.get_batch(token=token, by=people.Actor.system("command line"))
    excluded = frozenset({view.prepared_by}) if four_eyes else frozenset()
    return {"organisation": view.issuer, "excluding": excluded}


def _day_of_act(environment: Environment, token: str) -> date:
    """Today; in a demo home the day of the batch when that is later."""
    today = environment.today()
    if not environment.is_playground:
        return today
    from sogoc.credentials.issuing import api as issuing
    from sogoc.people import api as people

    return max(
        today, issuing.get_batch(token=token, by=people.Actor.system("command line")).act_date
    )


def _view_dict(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in type(view).__dataclass_fields__}


def _show(output: Output, view: BatchView) -> None:
    state = batch_state(view.state)
    lines = [say(f"Đợt {view.token}: {state}.", f"Batch {view.token}: {state}.")]
    if view.signed_on and view.state == "printed":
        lines.append(say(f"Đã ghi nhận ký ngày {view.signed_on:%d/%m/%Y}.", "Signature recorded."))
    output.result(_view_dict(view), lines=lines)
