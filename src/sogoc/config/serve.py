"""`python -m sogoc.config.serve`: web process and worker of this machine, at 127.0.0.1:$PORT.

A proxy that speaks HTTPS stands before it in production (docs/operations/install.md).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from sogoc.config import boot
from sogoc.kernel.errors import Error


def main() -> int:
    """Start the database, print the address and become gunicorn; return 1 when it cannot."""
    host, port = "127.0.0.1", int(os.environ.get("PORT") or 8000)
    if _is_taken(host, port):
        print(
            f"Cổng {port} đang bận; hãy chọn cổng khác, ví dụ: make serve PORT={port + 1}\n"
            f"Port {port} is in use; choose another: make serve PORT={port + 1}",
            file=sys.stderr,
        )
        return 1
    try:
        boot.setup(start_server=True, serving=True)
    except Error as error:
        print(error.message, error.message.in_language("en"), sep="\n", file=sys.stderr)
        return 1
    _start_worker()
    print(f"Sổ Gốc: http://{host}:{port}/  (Ctrl-C: dừng / stop)", flush=True)
    command = [
        *(sys.executable, "-m", "gunicorn", "sogoc.config.wsgi:application"),
        f"--bind={host}:{port}",
        *("--workers=2", "--threads=4", "--max-requests=20000", "--max-requests-jitter=2000"),
        # Kept connections would all stay with the worker that accepted first, on one core;
        # the proxy keeps those of browsers.
        *("--keep-alive=0", "--log-level=error", "--no-control-socket"),
    ]
    return os.execv(sys.executable, command)  # noqa: S606 - gunicorn of our own environment


def _start_worker() -> None:
    """It lives as long as this process, which becomes gunicorn's master; it needs no pool."""
    kept = {name: value for name, value in os.environ.items() if name != "SOGOC_SERVING"}
    subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "sogoc.config.worker", f"--parent={os.getpid()}"], env=kept
    )


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
