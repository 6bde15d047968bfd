"""A whole log checked from its files alone.

Everything is made again from the entries: leaf hashes, every full tile, the right edge, the root;
what is stored must be the same bytes, and what was signed the same root. One pass, a bundle at a
time: memory does not grow with the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import VerifierKey, open_note
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import WIDTH, TileBuilder, read_bundle
from sogoc.monitor.sources import Source, SourceError

_MOST: Final = 20
"""Findings after which a log is bad enough: an altered early entry would name every later tile."""
_STEP: Final = 256 * WIDTH

Progress = Callable[[int, int], None]
"""Told how many entries of how many are done."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `what` is the file or entry, as the log names it."""

    kind: str
    what: str
    message: Text


@dataclass(slots=True)
class LogReport:
    """What the files of one log say; `origin` is empty when the checkpoint cannot be read."""

    where: str
    origin: str = ""
    size: int = 0
    root: bytes = b""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, kind: str, what: str, vi: str, en: str) -> None:
        """Note one thing that is wrong."""
        self.findings.append(Finding(kind, what, Text(vi, en)))


def audit_log(
    source: Source, *, vkey: str | None = None, progress: Progress = lambda _done, _of: None
) -> LogReport:
    """Check one log; `vkey` is the key to expect, known from elsewhere.

    Without it the key beside the log is believed, which shows damage but not a log made anew by
    somebody with another key. Raises `SourceError` when an address stops answering.
    """
    report = LogReport(source.where)
    checkpoint = _signed(source, vkey, report)
    if checkpoint is not None:
        report.origin, report.size = checkpoint.origin, checkpoint.size
        report.root = checkpoint.root
        _compare(source, checkpoint, report, progress)
    return report


def _signed(source: Source, vkey: str | None, report: LogReport) -> Checkpoint | None:
    """Return the checkpoint under its key, or None with the reason in the report."""
    try:
        note = source.read("checkpoint")
        key = vkey if vkey is not None else source.read("vkey").decode("utf-8").strip()
        verifier = VerifierKey.parse(key)
        checkpoint = Checkpoint.parse(open_note(note, [verifier]).text)
    except FileNotFoundError as error:
        report.add("file_missing", str(error), f"Thiếu tệp {error}.", f"{error} is missing.")
        return None
    except SourceError:
        raise
    except (Error, UnicodeDecodeError) as error:
        why = error.message if isinstance(error, Error) else Text("không phải UTF-8", "not UTF-8")
        report.add(
            "checkpoint_invalid",
            "checkpoint",
            f"Điểm kiểm không dùng được: {why.vi}",
            f"The checkpoint cannot be relied on: {why.en}",
        )
        return None
    if checkpoint.origin != verifier.name:
        report.add(
            "checkpoint_of_another_log",
            "checkpoint",
            f"Điểm kiểm của “{checkpoint.origin}”, khóa của “{verifier.name}”.",
            f"The checkpoint is of {checkpoint.origin!r}, the key of {verifier.name!r}.",
        )
    return checkpoint


def _compare(source: Source, checkpoint: Checkpoint, report: LogReport, progress: Progress) -> None:
    builder = TileBuilder()
    bundles = -(-checkpoint.size // WIDTH)
    for bundle in range(bundles):
        width = min(WIDTH, checkpoint.size - bundle * WIDTH)
        name = f"tile/entries #{bundle}"
        try:
            builder.extend(read_bundle(source.read, bundle, width))
        except FileNotFoundError:
            report.add(
                "entries_missing", name, f"Thiếu gói mục {bundle}.", f"Bundle {bundle} is missing."
            )
            return
        except SourceError:
            raise
        except Error as error:
            report.add("entries_damaged", name, error.message.vi, error.message.en)
            return
        if not builder.size % _STEP or builder.size == checkpoint.size:
            at_end = builder.size == checkpoint.size
            compare_files(source, builder.take_files(), report, at_end=at_end)
            progress(builder.size, checkpoint.size)
        if len(report.findings) >= _MOST:
            return
    if builder.root() != checkpoint.root:
        report.add(
            "root_differs",
            "checkpoint",
            f"Các mục không cho ra giá trị gốc đã ký ở cỡ {checkpoint.size}: mục đã bị sửa, "
            "hoặc điểm kiểm của lịch sử khác.",
            f"The entries do not give the root signed at size {checkpoint.size}: entries were "
            "altered, or the checkpoint is of another history.",
        )


def compare_files(
    source: Source, files: Iterable[tuple[str, bytes]], report: LogReport, *, at_end: bool
) -> None:
    """Compare the hash tiles that follow from the entries so far with the stored ones.

    Partial tiles only at the end: those of earlier sizes need not be there.
    """
    for path, data in files:
        if "/entries/" in path or (".p/" in path and not at_end):
            continue  # entries were read: what they hash to is compared
        try:
            stored = source.read(path)
        except FileNotFoundError:
            if ".p/" in path and _full_one_begins(source, path, data):
                continue
            report.add("tile_missing", path, f"Thiếu tệp {path}.", f"{path} is missing.")
            continue
        if stored != data:
            report.add(
                "tile_differs",
                path,
                f"Tệp {path} khác với các mục của nó.",
                f"{path} differs from what its entries give.",
            )


def _full_one_begins(source: Source, path: str, data: bytes) -> bool:
    """Whether the full tile, which may replace a partial one, begins with the same hashes."""
    try:
        return source.read(path.partition(".p/")[0]).startswith(data)
    except FileNotFoundError:
        return False
