"""``sogoc signer``: the process that holds the log's keys and remembers what it signed."""

from __future__ import annotations

from pathlib import Path

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.words import say
from sogoc.signer import api

_DIRECTORY = click.argument(
    "directory", required=False, type=click.Path(file_okay=False, path_type=Path)
)


@click.group()
def signer() -> None:
    """Bên ký của nhật ký minh bạch. / The signer of the transparency log."""


@signer.command()
@_DIRECTORY
@click.pass_obj
@command
def init(environment: Environment, *, directory: Path | None, output: Output) -> None:
    """Lập bên ký với khóa mới ở DIRECTORY, hoặc của kho này; kho cũ thì chuyển khóa sang.

    / Make a signer with new keys in DIRECTORY, or this home's; an older home's key moves.
    """
    if directory is not None:
        api.SignerStore.create(directory).close()
    else:
        _ensure(environment)
    where = directory or environment.home / "signer"
    output.result({"directory": str(where)}, lines=[say(f"Bên ký: {where}", f"Signer: {where}")])


@signer.command()
@_DIRECTORY
@click.option(
    "--socket", "where", type=click.Path(path_type=Path), help="Ổ cắm Unix. / Unix socket."
)
@click.option(
    "--witnesses",
    type=click.Path(path_type=Path),
    help="Tệp bên chứng kiến; không có: log-witnesses của kho. / File of witnesses.",
)
@click.option(
    "--allow-uid",
    "allowed",
    type=int,
    multiple=True,
    help="Người dùng khác được hỏi. / Another user id that may ask.",
)
@click.pass_obj
@command
def serve(
    environment: Environment,
    *,
    directory: Path | None,
    where: Path | None,
    witnesses: Path | None,
    allowed: tuple[int, ...],
    output: Output,
) -> None:
    """Chạy bên ký đến khi bị dừng, dưới người dùng hay máy riêng. / Run the signer until stopped.

    Không cần chạy tay: không có thì lệnh nào cần sẽ tự bật. / Not needed by hand: whoever needs it
    starts it.
    """
    if directory is None:
        directory = environment.home / "signer"
        if not (directory / api.KEYS).is_file():
            _ensure(environment)
        witnesses = witnesses or environment.home / "log-witnesses"
    socket = where or directory / "socket"

    def ready() -> None:
        output.note(f"Bên ký nghe ở {socket}", f"The signer listens at {socket}")

    ran = api.serve(directory, witnesses=witnesses, where=where, allowed=allowed, ready=ready)
    if ran:
        output.result({"stopped": True}, lines=[say("Đã dừng.", "Stopped.")])
    output.result(
        {"stopped": False},
        lines=[say("Bên ký này đang chạy rồi.", "This signer runs already.")],
        code=FINDINGS,
    )


@signer.command()
@click.option(
    "--stream",
    "streams",
    multiple=True,
    help="Tên nhật ký, như 2026; không có: các nhật ký đã có. / Log, e.g. 2026.",
)
@click.pass_obj
@command
def vkey(environment: Environment, *, streams: tuple[str, ...], output: Output) -> None:
    """In khóa công khai của các nhật ký, để bên chứng kiến tin. / Print the logs' public keys."""
    environment.start()
    from sogoc.credentials.log import api as log

    if not streams:
        streams = tuple(sorted(log.stream_sizes()))
    keys = log.verifier_keys(environment.home, base=environment.log_origin, streams=streams)
    output.result({"vkeys": keys}, lines=keys)


@signer.command()
@click.pass_obj
@command
def status(environment: Environment, *, output: Output) -> None:
    """Bên ký nhớ đã ký gì; bật nó nếu chưa chạy. / What the signer remembers to have signed."""
    environment.start()
    from sogoc.credentials.log import api as log

    asked = log.home_signer(environment.home, base=environment.log_origin)
    found = asked.status()
    asked.close()
    heads = {
        name: {"size": head["size"], "root": head["root"]} for name, head in found["heads"].items()
    }
    output.result(
        {"pid": found["pid"], "successor": found["successor"], "heads": heads},
        lines=[
            say(f"Bên ký: tiến trình {found['pid']}.", f"Signer: process {found['pid']}."),
            *(
                say(f"{name}: đã ký {head['size']} mục.", f"{name}: {head['size']} entries signed.")
                for name, head in heads.items()
            ),
        ],
    )


@signer.command()
@click.pass_obj
@command
def recover(environment: Environment, *, output: Output) -> None:
    """Khi bên ký và kho khóa đều mất trí nhớ: lấy lại từ bên chứng kiến và điểm kiểm đã công bố.

    / When signer and lock store both forgot: from the witnesses, all of which must answer, and the
    published checkpoint.
    """
    environment.start()
    from sogoc.credentials.log import api as log

    done = log.recover(environment.home, base=environment.log_origin)
    output.result(
        {"recovered": done},
        lines=[
            say(f"{name}: ghi tiếp từ {size} mục.", f"{name}: goes on from {size} entries.")
            for name, size in done.items()
        ]
        or [say("Không có gì phải lấy lại.", "There is nothing to recover.")],
        code=FINE,
    )


def _ensure(environment: Environment) -> None:
    environment.start()
    from sogoc.credentials.log import api as log

    log.ensure_signer(environment.home, base=environment.log_origin)
