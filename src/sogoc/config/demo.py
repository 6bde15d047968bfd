"""What a new demo home holds: organisations and people, blanks, and one batch issued normally."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.log import api as log
from sogoc.people import api as people

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD: Final = "so-goc-demo"  # noqa: S105 - printed to whoever makes a demo home
CENTRE: Final = "tt-gdtx-nnth-dak-nong"
KIND: Final = "cc_cntt_co_ban"
BATCH_DAY: Final = date(2025, 4, 10)
_LIST: Final = Path(__file__).with_name("demo_list.csv")

# (keeper, kind, first serial, last serial, opening stock?, paper, day)
_LOTS: Final = (
    (CENTRE, KIND, "A02400001", "A02408000", True, "BB-01/2025 kiểm kê phôi", date(2025, 1, 2)),
    (CENTRE, KIND, "A02500001", "A02500500", False, "PGN-07/2025/QLCL", date(2025, 3, 3)),
    (
        "thpt-gia-nghia",
        "bang_thpt",
        "T04800001",
        "T04801500",
        False,
        "PGN-21/2026",
        date(2026, 5, 20),
    ),
    ("dh-mau", "cu_nhan", "DHM000001", "DHM003000", True, "BB-02/2026 kiểm kê", date(2026, 1, 5)),
)  # fmt: skip


def load(*, at: datetime, home: Path, origin: str, say: Callable[[str], None]) -> None:
    """Bring the demo in; again, it changes nothing. Raises ``Error`` when something is in the way.

    The batch goes through check, preparation, approval, printing, signing and issue like any other.
    """
    report = people.load_demo(at, password=PASSWORD)
    say(
        f"{'+' if report.created else '='} đơn vị, người ký, tài khoản mẫu / "
        f"organisations, mandates, accounts ({report.created} mới/new)"
    )
    _take_in_blanks(at, say)
    _issue_one_batch(at, say)
    done = log.sequence(home, base=origin)
    say(f"{'+' if done.sequenced else '='} nhật ký / log: {done.sequenced} lá/leaves")


def _take_in_blanks(at: datetime, say: Callable[[str], None]) -> None:
    taken: dict[tuple[str, str], int] = {}
    for owner, kind, first, last, is_opening, paper, on in _LOTS:
        by = people.demo_actor("blanks.receive", organisation_code=owner, on=at.date())
        if (owner, kind) not in taken:
            rows = blanks.balance(owner=owner, kind=kind, by=by)
            taken[owner, kind] = sum(row.opening + row.received for row in rows)
        count = int(last[-6:]) - int(first[-6:]) + 1
        if taken[owner, kind] >= count:  # lots come in the order above: this one is here
            taken[owner, kind] -= count
            continue
        if is_opening:
            take_in = partial(blanks.opening_stock, minutes=paper)
        else:
            take_in = partial(blanks.receive_lot, document_number=paper)
        take_in(owner=owner, kind=kind, first=first, last=last, on=on, by=by, at=at)
        say(f"+ phôi / blanks {first} – {last} ({owner})")


def _issue_one_batch(at: datetime, say: Callable[[str], None]) -> None:
    data = _LIST.read_bytes()

    def actor(permission: str) -> people.Actor:
        return people.demo_actor(permission, organisation_code=CENTRE, on=BATCH_DAY)

    prepared = issuing.prepare_batch(
        file=issuing.ListFile(data=data, name=_LIST.name),
        proposal=issuing.Proposal(
            kind=KIND,
            issuer=CENTRE,
            signatory="Giám đốc",
            issued_on=BATCH_DAY,
            exam_date=date(2025, 3, 15),
            learners_confirmed_on=date(2025, 4, 4),
            decision=issuing.Decision(
                number="31/QĐ-TTGDTX", date=date(2025, 4, 1), decided_by=CENTRE, signer="Y Bhăm Niê"
            ),
        ),
        by=actor("batch.prepare"),
        at=at,
        today=at.date(),
        allow_any_date=True,
    )
    token, state = prepared.token, prepared.state
    if state == "issued":
        say(f"= đợt mẫu / sample batch {token}")
        return
    if state == "prepared":
        state = issuing.approve_batch(token=token, by=actor("batch.approve"), at=at).state
    if state == "approved":
        issuing.print_batch(token=token, by=actor("batch.print"), on=BATCH_DAY, at=at)
    view = issuing.get_batch(token=token, by=actor("batch.issue"))
    if view.state == "printed" and not view.signed_by:
        issuing.sign_batch(token=token, by=actor("batch.sign"), on=BATCH_DAY, at=at)
    if view.state == "printed":
        issuing.seal_batch(token=token, by=actor("batch.seal"), on=BATCH_DAY, at=at)
    done = issuing.issue_batch(
        token=token, key=f"demo {token}"[:80], by=actor("batch.issue"), at=at
    )
    say(
        f"+ đợt mẫu / sample batch: {done.lines} chứng chỉ/certificates, "
        f"{done.first_entry_number} … {done.last_entry_number}"
    )
