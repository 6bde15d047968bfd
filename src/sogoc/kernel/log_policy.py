"""Which logs and witnesses a reader trusts, and how many of them (C2SP tlog-policy).

A policy is a text of lines `log`, `witness`, `group` and `quorum`. A group is made of witnesses or
of other groups, so that one institution with several witnesses counts as one.

Stricter than the specification in one point: a log's key cannot be a witness's key as well, since
a log that witnesses itself proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import (
    CosignatureError,
    CosignedCheckpoint,
    CosignerKey,
    LogKey,
    open_checkpoint,
    parse_log_key,
)
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import NoteError
from sogoc.kernel.text import Text

NONE: Final = "none"
"""The quorum that needs no witness."""
MAX_POLICY: Final = 1_000_000
"""Longest policy read, in bytes."""
_SAID: Final = 3
"""Problems that the message itself says."""

_BLANK: Final = re.compile(r"[ \t]+")
_FORBIDDEN: Final = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,5}")


class PolicyError(Error):
    """A policy that cannot be used; `problems` holds every one of them, by line."""

    problems: tuple[Problem, ...] = ()

    @staticmethod
    def of(problems: Iterable[Problem]) -> PolicyError:
        """Return one error for all problems."""
        found = tuple(problems)
        some = [each.said() for each in found[:_SAID]]
        error = PolicyError(
            "policy_malformed",
            Text(
                f"Tệp chính sách nhật ký không dùng được. {' '.join(each.vi for each in some)}",
                f"The log policy file cannot be used. {' '.join(each.en for each in some)}",
            ),
            problems=[(each.line, each.message) for each in found],
        )
        error.problems = found
        return error


class QuorumError(Error):
    """A checkpoint that its log signed, but not enough of the witnesses a policy asks for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of a policy, counted from 1; line 0 is the file as a whole."""

    line: int
    message: Text

    def said(self) -> Text:
        """Return the message after its line."""
        if not self.line:
            return self.message
        return Text(f"Dòng {self.line}: {self.message.vi}", f"Line {self.line}: {self.message.en}")


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log that is accepted; its key's name is its origin."""

    key: LogKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness under its name in the policy."""

    name: str
    key: CosignerKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """A group counts as a witness when `threshold` of its members do."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says of a checkpoint whose log signature is valid.

    `witnesses` and `groups` are the names that count as having witnessed it, in the policy's
    order; `is_met` says whether they make the quorum.
    """

    opened: CosignedCheckpoint
    witnesses: tuple[str, ...]
    groups: tuple[str, ...]
    is_met: bool

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint judged."""
        return self.opened.checkpoint


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy without problems; make it by `Policy.parse`, `str()` gives its text back."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str

    @classmethod
    def parse(cls, policy: str | bytes) -> Policy:
        """Read a policy strictly. Raises `PolicyError` with every problem found."""
        reader = _Reader()
        for number, line in enumerate(_lines(policy), 1):
            reader.read(number, line)
        return reader.finish()

    def __str__(self) -> str:
        lines = [_line("log", str(each.key), each.url) for each in self.logs]
        lines += [_line("witness", each.name, str(each.key), each.url) for each in self.witnesses]
        lines += [
            _line("group", each.name, str(each.threshold), *each.members) for each in self.groups
        ]
        return "".join([*lines, _line("quorum", self.quorum)])

    def counting(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the groups that count when the witnesses of these names have cosigned."""
        counted = set(names)
        groups = []
        for group in self.groups:  # a group names only what stands above it
            if sum(member in counted for member in group.members) >= group.threshold:
                counted.add(group.name)
                groups.append(group.name)
        return tuple(groups)

    def is_met_by(self, names: Collection[str]) -> bool:
        """Say whether these witnesses make the quorum."""
        return self.quorum == NONE or self.quorum in (*names, *self.counting(names))

    def judge(self, note: str | bytes, *, log_keys: Iterable[LogKey] = ()) -> Verdict:
        """Judge a cosigned checkpoint; one witness key counts once, however often it signs.

        `log_keys` are accepted beside the logs of the policy. Raises what
        `cosignature.open_checkpoint` raises when the log's signature is missing or any signature
        of a known key is false; a quorum that is not met is in the verdict, not raised.
        """
        logs = [*(each.key for each in self.logs), *log_keys]
        opened = open_checkpoint(note, logs, [each.key for each in self.witnesses])
        keys = {each.key for each in opened.cosignatures}
        names = tuple(each.name for each in self.witnesses if each.key in keys)
        return Verdict(opened, names, self.counting(names), self.is_met_by(names))

    def verify(self, note: str | bytes, *, log_keys: Iterable[LogKey] = ()) -> Verdict:
        """Judge a cosigned checkpoint and raise `QuorumError` unless the quorum is met."""
        verdict = self.judge(note, log_keys=log_keys)
        if not verdict.is_met:
            raise QuorumError(
                "quorum_not_met",
                Text(
                    "Điểm kiểm chưa đủ bên chứng kiến xác nhận theo chính sách.",
                    "Not enough witnesses have cosigned the checkpoint for the policy.",
                ),
                quorum=self.quorum,
                witnesses=list(verdict.witnesses),
                groups=list(verdict.groups),
            )
        return verdict


class _Reader:
    """Collects what lines define, and every problem."""

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: list[PolicyWitness] = []
        self.groups: list[PolicyGroup] = []
        self.quorums: list[str] = []
        self.problems: list[Problem] = []
        self._names: set[str] = set()
        self._members: set[str] = set()
        self._roles: dict[bytes, str] = {}

    def read(self, number: int, line: str) -> None:
        words = _BLANK.split(line.strip(" \t"))
        if not words[0] or words[0].startswith("#"):
            return
        kind, *rest = words
        readers = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        if kind not in readers:
            self.problems.append(Problem(number, _MESSAGES["keyword"].format(word=_shown(kind))))
            return
        self.problems += [Problem(number, message) for message in readers[kind](*rest)]

    def finish(self) -> Policy:
        if len(self.quorums) != 1:
            self.problems.append(Problem(0, _MESSAGES["one_quorum"]))
        if self.problems:
            raise PolicyError.of(self.problems)
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorums[0])

    def _log(self, *words: str) -> Iterable[Text]:
        if not 1 <= len(words) <= 2:
            yield _MESSAGES["log_line"]
            return
        try:
            words[0].encode()
            key = parse_log_key(words[0])
        except (NoteError, CosignatureError, UnicodeError):
            yield _MESSAGES["log_key"]
            return
        yield from self._take_key(key.public_key, "log")
        self.logs.append(PolicyLog(key, *words[1:]))

    def _witness(self, *words: str) -> Iterable[Text]:
        if not 2 <= len(words) <= 3:
            yield _MESSAGES["witness_line"]
            return
        yield from self._take_name(words[0])
        try:
            key = CosignerKey.parse(words[1])
        except CosignatureError:
            yield _MESSAGES["witness_key"]
            return
        yield from self._take_key(key.public_key, "witness")
        self.witnesses.append(PolicyWitness(words[0], key, *words[2:]))

    def _group(self, *words: str) -> Iterable[Text]:
        if len(words) < 3:
            yield _MESSAGES["group_line"]
            return
        name, threshold, *members = words
        for member in members:
            if member not in self._names:
                yield _MESSAGES["unknown"].format(word=_shown(member))
            elif member in self._members:
                yield _MESSAGES["member_twice"].format(word=_shown(member))
            self._members.add(member)
        yield from self._take_name(name)
        if threshold in ("any", "all"):
            needed = 1 if threshold == "any" else len(members)
        elif _NUMBER.fullmatch(threshold) and int(threshold) <= len(members):
            needed = int(threshold)
        else:
            yield _MESSAGES["threshold"].format(count=len(members))
            return
        self.groups.append(PolicyGroup(name, needed, tuple(members)))

    def _quorum(self, *words: str) -> Iterable[Text]:
        self.quorums.append(words[0] if words else "")
        if len(words) != 1:
            yield _MESSAGES["quorum_line"]
        elif words[0] != NONE and words[0] not in self._names:
            yield _MESSAGES["unknown"].format(word=_shown(words[0]))

    def _take_name(self, name: str) -> Iterable[Text]:
        if name == NONE:
            yield _MESSAGES["reserved"]
        elif name in self._names:
            yield _MESSAGES["name_twice"].format(word=_shown(name))
        self._names.add(name)

    def _take_key(self, public_key: bytes, role: str) -> Iterable[Text]:
        if public_key in self._roles:
            yield _MESSAGES["key_twice" if self._roles[public_key] == role else "key_both"]
        self._roles.setdefault(public_key, role)


def _lines(policy: str | bytes) -> list[str]:
    """Return the lines; octets that are not UTF-8 survive as they are, as the format demands."""
    try:
        raw = policy.encode(errors="surrogateescape") if isinstance(policy, str) else policy
    except UnicodeError:
        raise PolicyError.of([Problem(0, _MESSAGES["octet"])]) from None
    if len(raw) > MAX_POLICY:
        raise PolicyError.of([Problem(0, _MESSAGES["length"])])
    bad = [raw.count(b"\n", 0, found.start()) + 1 for found in _FORBIDDEN.finditer(raw)]
    if bad:
        raise PolicyError.of(Problem(number, _MESSAGES["octet"]) for number in sorted(set(bad)))
    return raw.decode(errors="surrogateescape").split("\n")


def _line(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None) + "\n"


def _shown(word: str) -> str:
    """A word of the file as it may be printed."""
    return word.encode(errors="surrogateescape").decode(errors="replace")[:100]


_MESSAGES: Final = {
    "octet": Text("Có ký tự không được phép.", "There is a character that is not allowed."),
    "length": Text("Tệp quá dài.", "The file is too long."),
    "keyword": Text("Không hiểu từ khóa «{word}».", "Unknown keyword “{word}”."),
    "log_line": Text(
        "Dòng log phải là: log <khóa> [<địa chỉ>].", "A log line is: log <vkey> [<url>]."
    ),
    "log_key": Text(
        "Khóa của nhật ký không đúng.", "The log's key is malformed or of a wrong type."
    ),
    "witness_line": Text(
        "Dòng witness phải là: witness <tên> <khóa> [<địa chỉ>].",
        "A witness line is: witness <name> <vkey> [<url>].",
    ),
    "witness_key": Text(
        "Khóa của bên chứng kiến không đúng hoặc không phải khóa xác nhận.",
        "The witness's key is malformed or not a cosigner's.",
    ),
    "group_line": Text(
        "Dòng group phải là: group <tên> <số>|any|all <thành viên>…",
        "A group line is: group <name> <k>|any|all <member>…",
    ),
    "quorum_line": Text(
        "Dòng quorum phải là: quorum <tên>|none.", "A quorum line is: quorum <name>|none."
    ),
    "threshold": Text(
        "Ngưỡng của nhóm phải là any, all hoặc số từ 1 đến {count}.",
        "A group's threshold is any, all or a number from 1 to {count}.",
    ),
    "unknown": Text(
        "«{word}» chưa được định nghĩa ở dòng nào phía trên.",
        "“{word}” is not defined on any line above.",
    ),
    "member_twice": Text(
        "«{word}» đã là thành viên một nhóm.", "“{word}” is a member of a group already."
    ),
    "name_twice": Text("Tên «{word}» đã dùng rồi.", "The name “{word}” is taken."),
    "reserved": Text("Tên «none» dành riêng.", "The name “none” is reserved."),
    "key_twice": Text("Khóa này đã có ở dòng trên.", "This key is on a line above already."),
    "key_both": Text(
        "Một khóa không thể vừa của nhật ký vừa của bên chứng kiến.",
        "One key cannot be a log's and a witness's.",
    ),
    "one_quorum": Text("Phải có đúng một dòng quorum.", "There must be exactly one quorum line."),
}
