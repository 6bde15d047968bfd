"""``sogoc sweep`` and ``sogoc case``: judging the past, and answering for what was found."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, as_account, stacked
from sogoc.cli.output import FINDINGS, FINE, Output, command, table
from sogoc.cli.session import choose_actor
from sogoc.cli.words import language, say, shown

_STATES = ("open", "assigned", "explained", "corrected", "revoked", "dismissed")
_OUTCOMES = _STATES[2:]
_SHORT = 8


@click.command()
@click.option("--as-of", type=DAY, help="Đến ngày; mặc định hôm nay. / Lines issued up to.")
@click.option("--issuer", metavar="ORG", help="Chỉ đơn vị này. / Only this issuer.")
@click.option("--store", is_flag=True, help="Lưu lại, lập vụ việc. / Keep it, open cases.")
@click.option(
    "--resume",
    metavar="[RUN]",
    is_flag=False,
    flag_value="last",
    help="Làm tiếp lần dở dang (gần nhất, hoặc theo mã). / Go on with an unfinished one.",
)
@click.option(
    "--since-rules",
    metavar="ID",
    help="Chỉ rà lại những gì đổi so với lần đã lưu theo bộ luật này (hoặc last); lưu lại."
    " / Judge only what changed since the stored sweep under this rule set (or last); stores.",
)
@as_account
@click.pass_obj
@command
def sweep(
    environment: Environment,
    *,
    as_of: date | None,
    issuer: str | None,
    store: bool,
    resume: str | None,
    since_rules: str | None,
    account: str | None,
    output: Output,
) -> None:
    """Rà soát: mỗi dòng theo luật của chính ngày cấp. / Judge lines by the law of their own day."""
    if resume is not None and (as_of or issuer or since_rules):
        raise click.UsageError("--resume: không kèm / without --as-of, --issuer, --since-rules")
    environment.start()
    from sogoc.cli.findings import swept_dict
    from sogoc.credentials.sweep import api

    by = choose_actor(environment, output, "sweep.run", account=account, sees_all=True)
    day, at = as_of or environment.today(), environment.now()
    if resume is not None:
        report = api.resume_sweep(by, at=at, run=None if resume == "last" else resume)
    elif store or since_rules is not None:
        report = api.store_sweep(by, day, at=at, issuer=issuer, since_rules=since_rules)
    else:
        report = api.sweep(by, day, issuer=issuer)
    data: dict[str, Any] = swept_dict(report)
    if report.run is not None:
        data |= {
            "run": report.run,
            "since_rules": report.since_rules,
            "cases": {"opened": report.opened, "closed": report.closed},
        }
    output.result(
        data, lines=_swept_lines(data), code=FINDINGS if any(data["by_check"].values()) else FINE
    )


def _swept_lines(data: dict[str, Any]) -> list[str]:
    count = sum(data["by_check"].values())
    lines = [
        say(
            f"Rà soát {data['lines']} dòng, {count} phát hiện.",
            f"{data['lines']} lines judged, {count} findings.",
        ),
        *(f"  {check}: {found}" for check, found in data["by_check"].items()),
    ]
    if "run" in data:
        opened, closed = data["cases"]["opened"], data["cases"]["closed"]
        lines.append(
            say(
                f"Lưu lần rà soát {data['run']}: lập {opened} vụ việc, kết thúc {closed}.",
                f"Stored as {data['run']}: {opened} cases opened, {closed} closed.",
            )
        )
    return lines


@click.group()
def case() -> None:
    """Vụ việc từ rà soát: giao, ghi, kết thúc. / Cases of sweeps: assign, note, close."""


@case.command("list")
@stacked(
    click.option(
        "--state",
        "states",
        type=click.Choice(_STATES),
        multiple=True,
        help="Trạng thái; mặc định: chưa kết thúc. / State; default: not closed.",
    ),
    click.option("--check", help="Chỉ phép kiểm này. / Only this check."),
    click.option("--issuer", metavar="ORG", help="Nơi cấp. / Issuer."),
    click.option("--owner", metavar="ORG", help="Nơi chịu trách nhiệm. / Body that answers."),
    click.option("--line", metavar="CODE", help="Mã dòng sổ gốc. / Code of the line."),
    click.option("--assigned-to", metavar="NAME", help="Giao cho. / Assigned to."),
    click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True),
)
@as_account
@click.pass_obj
@command
def list_(
    environment: Environment,
    /,
    *,
    states: tuple[str, ...],
    account: str | None,
    output: Output,
    **only: Any,
) -> None:
    """Danh sách vụ việc, lỗi trước. / Cases, errors first."""
    environment.start()
    from sogoc.credentials.sweep import api

    by = choose_actor(environment, output, "sweep.case", account=account, sees_all=True)
    found = api.cases(by, states=states or _STATES[:2], **only)
    rows = [_dict(view) for view in found]
    output.result(
        {"cases": rows},
        lines=table(
            [
                say("Mã", "Id"),
                say("Dòng, sổ phôi", "Line, ledger"),
                say("Phép kiểm", "Check"),
                say("Nơi cấp", "Issuer"),
                say("Trạng thái", "State"),
                say("Giao cho", "Assigned to"),
            ],
            [
                (
                    str(view.id)[:_SHORT],
                    view.line or view.subject,
                    view.check,
                    view.issuer,
                    shown(api.LABELS[view.state]),
                    view.assigned_to or "–",
                )
                for view in found
            ],
        ),
    )


@case.command()
@click.argument("case_id", metavar="CASE")
@as_account
@click.pass_obj
@command
def show(environment: Environment, *, case_id: str, account: str | None, output: Output) -> None:
    """Một vụ việc, kèm nội dung phát hiện hiện nay. / One case, with what is found now."""
    environment.start()
    from sogoc.cli.findings import finding_dict
    from sogoc.credentials.sweep import api

    by = choose_actor(environment, output, "sweep.case", account=account, sees_all=True)
    file = api.show_case(case_id, by=by, today=environment.today())
    now = [finding_dict(each.finding) for each in file.now]
    data = {
        **_dict(file.case),
        "now": now,
        "notes": [_dict(note) for note in file.notes],
        "earlier": [_dict(view) for view in file.earlier],
    }
    gone = say("  (nay không còn phát hiện)", "  (not found any more)")
    lines = [
        f"{file.case.id}  {shown(api.LABELS[file.case.state])}",
        f"  {file.case.line or file.case.subject}  {file.case.check}  [{file.case.citation}]",
        *([f"  {found['message']}\n  → {found['remedy']}" for found in now] or [gone]),
        *(f"  {note.at:%d/%m/%Y %H:%M} {note.by}: {note.text}" for note in file.notes),
    ]
    output.result(data, lines=lines)


@case.command()
@click.argument("case_id", metavar="CASE")
@click.option("--to", required=True, metavar="NAME", help="Tài khoản nhận. / Who takes it.")
@click.option("--owner", metavar="ORG", help="Chuyển đơn vị chịu trách nhiệm. / Other body.")
@click.option("--note", "text", default="", help="Lời dặn. / What to do.")
@as_account
@click.pass_obj
@command
def assign(
    environment: Environment,
    *,
    case_id: str,
    to: str,
    owner: str | None,
    text: str,
    account: str | None,
    output: Output,
) -> None:
    """Giao vụ việc cho một người. / Give a case to somebody."""
    environment.start()
    from sogoc.credentials.sweep import api

    by = choose_actor(environment, output, "sweep.case", account=account, sees_all=True)
    view = api.assign_case(
        case_id,
        to=to,
        owner=owner,
        text=text,
        by=by,
        at=environment.now(),
        today=environment.today(),
    )
    _show(output, view)


@case.command()
@click.argument("case_id", metavar="CASE")
@click.argument("text")
@as_account
@click.pass_obj
@command
def note(
    environment: Environment, *, case_id: str, text: str, account: str | None, output: Output
) -> None:
    """Ghi thêm vào vụ việc. / Add a note."""
    environment.start()
    from sogoc.credentials.sweep import api

    by = choose_actor(environment, output, "sweep.case", account=account, sees_all=True)
    said = api.note_case(case_id, text=text, by=by, at=environment.now())
    output.result(_dict(said), lines=[said.text])


@case.command()
@click.argument("case_id", metavar="CASE")
@click.option(
    "--outcome",
    type=click.Choice(_OUTCOMES),
    required=True,
    help="explained: đã giải trình; corrected: đã khắc phục; revoked: đã thu hồi; dismissed: không"
    " phải vi phạm. / How it ended.",
)
@click.option("--reason", required=True, help="Lý do, văn bản. / Why, by which paper.")
@as_account
@click.pass_obj
@command
def close(
    environment: Environment,
    *,
    case_id: str,
    outcome: str,
    reason: str,
    account: str | None,
    output: Output,
) -> None:
    """Kết thúc vụ việc, có lý do. / Close a case, with the reason."""
    environment.start()
    from sogoc.credentials.sweep import api

    by = choose_actor(environment, output, "sweep.case", account=account, sees_all=True)
    view = api.close_case(case_id, outcome=outcome, reason=reason, by=by, at=environment.now())
    _show(output, view)


def _show(output: Output, view: Any) -> None:
    from sogoc.credentials.sweep import api

    label = api.LABELS[view.state].in_language(language())
    output.result(
        _dict(view), lines=[f"{str(view.id)[:_SHORT]}  {view.line or view.subject}: {label}"]
    )


def _dict(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in type(view).__dataclass_fields__}
