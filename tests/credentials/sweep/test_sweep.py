"""The sweep over registers, and the case it was built for."""

from datetime import date

import pytest

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.sweep import api as sweeping
from sogoc.people.api import Actor
from tests.credentials.world import (
    AT,
    CENTRE,
    SO,
    account,
    bring_to_signed,
    import_old_register,
    issue,
    issue_list,
    people_list,
    prepare,
    proposal,
    who,
)

pytestmark = pytest.mark.usefixtures("settled")

WRONG_BODY = "E-BODY-WITHOUT-AUTHORITY"


def _sweep(as_of: date = date(2025, 4, 10)) -> sweeping.SweepReport:
    return sweeping.sweep(account("officer.ministry"), as_of, chunk=100)


def test_every_line_of_the_wrong_body_is_found_and_cited() -> None:
    codes = import_old_register(range(1212))
    report = _sweep()
    found = [f for f in report.findings if f.finding.check == WRONG_BODY]
    assert report.lines == 1212
    assert report.by_check == {WRONG_BODY: 1212}
    assert {f.code for f in found} == set(codes)
    assert {f.finding.citation for f in found} == {"khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT"}


def test_lawful_lines_of_a_live_register_have_no_finding() -> None:
    issue_list(people_list(range(20)))
    report = _sweep()
    assert (report.lines, report.findings) == (20, ())


def test_revoked_lines_are_counted_apart() -> None:
    codes = import_old_register(range(10))
    _revoke(codes[:4])
    report = _sweep()
    assert (report.lines, report.revoked) == (6, 4)
    assert report.by_check == {WRONG_BODY: 6}
    before = _sweep(date(2024, 2, 19))
    assert (before.lines, before.revoked) == (10, 0)


def test_lines_issued_later_are_not_judged() -> None:
    import_old_register(range(3), issued_on=date(2020, 1, 14))
    assert _sweep(date(2020, 1, 13)).lines == 0
    assert _sweep(date(2020, 1, 14)).lines == 3


def test_numbers_used_twice_are_found_across_chunks() -> None:
    serials = [f"A01{n:06}" for n in range(300)]
    entries = [f"{n:04}/2019/CNTTCB" for n in range(1, 301)]
    serials[250], entries[299] = serials[3], "7/2019/cnttcb"
    import_old_register(range(300), serials=serials, entries=entries)
    report = _sweep()
    twice = {
        check: sorted(
            (f.finding.row, f.finding.level) for f in report.findings if f.finding.check == check
        )
        for check in ("E-SERIAL-TWICE", "E-ENTRY-NUMBER-TWICE")
    }
    assert [row for row, level in twice["E-SERIAL-TWICE"] if level == "error"] == [254]
    assert [row for row, level in twice["E-ENTRY-NUMBER-TWICE"] if level == "error"] == [303]


def test_second_original_of_a_person_is_found_at_the_later_line() -> None:
    import_old_register(range(5), issuer=CENTRE, issued_on=date(2019, 7, 31))
    import_old_register(range(4, 8), issuer=CENTRE, issued_on=date(2020, 3, 2), name="so-cu-2.csv")
    report = _sweep()
    found = [f for f in report.findings if f.finding.violation == "V25"]
    assert [(f.issued_on, f.finding.row) for f in found] == [(date(2020, 3, 2), 4)]


def test_findings_can_go_to_a_sink() -> None:
    import_old_register(range(7))
    got: list[sweeping.LineFinding] = []
    report = sweeping.sweep(account("officer.ministry"), date(2025, 4, 10), sink=got.append)
    assert report.findings == ()
    assert len(got) == report.by_check[WRONG_BODY] == 7


def test_actor_judges_only_what_it_sees() -> None:
    import_old_register(range(7))
    assert sweeping.sweep(who("sweep.run", CENTRE), date(2025, 4, 10)).lines == 0
    assert sweeping.sweep(who("sweep.run", SO), date(2025, 4, 10)).lines == 7
    assert sweeping.sweep(Actor.system("sweep"), date(2025, 4, 10)).lines == 7


def test_standing_wrong_lines_stop_the_centre_until_they_are_revoked() -> None:
    codes = import_old_register(range(60))
    with pytest.raises(issuing.Refused) as refused:
        prepare(people_list(range(60)))
    assert {f.violation for f in refused.value.findings if f.level == "error"} == {"V25"}
    _revoke(codes)
    report = issuing.check_list(
        file=people_list(range(60)), proposal=proposal(), by=who("batch.check"), at=AT
    )
    assert report.rows_ok == 60
    token = prepare(people_list(range(60))).token
    bring_to_signed(token)
    assert issue(token).lines == 60
    assert _sweep().findings == ()


def _revoke(codes: list[str]) -> lifecycle.Revoked:
    return lifecycle.revoke_lines(
        codes=codes,
        decision_number="109/QĐ-SGDĐT",
        decision_date=date(2024, 2, 20),
        ground="điểm c khoản 1 Điều 25 TT 21/2019/TT-BGDĐT",
        reason="Sở GDĐT không có thẩm quyền cấp chứng chỉ ứng dụng CNTT",
        by=who("register.revoke", SO),
        at=AT,
    )
