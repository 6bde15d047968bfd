"""Digital originals in the background: of published lines, batch by batch, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sogoc.people.identity import Actor, acting
from tests.credentials.documents.conftest import BASE

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
EARLY = datetime(2025, 4, 11, 3, 0, tzinfo=UTC)


class Unforeseen(Exception):
    pass


@pytest.fixture
def request_at(tmp_path: Path) -> Callable[..., Any]:
    from sogoc.credentials.documents.api import WORKER, Request

    def make(at: datetime = AT, *, is_playground: bool = True) -> Request:
        return Request(
            code="", home=tmp_path, base=BASE, at=at, by=WORKER, is_playground=is_playground
        )

    return make


def originals() -> dict[str, int]:
    """Look-up code → editions."""
    from sogoc.credentials.documents.models import DocumentEdition

    found: dict[str, int] = {}
    with acting(Actor.system("tests")):
        for edition in DocumentEdition.objects.select_related("document__line"):
            code = edition.document.line.code
            found[code] = found.get(code, 0) + 1
    return found


def test_batch_by_batch_until_nothing_waits(codes, request_at) -> None:
    from sogoc.credentials.documents import api

    (waiting,) = api.waiting_originals(request_at())
    assert (waiting.lines, waiting.obstacle) == (4, None)
    round_ = api.Round()
    assert len(api.make_batch(round_, request_at(), limit=3)) == 3
    assert not round_.is_over
    assert len(api.make_batch(round_, request_at(), limit=3)) == 1
    assert api.make_batch(round_, request_at(), limit=3) == []
    assert (round_.is_over, round_.made, round_.not_made) == (True, 4, [])
    assert originals() == dict.fromkeys(codes, 1)
    assert api.waiting_originals(request_at()) == []
    assert api.make_waiting(request_at()).made == 0
    assert originals() == dict.fromkeys(codes, 1)


@pytest.mark.parametrize("look", [-1.0, 60.0])
def test_a_large_register_is_gone_through_window_by_window(
    codes, request_at, monkeypatch, look
) -> None:
    """Whether a call may look at all windows or stops after one."""
    from sogoc.credentials.documents import api, background

    monkeypatch.setattr(background, "WINDOW", 1)
    monkeypatch.setattr(background, "LOOK", look)
    round_, calls = api.Round(), 0
    while not round_.is_over:
        api.make_batch(round_, request_at(), limit=3)
        calls += 1
        assert calls < 100_000
    assert round_.made == 4
    assert originals() == dict.fromkeys(codes, 1)
    again = api.Round()
    api.make_batch(again, request_at(), limit=3)
    assert again.is_over == (look > 0)


def test_who_asks_gets_what_the_worker_made(codes, request_at, tmp_path) -> None:
    from dataclasses import replace

    from sogoc.credentials.documents import api
    from tests.credentials import world

    api.make_waiting(request_at(), limit=2)
    asked = replace(request_at(), by=world.who("register.view"), code=codes[0])
    made = api.render("pdf", asked)
    assert originals()[codes[0]] == 1
    assert made in [file.read_bytes() for file in (tmp_path / "documents").rglob("*.pdf")]


def test_nothing_of_lines_without_a_checkpoint(unpublished, request_at, sequence) -> None:
    """A round that is over sees them once they are published."""
    from sogoc.credentials.documents import api

    round_ = api.Round()
    assert api.make_batch(round_, request_at()) == []
    assert api.waiting_originals(request_at()) == []
    sequence()
    assert len(api.make_batch(round_, request_at())) == 4


def test_a_log_that_waits_holds_no_other_year_up(
    codes, request_at, sequence, owner_connection
) -> None:
    """The first line's log has no checkpoint: the others are made, and it is when it has one."""
    from sogoc.credentials.documents import api

    def of_the_first_line(change: str) -> None:
        owner_connection.execute("ALTER TABLE credentials_log_position DISABLE TRIGGER USER")
        owner_connection.execute(
            f"UPDATE credentials_log_position SET stream = {change} WHERE leaf_id = (SELECT f.id"
            " FROM credentials_log_leaf f JOIN credentials_register_line l"
            " ON l.leaf_hash = f.leaf_hash WHERE l.act = 'issue' ORDER BY l.id LIMIT 1)"
        )
        owner_connection.execute("ALTER TABLE credentials_log_position ENABLE TRIGGER USER")

    of_the_first_line("stream || '-waits'")
    round_ = api.Round()
    while not round_.is_over:
        api.make_batch(round_, request_at(), limit=2)
    assert round_.made == 3
    assert codes[0] not in originals()
    of_the_first_line("split_part(stream, '-waits', 1)")
    assert len(api.make_batch(round_, request_at())) == 1
    assert originals() == dict.fromkeys(codes, 1)


def test_nothing_before_the_law_knows_originals(codes, request_at) -> None:
    from sogoc.credentials.documents import api

    assert api.make_waiting(request_at(EARLY)).made == 0
    assert api.waiting_originals(request_at(EARLY)) == []
    assert originals() == {}


def test_nothing_of_what_was_revoked(codes, request_at) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.lifecycle import api as lifecycle
    from tests.credentials import world

    lifecycle.revoke_lines(
        codes=[codes[0]], decision_number="1/QĐ", decision_date=world.TODAY, ground="c",
        reason="Sai thẩm quyền", by=world.who("register.revoke"), at=world.AT,
    )  # fmt: skip
    assert api.make_waiting(request_at()).made == 3
    assert codes[0] not in originals()


def test_a_body_without_keys_is_reported_once_and_left(codes, request_at) -> None:
    from sogoc.credentials.documents import api

    real = request_at(is_playground=False)
    (waiting,) = api.waiting_originals(real)
    assert waiting.obstacle is not None
    round_ = api.make_waiting(real)
    assert (round_.made, len(round_.not_made)) == (0, 1)
    assert round_.not_made[0].error.code in {"issuer_key_missing", "no_serving_key"}
    assert originals() == {}
    assert api.make_waiting(request_at()).made == 4


@pytest.mark.parametrize("is_foreseen", [True, False])
def test_one_line_that_cannot_be_made_holds_nobody_up(
    codes, request_at, monkeypatch, is_foreseen: bool
) -> None:
    from sogoc.credentials.documents import api, pdf_pages
    from sogoc.kernel.text import Text

    whole = pdf_pages.published_line

    def broken(request: Any) -> Any:
        if request.code == codes[1]:
            if is_foreseen:
                raise api.DocumentRefused("document_line_altered", Text("x", "x"))
            raise Unforeseen
        return whole(request)

    monkeypatch.setattr(pdf_pages, "published_line", broken)
    round_ = api.make_waiting(request_at())
    assert (round_.made, [each.line for each in round_.not_made]) == (3, [codes[1]])
    assert round_.not_made[0].error.code == (
        "document_line_altered" if is_foreseen else "document_failed"
    )
    assert sorted(originals()) == sorted({*codes} - {codes[1]})


def test_the_worker_makes_a_batch_a_beat_and_can_be_told_not_to(
    codes, tmp_path, monkeypatch
) -> None:
    from sogoc.config import worker

    class Clock:
        def now(self) -> datetime:
            return AT

    monkeypatch.setattr(worker, "LocalEnvironment", Clock)
    papers = worker.Papers(tmp_path, BASE, is_playground=True)
    monkeypatch.setenv("SOGOC_BACKGROUND_DOCUMENTS", "0")
    papers.beat(1.0)
    assert originals() == {}
    monkeypatch.delenv("SOGOC_BACKGROUND_DOCUMENTS")
    for beat in range(3):
        papers.beat(2.0 + beat)
    assert originals() == dict.fromkeys(codes, 1)
