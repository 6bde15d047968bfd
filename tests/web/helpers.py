"""What the tests of pages share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any

from django.test import Client

from tests.credentials import world

PASSWORD = "mat-khau-cua-ban-thu"
REGISTRAR, APPROVER = "registrar.tt-gdtx", "approver.tt-gdtx"
SIGNATORY, SEAL_KEEPER = "signatory.tt-gdtx", "seal.tt-gdtx"


@dataclass
class Installation:
    """What the pages may ask of an installation, standing still."""

    uploads_directory: Path
    is_playground: bool = True

    def today(self) -> date:
        return world.TODAY

    def now(self) -> datetime:
        return world.AT


def sign_in(username: str) -> Client:
    """Return the browser of an account that signed in through the form."""
    client = Client()
    answer = client.post("/office/sign-in", {"username": username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def words(answer: Any) -> str:
    """The text of a page: no tags, single spaces."""
    text = re.sub(r"<(style|title)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(text).split())


def day(name: str, value: date) -> dict[str, str]:
    """The three boxes of a day."""
    return {
        f"{name}_day": str(value.day),
        f"{name}_month": str(value.month),
        f"{name}_year": str(value.year),
    }
