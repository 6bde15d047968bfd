"""An S3-compatible store on this machine: SeaweedFS, from its wheel."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 60


@dataclass(frozen=True)
class Bucket:
    """What the settings are to be, but for the name of the logs."""

    endpoint: str
    key_id: str
    secret: str

    def settings(self, place: str) -> dict[str, str]:
        return {
            "SOGOC_LOG_STORE": f"s3://logs/{place}",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }


def _free_ports(count: int) -> list[int]:
    """Ports free now, whose neighbour for SeaweedFS' own calls (10,000 above) is free as well.

    All are held until the last is found, so that none is the neighbour of another.
    """
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            one, other = (held.enter_context(socket.socket()) for _ in range(2))
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 10_000))
            except (OSError, OverflowError):
                continue
            found.append(port)
    return found


@contextmanager
def running(folder: Path) -> Iterator[Bucket]:
    """Run a store with its data in `folder`, on loopback, until the block ends."""
    master, volume, filer, s3 = _free_ports(4)
    bucket = Bucket(f"http://127.0.0.1:{s3}", "sogoc", secrets.token_hex(16))
    who = {
        "name": "sogoc",
        "credentials": [{"accessKey": bucket.key_id, "secretKey": bucket.secret}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    anyone = {"name": "anonymous", "actions": ["Read:logs"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [who, anyone]}))
    (folder / "data").mkdir()
    with (folder / "said").open("wb") as said:
        server = subprocess.Popen(
            [
                *(Path(sys.executable).with_name("weed"), "server", f"-dir={folder / 'data'}"),
                *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=20", "-filer=true"),
                *(f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"),
                *("-s3=true", f"-s3.port={s3}", f"-s3.config={folder / 's3.json'}"),
                *("-master.volumeSizeLimitMB=64", "-master.telemetry=false"),
            ],
            stdout=said,
            stderr=said,
        )
    try:
        _wait(bucket, server, folder)
        yield bucket
    finally:
        server.kill()  # asked to stop it takes half a minute; nothing of it is kept
        server.wait()


def _wait(bucket: Bucket, server: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until an object can be written: the volumes come after the door."""
    import obstore

    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert server.poll() is None, (folder / "said").read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{bucket.endpoint}/status", timeout=2):
                pass
            store = obstore.store.S3Store(
                "logs",
                endpoint=bucket.endpoint,
                region="us-east-1",
                access_key_id=bucket.key_id,
                secret_access_key=bucket.secret,
                client_options={"allow_http": True},
                retry_config={"max_retries": 0},
            )
            store.put("ready", b"yes")
        except (OSError, urllib.error.URLError, obstore.exceptions.BaseError):
            assert time.monotonic() < deadline, (folder / "said").read_text()[-2000:]
            time.sleep(0.1)
        else:
            return
