"""Opinions, blanks and revocation in the office."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.register import api as registers
from tests.credentials import world
from tests.web.helpers import REGISTRAR, SEAL_KEEPER, SIGNATORY, day, words

SignIn = Callable[[str], Client]
OFFICER, OTHER, KEEPER = "officer.ministry", "officer2.ministry", "blanks.tt-gdtx"


def opinion(**changes: Any) -> dict[str, Any]:
    return {
        "document_number": "812/QLCL-VBCC",
        **day("document_date", date(2025, 4, 1)),
        "author": "Cục Quản lý chất lượng",
        "summary": "Trung tâm được cấp",
        "is_allowed": "yes",
        **day("valid_from", date(2025, 1, 1)),
        "kinds": [world.KIND],
        "checks": ["E-BODY-WITHOUT-AUTHORITY"],
        "bodies": world.CENTRE,
        **changes,
    }


# --- opinions ---


def test_an_opinion_counts_once_another_officer_confirms_it(signed_in: SignIn) -> None:
    client = signed_in(OFFICER)
    assert "Chưa có ý kiến nào" in words(client.get("/office/rulings/"))
    answer = client.post("/office/rulings/new", opinion(), follow=True)
    assert "Chờ người khác" in words(answer)
    place = "/office/rulings/confirm?number=812%2FQLCL-VBCC"
    assert f'href="{place}"' in answer.content.decode()
    assert "không tự xác nhận" in words(client.get(place))
    own = client.post(place)
    assert own.status_code == 409
    assert "không được tự xác nhận" in words(own)

    other = signed_in(OTHER)
    shown = words(other.get(place))
    assert "Trung tâm được cấp" in shown
    assert world.CENTRE in shown
    assert other.post(place).status_code == 302
    (ruling,) = issuing.rulings(by=world.account(OFFICER))
    assert (ruling.confirmed_by, ruling.is_allowed) == (OTHER, True)
    assert ruling.bodies == (world.CENTRE,)
    assert other.post(place).status_code == 409
    assert other.get("/office/rulings/confirm?number=x").status_code == 404


def test_an_opinion_says_what_it_is_about(signed_in: SignIn) -> None:
    client = signed_in(OFFICER)
    empty = words(client.post("/office/rulings/new", {"document_number": ""}))
    for said in ("Hãy nhập số văn bản.", "Hãy chọn ít nhất một loại.", "Hãy chọn kết luận."):
        assert said in empty
    unknown = client.post("/office/rulings/new", opinion(bodies="khong-co"))
    assert "Không có đơn vị nào mang mã khong-co." in words(unknown)
    late = opinion(**day("valid_until", date(2025, 1, 1)))
    assert "Ngày này phải sau ngày bắt đầu." in words(client.post("/office/rulings/new", late))
    client.post("/office/rulings/new", opinion())
    again = client.post("/office/rulings/new", opinion())
    assert again.status_code == 409
    assert "đã được ghi" in words(again)


def test_opinions_are_for_officers_above(signed_in: SignIn) -> None:
    assert "Ý kiến pháp lý" in words(signed_in(OFFICER).get("/office/"))
    registrar = signed_in(REGISTRAR)
    assert "Ý kiến pháp lý" not in words(registrar.get("/office/"))
    assert registrar.get("/office/rulings/").status_code == 403
    assert registrar.get("/office/rulings/new").status_code == 403


# --- blanks ---


def test_blanks_come_in_once(signed_in: SignIn) -> None:
    client = signed_in(KEEPER)
    before = sum(b.taken_in for b in blanks.balance(owner=world.CENTRE, by=world.account(KEEPER)))
    said = {
        "source": "received",
        "kind": world.KIND,
        "first": "CNTT 9000001",
        "last": "CNTT 9000050",
        "document": "PG 12/2025",
        **day("on", world.TODAY),
    }
    answer = client.post("/office/blanks/receive", said, follow=True)
    assert "Đã nhập phôi CNTT 9000001 đến CNTT 9000050." in words(answer)
    found = blanks.balance(owner=world.CENTRE, by=world.account(KEEPER))
    assert sum(b.taken_in for b in found) == before + 50
    assert "Khớp" in words(answer)
    again = client.post("/office/blanks/receive", {**said, "source": "opening"})
    assert again.status_code == 409
    assert client.post("/office/blanks/receive", {"first": ""}).status_code == 200


def test_who_keeps_no_blanks_takes_none_in(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    assert "/office/blanks/receive" not in client.get("/office/blanks/").content.decode()
    assert client.get("/office/blanks/receive").status_code == 403


# --- revoking ---


def issued_code(client: Client) -> str:
    """Issue three lines; the code of the newest."""
    world.issue_list(world.people_list(range(1, 4)))
    page = client.get("/office/register/").content.decode()
    return str(re.findall(r'href="/office/register/([^"?]+)"', page)[-1])


def test_a_line_is_revoked_by_a_decision(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    code = issued_code(client)
    place = f"/office/register/{code}/revoke"
    assert place in client.get(f"/office/register/{code}").content.decode()
    asked = client.post(place, {"decision_number": ""})
    assert "Hãy nhập căn cứ thu hồi." in words(asked)
    said = {
        "decision_number": "77/QĐ-TT",
        **day("decision_date", world.TODAY),
        "ground": "điểm c khoản 1 Điều 25 TT 21/2019",
        "reason": "Ghi sai kết quả",
    }
    answer = client.post(place, said, follow=True)
    assert "Đã ghi việc thu hồi." in words(answer)
    assert "77/QĐ-TT" in words(answer)
    assert registers.show_line(code, by=world.account(REGISTRAR)).status == "revoked"
    assert place not in answer.content.decode()
    assert client.post(place, said).status_code == 409


def test_others_revoke_nothing(signed_in: SignIn) -> None:
    code = issued_code(signed_in(REGISTRAR))
    assert signed_in("registrar.thpt").get(f"/office/register/{code}/revoke").status_code == 404
    assert signed_in("seal.tt-gdtx").get(f"/office/register/{code}/revoke").status_code == 403


# --- revoking a list ---


def revocation(words_: str, **changes: Any) -> dict[str, Any]:
    return {
        "words": words_,
        "decision_number": "109/QĐ-TT",
        **day("decision_date", world.TODAY),
        "ground": "điểm c khoản 1 Điều 25 TT 21/2019",
        "reason": "Cấp không đúng thẩm quyền",
        "action": "try",
        **changes,
    }


def three_lines() -> list[Any]:
    world.issue_list(world.people_list(range(1, 4)))
    by = world.account(REGISTRAR)
    return list(registers.find_lines(by=by, text="", limit=3, offset=0))


def statuses(lines: list[Any]) -> set[str]:
    by = world.account(REGISTRAR)
    return {registers.show_line(line.code, by=by).status for line in lines}


PLACE = "/office/register/revoke"


def test_a_list_is_looked_at_first_and_revoked_by_two(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    lines = three_lines()
    assert PLACE in client.get("/office/register/").content.decode()
    asked = "\n".join([lines[0].code, f" {lines[1].serial} ", lines[2].serial, lines[2].code])
    tried = client.post(PLACE, revocation(asked))
    assert "Đề nghị thu hồi các dòng này" in words(tried)
    assert "3 dòng" in words(tried)
    assert client.get("/office/register/revocations").status_code == 200

    proposed = client.post(PLACE, revocation(asked, action="propose"))
    place = proposed.headers["Location"]
    own = client.get(place)
    assert "Người đã đề nghị không tự xác nhận." in words(own)
    assert "Xác nhận, thu hồi" not in words(own)
    refused = client.post(place, {"action": "confirm"})
    assert refused.status_code == 409
    assert "phải là người khác" in words(refused)
    assert signed_in(SEAL_KEEPER).post(place, {"action": "confirm"}).status_code == 403
    assert statuses(lines) == {"valid"}

    second = signed_in(SIGNATORY)
    assert place in second.get("/office/register/revocations").content.decode()
    seen = words(second.get(place))
    assert "Xác nhận, thu hồi các dòng này" in seen
    assert all(line.full_name in seen for line in lines)
    done = second.post(place, {"action": "confirm"}, follow=True)
    assert "Đã thu hồi 3 dòng." in words(done)
    assert SIGNATORY in words(done)
    assert statuses(lines) == {"revoked"}
    assert second.post(place, {"action": "confirm"}).status_code == 409
    again = client.post(PLACE, revocation(asked))
    assert "Đã thu hồi từ trước" in words(again)
    assert "Đề nghị thu hồi các dòng này" not in words(again)


def test_a_proposal_is_withdrawn_with_a_reason(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    lines = three_lines()
    asked = revocation("\n".join(line.code for line in lines), action="propose")
    place = client.post(PLACE, asked).headers["Location"]
    assert client.post(PLACE, asked).headers["Location"] == place  # sent twice: one proposal
    without = client.post(place, {"action": "withdraw", "reason": ""})
    assert "Hãy ghi lý do rút." in words(without)
    done = client.post(place, {"action": "withdraw", "reason": "Nhầm danh sách"}, follow=True)
    assert "Đã rút" in words(done)
    assert "Nhầm danh sách" in words(done)
    assert signed_in(SIGNATORY).post(place, {"action": "confirm"}).status_code == 409
    assert statuses(lines) == {"valid"}
    assert client.get("/office/register/revocations/th_none").status_code == 404


def test_what_is_not_one_line_stops_the_whole_list(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    lines = three_lines()
    asked = f"{lines[0].serial}\nKHONG-CO-1"
    for action in ("try", "propose"):
        answer = client.post(PLACE, revocation(asked, action=action))
        assert "Không có trong sổ gốc KHONG-CO-1" in words(answer)
        assert "Đề nghị thu hồi các dòng này" not in words(answer)
    ahead = revocation(lines[0].code, action="propose", **day("decision_date", date(2030, 1, 1)))
    assert client.post(PLACE, ahead).status_code == 409
    assert statuses(lines) == {"valid"}
    empty = client.post(PLACE, revocation(" \n", reason=""))
    assert "Hãy nhập ít nhất một mã hoặc số hiệu." in words(empty)
    assert signed_in(SEAL_KEEPER).get(PLACE).status_code == 403


def test_pages_say_of_whom_the_data_were_erased(signed_in: SignIn) -> None:
    client = signed_in(REGISTRAR)
    lines = three_lines()
    lifecycle.erase_personal(
        codes=[lines[0].code],
        decision_number="12/QĐ-TT",
        decision_date=world.TODAY,
        reason="theo yêu cầu",
        by=world.who("register.erase"),
        at=world.AT,
    )
    home = client.get("/office/").content.decode()
    (batch,) = set(re.findall(r'href="(/office/batches/[^"/]+)"', home))
    rows = words(client.get(f"{batch}/rows"))
    assert lines[0].full_name not in rows
    assert "Dữ liệu cá nhân đã xóa" in rows
    assert lines[1].full_name in rows
    assert "Dữ liệu cá nhân đã xóa" in words(client.get(f"/office/register/{lines[0].code}"))
    assert "Dữ liệu cá nhân đã xóa" in words(client.get(f"/c/{lines[0].code}"))
    assert "Dữ liệu cá nhân đã xóa" not in words(client.get(f"/c/{lines[1].code}"))


# --- blanks that are no more ---


def ending(**changes: Any) -> dict[str, Any]:
    return {
        "what": "destroy",
        "kind": world.KIND,
        "first": world.LAST,
        "last": "",
        "document": "BB 7/2025",
        "reason": "In thử",
        **day("on", world.TODAY),
        **changes,
    }


def test_blanks_are_spoiled_destroyed_or_lost_with_their_paper(signed_in: SignIn) -> None:
    client = signed_in(KEEPER)
    assert "/office/blanks/end" in client.get("/office/blanks/").content.decode()
    said = ending(what="spoil", document="")
    done = client.post("/office/blanks/end", said, follow=True)
    assert f"Đã ghi 1 phôi: {world.LAST} đến {world.LAST}." in words(done)
    missing = client.post("/office/blanks/end", ending(document=""))
    assert "Hãy nhập số biên bản hoặc văn bản." in words(missing)
    assert client.post("/office/blanks/end", ending()).status_code == 302
    assert client.post("/office/blanks/end", ending()).status_code == 409
    lost = ending(what="lost", first="A02500290", last="A02500291", document="CA 3/2025")
    assert client.post("/office/blanks/end", lost).status_code == 302
    (balance,) = blanks.balance(owner=world.CENTRE, kind=world.KIND, by=world.account(KEEPER))
    assert (balance.destroyed, balance.lost, balance.is_balanced) == (1, 2, True)
    assert signed_in(REGISTRAR).get("/office/blanks/end").status_code == 403
