"""``sogoc keys prepare|pending|assemble``: papers signed on a device of somebody's own.

What goes out lies in a folder: for each paper `<number>-<stage>.bin` (the bytes to sign),
`<number>-<stage>.pdf` or `.xml` (the page, to be looked at) and `requests.json`. What is put
together comes beside it as `<number>.pdf` or `.xml`. The signature comes back
as `<number>-<stage>.sig`: of ECDSA DER or r and s, of RSA PKCS#1 v1.5, over the SHA-256 of the
bytes. For instance: `openssl dgst -sha256 -sign KEY -out D-….sig D-….bin`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.key_drill import request_of
from sogoc.cli.options import as_account
from sogoc.cli.output import FINDINGS, FINE, Output, command, table
from sogoc.cli.sequencing import writing
from sogoc.cli.session import choose_actor
from sogoc.cli.statuses import publish_statuses
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error

if TYPE_CHECKING:
    from sogoc.credentials.documents.api import HandedOut, Made, Request

MANIFEST = "requests.json"
FORMS = ("pdf", "pdf-copy", "supplement", "register-page", "decision", "xml")
_directory = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("codes", nargs=-1)
@click.option("--format", "form", type=click.Choice(FORMS), default="pdf", show_default=True,
              help="Như của sogoc document. / As of sogoc document.")  # fmt: skip
@click.option("--book", nargs=3, type=(str, str, int), metavar="ORG KIND YEAR",
              help="Mọi trang của quyển sổ. / Every page of a register book.")  # fmt: skip
@click.option("--copy", "is_copy", is_flag=True, help="Như --format pdf-copy. / Copies.")
@click.option("--renew", "numbers", multiple=True, metavar="D-…",
              help="Văn bản cần lập lại. / A document to be made anew.")  # fmt: skip
@click.option("-o", "--output-directory", "target", type=_directory, required=True,
              help="Thư mục giao cho người ký. / What goes to the holder.")  # fmt: skip
@as_account
@click.pass_obj
@command
def prepare(
    environment: Environment,
    *,
    codes: tuple[str, ...],
    form: str,
    book: tuple[str, str, int] | None,
    is_copy: bool,
    numbers: tuple[str, ...],
    target: Path,
    account: str | None,
    output: Output,
) -> None:
    """Lập trang của các dòng CODE, ghi ra cái cần ký trên thiết bị riêng. / Hand out what to sign.

    Ký từng tệp .bin (SHA-256), đặt chữ ký cạnh nó thành .sig, rồi keys assemble. Một tuần sau thì
    phải lập lại. Trang sổ, quyết định: CODE là một dòng trên đó. / Sign each .bin, put the
    signature beside it as .sig; a week until it lapses. Of a sheet CODE is any line on it.
    """
    environment.start()
    from sogoc.credentials.documents import api as documents

    by = choose_actor(environment, output, "register.view", account=account, sees_all=True)
    request = request_of(environment, by)
    if is_copy:
        form = "pdf-copy"
    handed = documents.prepare(form, codes, request) if codes else []
    if book is not None:
        handed += documents.prepare_pages(*book, request)
    handed += [documents.prepare_renewal(number, request) for number in numbers]
    _write(target, handed, _entries(target))
    output.result(
        {"directory": str(target), "requests": [_entry(each) for each in handed]},
        lines=[
            say(f"{len(handed)} trang chờ ký trong {target}.", f"{len(handed)} wait in {target}."),
            *(f"  {_name(each)}.bin  {each.sha256.hex()}" for each in handed),
        ],
    )


@click.command()
@click.argument("source", type=_directory)
@as_account
@click.pass_obj
@command
@writing
def assemble(
    environment: Environment,
    /,
    *,
    source: Path,
    account: str | None,
    output: Output,
) -> None:
    """Nhận chữ ký .sig trong thư mục, ghép vào trang, đóng dấu và dấu thời gian. / Go on with them.

    Văn bản xong, và cái cần ký tiếp khi con dấu cũng ở thiết bị riêng, được ghi vào cùng thư mục.
    Mã thoát 1 khi có chữ ký bị từ chối. / What is done, and what a seal elsewhere must sign next,
    is put beside.
    """
    environment.start()
    from sogoc.credentials.documents import api as documents

    by = choose_actor(environment, output, "keys.manage", account=account)
    request = request_of(environment, by)
    entries = _entries(source)
    made: list[dict[str, Any]] = []
    further: list[HandedOut] = []

    def keep(one: Made | HandedOut) -> None:
        """Write what came of one signature before the next is looked at: a stop loses none."""
        if isinstance(one, documents.HandedOut):
            further.append(one)
            _write(source, [one], entries)
        else:
            made.append(_write_made(source, one, {entry["document"] for entry in entries}))
            _write(source, [], entries)

    for one in documents.finish_papers(request):
        keep(one)
    refused = _take_in(source, entries, request, keep)
    if made:
        publish_statuses(environment)
    output.result(
        {
            "assembled": made,
            "further": [_entry(each) for each in further],
            "refused": refused,
        },
        lines=[
            say(
                f"{len(made)} văn bản xong, {len(further)} chờ con dấu, {len(refused)} bị từ chối.",
                f"{len(made)} done, {len(further)} wait for the seal, {len(refused)} refused.",
            ),
            *(f"  ✗ {each['file']}: {each['why']}" for each in refused),
        ],
        code=FINDINGS if refused else FINE,
    )


@click.command()
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


def _take_in(
    source: Path,
    entries: list[dict[str, Any]],
    request: Request,
    keep: Callable[[Made | HandedOut], None],
) -> list[dict[str, Any]]:
    """Bring in the signatures that lie in a folder, `keep` what comes of each; return refusals."""
    from sogoc.credentials.documents import api as documents

    refused: list[dict[str, Any]] = []
    for entry in list(entries):
        file = source / f"{entry['file']}.sig"
        if not file.is_file() or entry.get("done"):
            continue
        page = source / f"{entry['file']}.{entry.get('form', 'pdf')}"
        try:
            seen = sha256(page.read_bytes()).digest() if page.is_file() else None
            one = documents.assemble_paper(
                entry["token"], file.read_bytes(), request, page_sha256=seen
            )
        except Error as error:
            refused.append({"file": file.name, "code": error.code, "why": shown(error.message)})
            continue
        entry["done"] = True
        keep(one)
    return refused


def _write_made(source: Path, one: Made, mine: set[str]) -> dict[str, Any]:
    """Write what is done into its folder; what a stop left of other folders stays in the home."""
    file = source / _made_name(one)
    if one.number in mine:
        file.write_bytes(one.data)
    return {
        "number": one.number, "code": one.code, "edition": one.edition,
        "role": one.role, "file": str(file) if one.number in mine else "",
    }  # fmt: skip


def _write(target: Path, handed: list[HandedOut], known: list[dict[str, Any]]) -> None:
    """Write what is to be signed, and the list of requests, to which it is added in place."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = {entry["file"]: entry for entry in known}
    for each in handed:
        name = _name(each)
        (target / f"{name}.sig").unlink(missing_ok=True)  # of an earlier page
        (target / f"{name}.bin").write_bytes(each.to_sign)
        (target / f"{name}.{each.form}").write_bytes(each.page)
        entries[name] = _entry(each)
    known[:] = entries.values()
    if known:
        text = json.dumps(known, ensure_ascii=False, indent=1)
        (target / MANIFEST).write_text(text + "\n", "utf-8")


def _entries(folder: Path) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return []
    return found


def _entry(each: HandedOut) -> dict[str, Any]:
    return {
        "token": each.token,
        "file": _name(each),
        "key": each.key,
        "algorithm": each.algorithm,
        "document": each.document,
        "stage": each.stage,
        "form": each.form,
        "sha256": each.sha256.hex(),
        "expires_at": each.expires_at.isoformat(),
    }


def _name(each: HandedOut) -> str:
    return f"{each.document}-{each.stage}".replace(" ", "-")


def _made_name(each: Made) -> str:
    return each.number.replace(" ", "-") + (".xml" if each.role == "xml" else ".pdf")
