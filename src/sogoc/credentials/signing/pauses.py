"""Papers between their signatures, as stored. Inside the caller's identity."""

from __future__ import annotations

from datetime import datetime

from sogoc.credentials.signing.models import PausedPaper, SignatureRequest, SigningKey
from sogoc.people.api import Actor


def pause_paper(
    token: str,
    *,
    issuer_id: int,
    stage: str,
    cause: str,
    page_sha256: bytes,
    page_size: int,
    room: tuple[int, int],
    person_token: str,
    by: Actor,
    at: datetime,
    form: str = "pdf",
) -> None:
    """Store where a paper stands whose prepared signature went out; see `PausedPaper`."""
    PausedPaper.objects.create(
        request=SignatureRequest.objects.get(token=token),
        issuer_id=issuer_id,
        stage=stage,
        cause=cause,
        page_sha256=page_sha256,
        page_size=page_size,
        room_start=room[0],
        room_end=room[1],
        person_token=person_token,
        form=form,
        made_by=by.username,
        made_at=at,
    )


def paused_papers(*, like: str | None = None, subject: str | None = None) -> list[PausedPaper]:
    """Return the pauses of all papers, of a token's paper, or of a subject, the oldest first."""
    rows = PausedPaper.objects.select_related(
        "request", "request__madesignature", "request__key", "request__key__organisation"
    ).order_by("request_id")
    if like is not None:
        subjects = SignatureRequest.objects.filter(token=like).values("subject")
        rows = rows.filter(request__subject__in=subjects)
    if subject is not None:
        rows = rows.filter(request__subject=subject)
    return list(rows)


def keys_of_pause(row: PausedPaper) -> list[SigningKey]:
    """Return the key a pause waits for and, before it, that of the signature it bears already."""
    keys = [row.request.key]
    if row.person_token:
        signed = SignatureRequest.objects.select_related("key", "key__organisation")
        keys.insert(0, signed.get(token=row.person_token).key)
    return keys


def is_in_a_pause(person_token: str) -> bool:
    """Say whether a later pause bears this signature of a person."""
    return PausedPaper.objects.filter(person_token=person_token).exists()
