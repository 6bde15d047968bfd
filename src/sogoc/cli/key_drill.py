"""``sogoc keys signed|compromised|renew``: what a key signed, and what follows when it was lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, as_account
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say

if TYPE_CHECKING:
    from sogoc.credentials.documents.api import Request
    from sogoc.people.api import Actor

CREDENTIAL = "V-"
"""Numbers of bodies' keys, which sign credentials, begin so; those of papers with `K-`."""

_folder = click.option(
    "-o",
    "--output-directory",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    help="Thư mục nhận chứng thực lập lại. / Where credentials made anew go.",
)
_reason = click.option("--reason", required=True, help="Lý do. / Reason.")


@click.command()
@click.argument("number")
@click.option("--since", type=DAY, help="Từ ngày. / From this day on.")
@click.option("--until", type=DAY, help="Đến trước ngày. / Until before this day.")
@as_account
@click.pass_obj
@command
def signed(
    environment: Environment,
    *,
    number: str,
    since: date | None,
    until: date | None,
    account: str | None,
    output: Output,
) -> None:
    """Mọi văn bản, chứng thực mà một khóa đã ký. / Every paper and credential a key signed."""
    environment.start()
    by = actor_for(environment, output, number, account)
    at = environment.now()
    found = _signed(environment, number, by, since=_moment(since, at), until=_moment(until, at))
    output.result(
        {"key": number, "signed": found},
        lines=[
            say(f"Khóa {number} đã ký {len(found)}.", f"The key {number} signed {len(found)}."),
            *map(_line, found),
        ],
    )


@click.command()
@click.argument("number")
@click.option("--since", type=DAY, required=True, help="Lộ từ ngày. / Compromised since.")
@_reason
@click.option("--renew", "is_renewing", is_flag=True, help="Lập lại ngay. / Make anew at once.")
@_folder
@as_account
@click.pass_obj
@command
@writing
def compromised(
    environment: Environment,
    /,
    *,
    number: str,
    since: date,
    reason: str,
    is_renewing: bool,
    target: Path | None,
    account: str | None,
    output: Output,
) -> None:
    """Khóa bị lộ: ngừng ký, kê mọi văn bản và chứng thực, lập lại. / A key was lost.

    Văn bản có dấu thời gian trước ngày lộ vẫn tin được; số còn lại phải lập lại. Khóa chứng thực
    (V-…): những gì ký từ ngày lộ, và văn bản mang nó. / What a time-stamp dates before stands, the
    rest is made anew; of a key of credentials what it signed since. Mã thoát 1 khi còn chờ.
    """
    environment.start()
    from sogoc.credentials.documents import api as documents

    by = actor_for(environment, output, number, account)
    at = environment.now()
    moment = min(_moment(since, at) or at, at)
    request = request_of(environment, by)
    if number.startswith(CREDENTIAL):
        _report_issuer_key(environment, number, moment, reason, by, output)
        documents.mark_doubtful_credentials(number, request, reason=reason)
    else:
        from sogoc.credentials.signing import api as signing

        signing.end_key(number, cause="compromised", since=moment, reason=reason, by=by, at=at)
        documents.mark_doubtful(number, request, reason=reason)
    every = _signed(environment, number, by)
    renewed = _renewed(request, reason, target) if is_renewing else []
    waiting = _waiting(environment, by)
    doubtful = [each for each in every if each["is_doubtful"]]
    output.result(
        {
            "key": number,
            "signed": every,
            "doubtful": len(doubtful),
            "renewed": renewed,
            "waiting": waiting,
        },
        lines=[
            say(
                f"Khóa {number} đã ký {len(every)}; {len(doubtful)} cần lập lại.",
                f"The key {number} signed {len(every)}; {len(doubtful)} need renewal.",
            ),
            *map(_line, doubtful),
            _told(renewed, waiting),
        ],
        code=FINDINGS if waiting else FINE,
    )


@click.command()
@_reason
@_folder
@as_account
@click.pass_obj
@command
@writing
def renew(
    environment: Environment,
    /,
    *,
    reason: str,
    target: Path | None,
    account: str | None,
    output: Output,
) -> None:
    """Lập lại những gì còn chờ sau khi khóa bị lộ; dừng giữa chừng thì chạy lại. / Go on renewing.

    Chứng thực rời và XML cần -o; văn bản có người ký ở thiết bị riêng: keys prepare --renew. Mã
    thoát 1 khi còn chờ. / Loose credentials and XML need -o; papers of a device elsewhere: keys
    prepare --renew.
    """
    environment.start()
    by = choose_actor(environment, output, "keys.manage", account=account)
    renewed = _renewed(request_of(environment, by), reason, target)
    waiting = _waiting(environment, by)
    output.result(
        {"renewed": renewed, "waiting": waiting},
        lines=[*renewed, _told(renewed, waiting)],
        code=FINDINGS if waiting else FINE,
    )


def actor_for(environment: Environment, output: Output, number: str, account: str | None) -> Actor:
    """Return who manages the key of this number."""
    if not number.startswith(CREDENTIAL):
        from sogoc.credentials.signing import api as signing

        body = signing.body_of(number)
        return choose_actor(environment, output, "keys.manage", account=account, organisation=body)
    from sogoc.credentials.issuers import api as issuers

    record = issuers.find_key(environment.home, number)
    return actor_of_body(environment, output, record.body, account)


def actor_of_body(
    environment: Environment, output: Output, body: str, account: str | None
) -> Actor:
    """Return who manages keys of a body, or of the Ministry and the operator, which may be none."""
    from sogoc.credentials.issuers import api as issuers

    if body in {issuers.MINISTRY, issuers.OPERATOR}:
        return choose_actor(environment, output, "org.import", account=account)
    return choose_actor(environment, output, "keys.manage", account=account, organisation=body)


def request_of(environment: Environment, by: Actor) -> Request:
    """Return what papers are made with, of no line yet."""
    from sogoc.credentials.documents.api import Request

    return Request(
        code="",
        home=environment.home,
        base=environment.log_origin,
        at=environment.now(),
        by=by,
        is_playground=environment.is_playground,
    )


def _report_issuer_key(
    environment: Environment, number: str, since: datetime, reason: str, by: Actor, output: Output
) -> None:
    from sogoc.credentials.issuers import api as issuers
    from sogoc.credentials.status import api as status

    at = environment.now()
    lost = issuers.report_issuer_key(
        environment.home, number, since=since, reason=reason, by=by, at=at,
        is_playground=environment.is_playground,
    )  # fmt: skip
    try:
        status.publish(
            environment.home, base=environment.log_origin, at=at,
            is_playground=environment.is_playground, anew=frozenset({lost.body}),
        )  # fmt: skip
    except issuers.IssuerRefused as refused:
        output.note(refused.message.vi, refused.message.en)  # the next key is still to be recorded


def _renewed(request: Request, reason: str, target: Path | None) -> list[str]:
    from sogoc.credentials.documents import api as documents

    renewed = [each.number for each in documents.renew_due(request, reason=reason)]
    if target is None:
        return renewed
    target.mkdir(parents=True, exist_ok=True)
    kept: list[str] = []
    documents.renew_credentials(request, _keeper(target, kept))
    return renewed + kept


def _keeper(target: Path, kept: list[str]) -> Callable[[str, str, bytes], None]:
    def keep(code: str, form: str, data: bytes) -> None:
        name = f"{code}.xml" if form == "xml" else f"{code}.{form}.json"
        (target / name).write_bytes(data)
        kept.append(name)

    return keep


def _waiting(environment: Environment, by: Actor) -> int:
    from sogoc.credentials.documents import api as documents

    at = environment.now()
    papers = documents.due_papers(by, at)
    return len(papers) + len(documents.due_credentials(environment.home, by=by, at=at))


def _signed(
    environment: Environment,
    number: str,
    by: Actor,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[dict[str, Any]]:
    from sogoc.credentials.documents import api as documents

    found: list[Any]
    if number.startswith(CREDENTIAL):
        found = list(
            documents.signed_credentials(
                number, home=environment.home, since=since, until=until, by=by
            )
        )
    else:
        found = [
            *documents.signed_documents(number, since=since, until=until, by=by),
            *documents.signed_xml(number, since=since, until=until, by=by),
        ]
    return [{name: getattr(each, name) for name in each.__dataclass_fields__} for each in found]


def _line(each: dict[str, Any]) -> str:
    mark = "!" if each["is_doubtful"] else " "
    name = each.get("number") or each["copy"]
    renewed = "" if each.get("is_newest", True) else say("  (đã lập lại)", "  (made anew since)")
    return f"{mark} {name}  {each['code']}  {each['signed_at']:%Y-%m-%d}{renewed}"


def _told(renewed: list[str], waiting: int) -> str:
    return say(
        f"Đã lập lại {len(renewed)}, còn chờ {waiting}.",
        f"{len(renewed)} made anew, {waiting} wait.",
    )


def _moment(day: date | None, at: datetime) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), tzinfo=at.tzinfo)
