from __future__ import annotations

from datetime import date

import pytest

from sogoc.people.api import (
    Actor,
    UnknownOrganisation,
    acting,
    body_fact,
    find_mandate,
    get_organisation,
    import_mandates,
    import_organisations,
    mandate_facts,
    near_bodies,
    organisation_summaries,
    organisations,
    successor,
)
from sogoc.policy.api import authority, load_law
from tests.people.helpers import AFTER, AT, BEFORE


@pytest.fixture
def public(demo: None):  # type: ignore[no-untyped-def]  # a generator fixture
    """Work as nobody: all of this is public."""
    with acting(Actor.anonymous()) as actor:
        yield actor


def test_capacities_with_suspension(public: Actor) -> None:
    body = body_fact("tt-tin-hoc-treo")
    assert body.capacity_kinds(date(2023, 12, 31)) == {"trung_tam_sat_hach"}
    assert body.capacity_kinds(date(2024, 1, 1)) == frozenset()
    assert body.suspended_kinds(date(2024, 1, 1)) == {"trung_tam_sat_hach"}


def test_a_suspension_of_everything(demo: None) -> None:
    rows = "record,code,subject,valid_from,valid_until,decision_number\n"
    rows += "suspension,tt-gdtx-nnth-dak-nong,,2024-01-01,2024-02-01,9/QĐ\n"
    import_organisations(rows.encode(), "x.csv", by=Actor.system("tests"), at=AT)
    with acting(Actor.anonymous()):
        body = body_fact("tt-gdtx-nnth-dak-nong")
        assert body.suspended_kinds(date(2024, 1, 31)) == {"tt_gdtx", "trung_tam_sat_hach"}
        assert body.suspended_kinds(date(2024, 2, 1)) == frozenset()


def test_scope_and_levels(demo: None) -> None:
    rows = "record,code,subject,scope,level_from,level_to,valid_from,decision_number\n"
    rows += "capacity,dh-mau,don_vi_to_chuc_thi,cc_ngoai_ngu_6bac,1,3,2021-01-01,9/QĐ\n"
    import_organisations(rows.encode(), "x.csv", by=Actor.system("tests"), at=AT)
    with acting(Actor.anonymous()):
        exam_unit = body_fact("dh-mau").capacities[-1]
    assert exam_unit.scope == {"cc_ngoai_ngu_6bac"}
    assert exam_unit.levels == range(1, 4)


def test_the_demo_can_do_what_the_law_lets_it(public: Actor) -> None:
    """Each demo body issues what the matrix says, on days both sides of the changes."""
    law = load_law()
    allowed = {
        ("cc_cntt_co_ban", date(2019, 7, 7)): {"tt-gdtx-nnth-dak-nong", "tt-tin-hoc-treo"},
        ("cc_cntt_co_ban", date(2025, 4, 10)): {"tt-gdtx-nnth-dak-nong"},
        ("bang_thcs", BEFORE): {"phong-gddt-mau"},
        ("bang_thcs", AFTER): {"ubnd-xa-mau"},
        ("bang_thpt", date(2025, 12, 31)): {"so-gddt-lam-dong"},
        ("bang_thpt", date(2026, 4, 15)): {"thpt-gia-nghia"},
        ("cu_nhan", date(2025, 4, 10)): {"dh-mau"},
    }
    assert set(law.capacities) >= {
        k for b in organisations() for k in body_fact(b.code).capacity_kinds(AFTER)
    }
    for (kind, on), expected in allowed.items():
        competent = set(authority(kind, on).issuer_kinds)
        found = {
            body.code
            for body in organisations(on=on)
            if body_fact(body.code).capacity_kinds(on) & competent
        }
        assert found == expected, (kind, on)


@pytest.mark.parametrize(
    ("code", "title", "on", "person"),
    [
        ("so-gddt-dak-nong", "Giám đốc", BEFORE, "Nguyễn Thành Tâm"),
        ("so-gddt-dak-nong", "GIÁM ĐỐC", BEFORE, "Nguyễn Thành Tâm"),
        ("so-gddt-dak-nong", "Giám đốc Sở Giáo dục và Đào tạo", BEFORE, "Nguyễn Thành Tâm"),
        ("so-gddt-dak-nong", "KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC", BEFORE, "Trần Thị Ngọc Hà"),
        ("so-gddt-dak-nong", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", BEFORE, "Trần Thị Ngọc Hà"),
        ("so-gddt-dak-nong", "K/T Giám đốc", BEFORE, "Trần Thị Ngọc Hà"),
        ("so-gddt-dak-nong", "PGĐ", BEFORE, "Trần Thị Ngọc Hà"),
        ("so-gddt-dak-nong", "Phó Giám đốc", BEFORE, "Trần Thị Ngọc Hà"),
        ("so-gddt-dak-nong", "Giám đốc", AFTER, None),
        ("so-gddt-dak-nong", "Giám đốc", date(2018, 12, 31), None),
        ("so-gddt-dak-nong", "TL. GIÁM ĐỐC", BEFORE, None),
        ("so-gddt-dak-nong", "TUQ. GIÁM ĐỐC", BEFORE, None),
        ("so-gddt-dak-nong", "Q. GIÁM ĐỐC", BEFORE, None),
        ("so-gddt-dak-nong", "Hiệu trưởng", BEFORE, None),
        ("so-gddt-dak-nong", "", BEFORE, None),
        ("tt-gdtx-nnth-dak-nong", "Giám đốc Trung tâm", BEFORE, "Y Bhăm Niê"),
        ("tt-tin-hoc-treo", "KT. Giám đốc - Phó Giám đốc", BEFORE, None),
        ("thpt-gia-nghia", "Hiệu trưởng", BEFORE, "Vũ Đình Thắng"),
        ("thpt-gia-nghia", "PHT", BEFORE, "H'Len Mlô"),
        ("dh-mau", "Hiệu trưởng", BEFORE, "Bùi Hữu Nghĩa"),
        ("phong-gddt-mau", "TRƯỞNG PHÒNG", BEFORE, "Ngô Văn Sáu"),
        ("ubnd-xa-mau", "TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH", AFTER, "K'Brẻ"),
        ("ubnd-xa-mau", "Chủ tịch", BEFORE, None),
    ],
)
def test_the_mandate_behind_a_title(
    public: Actor, code: str, title: str, on: date, person: str | None
) -> None:
    mandate = find_mandate(code, title, on)
    assert (mandate.person_name if mandate else None) == person


def test_one_in_charge_signs_for_the_head(demo: None) -> None:
    rows = "organisation,person_name,title,role,valid_from,decision_number\n"
    rows += "tt-tin-hoc-treo,Lê Phúc,Phó Giám đốc,acting,2025-01-01,12/QĐ\n"
    import_mandates(rows.encode(), "x.csv", by=Actor.system("tests"), at=AT)
    with acting(Actor.anonymous()):
        found = find_mandate("tt-tin-hoc-treo", "KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC", BEFORE)
        assert found is not None
        facts = mandate_facts("tt-tin-hoc-treo", BEFORE)
    assert [(f.role, f.assignment_decision) for f in facts] == [("head", None), ("acting", "12/QĐ")]


def test_mandates_of_a_day(public: Actor) -> None:
    assert len(mandate_facts("ubnd-xa-mau")) == 2
    assert mandate_facts("ubnd-xa-mau", BEFORE) == ()
    assert [m.title for m in mandate_facts("dh-mau", BEFORE)] == ["Hiệu trưởng", "Phó Hiệu trưởng"]


def test_the_competent_body_is_near(public: Actor) -> None:
    near = dict(near_bodies("so-gddt-dak-nong", date(2020, 1, 1)))
    centre = get_organisation("tt-gdtx-nnth-dak-nong").name
    assert "trung_tam_sat_hach" in near[centre]
    assert get_organisation("so-gddt-dak-nong").name not in near
    # a suspended one is not named, and a university elsewhere is not near
    near = dict(near_bodies("so-gddt-dak-nong", date(2024, 6, 1)))
    assert [name for name, kinds in near.items() if "trung_tam_sat_hach" in kinds] == [centre]
    assert get_organisation("dh-mau").name not in near


@pytest.mark.parametrize(
    ("code", "task", "on", "expected"),
    [
        ("so-gddt-dak-nong", "issuing", BEFORE, None),
        ("so-gddt-dak-nong", "issuing", AFTER, "so-gddt-lam-dong"),
        ("so-gddt-dak-nong", "custody", AFTER, "so-gddt-lam-dong"),
        ("so-gddt-dak-nong", "supervision", AFTER, "so-gddt-lam-dong"),
        ("phong-gddt-mau", "custody", AFTER, "so-gddt-lam-dong"),
        ("phong-gddt-mau", "issuing", AFTER, "ubnd-xa-mau"),
        ("thpt-gia-nghia", "custody", AFTER, None),
    ],
)
def test_successors(public: Actor, code: str, task: str, on: date, expected: str | None) -> None:
    found = successor(code, task, on)
    assert (found.code if found else None) == expected


def test_a_circle_of_successors_ends(demo: None) -> None:
    rows = "record,code,subject,successor,valid_from,decision_number\n"
    rows += "succession,so-gddt-lam-dong,custody,so-gddt-dak-nong,2026-01-01,1/QĐ\n"
    import_organisations(rows.encode(), "x.csv", by=Actor.system("tests"), at=AT)
    with acting(Actor.anonymous()):
        assert successor("so-gddt-dak-nong", "custody", date(2026, 1, 1)) is not None


def test_lists_of_organisations(demo: None) -> None:
    with acting(Actor.anonymous()):
        assert [o.code for o in organisations(capacity="trung_tam_sat_hach", on=BEFORE)] == [
            "tt-gdtx-nnth-dak-nong",
            "tt-tin-hoc-treo",
        ]
        assert "ubnd-xa-mau" not in [o.code for o in organisations(on=BEFORE)]
        assert "phong-gddt-mau" not in [o.code for o in organisations(on=AFTER)]
        assert [o.code for o in organisations(codes=["dh-mau"])] == ["dh-mau"]
        with pytest.raises(UnknownOrganisation):
            get_organisation("so-nao-do")
    summaries = {row["code"]: row for row in organisation_summaries(on=BEFORE)}
    assert summaries["tt-tin-hoc-treo"]["suspended"] == ["trung_tam_sat_hach"]
    assert summaries["dh-mau"]["capacities"] == ["co_so_gddh"]
