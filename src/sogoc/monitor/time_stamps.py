"""The time-stamped checkpoints of a log: under their authority, and beginnings of today's log.

They lie in `timestamps/` beside the checkpoint. Whoever rolls a log back or makes it anew, with all
its keys, cannot make them anew: they are under another's signature and time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from cryptography import x509

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.merkle import ProofError, verify_consistency
from sogoc.kernel.notes import VerifierKey, open_note
from sogoc.kernel.periods import VIET_NAM
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import TileReader
from sogoc.kernel.time_stamps import verify_reply
from sogoc.monitor.audit import LogReport
from sogoc.monitor.sources import Source, SourceError

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LATE: Final = timedelta(days=2)
"""After a day's end: its stamp then says little of that day."""


@dataclass(slots=True)
class Stamps:
    """How many days have a stamp; `late` are those, with its time, whose came long after."""

    days: int = 0
    late: list[tuple[str, datetime]] = field(default_factory=list)


def check_time_stamps(
    source: Source,
    report: LogReport,
    *,
    vkey: str | None = None,
    roots: Sequence[x509.Certificate] | None = None,
) -> Stamps:
    """Add to the report of a log what is wrong with its time-stamps; return what it has.

    `roots` are the authorities to trust; without them those beside the log are believed, which
    shows damage and nothing more. Raises `SourceError` when an address stops answering.
    """
    try:
        days = source.read("timestamps/days").decode("ascii", "replace").split()
    except FileNotFoundError:
        return Stamps()
    found = Stamps(len(days))
    try:
        if roots is None:
            roots = x509.load_pem_x509_certificates(source.read("timestamps/tsa.pem"))
        key = VerifierKey.parse(vkey or source.read("vkey").decode("utf-8").strip())
    except FileNotFoundError as error:
        _missing(report, error)
        return found
    except (ValueError, Error) as error:
        _say(report, "timestamps", error.message if isinstance(error, Error) else str(error))
        return found
    one = _Day(source, report, roots, key, TileReader(source.read), found)
    for day in days:
        if not _is_day(day):
            _say(report, "timestamps/days", day)
            continue
        try:
            one.check(day)
        except FileNotFoundError as error:
            _missing(report, error)
        except SourceError:
            raise
        except Error as error:
            _say(report, f"timestamps/{day}", error.message)
    return found


@dataclass(slots=True)
class _Day:
    """Checks the stamps of one log, day after day; `size` is that of the largest one so far."""

    source: Source
    report: LogReport
    roots: Sequence[x509.Certificate]
    key: VerifierKey
    tiles: TileReader
    found: Stamps
    size: int = 0

    def check(self, day: str) -> None:
        """Check one. Raises `FileNotFoundError`, `Error`."""
        name, report = f"timestamps/{day}", self.report
        note = self.source.read(f"{name}.checkpoint")
        at = verify_reply(self.source.read(f"{name}.tsr"), note, self.roots).at.astimezone(VIET_NAM)
        stamped = Checkpoint.parse(open_note(note, [self.key]).text)
        if at.date() < date.fromisoformat(day):
            _say(report, name, Text(f"cấp {at:%d/%m/%Y}, trước ngày đó", f"of {at:%Y-%m-%d}"))
        elif at - timedelta(days=1) - _LATE > _midnight(day):
            self.found.late.append((day, at))
        if stamped.size < self.size or not _is_beginning(stamped, report, self.tiles):
            report.add(
                "time_stamp_contradicts",
                name,
                f"Điểm kiểm ngày {day} ({stamped.size} mục) không phải là phần đầu của nhật ký "
                "này: nhật ký đã bị lùi hoặc làm lại.",
                f"The checkpoint of {day} ({stamped.size} entries) is no beginning of this "
                "log: it was rolled back or made anew.",
            )
        self.size = max(self.size, stamped.size)


def _is_day(day: str) -> bool:
    try:
        return bool(_DAY.fullmatch(day) and date.fromisoformat(day))
    except ValueError:
        return False


def _midnight(day: str) -> datetime:
    """Return when a day begins in Viet Nam."""
    return datetime.combine(date.fromisoformat(day), time(), VIET_NAM)


def _missing(report: LogReport, error: FileNotFoundError) -> None:
    report.add("file_missing", str(error), f"Thiếu tệp {error}.", f"{error} is missing.")


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
