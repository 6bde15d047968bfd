"""The whole way from a list to the register."""

import pytest

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.register import api as register
from sogoc.people.api import acting
from sogoc.people.models import AuditEvent
from tests.credentials.world import (
    AT,
    CENTRE,
    KIND,
    TODAY,
    account,
    bring_to_signed,
    issue,
    issue_list,
    people_list,
    prepare,
    proposal,
    who,
)

pytestmark = pytest.mark.usefixtures("settled")


def test_list_goes_through_to_the_register() -> None:
    report = issuing.check_list(
        file=people_list(range(1, 31)), proposal=proposal(), by=who("batch.check"), at=AT
    )
    assert [f for f in report.findings if f.level in {"error", "review"}] == []
    assert (report.rows_read, report.rows_ok, report.may_prepare) == (30, 30, True)
    assert report.rows[0].full_name == "Trần Văn An"
    assert report.rows[0].sex == "female"

    prepared = prepare(people_list(range(1, 31)))
    assert (prepared.row_count, prepared.refused_rows, prepared.state) == (30, 0, "prepared")
    assert prepared.token.startswith("pt_")
    printed = bring_to_signed(prepared.token)
    assert (printed.first_serial, printed.last_serial) == ("A02500001", "A02500030")
    issued = issue(prepared.token)

    assert issued.lines == 30
    assert issued.first_entry_number == "0001/2025/CNTTCB"
    assert issued.last_entry_number == "0030/2025/CNTTCB"
    line = register.show_line(issued.codes[4], by=who("register.view"))
    assert (line.serial, line.entry_number) == ("A02500005", "0005/2025/CNTTCB")
    assert line.full_name == "Vũ Văn An"
    assert line.signatory_name == "Y Bhăm Niê"
    assert line.decision_number == "45/QĐ-TT"
    balance = blanks.balance(owner=CENTRE, kind=KIND, by=who("blanks.receive"))[0]
    assert balance.is_balanced
    assert (balance.issued, balance.in_stock) == (30, 270)


def test_next_batch_goes_on_with_serials_and_numbers() -> None:
    issue_list(people_list(range(1, 4)))
    again = issue_list(people_list(range(4, 9)), key="key-2")
    assert again.first_entry_number == "0004/2025/CNTTCB"
    with acting(who("batch.issue")):
        line = next(iter(register.lines_by_code(again.codes[:1]).values()))
    assert line.serial == "A02500004"


def test_typed_serials_are_bound_exactly_and_entry_numbers_never_adopted() -> None:
    serials = ["A02500107", "A02500103", "A02500105"]
    entries = ["0001/2025/CNTTCB", "0002/2025/CNTTCB", "0003/2025/CNTTCB"]
    issued = issue_list(people_list(range(3), serials=serials, entries=entries))
    with acting(who("register.view")):
        lines = register.lines_by_code(issued.codes)
    assert [lines[code].serial for code in issued.codes] == serials


def test_misprints_spoil_the_blank_and_bind_the_next() -> None:
    token = prepare(people_list(range(1, 6))).token
    printed = bring_to_signed(token, [(2, "kẹt giấy"), (2, "lệch dòng"), (5, "nhòe mực")])
    assert printed.spoiled == ("A02500002", "A02500003", "A02500007")
    rows = issuing.batch_rows(token=token, by=who("batch.issue"))
    assert [row.serial for row in rows] == [
        "A02500001", "A02500004", "A02500005", "A02500006", "A02500008",
    ]  # fmt: skip
    issue(token)
    balance = blanks.balance(owner=CENTRE, kind=KIND, by=who("blanks.receive"))[0]
    assert (balance.issued, balance.spoiled, balance.bound) == (5, 3, 0)
    assert balance.is_balanced


def test_misprint_found_after_sealing_is_signed_and_sealed_anew() -> None:
    token = prepare(people_list(range(1, 4))).token
    bring_to_signed(token)
    serial = issuing.misprint(
        token=token, n=2, reason="sai tên", by=who("batch.print"), on=TODAY, at=AT
    )
    assert serial == "A02500004"
    assert issuing.get_batch(token=token, by=who("batch.issue")).signed_by == ""
    with pytest.raises(issuing.WrongState):
        issue(token)
    issuing.sign_batch(token=token, by=who("batch.sign"), on=TODAY, at=AT)
    issuing.seal_batch(token=token, by=who("batch.seal"), on=TODAY, at=AT)
    assert issue(token).lines == 3


def test_every_step_leaves_an_audit_event() -> None:
    issue_list(people_list(range(1, 3)))
    with acting(account("officer.ministry")):
        verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    steps = ("prepare", "approve", "print", "sign", "seal", "issue")
    assert {f"issuing:batch:{step}" for step in steps} <= verbs


def test_cancelled_batch_gives_blanks_back_or_spoils_them() -> None:
    first = prepare(people_list(range(1, 4))).token
    issuing.cancel_batch(token=first, reason="sai kỳ thi", by=who("batch.cancel"), on=TODAY, at=AT)
    second = prepare(people_list(range(1, 4))).token
    assert second != first
    bring_to_signed(second)
    issuing.cancel_batch(token=second, reason="sai mẫu", by=who("batch.cancel"), on=TODAY, at=AT)
    balance = blanks.balance(owner=CENTRE, kind=KIND, by=who("blanks.receive"))[0]
    assert (balance.spoiled, balance.in_stock) == (3, 297)
    assert balance.is_balanced
