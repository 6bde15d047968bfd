"""What is looked for in the entries themselves: the issuer's, the rules' and the holder's view.

A leaf shows act, issuer, book, number in the book, decision and reference; nothing of a person. An
act's time is known from outside only by the witnesses' times on the first checkpoint that covers
it, so of entries that were there when following began no time is judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import Leaf, leaf_hash, parse_leaf
from sogoc.kernel.text import Text
from sogoc.monitor.alarms import MOST, Alarm, Round
from sogoc.monitor.settings import Settings, Watch
from sogoc.monitor.state import MonitorState

_OLD_BOOK: Final = "/so-cu"
"""End of the name of a digitised book, which keeps its gaps and repeats as found."""
_STATES: Final = frozenset({"status_list"})
"""Acts of leaves that say how things stand, published by machine day and night: no acts."""
_KEYS: Final = ("leaf", "revocation_leaf", "erasure_leaf", "commitment")
"""Members of an exported line that name leaves or commitments."""

_ACTS: Final = {"revoke": "thu hồi", "correct": "chỉnh sửa", "erase": "xóa dữ liệu cá nhân"}
"""Vietnamese names of acts that refer to another."""

_FLUSH: Final = 1_000
"""Own acts gathered before they are written."""

Visit = Callable[[int, bytes], None]


@dataclass(slots=True)
class Growth:
    """Entries `[start, stop)` of a log, which were there at `at` (seconds since 1970)."""

    origin: str
    start: int
    stop: int
    at: int
    is_first: bool
    alarms: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    books: dict[tuple[str, str], int] = field(default_factory=dict)
    nights: dict[str, int] = field(default_factory=dict)
    own: list[tuple[str, int, bytes, bytes, str]] = field(default_factory=list)

    def alarm(self, kind: str, what: str, vi: str, en: str) -> None:
        """Note a lasting alarm; of each kind only the first ones in full."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= MOST:
            self.alarms.append((kind, what, vi, en, f"{self.origin}: {kind}"))


@dataclass(slots=True)
class Views:
    """Reads the entries of all logs of one round."""

    settings: Settings
    state: MonitorState
    found: Round
    now: int
    _leaves: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Gather the leaves of the holder's own acts."""
        watch, folder = self.settings.watch, self.settings.folder
        hashes = set(watch.leaves)
        for name in watch.proofs:
            try:
                hashes.add(leaf_hash(entry_of(folder / name)).hex())
            except OSError:
                continue  # `proofs.py` says that it cannot be read
        self._leaves = frozenset(hashes)

    @property
    def _watch(self) -> Watch:
        return self.settings.watch

    def visitor(self, growth: Growth) -> Visit:
        """Return what looks at each new entry; nothing is kept before `accept`."""
        issuers = frozenset(self._watch.issuers)
        zone = ZoneInfo(self._watch.zone)
        local = datetime.fromtimestamp(growth.at, UTC).astimezone(zone)
        is_night = not growth.is_first and _is_night(self._watch, local.time())
        latest = local.date() - timedelta(days=self._watch.late_days)

        def visit(index: int, entry: bytes) -> None:
            try:
                leaf = parse_leaf(entry)
            except Error:
                growth.alarm(
                    "entry_foreign", f"{growth.origin}/{index}",
                    f"mục {index} không phải một lá của sổ gốc", f"entry {index} is no leaf",
                )  # fmt: skip
                return
            if leaf.reference is not None and leaf.reference in self._leaves:
                self._mine(growth, index, leaf)
            if leaf.book is None or leaf.act in _STATES:
                return
            if leaf.issuer in issuers:
                hashed = leaf_hash(entry)
                growth.own.append((growth.origin, index, hashed, leaf.commitment, _said(leaf)))
                if len(growth.own) >= _FLUSH:
                    self._keep_own(growth)
            self._number(growth, index, leaf)
            if growth.is_first:
                return
            if leaf.decision is not None and leaf.act == "issue":
                decided = leaf.decision[1]
                if decided < latest or decided > local.date():
                    self._undue(growth, index, leaf, decided > local.date())
            if is_night:
                growth.nights[leaf.issuer] = growth.nights.get(leaf.issuer, 0) + 1

        return visit

    def accept(self, growth: Growth) -> None:
        """Keep what was seen, inside the state's transaction, and raise its alarms."""
        state, origin = self.state, growth.origin
        self._keep_own(growth)
        state.write_many(
            "insert into book (origin, issuer, book, last) values (?, ?, ?, ?)"
            " on conflict (origin, issuer, book) do update set last = excluded.last",
            [(origin, *of, last) for of, last in growth.books.items()],
        )
        if growth.nights:
            self._nights(growth)
        for kind, count in list(growth.counts.items()):
            if count > MOST:
                growth.alarm(
                    f"{kind}_more", f"{origin}/{growth.start}",
                    f"tổng cộng {count} mục như vậy từ mục {growth.start}",
                    f"{count} such entries in all from entry {growth.start}",
                )  # fmt: skip
        for kind, what, vi, en, scope in growth.alarms:
            self.found.raise_alarm(
                scope, kind, what, f"{origin}: {vi}.", f"{origin}: {en}.", lasting=True
            )

    def _keep_own(self, growth: Growth) -> None:
        """Write what was gathered; the transaction takes it back if the checkpoint is refused."""
        self.state.write_many(
            "insert into own (origin, number, leaf, commitment, described) values (?, ?, ?, ?, ?)",
            growth.own,
        )
        growth.own.clear()

    # --- rules ------------------------------------------------------------------------------

    def _number(self, growth: Growth, index: int, leaf: Leaf) -> None:
        """Numbers in a live book follow each other; what was passed over may still come."""
        assert leaf.book is not None  # noqa: S101 - asked before
        if leaf.sequence is None or leaf.book.endswith(_OLD_BOOK):
            return
        of, number = (leaf.issuer, leaf.book), leaf.sequence
        last = growth.books.get(of)
        if last is None:
            rows = self.state.rows(
                "select last from book where origin = ? and issuer = ? and book = ?",
                growth.origin, *of,
            )  # fmt: skip
            last = rows[0][0] if rows else number - 1
        if number > last:
            if number > last + 1:
                self._add_gap(growth.origin, *of, last + 1, number - 1)
            growth.books[of] = number
            return
        growth.books[of] = last
        if not self._fill(growth.origin, *of, number):
            growth.alarm(
                "number_repeated", f"{growth.origin}/{index}",
                f"mục {index}: số {number} của sổ {leaf.book}, {leaf.issuer} đã dùng trước đó",
                f"entry {index}: number {number} of book {leaf.book}, {leaf.issuer} came before",
            )  # fmt: skip

    def _add_gap(self, origin: str, issuer: str, book: str, low: int, high: int) -> None:
        if low <= high:
            self.state.write(
                "insert into gap values (?, ?, ?, ?, ?)", origin, issuer, book, low, high
            )

    def _fill(self, origin: str, issuer: str, book: str, number: int) -> bool:
        """Take a number out of the gaps; say whether it was in one."""
        rows = self.state.rows(
            "select low, high from gap where origin = ? and issuer = ? and book = ?"
            " and low <= ? and high >= ?",
            origin, issuer, book, number, number,
        )  # fmt: skip
        if not rows:
            return False
        low, high = rows[0]
        self.state.write(
            "delete from gap where origin = ? and issuer = ? and book = ? and low = ?",
            origin, issuer, book, low,
        )  # fmt: skip
        self._add_gap(origin, issuer, book, low, number - 1)
        self._add_gap(origin, issuer, book, number + 1, high)
        return True

    def _undue(self, growth: Growth, index: int, leaf: Leaf, is_ahead: bool) -> None:
        assert leaf.decision is not None  # noqa: S101 - asked before
        day = leaf.decision[1]
        if is_ahead:
            growth.alarm(
                "decision_ahead", f"{growth.origin}/{index}",
                f"mục {index}: quyết định ghi ngày {day:%d/%m/%Y}, chưa đến",
                f"entry {index}: its decision is dated {day}, which is still to come",
            )  # fmt: skip
            return
        growth.alarm(
            "act_late", f"{growth.origin}/{index}",
            f"mục {index} ({_said(leaf)}): quyết định ngày {day:%d/%m/%Y}, vào sổ quá "
            f"{self._watch.late_days} ngày sau",
            f"entry {index} ({_said(leaf)}): decided on {day}, entered more than "
            f"{self._watch.late_days} days later",
        )  # fmt: skip

    def _nights(self, growth: Growth) -> None:
        zone = ZoneInfo(self._watch.zone)
        local = datetime.fromtimestamp(growth.at, UTC).astimezone(zone)
        night = (local - timedelta(hours=12)).date().isoformat()  # one name from dusk to dawn
        for issuer, acts in growth.nights.items():
            self.state.write(
                "insert into night (origin, issuer, night, acts) values (?, ?, ?, ?)"
                " on conflict (origin, issuer, night) do update set acts = acts + excluded.acts",
                growth.origin, issuer, night, acts,
            )  # fmt: skip
            (total,) = self.state.rows(
                "select acts from night where origin = ? and issuer = ? and night = ?",
                growth.origin, issuer, night,
            )[0]  # fmt: skip
            if total >= self._watch.night_acts:
                growth.alarm(
                    "night_burst", f"{growth.origin} {issuer} {night}",
                    f"{issuer}: {total} việc vào sổ trong đêm {night}",
                    f"{issuer}: {total} acts entered in the night of {night}",
                )  # fmt: skip

    def gaps(self) -> None:
        """Ask which numbers are still missing, in every book."""
        self.found.ask("gaps")
        self.found.add(
            Alarm(
                "gaps", "number_missing", f"{origin} {issuer} {book} {low}",
                Text(
                    f"{origin}: sổ {book} của {issuer} thiếu số {_span(low, high)}.",
                    f"{origin}: book {book} of {issuer} lacks number {_span(low, high)}.",
                ),
            )
            for origin, issuer, book, low, high in self.state.stream(
                "select * from gap order by origin, issuer, book, low"
            )
        )  # fmt: skip

    # --- the holder -------------------------------------------------------------------------

    def _mine(self, growth: Growth, index: int, leaf: Leaf) -> None:
        growth.alarm(
            "act_on_mine", f"{growth.origin}/{index}",
            f"mục {index}: {leaf.issuer} {_ACTS.get(leaf.act, leaf.act)} ({leaf.act}), viện dẫn "
            f"{leaf.reference} của bạn",
            f"entry {index}: the act {leaf.act!r} of {leaf.issuer} refers to your {leaf.reference}",
        )  # fmt: skip

    # --- the issuer -------------------------------------------------------------------------

    def own_acts(self) -> None:
        """Compare the acts in one's name with one's own list, both ways."""
        watch = self._watch
        if not watch.issuers or not watch.own_list:
            return
        self.found.ask("own list")
        file = self.settings.folder / watch.own_list
        self.state.write("create temp table if not exists listed (value blob primary key)")
        self.state.write("delete from temp.listed")
        try:
            with self.state.changing():
                self.state.write_many(
                    "insert or ignore into temp.listed values (?)",
                    ((value,) for value in listed(file)),
                )
        except (OSError, ValueError) as error:
            self.found.raise_alarm(
                "own list", "list_unreadable", watch.own_list,
                f"Không đọc được danh sách {watch.own_list}: {error}",
                f"The list {watch.own_list} cannot be read: {error}",
            )  # fmt: skip
            return
        self.found.add(self._unlisted())
        self.found.add(self._absent())

    def _unlisted(self) -> Iterator[Alarm]:
        for origin, index, described in self.state.stream(
            "select origin, number, described from own"
            " where leaf not in (select value from temp.listed)"
            " and commitment not in (select value from temp.listed) order by origin, number"
        ):
            yield Alarm(
                "own list", "act_not_listed", f"{origin}/{index}",
                Text(
                    f"{origin}: mục {index} ({described}) đứng tên bạn, không có trong danh sách.",
                    f"{origin}: entry {index} ({described}) is in your name and not on your list.",
                ),
            )  # fmt: skip

    def _absent(self) -> Iterator[Alarm]:
        for (value,) in self.state.stream(
            "select value from temp.listed where value not in (select leaf from own)"
            " and value not in (select commitment from own) order by value"
        ):
            yield Alarm(
                "own list", "act_not_logged", value.hex(),
                Text(
                    f"Trong danh sách có {value.hex()}, không thấy trong nhật ký nào.",
                    f"{value.hex()} is on your list and in no log.",
                ),
            )  # fmt: skip


def listed(file: Path) -> Iterator[bytes]:
    """Yield the hashes a list names: hex in lines, or what `sogoc register export --leaves` wrote.

    Raises `OSError`, and `ValueError` for a line that is neither.
    """
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            try:
                yield from _hashes(text)
            except (ValueError, TypeError):
                raise ValueError(f"line {number}") from None


def _hashes(text: str) -> Iterator[bytes]:
    if text.startswith("{"):
        members = json.loads(text)
        named = [members[key] for key in _KEYS if members.get(key)]
        if not named:
            raise ValueError
    else:
        named = [text]
    for each in named:
        value = bytes.fromhex(each)
        if len(value) != 32:
            raise ValueError
        yield value


def entry_of(proof: Path) -> bytes:
    """Return the entry beside a holder's proof: the same name, ending in `.entry`."""
    return proof.with_suffix(".entry").read_bytes()


def _is_night(watch: Watch, now: time) -> bool:
    start, stop = time.fromisoformat(watch.night_from), time.fromisoformat(watch.night_until)
    return start <= now < stop if start <= stop else now >= start or now < stop


def _said(leaf: Leaf) -> str:
    number = "" if leaf.sequence is None else f" {leaf.sequence}"
    return f"{leaf.act} {leaf.book}{number}"


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"
