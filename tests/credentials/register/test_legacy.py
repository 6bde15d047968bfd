"""Old registers are stored as found, once."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection

from sogoc.credentials.log import api as log
from sogoc.credentials.register import api as register
from sogoc.intake.api import Reading, read_file
from sogoc.people.api import Actor, NotPermitted, acting
from tests.credentials.world import AT, CENTRE, KIND, SO, issue_list, people_list, who

pytestmark = pytest.mark.usefixtures("settled")

TITLE = "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"
HEADER = "STT,Họ và tên,Ngày sinh,Nơi sinh,Giới tính,Kết quả,Số hiệu,Số vào sổ"
ROWS = (
    "1,Nguyễn Văn An,02/03/1990,Đắk Nông,Nam,Đạt,B 000101,0001/2019",
    "2,H'Len Mlô,1991,Đắk Lắk,Nữ,Đạt,B 000102,0002/2019",
    "2,H'Len Mlô,1991,Đắk Lắk,Nữ,Đạt,B 000102,0002/2019",  # twice, as found
    "7,Lê Thị Bình,31/02/1992,,Nữ,Đạt,,0007/2019",  # a gap, no such day, no serial
)


def reading(*rows: str, header: str = HEADER, name: str = "so-cu.csv") -> Reading:
    text = "\n".join(("SỔ GỐC CẤP CHỨNG CHỈ", "", header, *rows))
    return read_file(text.encode("utf-8-sig"), name)


def take_in(file: Reading, **changes: Any) -> register.LegacyImport:
    options: dict[str, Any] = {
        "issuer": SO,
        "kind": KIND,
        "signatory_title": TITLE,
        "issued_on": date(2019, 6, 1),
        "by": who("register.import_legacy", SO),
        "at": AT,
        **changes,
    }
    return register.import_legacy(file, **options)


def stored(issuer: str = SO) -> list[dict[str, Any]]:
    return list(register.export_lines(by=who("register.export", issuer), issuer=issuer))


def test_rows_are_stored_as_found() -> None:
    done = take_in(reading(*ROWS))
    assert (done.lines, done.added, done.already) == (4, 4, False)
    lines = stored()
    assert [line["serial"] for line in lines] == ["B 000101", "B 000102", "B 000102", ""]
    assert [line["entry_number"][:4] for line in lines] == ["0001", "0002", "0002", "0007"]
    assert {line["status"] for line in lines} == {"valid"}
    views = [register.show_line(line["code"], by=who("register.view", SO)) for line in lines]
    assert [(view.birth_date, view.birth_text) for view in views] == [
        (date(1990, 3, 2), ""), (None, "1991"), (None, "1991"), (None, "31/02/1992"),
    ]  # fmt: skip
    assert {view.signatory_title for view in views} == {TITLE}
    assert not any(view.is_live or view.book.is_live for view in views)
    assert views[1].full_name == "H'Len Mlô"
    assert views[0].details["result"] == "Đạt"
    assert (views[3].source_file, views[3].source_row) == ("so-cu.csv", 7)


def test_their_leaves_go_to_a_stream_of_their_own() -> None:
    take_in(reading(*ROWS))
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream, count(*) FROM credentials_log_leaf WHERE source = 'register_line'"
            " GROUP BY stream"
        )
        assert cursor.fetchall() == [(log.LEGACY_STREAM, 4)]


def test_same_file_again_adds_nothing() -> None:
    take_in(reading(*ROWS))
    before = stored()
    again = take_in(reading(*ROWS))
    assert (again.lines, again.added, again.already) == (4, 0, True)
    assert stored() == before


@pytest.mark.parametrize(
    "change",
    [{"kind": "cc_tin_hoc_abc"}, {"issued_on": date(2019, 6, 2)}, {"signatory_title": "Giám đốc"}],
)
def test_same_file_with_another_claim_is_refused(change: dict[str, Any]) -> None:
    take_in(reading(*ROWS))
    with pytest.raises(register.LegacyError) as error:
        take_in(reading(*ROWS), **change)
    assert error.value.code == "legacy_file_known"


def test_day_of_each_row_decides_its_book() -> None:
    header = HEADER + ",Ngày cấp"
    rows = [f"{ROWS[0]},05/12/2019", f"{ROWS[1]},03/01/2018", f"{ROWS[3]},06/12/2019"]
    take_in(reading(*rows, header=header), issued_on=None)
    days = {line["serial"]: line["issued_on"] for line in stored()}
    assert days == {
        "B 000101": date(2019, 12, 5), "B 000102": date(2018, 1, 3), "": date(2019, 12, 6),
    }  # fmt: skip
    with acting(who("register.view", SO)):
        assert register.book_for(SO, KIND, 2018, is_live=False) is not None
        assert register.book_for(SO, KIND, 2018) is None


def test_rows_without_a_day_are_named_and_nothing_is_stored() -> None:
    rows = [f"{ROWS[0]},05/12/2019", f"{ROWS[1]},"]
    with pytest.raises(register.LegacyError) as error:
        take_in(reading(*rows, header=HEADER + ",Ngày cấp"), issued_on=None)
    assert "5" in error.value.message.vi
    assert stored() == []


def test_open_questions_about_columns_stop_it() -> None:
    file = reading("1,Nguyễn Văn An,x", header="STT,Họ và tên,Cột lạ lùng")
    with pytest.raises(register.LegacyError) as error:
        take_in(file)
    assert error.value.code == "legacy_questions"


def test_serial_of_a_live_line_is_refused() -> None:
    issue_list(people_list(range(1, 3)))
    row = "1,Nguyễn Văn An,02/03/1990,Đắk Nông,Nam,Đạt,a 02500001,0001/2019"
    with pytest.raises(register.LegacyError) as error:
        take_in(reading(row))
    assert error.value.code == "legacy_serial_is_live"
    assert stored() == []


def test_others_may_not_fill_the_register() -> None:
    with pytest.raises(NotPermitted):
        take_in(reading(*ROWS), by=who("register.import_legacy", CENTRE))


def test_what_is_too_long_for_its_column_is_kept_beside() -> None:
    row = f"1,Nguyễn Văn An,02/03/1990,{'x' * 300},Nam,Đạt,B 000101,0001/2019"
    take_in(reading(row))
    view = register.show_line(stored()[0]["code"], by=who("register.view", SO))
    assert (view.birth_place, view.details["birth_place_found"]) == ("", "x" * 300)


def test_prior_originals_are_found_across_organisations() -> None:
    take_in(reading(*ROWS))
    asked: list[register.Person] = [
        ("trần văn bình", date(1990, 3, 2), None),
        ("nguyễn văn an", date(1990, 3, 2), "001090000001"),
        ("h'len mlô", None, None),  # no full birth date: cannot tell
    ]
    with acting(who("batch.issue")):
        found = register.prior_originals(KIND, asked)
        assert register.prior_originals("bang_thpt", asked) == {}
        assert register.used_serials(KIND, ["b000102", "B 9"]) == {"B000102": "legacy"}
    assert list(found) == [1]
    assert [(each.status, each.issued_on) for each in found[1]] == [("valid", date(2019, 6, 1))]


def test_serials_are_asked_one_by_one_whatever_the_planner_knows() -> None:
    """As a join, 100,000 serials of a kind nobody had counted yet took a scan of its lines each."""
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'sogoc_used_serials'")
        source = cursor.fetchone()[0].replace("p_kind", "$1").replace("p_keys", "$2")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE serials (text, text[]) AS {source}")
        cursor.execute("EXPLAIN (FORMAT JSON) EXECUTE serials('', '{}')")
        plan = cursor.fetchone()[0]
        cursor.execute("DEALLOCATE serials")
    comparing = [each for each in nodes(plan) if "upper(" in str({**each, "Plans": None})]
    assert {each.get("Relation Name") for each in comparing} == {REGISTER}


REGISTER = "credentials_register_line"


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Every node of a plan in EXPLAIN's JSON."""
    for each in plan if isinstance(plan, list) else [plan]:
        node = each.get("Plan", each)
        yield node
        yield from nodes(node.get("Plans", []))
