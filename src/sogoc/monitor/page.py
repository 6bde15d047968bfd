"""The page a monitor writes: plain files for any web server, in Vietnamese and English, and JSON.

No script, no address outside, a content security policy; what comes from a log is escaped.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any, Final

from sogoc.monitor.delivery import as_data, iso
from sogoc.monitor.settings import Settings
from sogoc.monitor.state import MonitorState, StoredAlarm

POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
_ENDED: Final = 50
_FILES: Final = {"vi": "index.html", "en": "en.html"}
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Theo dõi nhật ký sổ gốc", "Monitor of the register's log"),
    "other": ("English", "Tiếng Việt"),
    "fine": ("Không có cảnh báo nào.", "No alarms."),
    "open": ("Cảnh báo đang mở", "Open alarms"),
    "ended": ("Đã hết hoặc đã giải quyết", "Over or settled"),
    "logs": ("Các nhật ký", "Logs"),
    "written": ("Ghi lúc", "Written at"),
    "size": ("Số mục đã kiểm", "Entries verified"),
    "log": ("Nhật ký", "Log"),
    "since": ("Từ lúc", "Since"),
    "kind": ("Loại", "Kind"),
    "what": ("Nội dung", "What"),
    "until": ("Đến lúc", "Until"),
    "reason": ("Lý do", "Reason"),
    "witnessed": ("Chứng kiến lúc", "Witnessed at"),
    "never": ("chưa kiểm được", "not verified yet"),
    "count": ("{n} cảnh báo đang mở.", "{n} open alarms."),
    "more": (
        "Trang này do một bên theo dõi độc lập ghi ra từ các tệp công khai của nhật ký.",
        "An independent monitor writes this page from the log's public files.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Log:
    origin: str
    size: int | None
    witnessed_at: int


def write_page(settings: Settings, state: MonitorState, folder: Path, *, now: int) -> None:
    """Write `index.html`, `en.html`, `style.css` and `alarms.json` into a folder."""
    opened, ended = state.alarms(), state.alarms(ended=True, limit=_ENDED)
    logs = [_log(state, log.origin) for log in settings.logs]
    folder.mkdir(parents=True, exist_ok=True)
    style = resources.files("sogoc.monitor").joinpath("page.css").read_text("utf-8")
    _replace(folder / "style.css", style)
    _replace(
        folder / "alarms.json", json.dumps(_data(opened, ended, logs, now), ensure_ascii=False)
    )
    for language, name in _FILES.items():
        _replace(folder / name, _html(language, opened, ended, logs, now))


def _log(state: MonitorState, origin: str) -> _Log:
    seen = state.seen(origin)
    return _Log(origin, None, 0) if seen is None else _Log(origin, seen.size, seen.witnessed_at)


def _data(
    opened: Sequence[StoredAlarm], ended: Sequence[StoredAlarm], logs: Iterable[_Log], now: int
) -> dict[str, Any]:
    return {
        "written_at": iso(now),
        "ok": not opened,
        "logs": [
            {
                "origin": log.origin,
                "size": log.size,
                "witnessed_at": iso(log.witnessed_at) if log.witnessed_at else None,
            }
            for log in logs
        ],
        "open": [as_data(each) for each in opened],
        "ended": [as_data(each) for each in ended],
    }


def _html(
    language: str,
    opened: Sequence[StoredAlarm],
    ended: Sequence[StoredAlarm],
    logs: Sequence[_Log],
    now: int,
) -> str:
    other = "en" if language == "vi" else "vi"
    state = (
        f'<p class="state bad">{_word(language, "count").format(n=len(opened))}</p>'
        if opened
        else f'<p class="state ok">{_word(language, "fine")}</p>'
    )
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{_word(language, "title")}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header><h1>{_word(language, "title")}</h1>
<nav><a href="{_FILES[other]}" hreflang="{other}" lang="{other}">{_word(language, "other")}</a>
<a href="alarms.json">JSON</a></nav></header>
<main>
{state}
{_tables(language, opened, ended, logs)}
<p class="soft">{_word(language, "more")}</p>
<p class="soft">{_word(language, "written")} {_time(now)}</p>
</main>
</body>
</html>
"""


def _tables(
    language: str,
    opened: Sequence[StoredAlarm],
    ended: Sequence[StoredAlarm],
    logs: Sequence[_Log],
) -> str:
    rows = [[_time(e.first_at), _code(e.alarm.kind), _said(e, language)] for e in opened]
    over = [
        [_time(e.first_at), _time(e.ended_at or 0), _code(e.alarm.kind), _said(e, language),
         escape(e.ended_for)]
        for e in ended
    ]  # fmt: skip
    about = [
        [
            _code(log.origin),
            _word(language, "never") if log.size is None else f"{log.size:,}",
            _time(log.witnessed_at) if log.witnessed_at else "–",
        ]
        for log in logs
    ]
    parts = (
        f"<h2>{_word(language, 'open')}</h2>"
        + _table([_word(language, k) for k in ("since", "kind", "what")], rows)
        if rows
        else "",
        f"<h2>{_word(language, 'logs')}</h2>"
        + _table([_word(language, k) for k in ("log", "size", "witnessed")], about),
        f"<h2>{_word(language, 'ended')}</h2>"
        + _table([_word(language, k) for k in ("since", "until", "kind", "what", "reason")], over)
        if over
        else "",
    )
    return "".join(parts)


def _word(language: str, key: str) -> str:
    return escape(_WORDS[key][0 if language == "vi" else 1])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-head="{h}">{cell}</td>' for h, cell in zip(heads, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _said(stored: StoredAlarm, language: str) -> str:
    return escape(stored.alarm.message.in_language(language))


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _time(at: int) -> str:
    return f'<time datetime="{iso(at)}">{iso(at).replace("T", " ")}</time>'


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{secrets.token_hex(6)}")
    draft.write_text(text, "utf-8")
    draft.replace(file)
