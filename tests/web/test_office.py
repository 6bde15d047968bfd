"""The office: who gets in, and the way of a list from upload to the register."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sogoc.credentials.issuing import api as issuing
from tests.credentials import world
from tests.web.helpers import (
    APPROVER,
    PASSWORD,
    REGISTRAR,
    SEAL_KEEPER,
    SIGNATORY,
    day,
    words,
)

SignIn = Callable[[str], Client]


def said(file: issuing.ListFile, **changes: str) -> dict[str, Any]:
    """The upload form for the Centre's act of the day."""
    act = world.PROPOSAL
    assert act.exam_date is not None
    assert act.decision is not None
    assert act.learners_confirmed_on is not None
    return {
        "file": SimpleUploadedFile(file.name, file.data),
        "kind": act.kind,
        "issuer": act.issuer,
        "signatory": act.signatory,
        **day("issued_on", act.issued_on),
        **day("exam_date", act.exam_date),
        "decision_number": act.decision.number,
        **day("decision_date", act.decision.date),
        "decision_by": act.decision.decided_by,
        "decision_signer": act.decision.signer,
        **day("learners_confirmed_on", act.learners_confirmed_on),
        **changes,
    }


def upload(client: Client, file: issuing.ListFile, **changes: str) -> str:
    """Send a list; return the address of its findings."""
    answer = client.post("/office/lists/new", said(file, **changes))
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def prepared(client: Client, file: issuing.ListFile, **changes: str) -> str:
    """Send a list and confirm it; return the address of the batch."""
    address = upload(client, file, **changes).replace("findings", "prepare")
    assert "Lập đợt cấp" in words(client.get(address))
    answer = client.post(address)
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def do(client: Client, batch: str, act: str, **typed: Any) -> Any:
    """Show an act's page and confirm it with what the page itself filled in."""
    page = client.get(f"{batch}/acts/{act}")
    assert page.status_code == 200, words(page)
    filled = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page.content.decode()))
    return client.post(f"{batch}/acts/{act}", {**filled, **typed})


# --- who gets in ---


def test_the_office_asks_who_is_there(settled: None) -> None:
    for address in ("/office/", "/office/lists/new", "/office/register/", "/office/batches/pt_x"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/office/sign-in?next=")
    assert Client().get("/en/office/")["Location"].startswith("/en/office/sign-in")


def test_sign_in_answers_the_same_for_unknown_name_and_wrong_password(settled: None) -> None:
    answers = [
        Client().post("/office/sign-in", {"username": name, "password": "sai"})
        for name in (REGISTRAR, "khong.co")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert (
        len({words(answer).replace(REGISTRAR, "").replace("khong.co", "") for answer in answers})
        == 1
    )


def test_sign_in_leads_back_but_never_elsewhere(settled: None) -> None:
    who = {"username": REGISTRAR, "password": PASSWORD}
    inside = Client().post("/office/sign-in?next=/office/register/", who)
    assert inside["Location"] == "/office/register/"
    outside = Client().post("/office/sign-in?next=https://example.com/", who)
    assert outside["Location"] == "/office/"


def test_sign_out_ends_the_session_and_is_no_link(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    assert client.get("/office/sign-out").status_code == 405
    client.post("/office/sign-out")
    assert client.get("/office/").status_code == 302


def test_pages_of_the_office_are_not_stored(signed_in: SignIn) -> None:
    assert "no-store" in signed_in(REGISTRAR).get("/office/")["Cache-Control"]


def test_without_the_permission_there_is_no_page(signed_in: SignIn) -> None:
    answer = signed_in("seal.tt-gdtx").get("/office/lists/new")
    assert answer.status_code == 403
    assert "Bạn không có quyền này" in words(answer)


# --- from list to findings ---


def test_a_file_that_is_no_list_is_refused_on_the_form(signed_in: SignIn) -> None:
    answer = signed_in(REGISTRAR).post(
        "/office/lists/new", said(issuing.ListFile(data=b"%PDF-1.4 x", name="a.pdf"))
    )
    assert answer.status_code == 200
    assert 'id="id_file_error"' in answer.content.decode()


def test_findings_are_grouped_and_come_back_in_the_workbook(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    file = world.people_list(range(1, 6))
    text = file.data.decode("utf-8-sig").replace(",8.5,", ",4.0,", 1)
    address = upload(client, issuing.ListFile(data=text.encode(), name=file.name))
    page = client.get(address)
    assert "Lỗi – không được cấp" in words(page)
    assert "Căn cứ:" in words(page)
    workbook = client.get(address.replace("findings", "workbook"))
    assert workbook["Content-Type"].endswith("spreadsheetml.sheet")
    assert "attachment" in workbook["Content-Disposition"]
    sheets = openpyxl.load_workbook(io.BytesIO(workbook.content))
    cells = [str(c.value) for sheet in sheets for row in sheet.iter_rows() for c in row if c.value]
    assert any("TTLT 17/2016" in cell for cell in cells)


def test_the_so_is_refused_with_the_citation_and_nothing_is_written(signed_in: SignIn) -> None:
    client = signed_in("registrar.so-dak-nong")
    address = upload(client, world.people_list(range(1, 4)), issuer=world.SO)
    page = words(client.get(address))
    assert "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT" in page
    assert "Tiếp tục lập đợt cấp" not in page
    answer = client.post(address.replace("findings", "prepare"))
    assert answer.status_code == 409
    assert "Chưa lập được đợt cấp" in words(answer)
    assert "Chưa có đợt cấp nào" in words(client.get("/office/"))


def test_unknown_headers_are_asked_and_the_answers_kept(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    file = world.people_list(range(1, 4))
    text = file.data.decode("utf-8-sig").replace("Dân tộc", "Cột lạ lùng")
    address = upload(client, issuing.ListFile(data=text.encode(), name=file.name))
    asked = client.get(address)
    assert asked.status_code == 302
    columns = asked["Location"]
    assert "Cột lạ lùng" in words(client.get(columns))
    assert client.post(columns, {"q0": ""}).status_code == 200
    answer = client.post(columns, {"q0": "ethnicity"}, follow=True)
    assert "Mọi dòng đều cấp được" in words(answer)
    again = client.post(f"{columns}/forget", follow=True)
    assert "Cột lạ lùng" in words(again)


def old_list() -> issuing.ListFile:
    """A list of three people in the encoding TCVN3 (ABC), as a file of that time."""
    rows = [
        ["STT", "Hä vµ tªn", "Ngµy sinh", "N¬i sinh", "Giíi tÝnh"],
        ["1", "NguyÔn V¨n An", "01/02/1990", "§¾k N«ng", "Nam"],
        ["2", "TrÇn ThÞ H\xadêng", "01/03/1991", "§¾k N«ng", "N÷"],
        ["3", "§ç §øc Th¾ng", "01/04/1992", "§¾k N«ng", "Nam"],
    ]
    text = "\r\n".join(";".join(row) for row in rows)
    return issuing.ListFile(data=text.encode("latin-1"), name="danh-sach-cu.csv")


def test_old_text_is_shown_converted_and_asked_about(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    columns = client.get(upload(client, old_list()))["Location"]
    asked = words(client.get(columns))
    assert "Chữ được chuyển đúng chưa?" in asked
    assert "TCVN3" in asked
    assert "» → «" in asked  # examples of what was converted
    none = client.post(columns, {"q0": ""})
    assert "Hãy cho biết chuyển như vậy đúng chưa." in words(none)
    answer = client.post(columns, {"q0": "convert"}, follow=True)
    page = answer.content.decode()
    assert "TCVN3" in words(answer)  # said again among the findings
    for name in re.findall(r'href="(/luat/quy-tac/[^"]+)"', page):
        assert client.get(name).status_code == 200, name


def test_old_text_may_be_kept_as_it_is(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    address = upload(client, old_list())
    columns = client.get(address)["Location"]
    client.post(columns, {"q0": "as_is"})
    assert "TCVN3" not in words(client.get(columns, follow=True))


def test_the_upload_names_the_kinds_of_file(signed_in: SignIn) -> None:
    page = words(signed_in(REGISTRAR).get("/office/lists/new"))
    for said in (".xlsx", ".ods", ".xls", ".csv", "TCVN3", "VNI"):
        assert said in page


def test_each_sheet_is_a_batch_of_its_own(signed_in: SignIn) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, name in enumerate(("Lớp A", "Lớp B")):
        sheet = book.create_sheet(name)
        sheet.append(list(world.HEADERS))
        for place in range(1, 4):
            sheet.append(world.person(number * 10 + place))
    data = io.BytesIO()
    book.save(data)
    client = signed_in(REGISTRAR)
    address = upload(client, issuing.ListFile(data=data.getvalue(), name="hai-lop.xlsx"))
    choosing = client.get(address)["Location"]
    assert "Lớp B" in words(client.get(choosing))
    answer = client.post(choosing, {"sheet": "Lớp B", "issuer": world.CENTRE}, follow=True)
    assert "hai-lop.xlsx · Lớp B" in words(answer)
    client.post(address.replace("findings", "prepare"))
    client.post(choosing, {"sheet": "Lớp A", "issuer": world.CENTRE})
    client.post(address.replace("findings", "prepare"))
    assert len(issuing.batches(by=world.account(REGISTRAR))) == 2


def test_details_are_changed_without_sending_the_file_again(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    file = world.people_list(range(1, 4))
    address = upload(client, file)
    change = address.replace("findings", "change")
    assert 'value="45/QĐ-TT"' in client.get(change).content.decode()
    typed = said(file, decision_number="46/QĐ-TT")
    del typed["file"]
    assert client.post(change, typed)["Location"] == address
    assert "46/QĐ-TT" in words(client.get(address.replace("findings", "prepare")))
    other = client.post(change, said(world.people_list(range(1, 3), name="khác.csv")))
    assert other["Location"] != address
    assert client.get(address).status_code == 404
    assert "khác.csv" in words(client.get(other["Location"]))


def test_a_draft_is_nobody_elses(signed_in: SignIn) -> None:
    address = upload(signed_in(REGISTRAR), world.people_list(range(1, 4)))
    answer = signed_in(APPROVER).get(address)
    assert answer.status_code == 404
    assert "Bản nháp này không còn" in words(answer)


# --- from batch to register ---


def test_the_whole_way(signed_in: SignIn) -> None:
    registrar = signed_in(REGISTRAR)
    batch = prepared(registrar, world.people_list(range(1, 4)))

    refused = registrar.post(f"{batch}/acts/approve")
    assert refused.status_code == 409  # who prepared does not approve
    assert do(signed_in(APPROVER), batch, "approve").status_code == 302
    assert do(registrar, batch, "print").status_code == 302
    shown = words(registrar.get(f"{batch}/rows"))
    assert world.FIRST in shown

    wrong = registrar.post(f"{batch}/acts/misprint", {"row": "9", "reason": "Kẹt giấy"})
    assert wrong.status_code == 409
    assert do(registrar, batch, "misprint", row="1", reason="Kẹt giấy").status_code == 302
    assert world.FIRST not in words(registrar.get(f"{batch}/rows"))

    early = signed_in(SEAL_KEEPER).post(f"{batch}/acts/seal", day("day", world.TODAY))
    assert early.status_code == 409  # the seal follows the signature
    assert do(signed_in(SIGNATORY), batch, "sign", **day("day", world.TODAY)).status_code == 302
    assert do(signed_in(SEAL_KEEPER), batch, "seal", **day("day", world.TODAY)).status_code == 302
    assert do(registrar, batch, "issue").status_code == 302
    assert "0001/2025/CNTTCB" in words(registrar.get(batch))
    assert "Đã vào sổ gốc" in words(registrar.get("/office/"))


def test_issuing_twice_issues_once(signed_in: SignIn) -> None:
    registrar = signed_in(REGISTRAR)
    batch = prepared(registrar, world.people_list(range(1, 4)))
    world.bring_to_signed(batch.rsplit("/", 1)[1])
    for _ in range(2):
        assert registrar.post(f"{batch}/acts/issue", {"key": "một-lần"}).status_code == 302
    assert len(list(_exported(registrar))) == 3


def test_the_key_of_an_issue_is_made_by_the_page(signed_in: SignIn) -> None:
    registrar = signed_in(REGISTRAR)
    batch = prepared(registrar, world.people_list(range(1, 4)))
    keys = {
        re.findall(
            r'name="key" value="([^"]+)"', registrar.get(f"{batch}/acts/issue").content.decode()
        )[0]
        for _ in range(2)
    }
    assert len(keys) == 2
    assert registrar.post(f"{batch}/acts/issue").status_code == 200  # without a key: asked again


def test_another_body_sees_nothing_of_it(signed_in: SignIn) -> None:
    batch = prepared(signed_in(REGISTRAR), world.people_list(range(1, 4)))
    stranger = signed_in("registrar.thpt")
    for address in (batch, f"{batch}/rows", f"{batch}/acts/print"):
        answer = stranger.get(address)
        assert answer.status_code == 404
        assert "Văn" not in words(answer)
    assert "Chưa có đợt cấp nào" in words(stranger.get("/office/"))


def test_cancelling_needs_a_reason(signed_in: SignIn) -> None:
    registrar = signed_in(REGISTRAR)
    batch = prepared(registrar, world.people_list(range(1, 4)))
    assert registrar.post(f"{batch}/acts/cancel", {"reason": " "}).status_code == 200
    assert do(registrar, batch, "cancel", reason="Nhầm danh sách").status_code == 302
    page = words(registrar.get(batch))
    assert "Nhầm danh sách" in page
    assert "Đã hủy" in page


def test_acts_nobody_defined_have_no_page(signed_in: SignIn) -> None:
    registrar = signed_in(REGISTRAR)
    batch = prepared(registrar, world.people_list(range(1, 4)))
    assert registrar.get(f"{batch}/acts/xyz").status_code == 404


# --- the register ---


@pytest.fixture
def issued(settled: None) -> issuing.Issued:
    """Three credentials in the Centre's register."""
    return world.issue_list(world.people_list(range(1, 4)))


def _exported(client: Client) -> list[dict[str, Any]]:
    answer = client.get("/office/register/export")
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined] # streamed
    return [json.loads(line) for line in body.splitlines()]


def test_names_are_found_without_accents(issued: issuing.Issued, signed_in: SignIn) -> None:
    registrar = signed_in(REGISTRAR)
    everyone = words(registrar.get("/office/register/"))
    names = [str(world.person(number)[1]) for number in range(1, 4)]
    assert all(name in everyone for name in names)
    found = words(registrar.get("/office/register/", {"q": "TRAN VAN AN"}))
    assert names[0] in found
    assert names[1] not in found
    assert "Không có dòng nào" in words(registrar.get("/office/register/", {"q": "%"}))
    by_number = words(registrar.get("/office/register/", {"q": "0002/2025/CNTTCB"}))
    assert names[1] in by_number
    assert names[0] not in by_number


def test_a_line_shows_what_the_register_holds(issued: issuing.Issued, signed_in: SignIn) -> None:
    page = words(signed_in(REGISTRAR).get(f"/office/register/{issued.codes[0]}"))
    for expected in (str(world.person(1)[1]), world.FIRST, "0001/2025/CNTTCB", issued.codes[0]):
        assert expected in page


def test_export_is_json_lines(issued: issuing.Issued, signed_in: SignIn) -> None:
    lines = _exported(signed_in(REGISTRAR))
    assert [line["entry_number"] for line in lines] == [f"000{n}/2025/CNTTCB" for n in (1, 2, 3)]
    assert set(lines[0]) == {
        "code", "kind", "issuer", "full_name", "serial", "entry_number", "issued_on", "status",
    }  # fmt: skip


def test_another_bodys_lines_are_neither_listed_nor_shown_nor_exported(
    issued: issuing.Issued, signed_in: SignIn
) -> None:
    stranger = signed_in("registrar.thpt")
    assert "Không có dòng nào" in words(stranger.get("/office/register/"))
    assert stranger.get(f"/office/register/{issued.codes[0]}").status_code == 404
    assert _exported(stranger) == []
