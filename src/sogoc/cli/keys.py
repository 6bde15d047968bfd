"""``sogoc keys``: keys that sign papers and credentials; what they signed; when one is lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.key_devices import assemble, pending, prepare
from sogoc.cli.key_drill import (
    CREDENTIAL,
    actor_for,
    actor_of_body,
    compromised,
    renew,
    signed,
)
from sogoc.cli.options import FILE, as_account
from sogoc.cli.output import Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say

if TYPE_CHECKING:
    from sogoc.credentials.issuers.api import KeyRecord
    from sogoc.credentials.signing.api import KeyView
    from sogoc.people.api import Actor

_organisation = click.option("--org", "organisation", metavar="ORG", help="Đơn vị. / Body.")


@click.group()
def keys() -> None:
    """Khóa ký văn bản (K-…) và chứng thực số (V-…). / Keys of papers and of credentials."""


for _each in (signed, compromised, renew, prepare, pending, assemble):
    keys.add_command(_each)


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
    found = [_plain(each) for each in api.list_keys(by=by, organisation=organisation)]
    found += _issuer_keys(environment, organisation, by)
    if any(each["provider"] == "file" for each in found):
        output.note(api.FILE_WARNING.vi, api.FILE_WARNING.en)
    output.result(
        {"keys": found},
        lines=table(
            ["khóa/key", "đơn vị/body", "dùng/for", "của/of", "nơi/where", "hết/end", "ký/made"],
            [
                [
                    each["number"], each["organisation"], each["purpose"], each["holder"],
                    each["provider"], _ended(each), each["signatures"],
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


@keys.command("record-issuer")
@click.option(
    "--org",
    "organisation",
    required=True,
    metavar="ORG",
    help="Đơn vị; bo-gddt: Bộ; _operator: nơi vận hành. / Body, Ministry, operator.",
)
@click.option("--module", default="", help="Thư viện PKCS#11. / Its library.")
@click.option("--token", default="", help="Nhãn token. / Label of the token.")
@click.option("--label", default="", help="Nhãn khóa. / Label of the key.")
@click.option(
    "--public-key", metavar="z…", help="Khóa ở nơi khác, dạng Multikey. / One kept elsewhere."
)
@as_account
@click.pass_obj
@command
@writing
def record_issuer(
    environment: Environment,
    /,
    *,
    organisation: str,
    module: str,
    token: str,
    label: str,
    public_key: str | None,
    account: str | None,
    output: Output,
) -> None:
    """Ghi nhận khóa ký chứng thực số của đơn vị hay của Bộ. / Record a key of credentials.

    Khóa Ed25519 hoặc P-256 trong thiết bị, từ nay thay khóa cùng loại; khóa ở nơi khác chỉ để công
    bố. / In hardware it serves from now on in place of the last one; elsewhere it is published.
    """
    environment.start()
    from sogoc.credentials.issuers import api

    record = api.record_issuer_key(
        environment.home,
        organisation,
        locator={"module": module, "token": token, "label": label} if module else None,
        public=public_key,
        by=actor_of_body(environment, output, organisation, account),
        at=environment.now(),
    )
    output.result(
        {"number": record.label, "key": str(record.multikey), "valid_from": record.valid_from},
        lines=[say(f"Đã ghi khóa {record.label}.", f"Key {record.label} recorded.")],
    )


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

    Khóa thật: ghi nhận khóa mới trước (`keys record`), rồi nêu --successor; khóa chứng thực thật
    được thay ngay khi ghi (`keys record-issuer`). Bản thử tự tạo khóa mới. / A real key's
    successor is recorded first, of credentials by that alone; a demo home makes one.
    """
    environment.start()
    from sogoc.credentials.signing import api

    by = actor_for(environment, output, number, account)
    at = environment.now()
    if number.startswith(CREDENTIAL):
        _rotate_issuer_key(environment, number, reason, by, output)
    if successor is None:
        view = api.rotate_demo_key(
            number, home=environment.home, reason=reason, by=by, at=at,
            is_playground=environment.is_playground,
        )  # fmt: skip
    else:
        api.end_key(number, cause="retired", since=at, reason=reason, by=by, at=at)
        (view,) = [each for each in api.list_keys(by=by) if each.number == successor]
    _show(output, view, say(f"{number} → {view.number}.", f"{number} → {view.number}."))


def _rotate_issuer_key(
    environment: Environment, number: str, reason: str, by: Actor, output: Output
) -> None:
    from sogoc.credentials.issuers import api

    record = api.find_key(environment.home, number)
    new = api.retire_key(
        environment.home, record.body, record.multikey.algorithm,
        reason=reason, by=by, at=environment.now(), is_playground=environment.is_playground,
    ).record  # fmt: skip
    output.result(
        {"number": new.label, "key": str(new.multikey), "valid_from": new.valid_from},
        lines=[say(f"{number} → {new.label}.", f"{number} → {new.label}.")],
    )


def _issuer_keys(
    environment: Environment, organisation: str | None, by: Actor
) -> list[dict[str, Any]]:
    """The keys of bodies that `by` may manage, in the shape of those of papers."""
    from sogoc.credentials.issuers import api as issuers
    from sogoc.people.api import NotPermitted, UnknownOrganisation

    found = []
    for body in issuers.bodies(environment.home) if organisation is None else [organisation]:
        for record in issuers.history(environment.home, body):
            try:
                issuers.issuer_key(environment.home, record.label, by=by)
            except (NotPermitted, UnknownOrganisation):
                continue
            found.append(_plain_record(record))
    return found


def _plain_record(record: KeyRecord) -> dict[str, Any]:
    from sogoc.credentials.signing import api

    return {
        "number": record.label,
        "organisation": record.body,
        "purpose": "credential",
        "holder": record.multikey.algorithm.value,
        "algorithm": record.multikey.algorithm.value,
        "key": str(record.multikey),
        "provider": record.provider,
        "valid_from": record.valid_from,
        "retired_at": record.valid_until,
        "compromised_at": record.compromised_at,
        "signatures": api.count_credentials(record),
    }


def _ended(each: dict[str, Any]) -> str:
    moment: datetime | None = each["compromised_at"]
    if moment is not None:
        return f"{moment:%Y-%m-%d} !"
    moment = each["retired_at"]
    return "" if moment is None else f"{moment:%Y-%m-%d}"


def _plain(view: KeyView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in type(view).__dataclass_fields__}


def _show(output: Output, view: KeyView, line: str) -> None:
    output.result(_plain(view), lines=[line])
