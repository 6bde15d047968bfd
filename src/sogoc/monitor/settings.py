"""What a monitor follows and whom it tells: `monitor.toml` in its folder.

[[log]]
origin = "log.example.vn/2026"
place = "https://log.example.vn/log.example.vn/2026"   # address or folder of this one log
policy = "policy-1"          # C2SP tlog-policy in this folder: the log's key, witnesses, quorum
closed = false               # true: nothing more may be added, and age is no alarm

[watch]                      # all optional
issuers = ["so-gddt-dak-nong"]      # issuer view: codes of one's own body
own_list = "own-acts.jsonl"         # … what `sogoc register export` wrote, or hashes line by line
leaves = ["9f…"]                    # holder view: leaf hashes of one's own acts
proofs = ["line.tlog-proof"]        # … with line.entry beside
…                                   # the limits of `Watch`

[mail]  …                    # see `Mail`
[webhook]  …                 # see `Webhook`
[page]
folder = "page"
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.text import Text
from sogoc.monitor.sources import FolderSource, Source, WebSource
from sogoc.monitor.state import MonitorError

FILE: Final = "monitor.toml"
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ADDRESS: Final = re.compile(r"[^\x00-\x1f@]*[^\s@]@[^\s@]+")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Log:
    """One log to follow, with the policy this monitor trusts."""

    origin: str
    place: str
    policy: str
    closed: bool = False

    def source(self) -> Source:
        """Return where its files are read."""
        if "://" in self.place:
            return WebSource(self.place.rstrip("/"))
        return FolderSource(Path(self.place))


@dataclass(frozen=True, slots=True)
class Watch:
    """What to look for, and the limits. Minutes, days and acts are whole numbers."""

    issuers: tuple[str, ...] = ()
    own_list: str = ""
    leaves: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    zone: str = "Asia/Ho_Chi_Minh"
    night_from: str = "22:00"
    night_until: str = "05:00"
    night_acts: int = 20
    late_days: int = 75  # the longest time any rule has given from decision to issue
    max_age_minutes: int = 60
    witness_minutes: int = 60
    silent_minutes: int = 5
    behind_minutes: int = 10
    recheck_bundles: int = 64


@dataclass(frozen=True, slots=True)
class Mail:
    """An SMTP server. `security` is `tls`, `starttls` or `none`."""

    to: tuple[str, ...]
    sender: str
    host: str = "localhost"
    port: int = 25
    security: str = "none"
    user: str = ""
    password_file: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes a JSON object a POST; signed when there is a secret."""

    url: str
    secret_file: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Where the page is written."""

    folder: str = "page"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything of `monitor.toml`; relative names are below `folder`."""

    folder: Path
    logs: tuple[Log, ...]
    watch: Watch = field(default_factory=Watch)
    mail: Mail | None = None
    webhook: Webhook | None = None
    page: Page | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        """Ways by which an alarm is sent."""
        given = {"mail": self.mail, "webhook": self.webhook}
        return tuple(name for name, channel in given.items() if channel is not None)

    def policy(self, log: Log) -> Policy:
        """Read the policy of a log. Raises `PolicyError`, `MonitorError`."""
        try:
            return Policy.parse((self.folder / log.policy).read_bytes())
        except OSError as error:
            raise _wrong(f"{log.policy}: {error.strerror}") from None


def read_settings(folder: Path) -> Settings:
    """Read `monitor.toml` strictly. Raises `MonitorError` with what is wrong."""
    try:
        return settings_of((folder / FILE).read_text("utf-8"), folder)
    except OSError as error:
        raise _wrong(f"{FILE}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _wrong(f"{FILE}: {error}") from None


def settings_of(text: str, folder: Path) -> Settings:
    """Return what such a file says. Raises `MonitorError` with what is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(f"{FILE}: {error}") from None
    logs = data.pop("log", [])
    if not isinstance(logs, list) or not logs:
        raise _wrong("[[log]]")
    parts = {
        name: None if part is None else _made(kind, part, name)
        for name, kind in (("mail", Mail), ("webhook", Webhook), ("page", Page))
        for part in [data.pop(name, None)]
    }
    watch = _made(Watch, data.pop("watch", {}), "watch")
    if data:
        raise _wrong(", ".join(data))
    _check_watch(watch)
    hook, mail = parts["webhook"], parts["mail"]
    if isinstance(hook, Webhook) and not _is_address(hook.url):
        raise _wrong("[webhook] url")
    if isinstance(mail, Mail):
        _check_mail(mail)
    made = tuple(_made(Log, log, "log") for log in logs)
    if len({log.origin for log in made}) != len(made):
        raise _wrong("[[log]] origin")
    return Settings(folder, made, watch, **parts)  # type: ignore[arg-type]  # one of its kind each


def settings_text(logs: Sequence[Log], parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the text of a new `monitor.toml`."""
    lines = ["# sogoc monitor; src/sogoc/monitor/settings.py names every key.", ""]
    for log in logs:
        lines += ["[[log]]", *_assigned(log.origin, log.place, log.policy, closed=log.closed), ""]
    for name, part in parts.items():
        lines += [f"[{name}]", *(f"{key} = {_value(value)}" for key, value in part.items()), ""]
    return "\n".join(lines)


def _assigned(origin: str, place: str, policy: str, *, closed: bool) -> list[str]:
    given = {"origin": origin, "place": place, "policy": policy, "closed": closed}
    return [f"{key} = {_value(value)}" for key, value in given.items()]


def _value(value: Any) -> str:
    """JSON of these types is TOML as well."""
    return json.dumps(value, ensure_ascii=False)


def _made(kind: type[T], data: Any, name: str) -> T:
    """Make a dataclass of strings, whole numbers, booleans and lists of strings."""
    if not isinstance(data, dict):
        raise _wrong(f"[{name}]")
    types = {each.name: str(each.type) for each in fields(kind)}  # type: ignore[arg-type]  # dataclasses all
    given: dict[str, Any] = {}
    for key, value in data.items():
        wanted = {"str": str, "int": int, "bool": bool, "tuple[str, ...]": list}.get(
            types.get(key, "")
        )
        fits = type(value) is wanted
        if isinstance(value, list):
            fits = fits and all(isinstance(each, str) for each in value)
            value = tuple(value)  # noqa: PLW2901 - the same, frozen
        if isinstance(value, int) and value < 0:
            fits = False
        if not fits:
            raise _wrong(f"[{name}] {key}")
        given[key] = value
    try:
        return kind(**given)
    except TypeError:
        raise _wrong(f"[{name}]") from None


def _check_watch(watch: Watch) -> None:
    for key in ("night_from", "night_until"):
        if not _CLOCK.fullmatch(getattr(watch, key)):
            raise _wrong(f"[watch] {key}")
    if not all(_HASH.fullmatch(each) for each in watch.leaves):
        raise _wrong("[watch] leaves")

    try:
        ZoneInfo(watch.zone)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        raise _wrong("[watch] zone") from None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _check_mail(mail: Mail) -> None:
    if mail.security not in ("tls", "starttls", "none"):
        raise _wrong("[mail] security")
    if not mail.to or not all(_ADDRESS.fullmatch(each) for each in mail.to):
        raise _wrong("[mail] to")
    if not _ADDRESS.fullmatch(mail.sender):
        raise _wrong("[mail] sender")
    if not 0 < mail.port < 65_536:
        raise _wrong("[mail] port")


def _wrong(part: str) -> Error:
    return MonitorError(
        "monitor_settings",
        Text(
            f"Thiết lập của bộ theo dõi không dùng được: {part}",
            f"The monitor's settings cannot be used: {part}",
        ),
        part=part,
    )
