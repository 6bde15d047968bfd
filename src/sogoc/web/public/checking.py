"""How anybody checks a log with programs that are not ours: the commands that our tests run."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Tool:
    """A program of others: how to get it, how to ask it, what it then has checked."""

    name: str
    checks: str | Promise
    install: str
    commands: str


def tools(address: str, *, day: str = "") -> tuple[Tool, ...]:
    """Return the tools for the log at `address` (no slash at its end).

    `day` is a day with a time-stamp; without one there is nothing for OpenSSL to judge.
    """
    found = [
        Tool(
            "golang.org/x/mod/sumdb (Go)",
            gettext_lazy(
                "Thư viện canh giữ các gói của Go đọc mọi mục, tính lại cây và chữ ký; mỗi cỡ cũ "
                "phải là phần đầu của cỡ mới. Tệp judge.go trong mã nguồn Sổ Gốc chỉ tải tệp về và "
                "gọi thư viện đó."
            ),
            "apt-get install golang-go golang-golang-x-mod-dev",
            "GO111MODULE=off GOPATH=/usr/share/gocode \\\n"
            f"  go run tests/judges/go/judge.go {address}",
        ),
        Tool(
            "metamorphic-log (Rust), tlog-scales (Python)",
            gettext_lazy(
                "Chữ ký trên điểm kiểm mới nhất, và bằng chứng rằng mục cuối cùng nằm dưới nó."
            ),
            "pip install metamorphic-log tlog-scales",
            f"curl -fsS {address}/checkpoint -o checkpoint\n"
            f"curl -fsS {address}/vkey -o vkey\n"
            'python3 -c "import metamorphic_log as m; '
            "print(m.checkpoint_verify(open('checkpoint').read(), "
            "[open('vkey').read().strip()]))\"\n"
            f"tlog-tiles get-leaf -c {address} -1 > last-entry",
        ),
    ]
    if day:
        found.append(
            Tool(
                "OpenSSL",
                gettext_lazy(
                    "Dấu thời gian của một cơ quan khác trên điểm kiểm cuối ngày: từ đó không ai "
                    "lùi được nhật ký, kể cả người giữ mọi khóa."
                ),
                "apt-get install openssl curl",
                f"curl -fsS {address}/timestamps/{day}.checkpoint -o day.checkpoint\n"
                f"curl -fsS {address}/timestamps/{day}.tsr -o day.tsr\n"
                f"curl -fsS {address}/timestamps/tsa.pem -o tsa.pem\n"
                "openssl ts -verify -data day.checkpoint -in day.tsr -CAfile tsa.pem",
            )
        )
    return tuple(found)
