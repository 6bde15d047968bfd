"""Files of organisations, accounts and mandates: all mistakes at once, nothing half written."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from sogoc.people.api import (
    Actor,
    ImportRefused,
    NotPermitted,
    acting,
    get_organisation,
    import_accounts,
    import_mandates,
    import_organisations,
)
from sogoc.people.identity import for_purpose
from sogoc.people.models import (
    Account,
    AuditEvent,
    Capacity,
    Licence,
    Mandate,
    Organisation,
    RoleGrant,
    Suspension,
)
from tests.people.helpers import AT

BY = Actor.system("tests")
PERIOD = "valid_from,valid_until,decision_number"


def organisations(text: str, name: str = "don-vi.csv") -> Any:
    return import_organisations(text.encode(), name, by=BY, at=AT)


def accounts(text: str) -> Any:
    return import_accounts(text.encode(), "tai-khoan.csv", by=BY, at=AT)


def mandates(text: str) -> Any:
    return import_mandates(text.encode(), "nguoi-ky.csv", by=BY, at=AT)


def problems(call: Any, text: str) -> list[tuple[int | None, str | None]]:
    with pytest.raises(ImportRefused) as caught:
        call(text)
    for problem in caught.value.problems:
        assert problem.message.vi
        assert problem.remedy.en
        assert problem.sentence.vi in caught.value.message.vi
        assert problem.sentence.en in caught.value.message.en
    return [(problem.row, problem.column) for problem in caught.value.problems]


def count(model: Any) -> int:
    with acting(BY), for_purpose("import"):
        return int(model.objects.count())


class TestOrganisations:
    def test_records_in_any_order(self, db: None) -> None:
        report = organisations(
            f"record,code,name,parent,province,subject,successor,{PERIOD}\n"
            "capacity,truong-a,,,,truong_thpt,,2020-01-01,,1/QĐ\n"
            "succession,truong-b,,,,issuing,truong-a,2025-07-01,,3/QĐ\n"
            "organisation,truong-a,Trường A,so-a,TP. Hồ Chí Minh,,,,,\n"
            "organisation,truong-b,Trường B,so-a,79,,,,,\n"
            "organisation,so-a,Sở A,,Hồ Chí Minh,,,,,\n"
            "suspension,truong-a,,,,,,2024-01-01,2024-02-01,2/QĐ\n"
            "licence,truong-a,,,,Tin học,,2024-01-01,,2/QĐ\n"
        )
        assert (report.created, report.changed, report.unchanged) == (7, 0, 0)
        with acting(BY):
            school = get_organisation("truong-a")
            assert school.parent == get_organisation("so-a")
            assert school.province_code == "79"
            assert Suspension.objects.get().capacity_kind == ""
            assert Licence.objects.get().subject == "Tin học"

    def test_vietnamese_headers_semicolons_and_dates(self, db: None) -> None:
        report = organisations(
            "\ufeffLOẠI DÒNG;Mã đơn vị;Tên đơn vị;Nội dung;Có hiệu lực từ;Đến trước ngày;"
            "Số quyết định\n"
            "Đơn vị;truong-a;  Trường   A ;;;;\n"
            ";;;;;;\n"
            "Tư cách;truong-a;;truong_thpt;01/09/2020;1/7/2025;1/QĐ\n"
        )
        assert report.created == 2
        with acting(BY):
            capacity = Capacity.objects.get()
            assert capacity.organisation.name == "Trường A"
        assert (capacity.valid_from, capacity.valid_until) == (date(2020, 9, 1), date(2025, 7, 1))

    def test_workbook(self, db: None) -> None:
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            for column, header in enumerate(
                ["record", "code", "name", "province", "subject", "valid_from", "decision_number"]
            ):
                sheet.write(0, column, header)
            sheet.write_row(1, 0, ["organisation", "truong-a", "Trường A", 1])
            sheet.write_row(2, 0, ["capacity", "truong-a", "", "", "truong_thpt"])
            sheet.write_datetime(2, 5, date(2020, 9, 1), day)  # type: ignore[arg-type]  # dates too
            sheet.write(2, 6, 17)
        report = import_organisations(stream.getvalue(), "don-vi.xlsx", by=BY, at=AT)
        assert report.created == 2
        with acting(BY):
            assert get_organisation("truong-a").province_code == "01"
            capacity = Capacity.objects.get()
        assert (capacity.valid_from, capacity.decision_number) == (date(2020, 9, 1), "17")

    def test_the_same_file_again_changes_nothing(self, demo: None) -> None:
        text = f"record,code,name,subject,{PERIOD}\norganisation,truong-a,Trường A,,,,\n"
        text += "capacity,truong-a,,truong_thpt,2020-01-01,,1/QĐ\n"
        assert organisations(text).created == 2
        with acting(BY):
            before = AuditEvent.objects.count()
        again = organisations(text)
        assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
        with acting(BY):
            assert AuditEvent.objects.count() == before

    def test_a_changed_period_is_appended(self, db: None) -> None:
        head = f"record,code,name,subject,{PERIOD}\n"
        organisations(
            f"{head}organisation,tt-a,Trung tâm A,,,,\n"
            "capacity,tt-a,,trung_tam_sat_hach,2020-01-01,,1/QĐ\n"
        )
        report = organisations(
            f"{head}capacity,tt-a,,trung_tam_sat_hach,2024-01-01,,2/QĐ\n"
            "capacity,tt-a,,trung_tam_sat_hach,2020-01-01,2023-01-01,1/QĐ\n"
        )
        assert (report.created, report.changed) == (1, 1)
        with acting(BY):
            periods = list(
                Capacity.objects.order_by("valid_from").values_list("valid_from", "valid_until")
            )
        assert periods == [
            (date(2020, 1, 1), date(2023, 1, 1)),
            (date(2024, 1, 1), None),
        ]

    @pytest.mark.parametrize(
        "row",
        [
            "capacity,tt-a,,trung_tam_sat_hach,2020-01-01,2023-01-01,1/QĐ",  # already closed
            "capacity,tt-a,,trung_tam_sat_hach,2020-01-01,2022-01-01,7/QĐ",  # another decision
            "capacity,tt-a,,trung_tam_sat_hach,2020-01-01,,1/QĐ",  # opened again
            "capacity,tt-a,,trung_tam_sat_hach,2021-01-01,,2/QĐ",  # overlaps
        ],
    )
    def test_what_was_decided_is_not_rewritten(self, db: None, row: str) -> None:
        head = f"record,code,name,subject,{PERIOD}\n"
        organisations(
            f"{head}organisation,tt-a,Trung tâm A,,,,\n"
            "capacity,tt-a,,trung_tam_sat_hach,2020-01-01,2022-01-01,1/QĐ\n"
        )
        assert [at for at, _ in problems(organisations, f"{head}{row}\n")] == [2]

    def test_names_are_corrected_and_empty_cells_leave_things(self, demo: None) -> None:
        report = organisations(
            "record,code,name,parent,dissolved_on\n"
            "organisation,dh-mau,Trường Đại học Mẫu mới,so-gddt-lam-dong,\n"
            "organisation,thpt-gia-nghia,,,2030-01-01\n"
        )
        assert (report.created, report.changed) == (0, 2)
        with acting(BY):
            university = get_organisation("dh-mau")
            assert university.name == "Trường Đại học Mẫu mới"
            assert university.parent == get_organisation("so-gddt-lam-dong")
            assert university.province_code == "66"
            assert get_organisation("thpt-gia-nghia").name == "Trường Trung học phổ thông Gia Nghĩa"

    def test_every_mistake_at_once_and_nothing_written(self, db: None) -> None:
        text = (
            f"record,code,name,parent,province,subject,scope,level_from,successor,{PERIOD}\n"
            "organisation,Trường A,A,,,,,,,,,\n"  # 2: code
            "organisation,a,,,,,,,,,,\n"  # 3: name
            "organisation,b,B,khong-co,Atlantis,,,,,,,\n"  # 4: parent, province
            "organisation,b,B,,,,,,,,,\n"  # 5: repeated
            "capacity,b,,,,vua_co_vua_khong,,,,2020-01-01,,1\n"  # 6: subject
            "capacity,b,,,,truong_thpt,khong_co_loai,mười,,2020-02-30,,\n"  # 7: 4 mistakes
            "capacity,c,,,,truong_thpt,,,,2020-01-01,,1\n"  # 8: unknown code
            "capacity,b,,,,truong_thpt,,,,2020-01-01,2019-01-01,1\n"  # 9: backwards
            "succession,b,,,,cooking,,,b,2020-01-01,,1\n"  # 10: task, itself
            "nonsense,b,,,,,,,,,,\n"  # 11: record
        )
        assert problems(organisations, text) == [
            (2, "code"),
            (3, "name"),
            (4, "parent"),
            (4, "province"),
            (5, None),
            (6, "subject"),
            (7, "decision_number"),
            (7, "level_from"),
            (7, "scope"),
            (7, "valid_from"),
            (8, "code"),
            (9, "valid_until"),
            (10, "subject"),
            (10, "successor"),
            (11, "record"),
        ]
        assert count(Organisation) == 0

    def test_overlaps_inside_a_file(self, db: None) -> None:
        text = (
            f"record,code,name,subject,{PERIOD}\norganisation,a,A,,,,\n"
            "capacity,a,,truong_thpt,2020-01-01,2021-01-01,1\n"
            "capacity,a,,truong_thpt,2020-06-01,,2\n"
            "capacity,a,,truong_thpt,2021-01-01,,3\n"
        )
        assert problems(organisations, text) == [(4, "valid_from"), (5, "valid_from")]

    def test_a_circle_of_parents(self, db: None) -> None:
        text = "record,code,name,parent\norganisation,a,A,b\norganisation,b,B,a\n"
        assert problems(organisations, text) == [(2, "parent"), (3, "parent")]

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b"", "a.csv"),
            (b"record,kode\n", "a.csv"),
            ("record,code\nđ".encode("cp1258", "replace") + b"\xf0", "a.csv"),
            (b'record,code\n"a', "a.csv"),
            (b"not a workbook", "a.xlsx"),
            (b"PK\x03\x04broken", "a.xlsx"),
            (b"\x89PNG\r\n\x1a\n", "a.csv"),
        ],
    )
    def test_files_that_are_no_table(self, db: None, data: bytes, name: str) -> None:
        with pytest.raises(ImportRefused) as caught:
            import_organisations(data, name, by=BY, at=AT)
        for problem in caught.value.problems:
            assert "codec" not in problem.message.vi  # what Python says is no message for people

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
    def test_encodings_of_spreadsheet_programs(self, db: None, encoding: str) -> None:
        text = "record\tcode\tname\norganisation\ttt-x\tTrung tâm Đắk\n"
        report = import_organisations(text.encode(encoding), "a.txt", by=BY, at=AT)
        assert report.created == 1

    def test_only_with_the_permission(self, centre: Actor) -> None:
        for call in (import_organisations, import_accounts, import_mandates):
            with pytest.raises(NotPermitted):
                call(b"", "a.csv", by=centre, at=AT)


class TestAccounts:
    HEAD = "username,display_name,email,organisation,roles,valid_from,valid_until,active\n"

    def test_roles_in_either_language(self, demo: None) -> None:
        report = accounts(
            f'{self.HEAD}lan.hv,Lan,lan@example.org,dh-mau,"Người duyệt; signatory",2024-01-01,,\n'
        )
        assert report.created == 3
        with acting(BY), for_purpose("import"):
            account = Account.objects.get(username="lan.hv")
            roles = set(RoleGrant.objects.filter(account=account).values_list("role", flat=True))
            assert not account.has_usable_password()
            assert not account.is_demo
        assert roles == {"approver", "signatory"}

    def test_every_mistake_at_once(self, demo: None) -> None:
        text = self.HEAD + (
            "Lan Hà,Lan,,dh-mau,registrar,2024-01-01,,\n"  # 2: name
            "a.b,,not-an-address,khong-co,registrar,2024-01-01,,\n"  # 3: three
            "c.d,C,,,registrar,2024-01-01,,\n"  # 4: needs a body
            "e.f,E,,dh-mau,king,2024-01-01,,maybe\n"  # 5: role, active
            "g.h,G,,dh-mau,system,2024-01-01,,\n"  # 6: not grantable
            "i.j,I,,dh-mau,registrar,2024-01-01,,\n"
            "i.j,Other,,dh-mau,approver,2024-01-01,,\n"  # 8: differs
            "i.j,I,,dh-mau,registrar,2025-01-01,,\n"  # 9: overlaps
            "k.l,K,,dh-mau,system_operator;registrar,2024-01-01,,\n"  # 10: not both
        )
        assert problems(accounts, text) == [
            (2, "username"),
            (3, "display_name"),
            (3, "email"),
            (3, "organisation"),
            (4, "organisation"),
            (5, "active"),
            (5, "roles"),
            (6, "roles"),
            (8, "username"),
            (9, "valid_from"),
            (10, "roles"),
            (10, "roles"),
        ]

    def test_an_operator_is_given_nothing_else_later(self, demo: None) -> None:
        text = f"{self.HEAD}operator,Người vận hành hệ thống,,,inspector,2024-01-01,,\n"
        assert problems(accounts, text) == [(2, "roles")]

    def test_a_role_ends(self, demo: None) -> None:
        text = "username,display_name,organisation,roles,valid_from,valid_until\n"
        text += (
            'submitter.thpt,"Người nộp danh sách, THPT Gia Nghĩa",thpt-gia-nghia,submitter,'
            "2004-01-01,2025-01-01\n"
        )
        report = accounts(text)
        assert (report.created, report.changed, report.unchanged) == (0, 1, 1)
        assert accounts(text).changed == 0


class TestMandates:
    HEAD = f"organisation,person_name,title,role,{PERIOD}\n"

    def test_a_new_head_after_the_old(self, demo: None) -> None:
        report = mandates(
            "organisation,person_name,title,role,valid_from,valid_until,decision_number,"
            "decision_date,decision_by\n"
            "dh-mau,Bùi Hữu Nghĩa,Hiệu trưởng,head,2019-01-01,2025-01-01,3300/QĐ-BGDĐT,"
            "2018-12-20,Bộ Giáo dục và Đào tạo\n"
            "dh-mau,Võ Thị Sáu,Hiệu trưởng,người đứng đầu,2025-01-01,,1/QĐ,,\n"
        )
        assert (report.created, report.changed) == (1, 1)

    def test_every_mistake_at_once(self, demo: None) -> None:
        before = count(Mandate)
        text = self.HEAD + (
            "khong-co,A,Giám đốc,head,2024-01-01,,1\n"  # 2
            "dh-mau,,Hiệu trưởng ĐH Mẫu,boss,2024-01-01,,\n"  # 3: four
            "dh-mau,B,Hiệu trưởng,head,2024-01-01,,1\n"  # 4: overlaps the head on record
            "dh-mau,C,Phó Hiệu trưởng,deputy,2024-13-01,,1\n"  # 5
            "dh-mau,D,Phó Hiệu trưởng,deputy,2024-01-01,,1\n"
            "dh-mau,D,Phó Hiệu trưởng,deputy,2024-01-01,,1\n"  # 7: repeated
        )
        assert problems(mandates, text) == [
            (2, "organisation"),
            (3, "decision_number"),
            (3, "person_name"),
            (3, "role"),
            (3, "title"),
            (4, "valid_from"),
            (5, "valid_from"),
            (7, None),
        ]
        assert count(Mandate) == before

    def test_two_deputies_at_a_time(self, demo: None) -> None:
        assert mandates(f"{self.HEAD}dh-mau,D,Phó Hiệu trưởng,deputy,2024-01-01,,1\n").created == 1


def test_the_event_says_what_was_granted(demo: None) -> None:
    accounts(
        "username,display_name,organisation,roles,valid_from\nlan,Lan,dh-mau,registrar,2024-01-01\n"
    )
    with acting(BY):
        event = AuditEvent.objects.latest("pk")
    assert event.verb == "people:account:import"
    assert event.subject.startswith("sha256:")
    assert event.detail["rows"] == ["+ account lan", "+ role lan registrar 2024-01-01.."]
