"""``sogoc keys``: keys that sign papers; what they signed; what to do when one is lost."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, FILE, as_account
from sogoc.cli.output import FINDINGS, FINE, Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say

if TYPE_CHECKING:
    from sogoc.credentials.documents.api import Affected, Request
    from sogoc.credentials.signing.api import KeyView

_organisation = click.option("--org", "organisation", metavar="ORG", help="Đơn vị. / Body.")


@click.group()
def keys() -> None:
    """Khóa ký văn bản: người ký và con dấu. / Keys that sign papers: persons and seals."""


@keys.command("list")
@_organisation
@as_account
@click.pass_obj
@command
def list_(
    environment: Environment, *, organisation: str | None, account: str | None, output: Output
) -> None:
    """Mọi khóa, kể cả khóa đã thôi dùng. / All keys, retired ones too."""
    environment.start()
    from sogoc.credentials.signing import api

    by = choose_actor(
        environment, output, "keys.manage", account=account, organisation=organisation
    )
    found = api.list_keys(by=by, organisation=organisation)
    if any(each.provider == "file" for each in found):
        output.note(api.FILE_WARNING.vi, api.FILE_WARNING.en)
    output.result(
        {"keys": [_plain(each) for each in found]},
        lines=table(
            ["khóa/key", "đơn vị/body", "dùng/for", "của/of", "nơi/where", "hết/end", "ký/made"],
            [
                [
                    each.number, each.organisation, each.purpose, each.holder, each.provider,
                    _ended(each), each.signatures,
                ]
                for each in found
            ],
        ),
    )  # fmt: skip


@keys.command()
@click.option("--org", "organisation", required=True, metavar="ORG", help="Đơn vị. / Body.")
@click.option("--purpose", type=click.Choice(["person", "seal"]), required=True,
              help="Người ký hay con dấu. / A person's, or the seal.")  # fmt: skip
@click.option("--holder", required=True, help="Người ký, hoặc tên đơn vị. / Person, or the body.")
@click.option("--certificate", type=FILE, required=True,
              help="PEM, chứng thư của khóa trước. / PEM, the key's own first.")  # fmt: skip
@click.option("--provider", type=click.Choice(["pkcs11", "remote"]), required=True,
              help="HSM ở đây, hay thiết bị riêng. / Here, or elsewhere.")  # fmt: skip
@click.option("--module", default="", help="Thư viện PKCS#11. / Its library.")
@click.option("--token", default="", help="Nhãn token. / Label of the token.")
@click.option("--label", default="", help="Nhãn khóa. / Label of the key.")
@click.option("--authority", required=True, help="vgca, licensed; bản thử: demo. / Who certified.")
@as_account
@click.pass_obj
@command
@writing
def record(
    environment: Environment,
    /,
    *,
    certificate: Path,
    module: str,
    token: str,
    label: str,
    account: str | None,
    output: Output,
    **fields: Any,
) -> None:
    """Ghi nhận một khóa theo chứng thư số. / Record a key by its certificate."""
    environment.start()
    from sogoc.credentials.signing import api

    by = choose_actor(
        environment, output, "keys.manage", account=account, organisation=fields["organisation"]
    )
    view = api.record_key(
        certificates=certificate.read_bytes(),
        locator={"module": module, "token": token, "label": label} if module else {},
        valid_from=environment.now(),
        by=by,
        at=environment.now(),
        is_playground=environment.is_playground,
        **fields,
    )
    _show(output, view, say(f"Đã ghi khóa {view.number}.", f"Key {view.number} recorded."))


@keys.command()
@click.argument("number")
@click.option("--reason", required=True, help="Lý do. / Reason.")
@click.option("--successor", metavar="KEY", help="Khóa mới đã ghi nhận. / The new key, recorded.")
@as_account
@click.pass_obj
@command
@writing
def rotate(
    environment: Environment,
    /,
    *,
    number: str,
    reason: str,
    successor: str | None,
    account: str | None,
    output: Output,
) -> None:
    """Thay khóa: khóa cũ thôi ký, vẫn giữ để kiểm tra. / Replace a key; the old one is kept.

    Khóa thật: ghi nhận khóa mới trước (`keys record`), rồi nêu --successor. Bản thử tự tạo khóa
    mới. / A real key's successor is recorded first; a demo home makes one.
    """
    environment.start()
    from sogoc.credentials.signing import api

    body = api.body_of(number)
    by = choose_actor(environment, output, "keys.manage", account=account, organisation=body)
    at = environment.now()
    if successor is None:
        view = api.rotate_demo_key(
            number, home=environment.home, reason=reason, by=by, at=at,
            is_playground=environment.is_playground,
        )  # fmt: skip
    else:
        api.end_key(number, cause="retired", since=at, reason=reason, by=by, at=at)
        (view,) = [each for each in api.list_keys(by=by) if each.number == successor]
    _show(output, view, say(f"{number} → {view.number}.", f"{number} → {view.number}."))


@keys.command()
@click.argument("number")
@click.option("--since", type=DAY, required=True, help="Lộ từ ngày. / Compromised since.")
@click.option("--reason", required=True, help="Lý do. / Reason.")
@click.option("--renew", "is_renewing", is_flag=True, help="Lập lại ngay. / Make anew at once.")
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
    account: str | None,
    output: Output,
) -> None:
    """Khóa bị lộ: ngừng ký, kê mọi văn bản, lập lại. / A key was lost: stop, list, renew.

    Văn bản có dấu thời gian trước ngày lộ vẫn tin được; số còn lại phải lập lại. / What a
    time-stamp dates before stands; the rest is made anew. Mã thoát 1 khi còn văn bản chờ.
    """
    environment.start()
    from sogoc.credentials.documents import api as documents
    from sogoc.credentials.signing import api

    body = api.body_of(number)
    by = choose_actor(environment, output, "keys.manage", account=account, organisation=body)
    at = environment.now()
    moment = min(datetime.combine(since, time(), tzinfo=at.tzinfo), at)
    view = api.end_key(number, cause="compromised", since=moment, reason=reason, by=by, at=at)
    request = _request(environment, by, at)
    every = documents.signed_documents(number, by=by)
    documents.mark_doubtful(number, request, reason=reason)
    renewed = documents.renew_due(request, reason=reason) if is_renewing else []
    doubtful = [each for each in every if each.is_doubtful]
    waiting = len(doubtful) - len(renewed)
    output.result(
        {
            "key": _plain(view),
            "signed": [_affected(each) for each in every],
            "doubtful": len(doubtful),
            "renewed": [each.number for each in renewed],
        },
        lines=[
            say(
                f"Khóa {number} đã ký {len(every)} văn bản; {len(doubtful)} cần lập lại.",
                f"The key {number} signed {len(every)} documents; {len(doubtful)} need renewal.",
            ),
            *(f"  {each.number}  {each.code}  {each.signed_at:%Y-%m-%d}" for each in doubtful),
            say(f"Đã lập lại {len(renewed)}.", f"{len(renewed)} made anew."),
        ],
        code=FINDINGS if waiting > 0 else FINE,
    )


@keys.command()
@as_account
@click.pass_obj
@command
def pending(environment: Environment, *, account: str | None, output: Output) -> None:
    """Việc chờ ký trên thiết bị của người ký. / What waits for a device elsewhere."""
    environment.start()
    from sogoc.credentials.signing import api

    by = choose_actor(environment, output, "keys.manage", account=account)
    found = api.waiting(by=by, at=environment.now())
    output.result(
        {
            "waiting": [
                {
                    "token": each.token,
                    "key": each.key,
                    "document": each.subject,
                    "sha256": each.sha256.hex(),
                    "to_sign": each.to_sign.hex(),
                    "expires_at": each.expires_at.isoformat(),
                }
                for each in found
            ]
        },
        lines=table(
            ["token", "khóa/key", "văn bản/document", "sha256"],
            [[each.token, each.key, each.subject, each.sha256.hex()] for each in found],
        ),
    )


def _request(environment: Environment, by: Any, at: datetime) -> Request:
    from sogoc.credentials.documents.api import Request

    return Request(
        code="",
        home=environment.home,
        base=environment.log_origin,
        at=at,
        by=by,
        is_playground=environment.is_playground,
    )


def _ended(view: KeyView) -> str:
    if view.compromised_at is not None:
        return f"{view.compromised_at:%Y-%m-%d} !"
    return "" if view.retired_at is None else f"{view.retired_at:%Y-%m-%d}"


def _plain(view: KeyView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in type(view).__dataclass_fields__}


def _affected(each: Affected) -> dict[str, Any]:
    return {name: getattr(each, name) for name in type(each).__dataclass_fields__}


def _show(output: Output, view: KeyView, line: str) -> None:
    output.result(_plain(view), lines=[line])
