"""``sogoc law`` answers without a home or a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sogoc


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Sogoc:
    return Sogoc(tmp_path_factory.mktemp("none") / "home")


def ask(sogoc: Sogoc, kind: str, date: str, *more: str) -> dict[str, object]:
    answer = sogoc.run("law", "authority", "--kind", kind, "--date", date, *more)
    assert answer.code == 0, answer.err
    data = answer.data
    assert isinstance(data, dict)
    return data


def test_the_department_may_not_issue_it_certificates(nowhere: Sogoc) -> None:
    verdict = ask(
        nowhere,
        "cc_cntt_co_ban",
        "2019-07-07",
        "--issuer-kind",
        "so_gddt",
        "--signatory",
        "KT. Giám đốc",
    )
    assert verdict["verdict"] == "refused"
    assert verdict["basis"] == "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT"
    assert verdict["issuer_kinds"] == ["trung_tam_sat_hach"]
    assert verdict["rule"] == "CNTT-1"


@pytest.mark.parametrize(
    ("kind", "date", "issuer", "expected"),
    [
        ("bang_thpt", "2025-12-31", "so_gddt", "allowed"),
        ("bang_thpt", "2026-01-01", "so_gddt", "review"),
        ("bang_thpt", "2026-04-14", "truong_thpt", "review"),
        ("bang_thpt", "2026-04-15", "truong_thpt", "allowed"),
        ("bang_thpt", "2026-04-15", "so_gddt", "refused"),
        ("bang_thcs", "2025-06-30", "phong_gddt", "allowed"),
        ("bang_thcs", "2025-07-01", "phong_gddt", "refused"),
        ("bang_thcs", "2025-07-01", "ubnd_xa", "allowed"),
        ("bang_thcs", "2026-01-01", "ubnd_xa", "review"),
        ("ielts", "2025-01-01", "so_gddt", "no_such_kind"),
    ],
)
def test_both_sides_of_the_days_the_law_changed(
    nowhere: Sogoc, kind: str, date: str, issuer: str, expected: str
) -> None:
    assert ask(nowhere, kind, date, "--issuer-kind", issuer)["verdict"] == expected


@pytest.mark.parametrize("what", ["kinds", "instruments", "checks"])
def test_lists_are_not_empty_and_make_no_home(nowhere: Sogoc, what: str) -> None:
    assert len(nowhere.run("law", what).data[what]) >= 20
    assert not Path(nowhere.home).exists()


def test_a_wrong_date_is_a_mistake_of_use(nowhere: Sogoc) -> None:
    answer = nowhere.run("law", "authority", "--kind", "bang_thpt", "--date", "31/02/2025")
    assert answer.code == 2
    assert "31/02/2025" in answer.err
