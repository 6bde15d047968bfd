"""``sogoc dev``: for people who develop or try conformance suites; touches no home."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import Output, command

PORT = 40443


@click.group()
def dev() -> None:
    """Cho người phát triển và bộ thử tuân thủ. / For developers and conformance suites."""


@dev.command("vc-api")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True)
@click.option(
    "--certificate",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ghi chứng thư TLS tự ký vào tệp. / Write the self-signed TLS certificate.",
)
@click.pass_obj
@command
def vc_api(
    _environment: Environment,
    *,
    port: int,
    target: Path | None,
    output: Output,
) -> None:
    """VC-API qua HTTPS trên máy này, khóa thử nghiệm mới mỗi lần chạy, không đụng sổ gốc.

    Đường dẫn: /eddsa (kèm trạng thái), /ecdsa (P-256) và /ecdsa-p384, rồi /credentials/issue,
    /credentials/verify, /credentials/status, /presentations/prove, /presentations/verify; GET / nói
    DID của từng nơi. Bộ thử nào dùng đường nào: docs/reference/conformance.md.

    / A VC-API over HTTPS on loopback with new keys at each start; it never touches a register.
    Which suite takes which path: docs/reference/conformance.md. GET / says the DID of each issuer.
    """
    from sogoc.cli.vc_api import vc_api_server

    server, certificate, issuers = vc_api_server(port=port, now=_now)
    if target is not None:
        target.write_bytes(certificate)
    address = f"https://localhost:{server.server_port}"
    for name, did in issuers.items():
        output.note(f"{address}/{name} – {did}", f"{address}/{name} – {did}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    output.result({"address": address, "issuers": issuers})


def _now() -> datetime:
    """Suites send documents of today, also beside a demo home with a date of its own."""
    return datetime.now(UTC)
