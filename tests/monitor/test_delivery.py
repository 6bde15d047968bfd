"""An alarm is kept until somebody took it: by e-mail, by webhook, on a page."""

from __future__ import annotations

import hmac
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sogoc.kernel.text import Text
from sogoc.monitor.api import Alarm
from sogoc.monitor.page import POLICY
from tests.monitor.building import Log, Watcher, leaf

SECRET = b"a long secret"


@dataclass
class Mailbox:
    """What an SMTP server was given; `refuse` makes it answer 451."""

    port: int = 0
    messages: list[str] = field(default_factory=list)
    refuse: bool = False


@contextmanager
def smtp() -> Iterator[Mailbox]:
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline().strip():
                verb = line.split(b":")[0].split()[0].upper()
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    text = b""
                    while not text.endswith(b"\r\n.\r\n"):
                        text += self.rfile.readline()
                    box.messages.append(text.decode())
                elif verb == b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                answer = b"451 later\r\n" if box.refuse and verb == b"MAIL" else b"250 ok\r\n"
                self.wfile.write(answer)

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as box.port:
        yield box


@dataclass
class Hook:
    """What a webhook was given: headers and body; `status` is what it answers."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204


@contextmanager
def webhook() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append((dict(self.headers.items()), body))
            self.send_response(hook.status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        hook.url = f"http://127.0.0.1:{port}/alarm"
        yield hook


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    log = Log(tmp_path / "log")
    log.add(leaf(1))
    return Watcher(tmp_path / "monitor", log)


def alarm(number: int, *, lasting: bool = False) -> Alarm:
    return Alarm(
        "test", "test_kind", f"thing {number}", Text(f"Việc {number}.", f"Thing {number}."), lasting
    )


def mail(box: Mailbox, *to: str) -> str:
    return (
        f'[mail]\nto = {json.dumps(to)}\nsender = "m@example.vn"\n'
        f'host = "127.0.0.1"\nport = {box.port}'
    )


def test_one_message_tells_all_new_alarms_once(watcher: Watcher) -> None:
    with smtp() as box:
        watcher.make("", mail(box, "a@example.vn", "b@example.vn"))
        watcher.look()
        assert box.messages == []
        for _ in range(2):
            watcher.look(more=[alarm(1), alarm(2)], asked=["test"])
        (message,) = box.messages
        assert "To: a@example.vn, b@example.vn" in message
        assert "Việc 1.\r\n    Thing 1." in message
        assert "Việc 2." in message
        watcher.look(asked=["test"])  # both over
        watcher.look(more=[alarm(1)], asked=["test"])  # and one is back
        assert len(box.messages) == 2


def test_mail_waits_until_it_is_taken(watcher: Watcher) -> None:
    with smtp() as box:
        watcher.make("", mail(box, "a@example.vn"))
        box.refuse = True
        assert watcher.look(more=[alarm(1)], asked=["test"]).delivered.waiting == 1
        box.refuse = False
        assert watcher.look(more=[alarm(1)], asked=["test"]).delivered.sent == 0  # not yet due
        watcher.now += 30
        assert watcher.look(asked=["test"]).delivered.sent == 1  # over by now, but it was one
        assert len(box.messages) == 1


def test_webhook_is_signed(watcher: Watcher) -> None:
    with webhook() as hook:
        watcher.make("", f'[webhook]\nurl = "{hook.url}"\nsecret_file = "secret"')
        (watcher.folder / "secret").write_bytes(SECRET + b"\n")
        watcher.look(more=[alarm(1, lasting=True)], asked=["test"])
        ((headers, body),) = hook.got
        said = json.loads(body)
        assert (said["kind"], said["what"], said["vi"]) == ("test_kind", "thing 1", "Việc 1.")
        signed = f"{headers['X-Sogoc-Time']}.".encode() + body
        expected = hmac.new(SECRET, signed, sha256).hexdigest()
        assert headers["X-Sogoc-Signature"] == f"sha256={expected}"


@pytest.mark.parametrize("status", [302, 400, 500])
def test_webhook_is_tried_again_later_and_later(status: int, watcher: Watcher) -> None:
    with webhook() as hook:
        quiet = "max_age_minutes = 0\nwitness_minutes = 0"
        watcher.make(quiet, f'[webhook]\nurl = "{hook.url}"')
        hook.status = status
        start, tries = watcher.now, []
        watcher.look(more=[alarm(1), alarm(2)], asked=["test"])
        for minute in range(200):
            watcher.now = start + 60 * minute
            before = len(hook.got)
            watcher.look(more=[alarm(1), alarm(2)], asked=["test"])
            if len(hook.got) > before:
                tries.append(minute)
        assert tries == [1, 2, 4, 8, 16, 32, 64, 124, 184]  # in the end every hour
        assert len(hook.got) == len(tries) + 1  # one fails: the other waits with it
        hook.status = 200
        watcher.now += 3600
        assert watcher.look(asked=["test"]).delivered.waiting == 0
        assert {json.loads(body)["what"] for _, body in hook.got} == {"thing 1", "thing 2"}


def test_nobody_answers_and_no_secret_never_stop_a_round(watcher: Watcher) -> None:
    watcher.make(
        "",
        '[webhook]\nurl = "http://127.0.0.1:9/"\nsecret_file = "not there"\n'
        '[mail]\nto = ["a@b"]\nsender = "c@d"\nhost = "127.0.0.1"\nport = 9',
    )
    report = watcher.look(more=[alarm(1)], asked=["test"])
    assert (report.delivered.sent, report.delivered.waiting) == (0, 2)


def test_a_webhook_that_talks_nonsense_never_stops_a_round(watcher: Watcher) -> None:
    class Nonsense(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"220 smtp.example.vn ESMTP\r\n")

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Nonsense)) as port:
        watcher.make("", f'[webhook]\nurl = "http://127.0.0.1:{port}/alarm"')
        report = watcher.look(more=[alarm(1)], asked=["test"])
    assert (report.delivered.sent, report.delivered.waiting) == (0, 1)


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_says_what_is_open_in_both_languages(watcher: Watcher) -> None:
    watcher.make("", '[page]\nfolder = "page"')
    folder = watcher.folder / "page"
    watcher.look()
    assert "Không có cảnh báo nào." in Page((folder / "index.html").read_text()).text
    bad = Alarm("test", "k", "w", Text("<script>alert(1)</script>", '"><img src=x onerror=1>'))
    watcher.look(more=[bad, alarm(3, lasting=True)], asked=["test"])
    for name, sentence in (("index.html", "2 cảnh báo đang mở."), ("en.html", "2 open alarms.")):
        text = (folder / name).read_text()
        page = Page(text)
        assert sentence in page.text
        assert {"script", "img", "style"}.isdisjoint(page.tags)
        assert ("content", POLICY) in page.attributes
        assert not any(key.startswith("on") or key == "style" for key, _ in page.attributes)
        assert not re.search(r"https?://", text)
    assert "<script>alert(1)</script>" in Page((folder / "index.html").read_text()).text
    data = json.loads((folder / "alarms.json").read_text())
    assert (data["ok"], len(data["open"]), data["logs"][0]["size"]) == (False, 2, 1)
    watcher.look(asked=["test"])
    data = json.loads((folder / "alarms.json").read_text())
    assert ([each["what"] for each in data["open"]], data["ended"][0]["what"]) == (["thing 3"], "w")


def test_what_is_settled_is_told_again_only_after_it_was_over(watcher: Watcher) -> None:
    watcher.make()
    (found,) = watcher.look(more=[alarm(1)], asked=["test"]).opened
    assert watcher.state(lambda state: state.settle(found.id, reason="biết rồi", at=watcher.now))
    assert watcher.look(more=[alarm(1)], asked=["test"]).is_clean
    assert watcher.look().is_clean  # nobody asked
    assert watcher.look(more=[alarm(1)], asked=["test"]).is_clean
    assert watcher.look(asked=["test"]).is_clean  # over
    assert watcher.look(more=[alarm(1)], asked=["test"]).new == 1


def test_page_that_cannot_be_written_is_an_alarm(watcher: Watcher) -> None:
    watcher.make("", '[page]\nfolder = "page"')
    (watcher.folder / "page").write_text("a file is in the way")
    assert watcher.kinds() == {"page_not_written"}
    (watcher.folder / "page").unlink()
    assert watcher.look().is_clean
