"""`python -m sogoc.signer DIR`: start the signer of a directory in the background.

It prints `ready` once the signer listens, `served` when one does already, or the error as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from pathlib import Path

from sogoc.kernel.errors import Error
from sogoc.signer.server import IDLE_SECONDS, serve


def main() -> int:
    """Fork the signer off and wait until it says how it stands."""
    options = argparse.ArgumentParser()
    options.add_argument("directory", type=Path)
    options.add_argument("--witnesses", type=Path)
    options.add_argument("--idle", type=float, default=IDLE_SECONDS)
    chosen = options.parse_args()
    reader, writer = os.pipe()
    if not os.fork():
        os.close(reader)
        _become(chosen.directory, chosen.witnesses, chosen.idle, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        said = told.read()
    sys.stdout.buffer.write(said or b"ended\n")
    return 0 if said in (b"ready\n", b"served\n") else 1


def _become(directory: Path, witnesses: Path | None, idle: float, writer: int) -> None:
    """Be the signer, in a session of its own and with nothing of the caller's but the error log."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)

    def tell(said: bytes) -> None:
        os.write(writer, said + b"\n")
        os.close(writer)

    try:
        os.chdir("/")
        if not serve(directory, witnesses=witnesses, idle=idle, ready=lambda: tell(b"ready")):
            tell(b"served")
        os._exit(0)
    except Error as error:
        said = {"code": error.code, "vi": error.message.vi, "en": error.message.en}
        tell(json.dumps({**said, "context": error.context}).encode())
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
