"""One log, from the last checkpoint that was verified to the newest one.

A checkpoint is believed when the log's key signed it, the witnesses of the monitor's own policy
make their quorum, and the entries seen before together with the new ones give its root. Only then
is anything remembered. Memory: one bundle at a time, whatever the log's size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NoReturn

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy, Verdict
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import (
    HEIGHT,
    WIDTH,
    TileBuilder,
    TileReader,
    entries_path,
    read_bundle,
    tile_path,
)
from sogoc.monitor.alarms import Round
from sogoc.monitor.audit import LogReport, compare_files
from sogoc.monitor.own_tree import OwnTree, Unprovable, looked_again, partial, split
from sogoc.monitor.settings import Log, Watch
from sogoc.monitor.sources import Source, SourceError
from sogoc.monitor.state import MonitorState, Seen
from sogoc.monitor.views import Growth, Views

_STEP: Final = 64 * WIDTH
_NOTHING: Final = Seen(0, merkle.EMPTY_ROOT, "", 0, 0)
AHEAD: Final = 300
"""Seconds a witness's clock may be ahead of ours; a later time says nothing of age."""


class _Refused(Exception):
    """The checkpoint is not believed."""


@dataclass(slots=True)
class Follower:
    """Follows one log for one round; `now` in seconds since 1970."""

    log: Log
    source: Source
    policy: Policy
    state: MonitorState
    watch: Watch
    views: Views
    found: Round
    now: int
    shown: int | None = None
    """Size of the checkpoint served in this round, when the log's signature on it is valid."""
    _pending: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.log.origin

    def follow(self) -> None:
        """Verify the newest checkpoint and all that is new; look again at some of the old."""
        verdict = self._opened()
        if verdict is None:
            return
        try:
            self._advance(verdict)
        except _Refused:
            pass
        except SourceError as error:
            self._silent(error.message)
            return
        finally:
            self.keep_evidence()
        self._answered()

    def look_again(self, bundles: int) -> None:
        """Compare `bundles` bundles seen earlier with what the log serves now, in turn."""
        seen = self.state.seen(self.origin)
        if seen is None or not seen.size:
            return
        tree = OwnTree(self.state, self.origin, seen.size, self.source.read)
        (start,) = self.state.rows("select next_bundle from log where origin = ?", self.origin)[0]
        total = -(-seen.size // WIDTH)
        numbers = [(start + step) % total for step in range(min(bundles, total))]
        scope = f"{self.origin}: files"
        try:
            for number in numbers:
                looked_again(tree, self.source.read, number, self._namer(scope, number))
                self.found.ask(f"{scope} {number}")
            self._upper_tiles(tree, numbers, scope)
        except SourceError as error:
            self._silent(error.message)
            return
        self.state.write(
            "update log set next_bundle = ? where origin = ?",
            (start + len(numbers)) % total, self.origin,
        )  # fmt: skip

    # --- the checkpoint ---------------------------------------------------------------------

    def _opened(self) -> Verdict | None:
        """Return the checkpoint under its signatures, or None with the reason as an alarm."""
        scope = f"{self.origin}: checkpoint"
        self.found.ask(scope)
        try:
            note = self.source.read("checkpoint")
        except FileNotFoundError:
            self._alarm(scope, "checkpoint_missing", "không có tệp checkpoint", "has no checkpoint")
            return None
        except SourceError as error:
            self._silent(error.message)
            return None
        try:
            verdict = self.policy.judge(note)
            other = verdict.checkpoint.origin
        except Error as error:
            self._alarm(
                scope, "checkpoint_invalid",
                f"điểm kiểm không dùng được: {error.message.vi}",
                f"the checkpoint cannot be relied on: {error.message.en}",
            )  # fmt: skip
            return None
        if other != self.origin:
            self._alarm(
                scope, "checkpoint_of_another_log",
                f"đưa ra điểm kiểm của “{other}”", f"shows the checkpoint of {other!r}",
            )  # fmt: skip
            return None
        self.shown = verdict.checkpoint.size
        if not verdict.is_met:
            names = ", ".join(verdict.witnesses) or "–"
            self._alarm(
                scope, "quorum_missing",
                f"điểm kiểm cỡ {verdict.checkpoint.size} chưa đủ bên chứng kiến (chỉ có: {names})",
                f"the checkpoint of size {verdict.checkpoint.size} lacks the quorum of witnesses"
                f" (only: {names})",
            )  # fmt: skip
        return verdict

    def _advance(self, verdict: Verdict) -> None:
        new = verdict.checkpoint
        seen = self.state.seen(self.origin) or _NOTHING
        if new.size < seen.size or (new.size == seen.size and new.root != seen.root):
            self._backwards(verdict, seen)
            return
        if new.size == seen.size and seen.size:
            self._same(verdict, seen)
            return
        if not new.size:
            return
        with self.state.changing():
            self._read_new(verdict, seen)

    def _backwards(self, verdict: Verdict, seen: Seen) -> None:
        """A smaller tree, or another one of the same size."""
        new = verdict.checkpoint
        if self.compare(new, verdict.opened.note(), "log") is False:
            return
        if new.size < seen.size:
            self._alarm(
                f"{self.origin}: checkpoint", "log_rolled_back",
                f"đưa ra điểm kiểm cỡ {new.size}, trước đây đã đưa ra cỡ {seen.size}: bản cũ được "
                "phát lại, hoặc nhật ký bị lùi",
                f"shows a checkpoint of size {new.size} after one of {seen.size}: an old one is "
                "replayed, or the log was rolled back",
            )  # fmt: skip

    def _same(self, verdict: Verdict, seen: Seen) -> None:
        if verdict.is_met:
            witnessed = max(seen.witnessed_at, *self._times(verdict))
            note = verdict.opened.note()
            later = Seen(seen.size, seen.root, note, seen.first_seen_at, witnessed)
            self.state.remember(self.origin, later)
            self._cosigned(verdict)

    def compare(self, other: Checkpoint, note: str, who: str) -> bool | None:
        """Whether a signed checkpoint is of the history seen here; None when that cannot be told.

        One that is not is kept as evidence: the log has signed two histories.
        """
        seen = self.state.seen(self.origin)
        if seen is None or other.size > seen.size:
            return None
        tree = OwnTree(self.state, self.origin, seen.size, self.source.read)
        try:
            root = seen.root if other.size == seen.size else tree.root(other.size)
        except (Unprovable, SourceError):
            return None
        if root == other.root:
            return True
        self._fork(f"{other.size} {who}", other.size, note, seen)
        return False

    def keep_evidence(self) -> None:
        """Write down what contradicts; outside any transaction that is undone."""
        for kind, note, own in self._pending:
            self.state.keep_evidence(self.origin, kind, note, own, self.now)
        self._pending.clear()

    def _fork(self, what: str, size: int, note: str, seen: Seen) -> None:
        self._pending.append(("fork", note, seen.note))
        self.found.raise_alarm(
            f"{self.origin}: history", "history_rewritten", f"{self.origin} {what}",
            f"{self.origin}: đã ký hai lịch sử khác nhau (cỡ {size}). Hai điểm kiểm mâu thuẫn được "
            "giữ làm bằng chứng.",
            f"{self.origin}: has signed two histories (size {size}). Both notes are kept as "
            "evidence.",
            lasting=True,
        )  # fmt: skip

    # --- new entries ------------------------------------------------------------------------

    def _read_new(self, verdict: Verdict, seen: Seen) -> None:
        """Read what is new inside the state's transaction; leave it by `_Refused` otherwise."""
        new = verdict.checkpoint
        edge = self.state.edge(self.origin)
        builder = (
            TileBuilder.resume(seen.size, seen.root, edge.__getitem__)
            if seen.size
            else TileBuilder()
        )
        at = max(min(self._times(verdict)) or self.now, seen.witnessed_at)
        growth = Growth(self.origin, seen.size, new.size, at, is_first=not seen.size)
        visit = self.views.visitor(growth)
        report = LogReport(self.source.where)
        number = seen.size // WIDTH
        skip = seen.size % WIDTH
        partials: list[tuple[str, bytes]] = []
        while builder.size < new.size:
            width = min(WIDTH, new.size - number * WIDTH)
            entries = self._bundle(number, width)
            if skip and [merkle.leaf_hash(each) for each in entries[:skip]] != split(
                edge[_edge_path(seen.size)]
            ):
                self._not_of_this_history(verdict, seen, f"{entries_path(number, width)}")
            for entry in entries[skip:]:
                visit(builder.size, entry)
                builder.append(entry)
            number, skip = number + 1, 0
            if not builder.size % _STEP or builder.size == new.size:
                partials = self._files(builder, report, at_end=builder.size == new.size)
        if builder.root() != new.root:
            self._not_of_this_history(verdict, seen, "root")
        if not verdict.is_met:
            raise _Refused
        self._tile_alarms(report)
        self._remember(verdict, partials)
        self.views.accept(growth)

    def _bundle(self, number: int, width: int) -> list[bytes]:
        scope = f"{self.origin}: entries"
        self.found.ask(scope)
        path = entries_path(number, width)
        try:
            return read_bundle(self.source.read, number, width)
        except FileNotFoundError:
            self._alarm(scope, "entries_missing", f"thiếu {path}", f"{path} is missing", path)
        except SourceError:
            raise
        except Error as error:
            self._alarm(
                scope, "entries_damaged",
                f"{path}: {error.message.vi}", f"{path}: {error.message.en}", path,
            )  # fmt: skip
        raise _Refused

    def _files(
        self, builder: TileBuilder, report: LogReport, *, at_end: bool
    ) -> list[tuple[str, bytes]]:
        """Compare the tiles made with those stored, note bundle roots, return the partial files."""
        files = builder.take_files()
        compare_files(self.source, files, report, at_end=at_end)
        roots = []
        partials = []
        for path, data in files:
            if ".p/" in path:
                partials.append((path, data))
            elif path.startswith("tile/0/"):
                number = int(path.removeprefix("tile/0/").replace("x", "").replace("/", ""))
                roots.append((self.origin, number, merkle.root_hash(split(data))))
        self.state.write_many("insert into bundle (origin, number, root) values (?, ?, ?)", roots)
        return partials

    def _not_of_this_history(self, verdict: Verdict, seen: Seen, what: str) -> NoReturn:
        """The entries do not give the root signed: are they damaged, or is the history another?"""
        new = verdict.checkpoint
        note = verdict.opened.note()
        before = self._root_before(new, seen.size)
        if before is not None and before != seen.root:
            self._fork(f"{new.size} log", new.size, note, seen)
        elif before is None and seen.size:
            self._pending.append(("unproven", note, seen.note))
            self._alarm(
                f"{self.origin}: entries", "history_unproven",
                f"không chứng minh được điểm kiểm cỡ {new.size} chứa lịch sử đã thấy",
                f"does not prove that its checkpoint of size {new.size} holds the history seen",
            )  # fmt: skip
        self._alarm(
            f"{self.origin}: entries", "entries_do_not_fit",
            f"các mục không cho ra giá trị gốc đã ký ở cỡ {new.size} ({what})",
            f"the entries do not give the root signed at size {new.size} ({what})",
        )  # fmt: skip
        raise _Refused

    def _root_before(self, new: Checkpoint, size: int) -> bytes | None:
        """Return the root that the signed tree had at an earlier size, proven by the log's tiles.

        None when the tiles do not prove any: they are damaged.
        """
        try:
            reader = TileReader(self.source.read, cached_tiles=64)
            root = reader.root(size, within=new.size)
            proof = reader.consistency_proof(size, new.size)
            merkle.verify_consistency(size, new.size, root, new.root, proof)
        except (Error, FileNotFoundError):
            return None
        return root

    def _remember(self, verdict: Verdict, partials: list[tuple[str, bytes]]) -> None:
        new = verdict.checkpoint
        times = self._times(verdict)
        seen = Seen(new.size, new.root, verdict.opened.note(), self.now, max(times))
        self.state.remember(self.origin, seen)
        self.state.write("delete from edge where origin = ?", self.origin)
        self.state.write_many(
            "insert into edge (origin, path, data) values (?, ?, ?)",
            [(self.origin, path, data) for path, data in partials],
        )
        self._cosigned(verdict)

    def _cosigned(self, verdict: Verdict) -> None:
        names = {each.key: each.name for each in self.policy.witnesses}
        for each in verdict.opened.cosignatures:
            self.heard(names[each.key], each.timestamp)

    def heard(self, witness: str, at: int) -> None:
        """Note the time a witness stated; one that is still to come is an alarm, not a sign."""
        scope = f"{self.origin}: clock {witness}"
        self.found.ask(scope)
        if at <= self.now + AHEAD:
            self.state.is_well(self.origin, f"witness {witness}", min(at, self.now))
            return
        self._alarm(
            scope, "witness_ahead",
            f"bên chứng kiến “{witness}” ghi một thời điểm chưa đến: đồng hồ sai, hoặc cố ý",
            f"witness {witness!r} states a time that is still to come: its clock is wrong, or it "
            "means to",
            witness,
        )  # fmt: skip

    def _times(self, verdict: Verdict) -> list[int]:
        """Times that witnesses state, as far as they have come; [0] without any."""
        stated = [each.timestamp for each in verdict.opened.cosignatures]
        return [min(at, self.now) for at in stated if at <= self.now + AHEAD] or [0]

    # --- files ------------------------------------------------------------------------------

    def _upper_tiles(self, tree: OwnTree, numbers: list[int], scope: str) -> None:
        """Compare the tiles above the bundles looked at."""
        level, places = 1, sorted(set(numbers))
        while tree.size >> HEIGHT * level:
            count = -(-(tree.size >> HEIGHT * level) // WIDTH)
            places = sorted({place // WIDTH for place in places})
            for place in (place for place in places if place < count):
                self._upper_tile(tree, level, place, f"{scope} {level}/{place}")
            level += 1

    def _upper_tile(self, tree: OwnTree, level: int, place: int, scope: str) -> None:
        expected = tree.tile(level, place)
        width = len(expected) // merkle.HASH_SIZE
        path = tile_path(level, place, width)
        if partial(self.source.read, path, width) != expected:
            self._alarm(
                scope, "tile_changed",
                f"tệp {path} không còn như đã thấy", f"{path} is no longer what was seen", path,
            )  # fmt: skip
        self.found.ask(scope)

    def _namer(self, scope: str, number: int) -> _Namer:
        return _Namer(self.found, self.origin, f"{scope} {number}", number)

    def _tile_alarms(self, report: LogReport) -> None:
        scope = f"{self.origin}: new files"
        self.found.ask(scope)
        for each in report.findings:
            self._alarm(scope, each.kind, each.message.vi, each.message.en, each.what)

    # --- saying so --------------------------------------------------------------------------

    def _answered(self) -> None:
        self.found.ask(f"{self.origin}: answer")
        self.state.is_well(self.origin, "answer", self.now)

    def _silent(self, why: Text) -> None:
        """Alarm once it has been silent for a while, or ever since it is followed."""
        last = self.state.well_at(self.origin, "answer")
        if last is not None and self.now - last < 60 * self.watch.silent_minutes:
            return
        self._alarm(
            f"{self.origin}: answer", "log_silent",
            f"không trả lời: {why.vi}", f"does not answer: {why.en}",
        )  # fmt: skip

    def _alarm(self, scope: str, kind: str, vi: str, en: str, part: str = "") -> None:
        what = f"{self.origin}/{part}" if part else self.origin
        vi, en = (f"{self.origin}: {text.rstrip('.')}." for text in (vi, en))
        self.found.raise_alarm(scope, kind, what, vi, en)


@dataclass(frozen=True, slots=True)
class _Namer:
    """Raises the alarms of one bundle that is no longer what was seen."""

    found: Round
    origin: str
    scope: str
    number: int

    def __call__(self, kind: str, index: int | None) -> None:
        place = f"{self.origin}/{index}" if index is not None else self.scope
        vi, en = _CHANGED[kind]
        self.found.raise_alarm(
            self.scope, kind, place,
            f"{self.origin}: {vi.format(index=index, number=self.number)}.",
            f"{self.origin}: {en.format(index=index, number=self.number)}.",
        )  # fmt: skip


def _edge_path(size: int) -> str:
    return tile_path(0, size // WIDTH, size % WIDTH)


_CHANGED: Final = {
    "entry_changed": (
        "mục {index} đã bị sửa sau khi công bố",
        "entry {index} was changed after it was published",
    ),
    "entries_gone": (
        "gói mục {number} đã công bố nay bị mất",
        "entry bundle {number} was published and is gone",
    ),
    "entries_damaged": (
        "gói mục {number} không còn như đã công bố",
        "entry bundle {number} is no longer what was published",
    ),
    "tile_changed": (
        "tệp băm {number} không còn như đã công bố",
        "hash tile {number} is no longer what was published",
    ),
    "tile_gone": (
        "tệp băm {number} đã công bố nay bị mất",
        "hash tile {number} was published and is gone",
    ),
}
