"""A paper book becomes register lines: as found, by two persons, by signed minutes, once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from sogoc.credentials.digitisation import api as digitisation
from sogoc.credentials.digitisation.state import TRANSITIONS
from sogoc.credentials.disclosure import api as disclosure
from sogoc.credentials.log import api as log
from sogoc.credentials.register import api as register
from sogoc.credentials.sweep import api as sweeps
from sogoc.people.api import Actor, NotPermitted, acting
from tests.credentials.digitisation.book import (
    FIRST,
    HEAD,
    PAGE_12,
    PAGE_13,
    PAGES,
    SECOND,
    THIRD,
    TITLE,
    attach,
    count,
    image,
    key,
    keyed_twice,
    minutes,
    opened,
    settle,
    signed,
    who,
)
from tests.credentials.world import AT, CENTRE, SO, TODAY, issue_list, people_list

pytestmark = pytest.mark.usefixtures("settled")


def stored() -> list[register.LineView]:
    by = who(FIRST)
    lines = register.export_lines(by=by, issuer=SO)
    return [register.show_line(line["code"], by=by) for line in lines]


def changed(**values: str) -> dict[int, Any]:
    """The pages with other values in line 1 of page 12."""
    return {12: {**PAGE_12, 1: {**PAGE_12[1], **values}}, 13: PAGE_13}


def test_lines_are_registered_as_found(tmp_path: Path) -> None:
    done = count(signed(tmp_path))
    assert (done.lines, done.added, done.aside, done.already) == (4, 4, 1, False)
    views = {(view.source_sheet, view.source_row): view for view in stored()}
    assert set(views) == {("trang 12", 1), ("trang 12", 2), ("trang 12", 3), ("trang 13", 1)}
    an, len_1, len_2, binh = (views[place] for place in sorted(views))
    assert (an.full_name, an.birth_date, an.birth_text) == ("Nguyễn Văn An", date(1990, 3, 2), "")
    assert (an.source_file, an.signatory_name) == (TITLE, "Nguyễn Thành Tâm")
    assert an.details == {"score_theory": 8.5, "grade": "Khá"}
    assert (len_1.birth_date, len_1.birth_text) == (None, "1965")
    assert len_1.details == {"faults": "erased", "issued_on_found": "06/2019"}
    assert (len_1.issued_on, len_1.serial) == (date(2019, 6, 1), len_2.serial)
    assert (len_2.birth_text, len_2.details["faults"]) == ("05/1965", "duplicated")
    assert (binh.full_name, binh.birth_text, binh.sex) == ("Lê [?] Bình", "31/02/1992", "")
    assert binh.details == {"sex_raw": "?", "faults": "illegible"}
    assert binh.book.year == 2018
    assert not any(view.is_live for view in views.values())


def test_source_is_book_page_line_and_picture(tmp_path: Path) -> None:
    token = signed(tmp_path)
    count(token)
    digests = {page.page: page.sha256 for page in digitisation.pages(token=token, by=who(FIRST))}
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_sheet, encode(source_digest, 'hex'), f.stream, reason, count(*)"
            " FROM credentials_register_line l"
            " JOIN credentials_log_leaf f ON f.leaf_hash = l.leaf_hash"
            " GROUP BY 1, 2, 3, 4 ORDER BY 1"
        )
        reason = "Biên bản số hóa 05/BB-SGDĐT ngày 10/04/2025"
        assert cursor.fetchall() == [
            ("trang 12", digests[12], log.LEGACY_STREAM, reason, 3),
            ("trang 13", digests[13], log.LEGACY_STREAM, reason, 1),
        ]


def test_counting_again_adds_nothing(tmp_path: Path) -> None:
    token = signed(tmp_path)
    first = count(token)
    again = count(token, THIRD)
    assert (again.lines, again.added, again.already, again.codes) == (4, 0, True, first.codes)
    assert len(stored()) == 4
    assert digitisation.get_job(token=token, by=who(FIRST)).counted_by == HEAD


def test_lines_are_swept_and_looked_up_like_other_old_lines(tmp_path: Path) -> None:
    codes = count(signed(tmp_path)).codes
    report = sweeps.sweep(by=who(FIRST), as_of=TODAY, issuer=SO)
    assert report.lines == 4
    assert {each.finding.check for each in report.findings} >= {
        "E-SERIAL-TWICE",
        "E-ENTRY-NUMBER-TWICE",
    }
    found = disclosure.look_up_code(codes[0])
    assert found.issuer == SO
    lines = digitisation.page_lines(token=_token(), page=12, by=who(FIRST))
    assert [line.code for line in lines] == [*codes[:3], ""]


def _token() -> str:
    return digitisation.jobs(by=who(FIRST))[0].token


def test_same_thing_written_otherwise_is_no_difference(tmp_path: Path) -> None:
    pages = changed(
        birth_date="2-3-1990", score_theory="8.50", sex="nam", full_name=" Nguyễn  Văn An"
    )
    token = keyed_twice(tmp_path, pages)
    assert digitisation.differences(token=token, by=who(THIRD)) == []


def test_differences_wait_for_a_third_person(tmp_path: Path) -> None:
    token = keyed_twice(tmp_path, changed(full_name="Nguyễn Văn Ân"))
    found = digitisation.differences(token=token, by=who(THIRD))
    assert [(d.page, d.line, d.field, d.first, d.second, d.settled) for d in found] == [
        (12, 1, "full_name", "Nguyễn Văn An", "Nguyễn Văn Ân", None)
    ]
    with pytest.raises(digitisation.MinutesRefused) as refused:
        minutes(token)
    assert refused.value.code == "digitise_differences_open"
    with pytest.raises(digitisation.SamePerson):
        settle(token, "full_name", "Nguyễn Văn Ân", by=who(SECOND))
    with pytest.raises(digitisation.WrongStep):
        settle(token, "full_name", "Nguyễn Văn Ân", reason=" ")
    settle(token, "full_name", "Nguyễn Văn An")
    settle(token, "full_name", "Nguyễn Văn Ân")  # the newest holds
    assert digitisation.differences(token=token, by=who(THIRD), only_open=True) == []
    minutes(token)
    digitisation.sign_minutes(token=token, by=who(HEAD), at=AT)
    count(token)
    assert "Nguyễn Văn Ân" in {view.full_name for view in stored()}


def test_line_only_one_saw_is_kept_or_dropped(tmp_path: Path) -> None:
    second = {12: {n: v for n, v in PAGE_12.items() if n != 3}, 13: {**PAGE_13, 9: {"note": "?"}}}
    token = keyed_twice(tmp_path, second)
    found = digitisation.differences(token=token, by=who(THIRD))
    assert [(d.page, d.line, d.field, d.first, d.second) for d in found] == [
        (12, 3, "line", "kept", "dropped"), (13, 9, "line", "dropped", "kept"),
    ]  # fmt: skip
    settle(token, "line", "kept", line=3)
    settle(token, "line", "dropped", page=13, line=9)
    assert minutes(token).lines == 4


@pytest.mark.parametrize(
    ("field", "value", "line"),
    [("line", "perhaps", 1), ("birth_year", "1990", 1), ("full_name", "X", 4)],
)
def test_what_cannot_be_settled_is_refused(
    tmp_path: Path, field: str, value: str, line: int
) -> None:
    with pytest.raises(digitisation.KeyingRefused):
        settle(keyed_twice(tmp_path), field, value, line=line)


class TestTwoPersons:
    def test_one_person_does_not_key_a_page_twice(self, tmp_path: Path) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        key(token, FIRST, {12: PAGE_12})
        with pytest.raises(digitisation.SamePerson):
            key(token, FIRST, {12: PAGE_12})

    def test_second_sees_nothing_of_the_first(self, tmp_path: Path) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        key(token, FIRST, {12: PAGE_12})
        assert digitisation.page_lines(token=token, page=12, by=who(SECOND)) == []
        assert digitisation.page_lines(token=token, page=12, by=who(THIRD)) == []
        assert len(digitisation.page_lines(token=token, page=12, by=who(FIRST))) == 4
        key(token, SECOND, {12: PAGE_12})
        assert len(digitisation.page_lines(token=token, page=12, by=who(THIRD))) == 4

    def test_comparing_sees_the_first_and_corrects(self, tmp_path: Path) -> None:
        token = opened("compare")
        for page in PAGES:
            attach(token, page, tmp_path)
        with pytest.raises(digitisation.KeyingRefused):  # nothing to compare with yet
            digitisation.compare_page(token=token, page=12, by=who(SECOND), at=AT)
        key(token, FIRST)
        assert len(digitisation.page_lines(token=token, page=12, by=who(SECOND))) == 4
        with pytest.raises(digitisation.SamePerson):
            digitisation.compare_page(token=token, page=12, by=who(FIRST), at=AT)
        with pytest.raises(digitisation.KeyingRefused):
            key(token, SECOND, {12: PAGE_12})
        done = digitisation.compare_page(
            token=token, page=12, by=who(SECOND), at=AT,
            corrections={1: {"grade": "Giỏi"}, 4: {"full_name": "Vũ Bỏ Sót"}}, absent=[5],
        )  # fmt: skip
        assert (done.ordinal, done.method, done.lines) == (2, "compare", 4)
        found = digitisation.differences(token=token, by=who(THIRD))
        assert [(d.line, d.field, d.second) for d in found] == [
            (1, "grade", "Giỏi"), (4, "line", "kept"), (5, "line", "dropped"),
        ]  # fmt: skip

    def test_minutes_need_somebody_who_keyed_nothing(self, tmp_path: Path) -> None:
        token = keyed_twice(tmp_path, method="twice")
        minutes(token, by=who(FIRST))
        with pytest.raises(digitisation.SamePerson):
            digitisation.sign_minutes(token=token, by=who(FIRST), at=AT)
        with pytest.raises(NotPermitted):  # the seal keeper keys but does not sign
            digitisation.sign_minutes(token=token, by=who(SECOND), at=AT)
        assert digitisation.get_job(token=token, by=who(FIRST)).state == "compared"
        digitisation.sign_minutes(token=token, by=who(THIRD), at=AT)
        assert digitisation.get_job(token=token, by=who(FIRST)).state == "signed"


class TestKeying:
    @pytest.mark.parametrize(
        ("lines", "code"),
        [
            ({1: {"tên": "X"}}, "digitise_field_unknown"),
            ({1: {"full_name": "x" * 501}}, "digitise_text_too_long"),
            ({1: {"full_name": "X", "faults": "cháy"}}, "digitise_fault_unknown"),
            ({0: {"full_name": "X"}}, "digitise_line_empty"),
            ({1: {"full_name": " "}}, "digitise_line_empty"),
            ({}, "digitise_page_empty"),
        ],
    )
    def test_what_is_no_line_is_refused(
        self, tmp_path: Path, lines: dict[int, dict[str, object]], code: str
    ) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        with pytest.raises(digitisation.KeyingRefused) as refused:
            key(token, FIRST, {12: lines})
        assert refused.value.code == code

    def test_page_without_lines_says_why(self, tmp_path: Path) -> None:
        token = opened()
        attach(token, 13, tmp_path)
        done = digitisation.key_pages(
            token=token, pages={}, notes={13: "trang trắng"}, by=who(FIRST), at=AT
        )
        assert [each.lines for each in done] == [0]

    def test_page_outside_or_without_picture_is_refused(self, tmp_path: Path) -> None:
        token = opened()
        with pytest.raises(digitisation.JobRefused):
            key(token, FIRST, {14: PAGE_12})
        with pytest.raises(digitisation.ImageRefused):
            key(token, FIRST, {12: PAGE_12})

    def test_workbook_brings_several_pages(self, tmp_path: Path) -> None:
        token = opened()
        for page in PAGES:
            attach(token, page, tmp_path)
        text = (
            "Trang;Dòng;Họ và tên;Ngày sinh;Giới tính;Điểm thi lý thuyết;Số hiệu;Số vào sổ;"
            "Ngày cấp;Tình trạng dòng\n"
            "12;1;Nguyễn Văn An;2/3/1990;Nam;8,5;B 000101;0001/2019;1/6/2019;\n"
            "12;2;H'Len Mlô;1965;Nữ;;B 000102;0002/2019;06/2019;tẩy xóa, không đọc được\n"
            "13;1;Lê Thị Bình;05/1965;?;;;0007/2018;20/12/2018;\n"
        )
        done = digitisation.key_sheet(
            token=token, data=text.encode("utf-8-sig"), file_name="trang-12-13.csv",
            by=who(FIRST), at=AT,
        )  # fmt: skip
        assert [(each.page, each.lines) for each in done] == [(12, 2), (13, 1)]
        lines = digitisation.page_lines(token=token, page=12, by=who(FIRST))
        assert lines[0].values == {
            "full_name": "Nguyễn Văn An", "birth_date": "02/03/1990", "sex": "Nam",
            "score_theory": "8.5", "serial": "B 000101", "entry_number": "0001/2019",
            "issued_on": "01/06/2019",
        }  # fmt: skip
        assert (lines[1].values["birth_date"], lines[1].values["issued_on"]) == ("1965", "06/2019")
        assert lines[1].values["faults"] == "erased, illegible"
        thirteen = digitisation.page_lines(token=token, page=13, by=who(FIRST))
        assert (thirteen[0].values["birth_date"], thirteen[0].values["sex"]) == ("05/1965", "?")

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Trang;Họ và tên\n12;Lê A\n", "digitise_row_without_place"),
            ("Trang;Dòng;Họ và tên\n12;1;Lê A\n12;1;Lê B\n", "digitise_line_twice"),
            ("Trang;Dòng;Họ và tên;Mã bí ẩn\n12;1;Lê A;x\n", "digitise_questions"),
        ],
    )
    def test_workbook_without_places_is_refused(self, tmp_path: Path, text: str, code: str) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        with pytest.raises(digitisation.KeyingRefused) as refused:
            digitisation.key_sheet(
                token=token, data=text.encode("utf-8-sig"), file_name="x.csv", by=who(FIRST), at=AT
            )
        assert refused.value.code == code


class TestPictures:
    @pytest.mark.parametrize(
        ("data", "media_type"),
        [
            (b"\xff\xd8\xff\xe1x", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\nx", "image/png"),
            (b"%PDF-1.7", "application/pdf"),
            (b"II*\x00x", "image/tiff"),
            (b"MM\x00*x", "image/tiff"),
        ],
    )
    def test_kind_is_told_by_the_bytes(self, tmp_path: Path, data: bytes, media_type: str) -> None:
        token = opened()
        page = attach(token, 12, tmp_path, data=data, file_name="x.doc")
        assert page.media_type == media_type
        assert digitisation.page_image(token=token, page=12, uploads=tmp_path, by=who(FIRST)) == (
            data,
            media_type,
        )

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<svg/>"])
    def test_anything_else_is_refused(self, tmp_path: Path, data: bytes) -> None:
        with pytest.raises(digitisation.ImageRefused):
            attach(opened(), 12, tmp_path, data=data)
        assert list(tmp_path.iterdir()) == []

    def test_better_picture_takes_the_place_until_the_page_is_keyed(self, tmp_path: Path) -> None:
        token = opened()
        assert attach(token, 12, tmp_path).take == 1
        assert attach(token, 12, tmp_path).take == 1  # the same again
        assert attach(token, 12, tmp_path, data=image(99)).take == 2
        key(token, FIRST, {12: PAGE_12})
        with pytest.raises(digitisation.ImageRefused) as refused:
            attach(token, 12, tmp_path)
        assert refused.value.code == "digitise_page_keyed"
        again = attach(token, 12, tmp_path, again_because="cả hai người bỏ sót dòng 4")
        assert again.take == 3
        assert [d.ordinal for d in key(token, FIRST, {12: PAGE_12})] == [1]  # keyed anew

    def test_picture_of_another_page_is_refused(self, tmp_path: Path) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        with pytest.raises(digitisation.ImageRefused):
            attach(token, 13, tmp_path, data=image(12))

    def test_altered_and_missing_files_are_named(self, tmp_path: Path) -> None:
        token = opened()
        files = {}
        for page in PAGES:
            digest = attach(token, page, tmp_path).sha256
            files[page] = tmp_path / "pages" / digest
        files[12].chmod(0o600)
        files[12].write_bytes(b"\xff\xd8\xff other")
        files[13].unlink()
        assert digitisation.altered_images(token=token, uploads=tmp_path, by=who(FIRST)) == [12, 13]
        with pytest.raises(digitisation.ImageRefused):
            attach(token, 12, tmp_path)  # what lies there is not that picture


class TestMinutes:
    def test_days_missing_on_paper_come_with_their_ground(self, tmp_path: Path) -> None:
        token = keyed_twice(tmp_path)
        with pytest.raises(digitisation.MinutesRefused) as refused:
            minutes(token, days={})
        assert refused.value.code == "digitise_days_missing"
        assert refused.value.context["texts"] == ["06/2019"]
        with pytest.raises(digitisation.MinutesRefused):
            minutes(token, days_basis=" ")
        view = minutes(token)
        assert (view.lines, view.aside, len(view.digest)) == (4, 1, 64)

    def test_every_page_must_be_through(self, tmp_path: Path) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        key(token, FIRST, {12: PAGE_12})
        key(token, SECOND, {12: PAGE_12})
        with pytest.raises(digitisation.MinutesRefused) as refused:
            minutes(token)
        assert refused.value.context["pages"] == [13]

    def test_nothing_counts_before_two_signed(self, tmp_path: Path) -> None:
        token = keyed_twice(tmp_path)
        for step in (None, minutes):
            if step:
                step(token)
            with pytest.raises(digitisation.WrongStep):
                count(token)
        assert stored() == []

    def test_withdrawn_minutes_make_room_for_new_ones(self, tmp_path: Path) -> None:
        token = keyed_twice(tmp_path)
        first = minutes(token)
        digitisation.withdraw_minutes(token=token, reason="sai tên", by=who(THIRD), at=AT)
        settle(token, "full_name", "Nguyễn Văn Ấn")
        with pytest.raises(digitisation.MinutesRefused):  # the number was used
            minutes(token)
        second = minutes(token, number="06/BB-SGDĐT")
        assert first.digest != second.digest
        assert [each.signed_by for each in second.signatures] == [THIRD]

    def test_signatures_are_under_ones_own_name(self, tmp_path: Path) -> None:
        token = keyed_twice(tmp_path)
        digest = minutes(token).digest
        digitisation.sign_minutes(token=token, by=who(HEAD), at=AT)
        view = digitisation.get_minutes(token=token, by=who(FIRST))
        assert view is not None
        assert view.digest == digest
        assert [each.name for each in view.signatures][1] == "Nguyễn Thành Tâm"


class TestJobs:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"title": " "}, "digitise_title"),
            ({"years": (2019, 2018)}, "digitise_years"),
            ({"pages": (0, 3)}, "digitise_pages"),
            ({"pages": (1, 501)}, "digitise_pages"),
            ({"method": "once"}, "digitise_method"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, changes: dict[str, Any], code: str) -> None:
        with pytest.raises(digitisation.JobRefused) as refused:
            opened(**changes)
        assert refused.value.code == code

    def test_page_of_a_book_is_in_one_living_job(self) -> None:
        token = opened()
        with pytest.raises(digitisation.JobRefused) as refused:
            opened(pages=(13, 20), title=TITLE.upper())
        assert refused.value.code == "digitise_pages_taken"
        opened(pages=(14, 20))
        digitisation.cancel_job(token=token, reason="nhầm quyển", by=who(HEAD), at=AT)
        opened()

    def test_other_bodies_neither_work_nor_see(self) -> None:
        token = opened()
        stranger = who("registrar.tt-gdtx")
        with pytest.raises(NotPermitted):
            opened(by=stranger)
        assert digitisation.jobs(by=stranger) == []
        with pytest.raises(digitisation.UnknownJob):
            digitisation.get_job(token=token, by=stranger)

    def test_states_are_those_of_the_table(self) -> None:
        assert {str(state) for state in TRANSITIONS} == {
            "keying", "compared", "signed", "counted", "cancelled",
        }  # fmt: skip

    def test_cancelled_job_goes_nowhere(self, tmp_path: Path) -> None:
        token = opened()
        with pytest.raises(digitisation.WrongStep):
            digitisation.cancel_job(token=token, reason=" ", by=who(HEAD), at=AT)
        digitisation.cancel_job(token=token, reason="nhầm", by=who(HEAD), at=AT)
        with pytest.raises(digitisation.WrongStep):
            attach(token, 12, tmp_path)


def test_serial_of_a_live_line_is_kept_beside(tmp_path: Path) -> None:
    issue_list(people_list(range(1, 3)))
    token = keyed_twice(tmp_path)
    settle(token, "serial", "A 02500001")
    minutes(token)
    digitisation.sign_minutes(token=token, by=who(HEAD), at=AT)
    done = count(token)
    assert done.serials_beside == ((12, 1),)
    view = next(view for view in stored() if view.source_row == 1 and "12" in view.source_sheet)
    assert (view.serial, view.details["serial_found"]) == ("", "A 02500001")
    assert register.export_lines(by=who("registrar.tt-gdtx"), issuer=CENTRE)
