"""What stops the flow, and that nothing is then written."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from sogoc.people.api import Actor, NotPermitted, acting
from sogoc.policy.api import checks, load_law
from tests.credentials.world import (
    AT,
    CENTRE,
    KIND,
    SO,
    SUSPENDED,
    TODAY,
    account,
    bring_to_signed,
    issue,
    issue_list,
    people_list,
    person,
    prepare,
    proposal,
    who,
)

pytestmark = pytest.mark.usefixtures("settled")

_TABLES = (
    "batch", "batch_row", "batch_finding", "recognition_decision", "blank_movement",
    "blank_reservation", "register_line", "register_personal", "register_book", "log_leaf",
)  # fmt: skip


def _counts() -> dict[str, int]:
    counts = {}
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        for table in (*(f"credentials_{name}" for name in _TABLES), "people_auditevent"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


@pytest.mark.parametrize("issuer", [SO, SUSPENDED])
def test_body_without_authority_is_refused_and_nothing_is_written(issuer: str) -> None:
    before = _counts()
    with pytest.raises(issuing.Refused) as refused:
        prepare(people_list(range(1, 6)), issuer=issuer)
    assert any(
        "Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT" in f.citation for f in refused.value.blocking
    )
    assert _counts() == before


def test_no_decision_is_refused() -> None:
    before = _counts()
    with pytest.raises(issuing.Refused) as refused:
        prepare(people_list(range(1, 6)), decision=None)
    assert {f.violation for f in refused.value.blocking} == {"V08"}
    assert _counts() == before


def test_decision_counting_other_people_is_refused() -> None:
    decision = issuing.Decision(
        number="45/QĐ-TT", date=date(2025, 4, 1), decided_by=CENTRE, row_count=9
    )
    before = _counts()
    with pytest.raises(issuing.DecisionConflict):
        prepare(people_list(range(1, 6)), decision=decision)
    assert _counts() == before


def test_too_few_blanks_are_refused() -> None:
    before = _counts()
    with pytest.raises(issuing.Refused):
        prepare(people_list(range(1, 302)))
    assert _counts() == before


def test_error_rows_are_left_out_and_kept_as_findings() -> None:
    bad = people_list([1, 2, 2, 3])  # the same person twice
    prepared = prepare(bad)
    assert (prepared.row_count, prepared.refused_rows) == (3, 1)
    stored = issuing.batch_findings(token=prepared.token, by=who("batch.issue"))
    assert [(f.check, f.level) for f in stored if f.level == "error"] == [
        ("E-SAME-PERSON-TWICE", "error")
    ]
    bring_to_signed(prepared.token)
    assert issue(prepared.token).lines == 3


def test_only_the_issuers_people_prepare() -> None:
    with pytest.raises(NotPermitted):
        issuing.prepare_batch(
            file=people_list(range(3)),
            proposal=proposal(),
            by=account("registrar.so-dak-nong"),
            at=AT,
            today=TODAY,
        )


@pytest.mark.parametrize(
    ("act_date", "is_fine"),
    [
        (TODAY, True),
        (date(2025, 4, 7), True),  # three working days back from a Thursday
        (date(2025, 4, 6), False),
        (date(2025, 4, 11), False),
    ],
)
def test_act_is_dated_today_or_a_few_working_days_back(act_date: date, is_fine: bool) -> None:
    def attempt() -> issuing.Prepared:
        return issuing.prepare_batch(
            file=people_list(range(3)),
            proposal=proposal(issued_on=act_date),
            by=who("batch.prepare"),
            at=AT,
            today=TODAY,
        )

    if is_fine:
        assert attempt().act_date == act_date
    else:
        with pytest.raises(issuing.ActDateNotAllowed):
            attempt()


def test_who_prepares_does_not_approve() -> None:
    token = prepare(people_list(range(3))).token
    both = replace(who("batch.prepare"), roles=frozenset({"registrar", "approver"}))
    with pytest.raises(issuing.SamePerson):
        issuing.approve_batch(token=token, by=both, at=AT)
    signatory = who("batch.sign")
    assert issuing.approve_batch(token=token, by=signatory, at=AT).state == "approved"


def test_steps_keep_their_order() -> None:
    token = prepare(people_list(range(3))).token
    with pytest.raises(issuing.WrongState):
        issuing.print_batch(token=token, by=who("batch.print"), on=TODAY, at=AT)
    with pytest.raises(issuing.WrongState):
        issue(token)
    issuing.approve_batch(token=token, by=who("batch.approve"), at=AT)
    with pytest.raises(issuing.WrongState):
        issuing.sign_batch(token=token, by=who("batch.sign"), on=TODAY, at=AT)
    issuing.print_batch(token=token, by=who("batch.print"), on=TODAY, at=AT)
    with pytest.raises(issuing.WrongState):
        issuing.seal_batch(token=token, by=who("batch.seal"), on=TODAY, at=AT)
    with pytest.raises(issuing.WrongState):
        issue(token)


def test_signature_needs_a_mandate_of_that_day() -> None:
    token = prepare(people_list(range(3))).token
    issuing.approve_batch(token=token, by=who("batch.approve"), at=AT)
    issuing.print_batch(token=token, by=who("batch.print"), on=TODAY, at=AT)
    with pytest.raises(issuing.MandateMissing):
        issuing.sign_batch(token=token, by=who("batch.sign"), on=date(2018, 12, 31), at=AT)


def test_same_list_gives_the_same_batch() -> None:
    first = prepare(people_list(range(3)))
    again = prepare(people_list(range(3)))
    assert (again.token, again.existing) == (first.token, True)
    bring_to_signed(first.token)
    issue(first.token)
    once_more = prepare(people_list(range(3)))
    assert (once_more.token, once_more.state) == (first.token, "issued")


def test_issue_is_idempotent_for_any_key() -> None:
    token = prepare(people_list(range(3))).token
    bring_to_signed(token)
    first = issue(token, "key-a")
    before = _counts()
    for key in ("key-a", "key-b"):
        again = issue(token, key)
        assert again.repeated
        assert again.last_entry_number == first.last_entry_number
    assert _counts() == before


def test_key_of_another_batch_is_refused() -> None:
    issue_list(people_list(range(3)), key="key-a")
    token = prepare(people_list(range(3, 6))).token
    bring_to_signed(token)
    with pytest.raises(issuing.WrongState):
        issue(token, "key-a")


def test_token_dies_with_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    token = prepare(people_list(range(3))).token
    bring_to_signed(token)
    changed = replace(load_law(), rule_set_id="another")
    monkeypatch.setattr("sogoc.credentials.issuing.issue.load_law", lambda: changed)
    before = _counts()
    with pytest.raises(issuing.TokenDead, match="token_law_changed"):
        issue(token)
    assert _counts() == before


def test_token_dies_when_somebody_got_an_original_meanwhile() -> None:
    first = prepare(people_list(range(3), name="một.csv")).token
    decision = issuing.Decision(number="46/QĐ-TT", date=date(2025, 4, 2), decided_by=CENTRE)
    second = prepare(people_list(range(2, 6)), decision=decision).token  # shares one person
    bring_to_signed(first)
    bring_to_signed(second)
    issue(first)
    with pytest.raises(issuing.TokenDead, match="token_original_exists"):
        issue(second, "key-2")


@pytest.mark.parametrize(
    "tampering",
    [
        """UPDATE credentials_batch_row SET data = jsonb_set(data, '{full_name}', '"Trần Khác"')
           WHERE n = 2""",
        "UPDATE credentials_batch_row SET sheet = 'Khác' WHERE n = 2",
        "UPDATE credentials_batch SET signatory_name = 'Người Khác'",
        "DELETE FROM credentials_batch_row WHERE n = 3",
    ],
    ids=["a name", "a sheet", "the signatory", "a row fewer"],
)
def test_token_binds_rows_and_act(tampering: str, superuser_connection: psycopg.Connection) -> None:
    token = prepare(people_list(range(3))).token
    bring_to_signed(token)
    with superuser_connection as behind_the_guards:
        behind_the_guards.execute("SET session_replication_role = replica")
        assert behind_the_guards.execute(tampering.encode()).rowcount == 1
    before = _counts()
    with pytest.raises(issuing.TokenDead, match="token_binding"):
        issue(token)
    assert _counts() == before


def test_person_with_an_original_is_an_error_row() -> None:
    issue_list(people_list(range(3)))
    report = issuing.check_list(
        file=people_list(range(2, 6)), proposal=proposal(), by=who("batch.check"), at=AT
    )
    assert [(f.violation, f.row) for f in report.findings if f.level == "error"] == [("V25", 4)]
    assert report.rows_ok == 3


def test_reservations_keep_batches_apart_and_expire() -> None:
    first = prepare(people_list(range(100))).token
    second = prepare(people_list(range(100, 300))).token
    stock = blanks.stock(owner=CENTRE, kind=KIND, by=who("blanks.receive"), at=AT)[0]
    assert (stock.count, stock.reserved) == (0, 300)
    later = AT + timedelta(days=15)
    stock = blanks.stock(owner=CENTRE, kind=KIND, by=who("blanks.receive"), at=later)[0]
    assert (stock.count, stock.reserved) == (300, 0)
    # the second goes on first: it keeps to its own; the first then takes what is free
    for token, serial in ((second, "A02500101"), (first, "A02500001")):
        issuing.approve_batch(token=token, by=who("batch.approve"), at=later)
        printed = issuing.print_batch(token=token, by=who("batch.print"), on=TODAY, at=later)
        assert printed.first_serial == serial


def test_lapsed_reservation_goes_to_the_next_list() -> None:
    first = prepare(people_list(range(100))).token
    later = AT + timedelta(days=15)
    prepared = issuing.prepare_batch(
        file=people_list(range(100, 350)),
        proposal=proposal(),
        by=who("batch.prepare"),
        at=later,
        today=TODAY,
    )
    assert prepared.row_count == 250
    issuing.approve_batch(token=first, by=who("batch.approve"), at=later)
    with pytest.raises(blanks.NotEnoughBlanks):
        issuing.print_batch(token=first, by=who("batch.print"), on=TODAY, at=later)


def test_review_waits_for_a_ruling_confirmed_by_another() -> None:
    file = people_list(range(3))
    changes = {
        "issued_on": date(2026, 5, 4),
        "exam_date": date(2026, 4, 20),
        "decision": issuing.Decision(number="9", date=date(2026, 4, 29), decided_by=CENTRE),
    }
    with pytest.raises(issuing.Refused) as refused:
        prepare(file, **changes)
    reviewed = {f.check for f in refused.value.blocking}
    assert {f.level for f in refused.value.blocking} == {"review"}
    issuing.record_ruling(
        document_number="812/QLCL-VBCC",
        document_date=date(2026, 4, 27),
        author="Cục Quản lý chất lượng",
        summary="Trung tâm sát hạch tiếp tục cấp chứng chỉ ứng dụng CNTT.",
        valid_from=date(2026, 4, 15),
        kinds=[KIND],
        checks=sorted(reviewed),
        by=account("officer.ministry"),
        at=AT,
    )
    with pytest.raises(issuing.Refused):
        prepare(file, **changes)
    with pytest.raises(issuing.SamePerson):
        issuing.confirm_ruling(
            document_number="812/QLCL-VBCC", by=account("officer.ministry"), at=AT
        )
    issuing.confirm_ruling(document_number="812/QLCL-VBCC", by=account("officer2.ministry"), at=AT)
    officer = account("officer.ministry")
    (listed,) = issuing.rulings(by=officer)
    assert issuing.get_ruling(document_number="812/QLCL-VBCC", by=officer) == listed
    with pytest.raises(issuing.UnknownRuling):
        issuing.get_ruling(document_number="813/QLCL-VBCC", by=officer)
    prepared = prepare(file, **changes)
    view = issuing.get_batch(token=prepared.token, by=who("batch.issue"))
    assert view.rulings == ("812/QLCL-VBCC",)
    assert "812/QLCL-VBCC" in {
        f.ruling for f in issuing.batch_findings(token=prepared.token, by=who("batch.issue"))
    }


def test_person_fixture_gives_distinct_people() -> None:
    people = {(row[1], row[2]) for row in map(person, range(350))}
    assert len(people) == 350
    assert checks()


def test_cell_wider_than_the_register_is_an_error_row() -> None:
    file = people_list(range(4))
    wide = replace(file, data=file.data.replace(b"Kinh", ("Kinh" * 20).encode(), 1))
    report = issuing.check_list(file=wide, proposal=proposal(), by=who("batch.check"), at=AT)
    assert [(f.check, f.row) for f in report.findings if f.level == "error"] == [
        ("E-CELL-UNREADABLE", 4)
    ]
    assert prepare(wide).row_count == 3


def test_refusal_without_rows_says_why() -> None:
    issue_list(people_list(range(3)))
    decision = issuing.Decision(number="46/QĐ-TT", date=date(2025, 4, 2), decided_by=CENTRE)
    with pytest.raises(issuing.Refused, match="đã có bản chính"):
        prepare(people_list(range(3)), decision=decision)
