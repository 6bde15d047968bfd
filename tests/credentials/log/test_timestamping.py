"""Each day's last checkpoint under a time-stamp, judged by OpenSSL and by our own audit."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sogoc.credentials.log import api as log
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.merkle import leaf_hash, root_hash
from sogoc.kernel.notes import SignerKey, parse_note
from sogoc.monitor.api import FolderSource, LogReport, audit_log, check_time_stamps, logs_at
from tests.credentials.log.conftest import BASE
from tests.credentials.log.test_publishing import add
from tests.monitor.test_audit import sign

pytestmark = pytest.mark.django_db(transaction=True)

Sequence = Callable[..., Any]


@pytest.fixture
def authority(tmp_path: Path) -> log.TestAuthority:
    return log.TestAuthority(tmp_path / "tsa")


def openssl_accepts(folder: Path, day: str, roots: Path | None = None) -> bool:
    """What the how-to tells: nothing of ours judges here."""
    done = subprocess.run(
        [
            *("openssl", "ts", "-verify", "-data", folder / f"timestamps/{day}.checkpoint"),
            *("-in", folder / f"timestamps/{day}.tsr"),
            *("-CAfile", roots or folder / "timestamps/tsa.pem"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("Verification: OK" in done.stdout) == (done.returncode == 0)
    return done.returncode == 0


def move_back(connection: psycopg.Connection, size: int, days: int) -> None:
    """Have a checkpoint kept some days ago: the guards see to it that nobody else can."""
    connection.execute("set session_replication_role = replica")
    connection.execute(
        "update credentials_log_checkpoint set at = now() - %s * interval '1 day' where size = %s",
        [days, size],
    )


def judged(folder: Path) -> LogReport:
    source = FolderSource(folder)
    report = audit_log(source)
    check_time_stamps(source, report)
    return report


def test_the_last_of_each_ended_day_is_stamped_once(
    sequence: Sequence,
    authority: log.TestAuthority,
    superuser_connection: psycopg.Connection,
    tmp_path: Path,
) -> None:
    for count, days in ((3, 3), (4, 3), (300, 1), (2, 0)):
        add(count, f"of {days} {count}")
        sequence()
        if days:
            size = {3: 3, 4: 7, 300: 307}[count]
            move_back(superuser_connection, size, days)
    done = log.stamp_days(tmp_path, base=BASE, authority=authority)
    assert [(each.origin, each.size) for each in done] == [
        (f"{BASE}/2025", 7),
        (f"{BASE}/2025", 307),
    ]
    assert log.stamp_days(tmp_path, base=BASE, authority=authority) == []
    log.export_log(tmp_path, tmp_path / "out", base=BASE)
    folder = tmp_path / "out" / BASE / "2025"
    assert (folder / "timestamps/days").read_text().split() == [each.day for each in done]
    for each in done:
        assert openssl_accepts(folder, each.day)
        assert f"\n{each.size}\n" in (folder / f"timestamps/{each.day}.checkpoint").read_text()
    assert judged(folder).is_clean
    (later,) = log.stamp_days(tmp_path, base=BASE, authority=authority, also_today=True)
    assert later.size == 309


@pytest.fixture
def stamped(sequence: Sequence, authority: log.TestAuthority, tmp_path: Path) -> tuple[Path, str]:
    """An exported log of 300 entries with one time-stamp."""
    add(300)
    sequence()
    (done,) = log.stamp_days(tmp_path, base=BASE, authority=authority, also_today=True)
    log.export_log(tmp_path, tmp_path / "out", base=BASE)
    return tmp_path / "out" / BASE / "2025", done.day


def kinds(report: LogReport) -> set[str]:
    return {each.kind for each in report.findings}


def change(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert data.count(old) == 1
    path.write_bytes(data.replace(old, new))


def test_an_altered_checkpoint_or_reply_is_refused_by_both(stamped: tuple[Path, str]) -> None:
    folder, day = stamped
    assert openssl_accepts(folder, day)
    assert judged(folder).is_clean
    note, reply = folder / f"timestamps/{day}.checkpoint", folder / f"timestamps/{day}.tsr"
    good_note, good_reply = note.read_bytes(), reply.read_bytes()
    change(note, b"\n300\n", b"\n299\n")
    assert not openssl_accepts(folder, day)
    assert kinds(judged(folder)) == {"time_stamp_invalid"}
    note.write_bytes(good_note)
    for at in (len(good_reply) - 3, 120, 10):
        reply.write_bytes(good_reply[:at] + bytes([good_reply[at] ^ 1]) + good_reply[at + 1 :])
        assert not openssl_accepts(folder, day)
        assert kinds(judged(folder)) == {"time_stamp_invalid"}
    reply.write_bytes(b"\x30\x03\x02\x01\x02")
    assert kinds(judged(folder)) == {"time_stamp_invalid"}
    reply.unlink()
    assert kinds(judged(folder)) == {"file_missing"}


def test_a_log_made_anew_contradicts_its_time_stamps(stamped: tuple[Path, str]) -> None:
    """Rolled back, and forked at the same size and signed again, with the log's own key."""
    folder, day = stamped
    checkpoint = Checkpoint.parse(parse_note((folder / "checkpoint").read_text()).text)
    for size, root in ((200, checkpoint.root), (300, b"r" * 32), (301, b"r" * 32)):
        report = LogReport("anew", checkpoint.origin, size=size, root=root)
        check_time_stamps(FolderSource(folder), report)
        assert kinds(report) <= {"time_stamp_contradicts", "file_missing"}
        assert not report.is_clean
        assert all(day in each.what or "tile" in each.what for each in report.findings)


def named_anew(folder: Path, day: str, other: str) -> None:
    """Give a stamped day another name, as whoever rolled the log back would."""
    for kind in ("checkpoint", "tsr"):
        (folder / f"timestamps/{day}.{kind}").rename(folder / f"timestamps/{other}.{kind}")
    (folder / "timestamps/days").write_text(f"{other}\n")


def test_a_stamp_speaks_for_no_day_but_its_own(stamped: tuple[Path, str]) -> None:
    """One under a day still to come is false; one given long after its day is said to be so."""
    folder, day = stamped
    stamps = check_time_stamps(FolderSource(folder), audit_log(FolderSource(folder)))
    assert (stamps.days, stamps.late) == (1, [])
    named_anew(folder, day, "2999-01-01")
    assert kinds(judged(folder)) == {"time_stamp_invalid"}
    named_anew(folder, "2999-01-01", "2026-02-30")
    assert kinds(judged(folder)) == {"time_stamp_invalid"}
    named_anew(folder, "2026-02-30", "2024-03-01")
    report = audit_log(FolderSource(folder))
    ((late, at),) = check_time_stamps(FolderSource(folder), report).late
    assert (report.is_clean, late, at.date().isoformat()) == (True, "2024-03-01", day)


def test_another_authority_is_refused_when_the_right_one_is_known(
    stamped: tuple[Path, str], tmp_path: Path
) -> None:
    from cryptography import x509

    folder, day = stamped
    stranger = tmp_path / "other.pem"
    stranger.write_bytes(log.TestAuthority(tmp_path / "stranger").certificates())
    assert not openssl_accepts(folder, day, stranger)
    report = audit_log(FolderSource(folder))
    roots = x509.load_pem_x509_certificates(stranger.read_bytes())
    assert check_time_stamps(FolderSource(folder), report, roots=roots).days == 1
    assert kinds(report) == {"time_stamp_invalid"}


def test_a_checkpoint_of_another_key_is_refused(stamped: tuple[Path, str], tmp_path: Path) -> None:
    """A true time-stamp over a false checkpoint helps nobody."""
    folder, day = stamped
    forged = [leaf_hash(b"%d" % each) for each in range(300)]
    stranger = SignerKey(f"{BASE}/2025", b"s" * 32)
    sign(tmp_path / "forged", 300, root_hash(forged), stranger, f"{BASE}/2025")
    note = (tmp_path / "forged" / "checkpoint").read_bytes()
    query = log_query(note)
    reply = log.TestAuthority(tmp_path / "tsa").reply(query)
    (folder / f"timestamps/{day}.checkpoint").write_bytes(note)
    (folder / f"timestamps/{day}.tsr").write_bytes(reply)
    assert openssl_accepts(folder, day)
    assert kinds(judged(folder)) == {"time_stamp_invalid"}


def log_query(note: bytes) -> bytes:
    from sogoc.kernel.time_stamps import time_stamp_query

    return time_stamp_query(note, 7)


@contextmanager
def served(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Answering = Callable[[bytes], tuple[int, bytes]]


def next_of(answers: list[Answering]) -> Answering:
    def answer(query: bytes) -> tuple[int, bytes]:
        return answers.pop(0)(query)

    return answer


def test_an_authority_by_its_address(
    sequence: Sequence,
    authority: log.TestAuthority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(5)
    sequence()
    roots = tmp_path / "roots.pem"
    roots.write_bytes(authority.certificates())
    another = log.TestAuthority(tmp_path / "another").reply
    answers: list[Answering] = [
        lambda _: (500, b"no"),
        lambda _: (200, b"<html>not a reply</html>"),
        lambda _: (200, authority.reply(log_query(b"something else"))),
        lambda query: (200, another(query)),
        *[lambda query: (200, authority.reply(query))] * 2,
    ]
    monkeypatch.setenv("SOGOC_TSA_CERTIFICATES", str(roots))
    with served(next_of(answers)) as address:
        monkeypatch.setenv("SOGOC_TSA_URL", address)
        there = log.authority_of(tmp_path, is_playground=False)
        assert there is not None
        for code in (
            "log_tsa_failed",
            "time_stamp_reply_malformed",
            "time_stamp_of_something_else",
            "time_stamp_not_trusted",
        ):
            with pytest.raises(log.LogError) as refused:
                log.stamp_days(tmp_path, base=BASE, authority=there, also_today=True)
            assert refused.value.code == code
            assert not (tmp_path / "log/2025/timestamps/days").exists()
        good = roots.read_bytes()
        roots.write_bytes(b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
        with pytest.raises(log.LogError) as refused:
            log.stamp_days(tmp_path, base=BASE, authority=there, also_today=True)
        assert refused.value.code == "log_time_stamp_roots"
        roots.write_bytes(good)
        (done,) = log.stamp_days(tmp_path, base=BASE, authority=there, also_today=True)
    assert openssl_accepts(tmp_path / "log/2025", done.day)


def test_a_real_home_has_no_test_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert log.authority_of(tmp_path, is_playground=False) is None
    assert isinstance(log.authority_of(tmp_path, is_playground=True), log.TestAuthority)
    monkeypatch.setenv("SOGOC_TSA_URL", "http://127.0.0.1:9/")
    with pytest.raises(log.LogError) as refused:
        log.authority_of(tmp_path, is_playground=False)
    assert refused.value.code == "log_tsa_unknown"


def test_a_stamp_stored_before_a_stop_is_kept(
    sequence: Sequence, authority: log.TestAuthority, tmp_path: Path
) -> None:
    add(5)
    sequence()
    (first,) = log.stamp_days(tmp_path, base=BASE, authority=authority, also_today=True)
    folder = tmp_path / "log/2025/timestamps"
    reply = (folder / f"{first.day}.tsr").read_bytes()
    (folder / "days").unlink()
    (again,) = log.stamp_days(tmp_path, base=BASE, authority=authority, also_today=True)
    assert (again.day, again.at) == (first.day, first.at)
    assert (folder / f"{first.day}.tsr").read_bytes() == reply


def test_logs_of_an_export_name_their_stamps(stamped: tuple[Path, str]) -> None:
    (source,) = logs_at(str(stamped[0].parents[1]))
    assert check_time_stamps(source, audit_log(source)).days == 1
