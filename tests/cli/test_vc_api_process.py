"""`sogoc dev vc-api` as somebody starts it: beside a demo home, whose business date is not its."""

from __future__ import annotations

import http.client
import json
import signal
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.cli.conftest import RUN, Sogoc
from tests.cli.test_vc_api import credential

PATIENCE = 60.0


def test_it_answers_for_today_until_it_is_stopped(demo: Sogoc, tmp_path: Path) -> None:
    file = tmp_path / "vc-api.pem"
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "dev", "vc-api", "--port", "0", "--certificate", str(file),
         "--json"],
        env=demo.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        said = [process.stderr.readline() for _ in range(3)]
        port = int(said[0].split("/")[2].partition(":")[2])
        today = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        context = ssl.create_default_context(cafile=str(file))
        for host in ("localhost", "127.0.0.1"):
            connection = http.client.HTTPSConnection(host, port, context=context, timeout=PATIENCE)
            valid_from = f"{today - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
            signed = post(connection, "issue", {"credential": credential(validFrom=valid_from)})
            document = signed["verifiableCredential"]
            created = datetime.fromisoformat(document["proof"]["created"])
            assert abs(created - today) < timedelta(seconds=PATIENCE)
            assert post(connection, "verify", {"verifiableCredential": document})["verified"]
            connection.close()
    finally:
        process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    found = json.loads(out)
    assert (process.returncode, found["address"]) == (0, f"https://localhost:{port}")
    assert all(f"/{name} – {did}" in "".join(said) for name, did in found["issuers"].items())


def post(connection: http.client.HTTPSConnection, action: str, body: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    connection.request("POST", f"/eddsa/credentials/{action}", json.dumps(body), headers)
    found: dict[str, Any] = json.loads(connection.getresponse().read())
    return found
