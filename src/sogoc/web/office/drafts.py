"""A list between two pages: the file as received and what its sender said of it.

A draft lies in the uploads directory under an unguessable id, belongs to one account, and expires.
It is no part of the register: losing one costs an upload.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from sogoc.credentials.issuing.api import Decision, ListFile, Proposal
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.web import clock

HOURS_KEPT: Final = 24
_ID: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_DAYS: Final = ("issued_on", "exam_date", "decision_date", "learners_confirmed_on")


class UnknownDraft(Error):
    """There is no such draft, it expired, or it is another account's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was said of an uploaded list. `sheets` are the sheets of the file that hold a list."""

    owner: str
    file_name: str
    kind: str
    issuer: str
    signatory: str
    issued_on: date
    exam_date: date | None = None
    level: int | None = None
    decision_number: str = ""
    decision_date: date | None = None
    decision_by: str = ""
    decision_signer: str = ""
    decision_count: int | None = None
    submitted_by: str = ""
    learners_confirmed_on: date | None = None
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_sheet(self) -> bool:
        """Whether the file holds several lists and nobody chose one yet."""
        return len(self.sheets) > 1 and not self.sheet

    def proposal(self) -> Proposal:
        """Return the act proposed, as the domain takes it."""
        decision = None
        if self.decision_number and self.decision_date is not None:
            decision = Decision(
                number=self.decision_number,
                date=self.decision_date,
                decided_by=self.decision_by,
                signer=self.decision_signer,
                row_count=self.decision_count,
            )
        return Proposal(
            kind=self.kind,
            issuer=self.issuer,
            signatory=self.signatory,
            issued_on=self.issued_on,
            exam_date=self.exam_date,
            level=self.level,
            decision=decision,
            submitted_by=self.submitted_by or None,
            learners_confirmed_on=self.learners_confirmed_on,
        )

    def list_file(self, data: bytes) -> ListFile:
        """Return the list as the domain takes it."""
        return ListFile(
            data=data, name=self.file_name, sheet=self.sheet or None, answers=dict(self.answers)
        )


def keep(draft: Draft, data: bytes) -> str:
    """Store a new draft and return its id; throws away every draft past its time."""
    _throw_away_old()
    key = secrets.token_urlsafe(24)
    folder = _drafts() / key
    folder.mkdir(mode=0o700)
    (folder / "list").write_bytes(data)
    write(key, draft)
    return key


def write(key: str, draft: Draft) -> None:
    """Store what was said of a draft anew; the file stays."""
    folder = _drafts() / key
    fresh = folder / "said.new"
    fresh.write_text(json.dumps(asdict(draft), default=str, ensure_ascii=False), "utf-8")
    fresh.replace(folder / "said.json")


def read(key: str, *, owner: str) -> Draft:
    """Return the draft of this account. Raises `UnknownDraft`, the same for every reason."""
    folder = _folder(key)
    try:
        said: dict[str, Any] = json.loads((folder / "said.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError) as error:
        raise _unknown() from error
    if not secrets.compare_digest(str(said["owner"]).encode(), owner.encode()):
        raise _unknown()
    for name in _DAYS:
        said[name] = date.fromisoformat(said[name]) if said[name] else None
    said["sheets"] = tuple(said["sheets"])
    return Draft(**said)


def data_of(key: str) -> bytes:
    """Return the file of a draft that `read` gave. Raises `UnknownDraft`."""
    try:
        return (_folder(key) / "list").read_bytes()
    except FileNotFoundError as error:
        raise _unknown() from error


def throw_away(key: str) -> None:
    """Forget a draft; no error when it is gone already."""
    shutil.rmtree(_folder(key), ignore_errors=True)


def _drafts() -> Path:
    folder = clock.uploads_directory() / "drafts"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _folder(key: str) -> Path:
    if not _ID.fullmatch(key):
        raise _unknown()
    folder = _drafts() / key
    if _is_old(folder):
        raise _unknown()
    return folder


def _is_old(folder: Path) -> bool:
    # Files age in real time, whatever the business date of the home.
    try:
        return time.time() - folder.stat().st_mtime > HOURS_KEPT * 3600
    except FileNotFoundError:
        return True


def _throw_away_old() -> None:
    for folder in _drafts().iterdir():
        if _is_old(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _unknown() -> UnknownDraft:
    return UnknownDraft(
        "draft-unknown",
        Text(
            f"Bản nháp này không còn (giữ {HOURS_KEPT} giờ) hoặc không phải của bạn. "
            "Hãy nộp lại danh sách.",
            f"This draft is gone (kept for {HOURS_KEPT} hours) or is not yours. "
            "Send the list again.",
        ),
    )
