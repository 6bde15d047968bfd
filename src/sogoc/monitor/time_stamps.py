"""The time-stamped checkpoints of a log: under their authority, and beginnings of today's log.

They lie in `timestamps/` beside the checkpoint. Whoever rolls a log back or makes it anew, with all
its keys, cannot make them anew: they are under another's signature and time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cryptography import x509

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.merkle import ProofError, verify_consistency
from sogoc.kernel.notes import VerifierKey, open_note
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import TileReader
from sogoc.kernel.time_stamps import verify_reply
from sogoc.monitor.audit import LogReport
from sogoc.monitor.sources import Source

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def check_time_stamps(
    source: Source,
    report: LogReport,
    *,
    vkey: str | None = None,
    roots: Sequence[x509.Certificate] | None = None,
) -> int:
    """Add to the report of a log what is wrong with its time-stamps; return how many it has.

    `roots` are the authorities to trust; without them those beside the log are believed, which
    shows damage and nothing more. Raises `SourceError` when an address stops answering.
    """
    try:
        days = source.read("timestamps/days").decode("ascii", "replace").split()
    except FileNotFoundError:
        return 0
    try:
        if roots is None:
            roots = x509.load_pem_x509_certificates(source.read("timestamps/tsa.pem"))
        key = VerifierKey.parse(vkey or source.read("vkey").decode("utf-8").strip())
    except (FileNotFoundError, ValueError, Error) as error:
        _say(report, "timestamps", str(error))
        return len(days)
    tiles = TileReader(source.read)
    for day in days:
        name = f"timestamps/{day}"
        if not _DAY.fullmatch(day):
            _say(report, "timestamps/days", day)
            continue
        try:
            note = source.read(f"{name}.checkpoint")
            verify_reply(source.read(f"{name}.tsr"), note, roots)
            stamped = Checkpoint.parse(open_note(note, [key]).text)
            if not _is_beginning(stamped, report, tiles):
                report.add(
                    "time_stamp_contradicts",
                    name,
                    f"Điểm kiểm ngày {day} ({stamped.size} mục) không phải là phần đầu của nhật ký "
                    "này: nhật ký đã bị lùi hoặc làm lại.",
                    f"The checkpoint of {day} ({stamped.size} entries) is no beginning of this "
                    "log: it was rolled back or made anew.",
                )
        except FileNotFoundError as error:
            report.add("file_missing", str(error), f"Thiếu tệp {error}.", f"{error} is missing.")
        except Error as error:
            _say(report, name, error.message)
    return len(days)


def _is_beginning(stamped: Checkpoint, report: LogReport, tiles: TileReader) -> bool:
    """Whether the stamped tree is a beginning of the log as it is; its tiles have been compared."""
    if stamped.size > report.size:
        return False
    proof = tiles.consistency_proof(stamped.size, report.size) if stamped.size else []
    try:
        verify_consistency(stamped.size, report.size, stamped.root, report.root, proof)
    except ProofError:
        return False
    return True


def _say(report: LogReport, what: str, why: str | Text) -> None:
    text = why if isinstance(why, Text) else Text(why, why)
    report.add(
        "time_stamp_invalid",
        what,
        f"Dấu thời gian {what} không dùng được: {text.vi}",
        f"The time-stamp {what} cannot be relied on: {text.en}",
    )
