"""``sogoc register revoke``: one line at once; several are proposed, and confirmed by a second."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, as_account
from sogoc.cli.output import Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.statuses import publish_statuses
from sogoc.cli.words import say

if TYPE_CHECKING:
    from sogoc.credentials.lifecycle.api import Proposed, Revoked
    from sogoc.people.api import Actor

_SHOWN = 20


@click.command()
@click.argument("codes", nargs=-1)
@click.option(
    "--issuer", metavar="ORG", help="Mọi dòng còn hiệu lực của đơn vị. / All standing lines of."
)
@click.option("--kind", help="… thuộc loại này. / … of this kind.")
@click.option("--decision-no", required=True, help="Số quyết định thu hồi. / Decision number.")
@click.option("--decision-date", type=DAY, required=True, help="Ngày quyết định. / Its day.")
@click.option("--ground", default="c", show_default=True, help="Căn cứ (điểm). / Ground (point).")
@click.option("--reason", required=True, help="Lý do. / Reason.")
@click.option("--dry-run", is_flag=True, help="Chỉ xem, không ghi gì. / Show only.")
@as_account
@click.pass_obj
@command
@writing
# long: what may be said of a revocation, and the two ways it goes
def revoke(
    environment: Environment,
    *,
    codes: tuple[str, ...],
    issuer: str | None,
    kind: str | None,
    decision_no: str,
    decision_date: date,
    ground: str,
    reason: str,
    dry_run: bool,
    account: str | None,
    output: Output,
) -> None:
    """Thu hồi theo quyết định: một dòng thì ghi ngay; nhiều dòng thì đề nghị, người khác xác nhận.

    / Revoke by a decision: one line at once; several are proposed, and another person confirms
    (`confirm-revocation`). In a demo home, without --as, a second account confirms at once.
    """
    if not codes and not issuer:
        raise click.UsageError("CODE… hoặc / or --issuer")
    environment.start()
    from sogoc.credentials.lifecycle import api as lifecycle
    from sogoc.credentials.register import api as registers

    by = choose_actor(environment, output, "register.revoke", account=account, organisation=issuer)
    if issuer:
        standing = registers.export_lines(by=by, issuer=issuer, kind=kind)
        codes = (*codes, *(line["code"] for line in standing if line["status"] == "valid"))
    lines = list(dict.fromkeys(codes))
    if dry_run:
        _preview(lines, by, output)
        return
    act: dict[str, Any] = {
        "codes": lines,
        "decision_number": decision_no,
        "decision_date": decision_date,
        "ground": ground,
        "reason": reason,
        "by": by,
        "at": environment.now(),
    }
    if len(lines) == 1:
        done = lifecycle.revoke_lines(**act)
        publish_statuses(environment)
        _done(done, output)
        return
    proposal = lifecycle.propose_revocation(**act)
    if account is None and environment.is_playground:
        second = choose_actor(
            environment, output, "register.revoke", account=None, organisation=issuer,
            excluding=frozenset({by.username}),
        )  # fmt: skip
        if second.username != by.username:
            _confirm(environment, proposal.token, second, output)
            return
    _waits(proposal, output)


@click.command("confirm-revocation")
@click.argument("token")
@as_account
@click.pass_obj
@command
@writing
def confirm_revocation(
    environment: Environment, *, token: str, account: str | None, output: Output
) -> None:
    """Xác nhận một đề nghị thu hồi, bởi người khác. / Confirm a proposal, by another person."""
    environment.start()
    from sogoc.credentials.lifecycle import api as lifecycle

    by = choose_actor(environment, output, "register.revoke", account=account)
    proposal = lifecycle.get_revocation(token=token, by=by)
    if account is None and environment.is_playground and by.username == proposal.proposed_by:
        by = choose_actor(
            environment, output, "register.revoke", account=None,
            excluding=frozenset({by.username}),
        )  # fmt: skip
    _confirm(environment, token, by, output)


@click.command("withdraw-revocation")
@click.argument("token")
@click.option("--reason", required=True, help="Lý do rút. / Why.")
@as_account
@click.pass_obj
@command
@writing
def withdraw_revocation(
    environment: Environment, *, token: str, reason: str, account: str | None, output: Output
) -> None:
    """Rút một đề nghị thu hồi; các dòng giữ nguyên. / Give a proposal up; the lines stand."""
    environment.start()
    from sogoc.credentials.lifecycle import api as lifecycle

    by = choose_actor(environment, output, "register.revoke", account=account)
    view = lifecycle.withdraw_revocation(token=token, reason=reason, by=by, at=environment.now())
    output.result(_dict(view), lines=[say("Đã rút đề nghị.", "The proposal is withdrawn.")])


@click.command("revocations")
@as_account
@click.pass_obj
@command
def revocations(environment: Environment, *, account: str | None, output: Output) -> None:
    """Các đề nghị thu hồi nhiều dòng. / Proposed revocations of several lines."""
    environment.start()
    from sogoc.credentials.lifecycle import api as lifecycle

    by = choose_actor(environment, output, "register.revoke", account=account)
    found = [_dict(view) for view in lifecycle.revocations(by=by)]
    output.result(
        {"revocations": found},
        lines=table(
            [say("Mã", "Token"), say("Quyết định", "Decision"), say("Dòng", "Lines"),
             say("Trạng thái", "State")],
            [(v["token"], v["decision_number"], str(len(v["codes"])), v["state"]) for v in found],
        ),
    )  # fmt: skip


def _preview(codes: list[str], by: Actor, output: Output) -> None:
    from sogoc.credentials.lifecycle import api as lifecycle

    found = lifecycle.find_to_revoke(words=codes, by=by)
    named = [{"code": line.code, "serial": line.serial, "kind": line.kind} for line in found.lines]
    lines = [say(f"Sẽ thu hồi {len(named)} dòng:", f"{len(named)} lines would be revoked:")]
    lines += [f"  {each['code']} {each['serial']} {each['kind']}" for each in named[:_SHOWN]]
    if found.revoked or found.unknown or found.ambiguous:
        bad = [*(line.code for line in found.revoked), *found.unknown, *found.ambiguous]
        lines.append(
            say(
                f"Không thu hồi được (đã thu hồi, không có, hoặc nhiều dòng): {', '.join(bad)}",
                f"Not to be revoked (revoked already, unknown, or several lines): {', '.join(bad)}",
            )
        )
    output.result(
        {
            "would_revoke": named,
            "revoked": [line.code for line in found.revoked],
            "unknown": list(found.unknown),
            "ambiguous": list(found.ambiguous),
        },
        lines=lines,
    )


def _confirm(environment: Environment, token: str, by: Actor, output: Output) -> None:
    from sogoc.credentials.lifecycle import api as lifecycle

    done = lifecycle.confirm_revocation(token=token, by=by, at=environment.now())
    publish_statuses(environment)
    _done(done, output, proposal=token, confirmed_by=by.username)


def _done(done: Revoked, output: Output, **more: str) -> None:
    data = _dict(done) | {"state": "confirmed"} | more
    output.result(data, lines=[say(f"Đã thu hồi {done.count}.", f"{done.count} revoked.")])


def _waits(proposal: Proposed, output: Output) -> None:
    count = len(proposal.codes)
    output.result(
        _dict(proposal) | {"count": 0, "proposed": count},
        lines=[
            say(
                f"Đã đề nghị thu hồi {count} dòng; chưa dòng nào bị thu hồi. Người khác xác nhận: "
                f"sogoc register confirm-revocation {proposal.token}",
                f"{count} lines are proposed to be revoked; all stand. Another person confirms: "
                f"sogoc register confirm-revocation {proposal.token}",
            )
        ],
    )


def _dict(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in type(view).__dataclass_fields__}
