"""``sogoc log export|serve|proof``: the log as the public gets it."""

from __future__ import annotations

import signal
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import unquote

import click

from sogoc.cli.environment import Environment
from sogoc.cli.log_stamps import certificates
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.monitor.api import LogReport, Stamps

PORT: Final = 8100
_TIMEOUT: Final = 30.0
"""Seconds a visitor may take to ask."""


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
@command
def export(environment: Environment, *, directory: Path, output: Output) -> None:
    """Ghi các tệp công khai của nhật ký vào thư mục. / Write the log's public files to a folder.

    Ghi lại vào cùng thư mục chỉ thêm phần mới. / Again into the same folder only adds what is new.
    """
    environment.start()
    from sogoc.credentials.log import api

    done = api.export_log(environment.home, directory, base=environment.log_origin)
    output.result(
        {"directory": str(directory), "logs": done},
        lines=[
            *(f"{name}: {size}" for name, size in done.items()),
            say(f"Đã ghi {len(done)} nhật ký.", f"{len(done)} logs written."),
        ],
    )


@click.command()
@click.argument("code")
@click.option(
    "-o",
    "--output-file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Tệp .tlog-proof. / The .tlog-proof file.",
)
@click.option(
    "--entry",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ghi cả mục nhật ký, để công cụ khác tính giá trị băm. / Write the logged bytes, too.",
)
@click.pass_obj
@command
def proof(
    environment: Environment, *, code: str, target: Path, entry: Path | None, output: Output
) -> None:
    """Ghi bằng chứng dòng có mã CODE nằm trong nhật ký. / Write the proof that a line is logged.

    Định dạng C2SP tlog-proof: kiểm được ngoại tuyến, bằng công cụ khác. / Any tool for C2SP
    tlog-proof checks it offline.
    """
    environment.start()
    from sogoc.credentials.log import api as log
    from sogoc.credentials.register import api as register

    proven = log.prove(
        environment.home, base=environment.log_origin, leaf_hash=register.leaf_hash_of(code)
    )
    target.write_text(str(proven.proof), "utf-8")
    if entry is not None:
        entry.write_bytes(proven.entry)
    output.result(
        {
            "file": str(target),
            "entry": None if entry is None else str(entry),
            "origin": proven.origin,
            "index": proven.proof.index,
            "size": proven.size,
        },
        lines=[
            say(
                f"Mục {proven.proof.index} của {proven.origin}, dưới điểm kiểm cỡ {proven.size}: "
                f"{target}",
                f"Entry {proven.proof.index} of {proven.origin}, under the checkpoint of size "
                f"{proven.size}: {target}",
            )
        ],
    )


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.pass_obj
@command
def serve(environment: Environment, *, port: int, host: str, output: Output) -> None:
    """Phục vụ các tệp công khai của nhật ký qua HTTP. / Serve the log's public files over HTTP.

    Mọi máy chủ tệp tĩnh (nginx, CDN) phục vụ thư mục của `log export` đều như nhau. / Any server
    of static files does the same with what `log export` writes.
    """
    environment.start()
    try:
        server = public_server(environment.home, base=environment.log_origin, host=host, port=port)
    except OSError as error:
        raise _not_listening(host, port, error) from None
    address = f"http://{host}:{server.server_port}/"
    output.note(f"Nhật ký: {address} (Ctrl-C: dừng)", f"The log: {address} (Ctrl-C: stop)")
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell had it ignore Ctrl-C
        signal.signal(number, signal.default_int_handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    output.result({"address": address})


def _not_listening(host: str, port: int, error: OSError) -> Error:
    why = error.strerror or str(error)
    return Error(
        "cannot-listen",
        Text(f"Không nghe được ở {host}:{port}: {why}", f"Cannot listen on {host}:{port}: {why}"),
    )


def public_server(home: Path, *, base: str, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server of the public files of a home, listening; `port` 0 takes a free one."""
    from sogoc.credentials.log import api as log

    class Handler(BaseHTTPRequestHandler):
        timeout = _TIMEOUT
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(self.path.partition("?")[0]).removeprefix("/")
            asked = {name.lower(): value for name, value in self.headers.items()}
            try:
                answer = log.answer(home, base=base, method=self.command, path=path, asked=asked)
            except (Error, OSError):
                self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)  # the store does not answer
                return
            if answer is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_HEAD = do_GET

        def log_message(self, *_arguments: object) -> None:
            """Keep no list of who asked for what."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A visitor who went away is no news; a fault of ours is, without the address."""
            error = sys.exc_info()[1]
            if not isinstance(error, OSError):
                print(f"log serve: {type(error).__name__}: {error}", file=sys.stderr, flush=True)

    return Server((host, port), Handler)


def audit_public(place: str, vkeys: tuple[str, ...], tsa: Path | None, output: Output) -> NoReturn:
    """Check the logs in a folder or at an address from their files alone, and show the result."""
    from sogoc.monitor.api import audit_log, check_time_stamps, logs_at

    expected = _expected(vkeys)
    reports: list[LogReport] = []
    stamps: dict[str, Stamps] = {}
    sources = logs_at(place)
    for source in sources:
        name = _name_of(source.where, expected)
        if name is None and len(sources) == len(expected) == 1:
            (name,) = expected  # the place is named otherwise; its checkpoint will tell
        vkey = expected.pop(name, None) if name else None
        report = audit_log(source, vkey=vkey)
        if report.size:
            stamps[report.where] = check_time_stamps(
                source, report, vkey=vkey, roots=certificates(tsa)
            )
        reports.append(report)
    is_clean = all(report.is_clean for report in reports) and not expected
    output.result(
        {
            "ok": is_clean,
            "logs": [_as_dict(report, stamps) for report in reports],
            "absent": [*expected],
        },
        lines=[
            *(line for report in reports for line in _lines(report, stamps)),
            *(say(f"  ✗ Không thấy nhật ký {n}.", f"  ✗ Log {n} is absent.") for n in expected),
            say("Khớp.", "Everything fits.") if is_clean else say("Có sai lệch.", "Discrepancies."),
        ],
        code=FINE if is_clean else FINDINGS,
    )


def _expected(vkeys: tuple[str, ...]) -> dict[str, str]:
    """Return the keys given, by origin."""
    from sogoc.kernel.notes import NoteError, VerifierKey

    expected = {}
    for vkey in vkeys:
        try:
            expected[VerifierKey.parse(vkey.strip()).name] = vkey.strip()
        except NoteError:
            raise click.UsageError(
                f"--vkey {vkey}: tên+mã+khóa Ed25519? / name+id+key of Ed25519?"
            ) from None
    return expected


def _name_of(where: str, names: dict[str, str]) -> str | None:
    """Return the expected origin a place is named after."""
    whole = where if "://" in where else str(Path(where).resolve())
    return next((name for name in names if whole.endswith(f"/{name}")), None)


def _as_dict(report: LogReport, stamps: dict[str, Stamps]) -> dict[str, object]:
    found = stamps.get(report.where)
    return {
        "where": report.where,
        "origin": report.origin,
        "size": report.size,
        "root": report.root.hex(),
        "ok": report.is_clean,
        "time_stamps": 0 if found is None else found.days,
        "stamped_late": {} if found is None else dict(found.late),
        "findings": [
            {"kind": each.kind, "what": each.what, "message": each.message}
            for each in report.findings
        ],
    }


def _lines(report: LogReport, stamps: dict[str, Stamps]) -> list[str]:
    head = say(
        f"{report.origin or report.where}: {report.size} mục",
        f"{report.origin or report.where}: {report.size} entries",
    )
    found = stamps.get(report.where)
    return [
        head,
        *(f"  ✗ {shown(each.message)}" for each in report.findings),
        *(_late(day, at) for day, at in (found.late if found is not None else ())),
    ]


def _late(day: str, at: datetime) -> str:
    return say(
        f"  · Dấu thời gian của ngày {day} đến {at:%d/%m/%Y} mới được cấp: chỉ chứng minh từ đó.",
        f"  · The time-stamp of {day} was given on {at:%Y-%m-%d}: it proves nothing earlier.",
    )
