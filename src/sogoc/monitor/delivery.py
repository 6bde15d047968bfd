"""Sending alarms: by e-mail and webhook, again and again until somebody took them."""

from __future__ import annotations

import hmac
import json
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sogoc.kernel.text import Text
from sogoc.monitor.alarms import Alarm
from sogoc.monitor.settings import Mail, Settings, Webhook
from sogoc.monitor.state import MonitorState, StoredAlarm

TIMEOUT: Final = 15.0
"""Seconds a server may take."""
FIRST_PAUSE: Final = 30
LONGEST_PAUSE: Final = 3600
AT_ONCE: Final = 100
"""Alarms sent in one round by one way."""
SIGNATURE: Final = "X-Sogoc-Signature"
SENT_AT: Final = "X-Sogoc-Time"


class _Failed(Exception):
    """The server did not take it."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many alarms were handed over, how many still wait, and why, by way."""

    sent: int
    waiting: int
    why: dict[str, str]


def deliver(settings: Settings, state: MonitorState, *, now: int) -> Delivered:
    """Send what is due by every way; what fails is tried again, later each time (30 s … 1 h)."""
    sent = 0
    for channel in settings.channels:
        due = _due(state, channel, now)
        if not due:
            continue
        done: list[int] = []
        try:
            if channel == "mail" and settings.mail is not None:
                send_mail(settings.folder, settings.mail, due, now=now)
                done = [each.id for each in due]
            elif settings.webhook is not None:
                for each in due:
                    post(settings.folder, settings.webhook, each, now=now)
                    done.append(each.id)
        except _Failed as error:
            _postpone(state, channel, [e.id for e in due if e.id not in done], str(error), now)
        for number in done:
            state.write(
                "update delivery set done_at = ?, error = '' where alarm = ? and channel = ?",
                now, number, channel,
            )  # fmt: skip
        sent += len(done)
    (waiting,) = state.rows("select count(*) from delivery where done_at is null")[0]
    return Delivered(sent, int(waiting), state.undelivered())


def send_mail(folder: Path, mail: Mail, alarms: Sequence[StoredAlarm], *, now: int) -> None:
    """Send one message about all of them."""
    message = EmailMessage()
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message["Subject"] = f"Sổ Gốc: {len(alarms)} cảnh báo / alarms"
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = make_msgid(domain="monitor.invalid")
    body = [f"[{e.alarm.kind}] {e.alarm.message.vi}\n    {e.alarm.message.en}" for e in alarms]
    message.set_content("\n\n".join(body) + "\n")
    try:
        with _smtp(mail) as server:
            if mail.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if mail.user:
                server.login(mail.user, _secret(folder, mail.password_file).decode())
            server.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _Failed(f"{type(error).__name__}: {error}") from error


def post(folder: Path, hook: Webhook, alarm: StoredAlarm, *, now: int) -> None:
    """POST one alarm as JSON.

    With a secret, `X-Sogoc-Signature` is `sha256=` and the HMAC-SHA-256 in hexadecimal of
    `<X-Sogoc-Time>.<body>`. Any 2xx answer takes it; a redirection does not.
    """
    body = json.dumps(as_data(alarm), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", SENT_AT: str(now)}
    try:
        if hook.secret_file:
            signed = f"{now}.".encode() + body
            digest = hmac.new(_secret(folder, hook.secret_file), signed, sha256).hexdigest()
            headers[SIGNATURE] = f"sha256={digest}"
        request = Request(hook.url, data=body, headers=headers, method="POST")  # noqa: S310 - the settings allow http and https only
        with build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
            if not 200 <= answer.status < 300:
                raise _Failed(f"status {answer.status}")
    except HTTPError as error:
        with suppress(OSError):
            error.close()
        raise _Failed(f"status {error.code}") from None
    except (OSError, ValueError, HTTPException) as error:
        raise _Failed(f"{type(error).__name__}: {error}") from error


def as_data(stored: StoredAlarm) -> dict[str, Any]:
    """Return an alarm as JSON has it: times in ISO 8601, UTC."""
    alarm = stored.alarm
    return {
        "id": stored.id,
        "kind": alarm.kind,
        "what": alarm.what,
        "vi": alarm.message.vi,
        "en": alarm.message.en,
        "lasting": alarm.lasting,
        "first_at": iso(stored.first_at),
        "last_at": iso(stored.last_at),
        "ended_at": None if stored.ended_at is None else iso(stored.ended_at),
        "ended_for": stored.ended_for,
    }


def iso(at: int) -> str:
    """Return a time in seconds since 1970 as `2026-11-22T03:04:05Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _due(state: MonitorState, channel: str, now: int) -> list[StoredAlarm]:
    rows = state.rows(
        "select a.id, a.scope, a.kind, a.what, a.vi, a.en, a.lasting, a.first_at, a.last_at,"
        " a.ended_at, a.ended_for from delivery d join alarm a on a.id = d.alarm"
        " where d.channel = ? and d.done_at is null and d.next_at <= ? order by a.id limit ?",
        channel, now, AT_ONCE,
    )  # fmt: skip
    return [
        StoredAlarm(
            row[0], Alarm(row[1], row[2], row[3], Text(row[4], row[5]), bool(row[6])),
            row[7], row[8], row[9], row[10] or "",
        )
        for row in rows
    ]  # fmt: skip


def _postpone(state: MonitorState, channel: str, numbers: list[int], why: str, now: int) -> None:
    for number in numbers:
        (tries,) = state.rows(
            "select tries from delivery where alarm = ? and channel = ?", number, channel
        )[0]
        pause = min(FIRST_PAUSE * 2 ** min(tries, 16), LONGEST_PAUSE)
        state.write(
            "update delivery set tries = tries + 1, next_at = ?, error = ?"
            " where alarm = ? and channel = ?",
            now + pause, why[:300], number, channel,
        )  # fmt: skip


def _smtp(mail: Mail) -> smtplib.SMTP:
    if mail.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT)


def _secret(folder: Path, name: str) -> bytes:
    return (folder / name).read_bytes().strip()


class _NoRedirect(HTTPRedirectHandler):
    """An alarm goes where it was told to."""

    def redirect_request(self, *_: Any) -> None:
        return None
