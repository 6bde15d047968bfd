"""``sogoc monitor``: follow logs from outside. Needs no home and no database."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.text import Text
from sogoc.monitor import api as monitors

HOME_EVERY: Final = 3600
"""Seconds between two audits of one's own home."""
_DIRECTORY = click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_HOME = click.option(
    "--with-home", is_flag=True, help="Đối chiếu cả cơ sở dữ liệu ở đây. / Audit this home as well."
)
_SAMPLE = click.option(
    "--sample", default=100, show_default=True, type=click.IntRange(0),
    help="Số dòng mở thử cam kết. / Lines whose commitment is opened.",
)  # fmt: skip


@click.group()
def monitor() -> None:
    """Theo dõi nhật ký từ bên ngoài. / Follow logs from outside."""


@monitor.command()
@_DIRECTORY
@click.option("--log", "places", multiple=True, required=True, metavar="DIR|URL",
              help="Nơi có nhật ký. / Where a log is.")  # fmt: skip
@click.option("--policy", "policies", multiple=True, type=_FILE,
              help="Chính sách tin cậy, lấy từ nơi khác. / A policy got elsewhere.")  # fmt: skip
@click.option("--believe-published", is_flag=True,
              help="Tin chính sách do nhật ký tự đưa. / Believe the log's own policy.")  # fmt: skip
@click.option("--issuer", "issuers", multiple=True, help="Mã đơn vị của mình. / One's own body.")
@click.option("--own-list", type=_FILE, help="Danh sách việc của mình. / List of one's own acts.")
@click.option("--leaf", "leaves", multiple=True, help="Lá của mình (hex). / One's own leaf (hex).")
@click.option(
    "--proof", "proofs", multiple=True, type=_FILE, help="Bằng chứng giữ. / A kept proof."
)
@click.option("--mail-to", multiple=True, help="Nơi nhận thư. / Who gets e-mail.")
@click.option("--mail-from", default="sogoc-monitor@localhost", show_default=True,
              help="Người gửi. / Sender.")  # fmt: skip
@click.option("--smtp", default="localhost:25", show_default=True, help="HOST:PORT")
@click.option("--webhook", help="Địa chỉ nhận JSON. / Address that takes JSON.")
@click.option("--webhook-secret", type=_FILE, help="Tệp khóa HMAC. / File with the HMAC secret.")
@click.option(
    "--page",
    type=click.Path(file_okay=False),
    metavar="FOLDER",
    help="Thư mục trang, tính từ DIRECTORY. / Folder of the page, below DIRECTORY.",
)
@click.pass_obj
@command
def init(environment: Environment, /, *, directory: Path, output: Output, **given: Any) -> None:  # noqa: ARG001 - a monitor has no home
    """Lập bộ theo dõi trong DIRECTORY. / Make a monitor in DIRECTORY.

    Khóa và bên chứng kiến lấy từ --policy (không từ chính nhật ký); mọi hạn mức nằm trong
    monitor.toml. / Keys and witnesses come from --policy, not from the log; limits stand in
    monitor.toml.
    """
    trusted = {
        key.name: (Policy.parse(data), data)
        for file in given["policies"]
        for data in [file.read_bytes()]
        for key in [log.key for log in Policy.parse(data).logs]
    }
    logs: list[monitors.Log] = []
    texts: list[bytes] = []
    for place in given["places"]:
        for source in monitors.logs_at(place):
            log, text = _log_of(source, len(logs) + 1, trusted, believe=given["believe_published"])
            logs.append(log)
            texts.append(text)
    settings = monitors.settings_text(logs, _parts(given))
    monitors.settings_of(settings, directory)  # nothing is made from what cannot be used
    state = monitors.MonitorState.create(directory)
    state.close()
    for log, text in zip(logs, texts, strict=True):
        (directory / log.policy).write_bytes(text)
    (directory / monitors.SETTINGS_FILE).write_text(settings, "utf-8")
    output.result(
        {"directory": str(directory), "logs": [log.origin for log in logs]},
        lines=[
            *(f"{log.origin}: {log.place}" for log in logs),
            say(f"Đã lập: {directory}", f"Made: {directory}"),
        ],
    )


@monitor.command()
@_DIRECTORY
@click.option("--all", "everything", is_flag=True, help="Đọc lại mọi mục cũ. / Read all again.")
@_HOME
@_SAMPLE
@click.pass_obj
@command
def once(
    environment: Environment,
    *,
    directory: Path,
    everything: bool,
    with_home: bool,
    sample: int,
    output: Output,
) -> None:
    """Xem một lượt; mã thoát 1 khi có cảnh báo mở. / Look once; exit code 1 with open alarms."""
    report = _round(
        environment, directory, everything=everything, with_home=with_home, sample=sample
    )
    output.result(
        _as_data(report), lines=_lines(report), code=FINE if report.is_clean else FINDINGS
    )


@monitor.command()
@_DIRECTORY
@click.option("--every", default=60, show_default=True, type=click.IntRange(1),
              help="Giây giữa hai lượt. / Seconds between two rounds.")  # fmt: skip
@_HOME
@_SAMPLE
@click.pass_obj
@command
def run(
    environment: Environment,
    *,
    directory: Path,
    every: int,
    with_home: bool,
    sample: int,
    output: Output,
) -> None:
    """Theo dõi đến khi bị dừng. / Follow until stopped."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    audited = 0.0
    while not stopping.is_set():
        is_due = with_home and time.monotonic() >= audited
        report = _round(environment, directory, everything=False, with_home=is_due, sample=sample)
        if is_due:
            audited = time.monotonic() + HOME_EVERY
        for each in report.opened if report.new else ():
            output.note(f"✗ {each.alarm.message.vi}", f"✗ {each.alarm.message.en}")
        stopping.wait(every)
    output.result({"stopped": True}, lines=[say("Đã dừng.", "Stopped.")])


@monitor.command()
@_DIRECTORY
@click.option("--ended", is_flag=True, help="Cả cảnh báo đã hết. / Those that are over as well.")
@click.pass_obj
@command
def status(environment: Environment, *, directory: Path, ended: bool, output: Output) -> None:  # noqa: ARG001
    """Cảnh báo đang mở và cỡ đã kiểm; mã thoát 1 khi có. / Open alarms and sizes; 1 if any."""
    settings = monitors.read_settings(directory)
    state = monitors.MonitorState(directory)
    try:
        opened, waiting = state.alarms(), state.undelivered()
        over = state.alarms(ended=True) if ended else ()
        sizes = {log.origin: state.seen(log.origin) for log in settings.logs}
        evidence = [
            {"origin": row[0], "kind": row[1], "signed": row[2], "seen_before": row[3]}
            for row in state.rows("select origin, kind, note, own_note from evidence order by id")
        ]
    finally:
        state.close()
    data = {
        "ok": not opened,
        "logs": {
            name: None
            if seen is None
            else {"size": seen.size, "witnessed_at": seen.witnessed_at, "root": seen.root}
            for name, seen in sizes.items()
        },
        "alarms": [monitors.as_data(each) for each in opened],
        "ended": [monitors.as_data(each) for each in over],
        "evidence": evidence,
        "undelivered_why": waiting,
    }
    output.result(
        data,
        lines=[
            *(f"{name}: {'–' if seen is None else seen.size}" for name, seen in sizes.items()),
            *_alarm_lines(opened),
            *(
                say(f"Bằng chứng: {len(evidence)}", f"Evidence: {len(evidence)}")
                for _ in evidence[:1]
            ),
            *_waiting_lines(waiting),
        ],
        code=FINDINGS if opened else FINE,
    )


@monitor.command()
@_DIRECTORY
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="ID…")
@click.option("--reason", required=True, help="Vì sao coi là xong. / Why it is settled.")
@click.pass_obj
@command
def settle(
    environment: Environment,  # noqa: ARG001
    *,
    directory: Path,
    numbers: tuple[int, ...],
    reason: str,
    output: Output,
) -> None:
    """Đóng cảnh báo, kèm lý do; không xóa. / Close alarms for a reason; nothing is deleted."""
    state = monitors.MonitorState(directory)
    try:
        done = [n for n in numbers if state.settle(n, reason=reason, at=int(time.time()))]
    finally:
        state.close()
    output.result(
        {"settled": done},
        lines=[say(f"Đã đóng {len(done)}.", f"{len(done)} settled.")],
        code=FINE if len(done) == len(numbers) else FINDINGS,
    )


def _log_of(
    source: monitors.Source,
    number: int,
    trusted: dict[str, tuple[Policy, bytes]],
    *,
    believe: bool,
) -> tuple[monitors.Log, bytes]:
    """Return a log to follow with the policy to trust."""
    name = next((origin for origin in trusted if source.where.endswith(f"/{origin}")), None)
    if name is None and len(trusted) == 1 and not believe:
        name = next(iter(trusted))  # the place is named otherwise; its checkpoint will tell
    if name is not None:
        data = trusted[name][1]
    elif believe:
        data = source.read("policy")
        name = Policy.parse(data).logs[0].key.name
    else:
        raise click.UsageError(
            f"{source.where}: --policy? hoặc / or --believe-published (tin chính nhật ký này)"
        )
    place = source.where if "://" in source.where else str(Path(source.where).absolute())
    return monitors.Log(name, place, f"policy-{number}"), data


def _parts(given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the sections of `monitor.toml` after the logs."""
    watch = {
        "issuers": list(given["issuers"]),
        "own_list": str(given["own_list"].absolute()) if given["own_list"] else "",
        "leaves": list(given["leaves"]),
        "proofs": [str(file.absolute()) for file in given["proofs"]],
    }
    parts: dict[str, dict[str, Any]] = {"watch": watch}
    if given["mail_to"]:
        host, _, port = given["smtp"].rpartition(":")
        if not host or not port.isdigit():
            raise click.UsageError("--smtp HOST:PORT")
        parts["mail"] = {
            "to": list(given["mail_to"]),
            "sender": given["mail_from"],
            "host": host,
            "port": int(port),
        }
    if given["webhook"]:
        parts["webhook"] = {"url": given["webhook"]}
        if given["webhook_secret"]:
            parts["webhook"]["secret_file"] = str(given["webhook_secret"].absolute())
    if given["page"]:
        parts["page"] = {"folder": given["page"]}
    return parts


def _round(
    environment: Environment, directory: Path, *, everything: bool, with_home: bool, sample: int
) -> monitors.RoundReport:
    """Run one round; real time counts, whatever a demo home's business date is."""
    settings = monitors.read_settings(directory)
    state = monitors.MonitorState(directory)
    more = home_alarms(environment, settings, state, sample) if with_home else ()
    try:
        return monitors.run_round(
            settings,
            state,
            now=int(time.time()),
            everything=everything,
            more=more,
            asked=["home"] if with_home else [],
        )
    finally:
        state.close()


def home_alarms(
    environment: Environment,
    settings: monitors.Settings,
    state: monitors.MonitorState,
    sample: int,
) -> Iterator[monitors.Alarm]:
    """Compare this home's database with its log and with what this monitor remembers of it.

    A generator: it is asked after the logs were looked at. A home that cannot be looked at is an
    alarm itself, and ends neither the round nor `monitor run`.
    """
    try:
        yield from _home_alarms(environment, settings, state, sample)
    except Exception as error:
        # Of what is not ours the kind alone: a database's words may name people.
        kind = type(error).__name__
        why = error.message if isinstance(error, Error) else Text(kind, kind)
        yield monitors.Alarm(
            "home", "home_not_audited", str(environment.home),
            Text(f"Không đối chiếu được kho ở đây: {why.vi}",
                 f"This home cannot be audited: {why.en}"),
        )  # fmt: skip


def _home_alarms(
    environment: Environment,
    settings: monitors.Settings,
    state: monitors.MonitorState,
    sample: int,
) -> Iterator[monitors.Alarm]:
    environment.start()
    from sogoc.credentials.log import api as log

    home, base = environment.home, environment.log_origin
    report = log.audit(home, base=base)
    for each in (*report.problems, *log.sample_openings(home, base=base, count=sample)):
        yield monitors.Alarm("home", f"home_{each.kind}", each.what, each.message)
    for followed in settings.logs:
        if followed.origin.startswith(f"{base}/"):
            leaves = log.placed_leaves(followed.origin.removeprefix(f"{base}/"))
            yield from monitors.compare_database(state, followed.origin, followed.source(), leaves)


def _as_data(report: monitors.RoundReport) -> dict[str, Any]:
    return {
        "ok": report.is_clean,
        "new": report.new,
        "logs": report.sizes,
        "alarms": [monitors.as_data(each) for each in report.opened],
        "delivered": report.delivered.sent,
        "undelivered": report.delivered.waiting,
        "undelivered_why": report.delivered.why,
    }


def _lines(report: monitors.RoundReport) -> list[str]:
    sizes = report.sizes.items()
    waiting = report.delivered.waiting
    return [
        *(f"{name}: {'–' if size is None else size}" for name, size in sizes),
        *_alarm_lines(report.opened),
        *([say(f"{waiting} tin chưa gửi được.", f"{waiting} messages wait.")] if waiting else []),
        *_waiting_lines(report.delivered.why),
    ]


def _waiting_lines(waiting: dict[str, str]) -> list[str]:
    return [
        say(f"  · {channel}: chưa gửi được: {why}", f"  · {channel}: not sent yet: {why}")
        for channel, why in waiting.items()
    ]


def _alarm_lines(opened: Sequence[monitors.StoredAlarm]) -> list[str]:
    if not opened:
        return [say("Không có cảnh báo.", "No alarms.")]
    return [
        f"  ✗ #{each.id} {monitors.iso(each.first_at)} [{each.alarm.kind}] "
        f"{shown(each.alarm.message)}"
        for each in opened
    ]
