"""``sogoc witness``: a witness of transparency logs. Needs no home and no database."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.words import say
from sogoc.kernel.cosignature import parse_log_key
from sogoc.witness.api import Evidence, Witness, WitnessServer, WitnessStore, new_secrets

PORT = 7380
_DIRECTORY = click.argument("directory", type=click.Path(file_okay=False, path_type=Path))


@click.group()
def witness() -> None:
    """Bên chứng kiến của nhật ký minh bạch. / A witness of transparency logs."""


@witness.command()
@_DIRECTORY
@click.option(
    "--name", required=True, help="Tên của khóa, như dia.chi/ben. / Key name, like a URL."
)
@click.option("--ml-dsa", is_flag=True, help="Thêm khóa ML-DSA-44. / An ML-DSA-44 key as well.")
@click.pass_obj
@command
def init(
    environment: Environment,  # noqa: ARG001 - a witness has no home
    *,
    directory: Path,
    name: str,
    ml_dsa: bool,
    output: Output,
) -> None:
    """Lập bên chứng kiến mới trong DIRECTORY; in khóa công khai. / Make a witness with new keys."""
    store = WitnessStore.create(directory, new_secrets(name, ml_dsa=ml_dsa))
    _print_keys(store, output)


@witness.command()
@_DIRECTORY
@click.pass_obj
@command
def vkey(environment: Environment, *, directory: Path, output: Output) -> None:  # noqa: ARG001
    """In khóa công khai, để ghi vào chính sách. / Print the public keys, for policies."""
    _print_keys(WitnessStore(directory), output)


@witness.command("add-log")
@_DIRECTORY
@click.option(
    "--vkey", "vkeys", multiple=True, required=True, help="Khóa của nhật ký. / The log's key."
)
@click.pass_obj
@command
def add_log(
    environment: Environment,  # noqa: ARG001
    *,
    directory: Path,
    vkeys: tuple[str, ...],
    output: Output,
) -> None:
    """Tin khóa của một nhật ký; tên khóa là origin. / Trust a log's key, named by its origin."""
    keys = [parse_log_key(text) for text in vkeys]
    store = WitnessStore(directory)
    added = [{"origin": key.name, "vkey": str(key), "new": store.add_log(key)} for key in keys]
    store.close()
    output.result(
        {"logs": added},
        lines=[
            say(f"Đã tin {log['origin']}.", f"Trusts {log['origin']}.")
            if log["new"]
            else say(f"Đã có {log['origin']}.", f"Has {log['origin']} already.")
            for log in added
        ],
    )


@witness.command()
@_DIRECTORY
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ nghe. / Address.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="0: cổng trống. / 0: any free port.",
)
@click.pass_obj
@command
def serve(
    environment: Environment,  # noqa: ARG001
    *,
    directory: Path,
    host: str,
    port: int,
    output: Output,
) -> None:
    """Chạy bên chứng kiến qua HTTP đến khi bị dừng. / Run the witness until stopped."""
    # A witness states real time, also beside a demo home that has set another business date.
    store = WitnessStore(directory)
    try:
        server = WitnessServer((host, port), Witness(store, lambda: int(time.time())))
    except OSError as error:
        store.close()
        output.note(
            f"Không nghe được ở {host}:{port}: {error}", f"Cannot listen on {host}:{port}: {error}"
        )
        sys.exit(2)
    bound = int(server.server_address[1])
    output.note(
        f"{store.keys[0].name} nghe ở http://{host}:{bound}",
        f"{store.keys[0].name} listens on http://{host}:{bound}",
    )

    def stop(*_: Any) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    store.close()
    output.result({"stopped": True}, lines=[say("Đã dừng.", "Stopped.")])


@witness.command()
@_DIRECTORY
@click.option("--all", "settled", is_flag=True, help="Cả điều đã rõ. / What was settled as well.")
@click.pass_obj
@command
def evidence(
    environment: Environment,  # noqa: ARG001
    *,
    directory: Path,
    settled: bool,
    output: Output,
) -> None:
    """In điều nhật ký đã ký mà mâu thuẫn; mã thoát 1 khi có. / Signed forgeries; 1 if any."""
    store = WitnessStore(directory)
    found = store.evidence(settled=settled)
    store.close()
    is_open = any(each.settled_at is None for each in found)
    output.result(
        {"evidence": [_as_data(each) for each in found]},
        lines=[line for each in found for line in _as_lines(each)]
        or [say("Không có bằng chứng nào.", "No evidence.")],
        code=FINDINGS if is_open else FINE,
    )


def _print_keys(store: WitnessStore, output: Output) -> None:
    keys = [str(key) for key in store.keys]
    store.close()
    output.result({"name": store.keys[0].name, "vkeys": keys}, lines=keys)


def _as_data(each: Evidence) -> dict[str, Any]:
    return {
        "id": each.id,
        "origin": each.origin,
        "kind": each.kind,
        "size": each.size,
        "seen_at": each.seen_at,
        "settled_at": each.settled_at,
        "request": each.request.decode(),
        "signed_by_the_log": each.note,
        "cosigned_before": each.own_note,
    }


def _as_lines(each: Evidence) -> list[str]:
    when = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(each.seen_at))
    kinds = {
        "fork": say(
            "hai giá trị gốc cho một kích thước: nhật ký đã ký hai lịch sử",
            "two roots for one size: the log has signed two histories",
        ),
        "inconsistent": say(
            "không kèm bằng chứng nhất quán: hãy đòi nhật ký đưa ra",
            "no valid consistency proof came with it: demand one of the log",
        ),
    }
    settled = [say("(đã được chứng minh sau đó)", "(proven since)")] * (each.settled_at is not None)
    return [
        f"#{each.id} {when} {each.origin}: {kinds[each.kind]}",
        *settled,
        say("— Nhật ký đã ký:", "— The log has signed:"),
        each.note,
        say("— Bên chứng kiến đã xác nhận trước đó:", "— The witness had cosigned before:"),
        each.own_note,
    ]
