"""``sogoc digitise``: a page of an old book becomes register lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import SO, Answer, Sogoc

FIRST, SECOND = "registrar.so-dak-nong", "seal.so-dak-nong"
PAGE = (
    "Trang;Dòng;Họ và tên;Ngày sinh;Giới tính;Kết quả;Số hiệu;Số vào sổ;Ngày cấp;Tình trạng dòng\n"
    "7;1;{name};02/03/1990;Nam;Đạt;B 000901;0001/2019;01/06/2019;\n"
    "7;2;H'Len Mlô;1965;Nữ;Đạt;B 000902;0002/2019;2019;tẩy xóa\n"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("so-giay")
    (folder / "trang-7.jpg").write_bytes(b"\xff\xd8\xff\xe0 trang 7")
    for number, name in ((1, "Nguyễn Văn An"), (2, "Nguyễn Văn Ân")):
        (folder / f"nhap-{number}.csv").write_text(PAGE.format(name=name), "utf-8")
    return folder


def opened(demo: Sogoc, title: str, *options: str) -> str:
    answer = demo.run(
        *("digitise", "open", "--issuer", SO, "--kind", "cc_cntt_co_ban", "--title", title),
        *("--years", "2019", "--pages", "7", "--signatory", "KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC"),
        *options,
    )
    assert answer.code == 0, answer.err
    return str(answer.data["token"])


def test_a_page_becomes_lines(demo: Sogoc, files: Path) -> None:
    token = opened(demo, "Quyển 1")

    def step(name: str, *words: str) -> Answer:
        return demo.run("digitise", name, token, *words)

    assert step("attach", str(files / "trang-7.jpg"), "--page", "7").code == 0
    assert step("key", str(files / "nhap-1.csv")).data["by"] == FIRST
    assert (
        step("key", str(files / "nhap-1.csv"), "--as", FIRST).data["error"]["code"] == "four_eyes"
    )
    assert step("key", str(files / "nhap-2.csv")).data["by"] == SECOND

    found = step("differences")
    assert (found.code, found.data["open"]) == (1, 1)
    assert found.data["differences"][0]["field"] == "full_name"
    early = step("minutes", "--number", "01/BB", "--day", "2019=2019-06-01", "--basis", "QĐ 88")
    assert (early.code, early.data["error"]["code"]) == (1, "digitise_differences_open")
    settled = step(
        *("settle", "--page", "7", "--line", "1", "--field", "full_name"),
        *("--value", "Nguyễn Văn Ân", "--reason", "chữ Â rõ trên ảnh"),
    )
    assert settled.data["settled"] == "Nguyễn Văn Ân"
    assert step("differences").code == 0

    missing = step("minutes", "--number", "01/BB")
    assert missing.data["error"]["code"] == "digitise_days_missing"
    drawn = step("minutes", "--number", "01/BB", "--day", "2019=2019-06-01", "--basis", "QĐ 88")
    assert (drawn.data["state"], drawn.data["lines"]) == ("compared", 2)
    assert step("count").data["error"]["code"] == "digitise_state"
    assert step("minutes").data["state"] == "signed"

    done = step("count")
    assert (done.data["lines"], done.data["added"], done.data["existing"]) == (2, 2, False)
    assert step("count").data["existing"] is True
    shown = step("show", "--page", "7")
    assert (shown.code, shown.data["state"], shown.data["altered_images"]) == (0, "counted", [])
    codes = [line["code"] for line in shown.data["lines"]]
    assert codes == done.data["codes"]
    assert demo.run("lookup", codes[1]).code == 0
    line = demo.run("register", "show", codes[1]).data
    assert (line["birth_text"], line["source_sheet"], line["source_row"]) == ("1965", "trang 7", 2)
    assert line["details"]["issued_on_found"] == "2019"
    assert demo.run("log", "audit").data["ok"] is True


def test_comparing_withdrawing_and_cancelling(demo: Sogoc, files: Path) -> None:
    token = opened(demo, "Quyển 2", "--method", "compare")
    run = demo.run
    run("digitise", "attach", token, str(files / "trang-7.jpg"), "--page", "7")
    run("digitise", "key", token, str(files / "nhap-1.csv"))
    compared = run("digitise", "compare", token, "--page", "7", "--absent", "2")
    assert (compared.code, compared.data["pages"][0]["method"]) == (0, "compare")
    decided = ("--page", "7", "--line", "2", "--field", "line", "--reason", "có trong sổ")
    assert run("digitise", "settle", token, *decided, "--value", "dropped").code == 0
    assert run("digitise", "minutes", token, "--number", "02/BB").data["lines"] == 1
    withdrawn = run("digitise", "minutes", token, "--withdraw", "làm lại")
    assert withdrawn.data["state"] == "keying"
    assert run("digitise", "cancel", token, "--reason", "nhầm").data["state"] == "cancelled"
    listed = run("digitise", "list", "--issuer", SO, "--state", "cancelled").data["jobs"]
    assert [job["token"] for job in listed] == [token]


def test_wrong_use_is_said(demo: Sogoc, files: Path) -> None:
    token = opened(demo, "Quyển 3")
    assert demo.run("digitise", "key", token).code == 2
    bad = demo.run("digitise", "compare", token, "--page", "7", "--fix", "x", json_wanted=False)
    assert bad.code == 2
    unknown = demo.run("digitise", "show", "sh_khong")
    assert (unknown.code, unknown.data["error"]["code"]) == (1, "digitise_job_unknown")
    paper = demo.run("digitise", "attach", token, str(files / "nhap-1.csv"), "--page", "7")
    assert (paper.code, paper.data["error"]["code"]) == (1, "digitise_not_an_image")
