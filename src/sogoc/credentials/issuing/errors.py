"""Why the flow stops. Every one leaves the database as it was."""

from __future__ import annotations

from collections.abc import Sequence

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.policy.api import Finding, Level


class Refused(Error):
    """The list as a whole may not go on: an error or an unruled review. Nothing was written.

    ``findings`` are all findings, ``blocking`` those that stop it.
    """

    def __init__(self, findings: Sequence[Finding], blocking: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.level == Level.ERROR]
        first = next(iter([*blocking, *errors]), None)
        reason = first.message if first else Text("danh sách trống.", "the list is empty.")
        if not blocking:
            reason = Text(
                f"không còn dòng nào cấp được. {reason.vi}", f"no row is left. {reason.en}"
            )
        is_cited = first is None or not first.citation or first.citation in first.message.vi
        cite = "" if is_cited or first is None else f" ({first.citation})"
        super().__init__(
            "batch_refused",
            Text(
                f"Không lập được đợt cấp: {reason.vi}{cite}",
                f"The batch cannot be prepared: {reason.en}{cite}",
            ),
            checks=sorted({finding.check for finding in blocking}),
        )
        self.findings = tuple(findings)
        self.blocking = tuple(blocking)


class ListUnreadable(Error):
    """The file cannot be taken as one list: no list in it, headers to be answered, many sheets."""


class ActDateNotAllowed(Error):
    """A new act is dated today or a few working days back, never otherwise."""


class DecisionConflict(Error):
    """The recognition decision is missing, counts other people, or was recorded differently."""


class UnknownBatch(Error):
    """No batch has this token, or the caller may not see it."""


class WrongState(Error):
    """The batch is not where this step starts from."""


class SamePerson(Error):
    """Four eyes: the step needs another person."""


class TokenDead(Error):
    """Something the token bound has changed: rows, act, law, mandate or decision. Prepare again."""


class MandateMissing(Error):
    """Nobody holds the signing title on that day."""


class UnknownRuling(Error):
    """No ruling has this document number."""


class RulingConflict(Error):
    """A ruling with this document number is recorded already, or is confirmed already."""
