"""Paper books on the web: pictures, two persons, a third, minutes, and the register."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sogoc.credentials.digitisation import api as digitisation
from sogoc.people.api import Actor
from tests.credentials import world
from tests.credentials.digitisation import book
from tests.web.helpers import REGISTRAR, SEAL_KEEPER, Installation, day, words

SignIn = Callable[[str], Client]

FULL = {
    1: {"full_name": "Nguyễn Văn An", "serial": "B 000101", "issued_on": "01/06/2019"},
    3: {"full_name": "H'Len Mlô", "birth_date": "1965", "issued_on": "06/2019"},
}


def pictures(page: int, *names: str) -> dict[str, Any]:
    files = [SimpleUploadedFile(name, book.image(page + place)) for place, name in enumerate(names)]
    return {"page": str(page), "pictures": files}


def opened(client: Client, **changes: str) -> str:
    """Open a job through its form; return its address."""
    said = {
        "issuer": world.SO,
        "kind": world.KIND,
        "title": book.TITLE,
        "year_from": "2018",
        "year_to": "2019",
        "first_page": "12",
        "last_page": "12",
        "method": "twice",
        **changes,
    }
    answer = client.post("/office/books/new", said)
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def typed(lines: Mapping[int, Mapping[str, str]], action: str = "save", **more: str) -> Any:
    """What the form of a page sends: one box a line."""
    sent = {"count": str(len(lines)), "action": action, "note": "", **more}
    for place, (line, values) in enumerate(lines.items()):
        sent |= {f"l{place}-line": str(line)}
        sent |= {f"l{place}-{name}": text for name, text in values.items()}
    return sent


def key(client: Client, job: str, lines: Mapping[int, Mapping[str, str]]) -> Any:
    return client.post(f"{job}/pages/12/key", typed(lines))


def keyed(signed_in: SignIn, second: Mapping[int, Mapping[str, str]] = FULL) -> str:
    """A job of one page that two persons keyed; its address."""
    first = signed_in(book.FIRST)
    job = opened(first)
    assert first.post(f"{job}/pictures", pictures(12, "12.jpg")).status_code == 302
    assert key(first, job, FULL).status_code == 302
    assert key(signed_in(book.SECOND), job, second).status_code == 302
    return job


def token_of(job: str) -> str:
    return job.rsplit("/", 1)[1]


def who(name: str) -> Actor:
    return world.account(name)


# --- jobs and pictures ---


def test_a_job_is_opened_and_listed(signed_in: SignIn) -> None:
    client = signed_in(book.FIRST)
    assert "Chưa có việc số hóa nào" in words(client.get("/office/books/"))
    job = opened(client)
    page = words(client.get(job))
    assert book.TITLE in page
    assert "Trang 12 Chưa có ảnh" in page
    listed = client.get("/office/books/?state=keying")
    assert f'href="{job}"' in listed.content.decode()
    assert "Chưa có việc số hóa nào" in words(client.get("/office/books/?state=counted"))


def test_what_makes_no_sense_is_said_on_the_form(signed_in: SignIn) -> None:
    client = signed_in(book.FIRST)
    empty = client.post("/office/books/new", {"title": ""})
    assert empty.status_code == 200
    assert "Hãy nhập tên quyển sổ." in words(empty)
    opened(client)
    again = client.post(
        "/office/books/new",
        {
            "issuer": world.SO,
            "kind": world.KIND,
            "title": book.TITLE,
            "year_from": "2018",
            "year_to": "2019",
            "first_page": "1",
            "last_page": "12",
            "method": "twice",
        },
    )
    assert again.status_code == 409
    assert "đã có việc số hóa" in words(again)
    assert f'value="{book.TITLE}"' in again.content.decode()


def test_pictures_follow_one_another_by_their_names(signed_in: SignIn) -> None:
    client = signed_in(book.FIRST)
    job = opened(client, last_page="14")
    files = [SimpleUploadedFile(f"t-{n}.jpg", book.image(n)) for n in (10, 9, 2)]
    client.post(f"{job}/pictures", {"page": "12", "pictures": files})
    views = digitisation.pages(token=token_of(job), by=who(book.FIRST))
    assert [view.file_name for view in views] == ["t-2.jpg", "t-9.jpg", "t-10.jpg"]


def test_what_is_no_picture_is_refused_and_those_before_it_stay(signed_in: SignIn) -> None:
    client = signed_in(book.FIRST)
    job = opened(client, last_page="14")
    files = [
        SimpleUploadedFile("1.jpg", book.image(12)),
        SimpleUploadedFile("2.jpg", b"MZ no picture"),
    ]
    answer = client.post(f"{job}/pictures", {"page": "12", "pictures": files})
    assert answer.status_code == 409
    assert "không phải ảnh" in words(answer)
    assert len(digitisation.pages(token=token_of(job), by=who(book.FIRST))) == 1
    assert client.post(f"{job}/pictures", {"page": "13"}).status_code == 200
    # the form offers the first page that has none
    assert 'value="13"' in client.get(f"{job}/pictures").content.decode()


def test_a_picture_goes_to_officers_of_the_body_alone_and_is_never_kept(
    signed_in: SignIn,
) -> None:
    client = signed_in(book.FIRST)
    job = opened(client)
    client.post(f"{job}/pictures", pictures(12, "12.jpg"))
    address = f"{job}/pages/12/picture"
    answer = client.get(address)
    assert answer.content == book.image(12)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == 'inline; filename="trang-12.jpeg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert signed_in("registrar.thpt").get(address).status_code == 404
    assert Client().get(address)["Location"].startswith("/office/sign-in")
    assert client.get(f"{job}/pages/99/picture").status_code == 409


def test_other_bodies_see_no_page_of_it(signed_in: SignIn) -> None:
    job = keyed(signed_in)
    stranger = signed_in("registrar.thpt")
    for place in ("", "/pictures", "/pages/12", "/pages/12/key", "/pages/12/differences"):
        answer = stranger.get(f"{job}{place}")
        assert answer.status_code == 404, place
        assert "Nguyễn" not in words(answer)
    assert "Chưa có việc số hóa nào" in words(stranger.get("/office/books/"))


def test_an_altered_picture_is_named(signed_in: SignIn, installation: Installation) -> None:
    job = keyed(signed_in)
    client = signed_in(book.FIRST)
    assert "Mọi ảnh còn nguyên" in words(client.get(f"{job}?pictures=1"))
    (stored,) = list(Path(installation.uploads_directory, "pages").iterdir())
    stored.write_bytes(book.JPEG + b"changed")
    assert "đã bị sửa: 12." in words(client.get(f"{job}?pictures=1"))


# --- keying ---


def test_the_second_person_sees_nothing_of_the_first(signed_in: SignIn) -> None:
    first = signed_in(book.FIRST)
    job = opened(first)
    first.post(f"{job}/pictures", pictures(12, "12.jpg"))
    page = first.get(f"{job}/pages/12/key")
    assert f'src="{job}/pages/12/picture"' in page.content.decode()
    key(first, job, FULL)
    assert "Nguyễn Văn An" in words(first.get(f"{job}/pages/12"))
    second = signed_in(book.SECOND)
    for place in ("", "/pages/12", "/pages/12/key", "/pages/12/differences"):
        assert "Nguyễn Văn An" not in second.get(f"{job}{place}").content.decode()
    twice = key(first, job, FULL)
    assert twice.status_code == 409
    assert "Bạn đã nhập trang 12" in words(twice)


def test_lines_are_added_and_columns_chosen_without_losing_what_was_typed(
    signed_in: SignIn,
) -> None:
    client = signed_in(book.FIRST)
    job = opened(client)
    client.post(f"{job}/pictures", pictures(12, "12.jpg"))
    more = client.post(f"{job}/pages/12/key", typed(FULL, "more")).content.decode()
    assert 'value="Nguyễn Văn An"' in more
    assert re.search(r'name="l6-line" value="7"', more)
    assert "l7-line" not in more
    chosen = typed(FULL, "columns") | {"columns": ["serial", "ethnicity"]}
    other = client.post(f"{job}/pages/12/key", chosen).content.decode()
    assert "l0-ethnicity" in other
    assert "l0-birth_place" not in other
    assert 'value="Nguyễn Văn An"' in other
    assert "l0-ethnicity" in client.get(f"{job}/pages/12/key").content.decode()  # remembered
    assert digitisation.pages(token=token_of(job), by=who(book.FIRST))[0].passes == ()


def test_slips_on_a_line_lead_to_their_box(signed_in: SignIn) -> None:
    client = signed_in(book.FIRST)
    job = opened(client)
    client.post(f"{job}/pictures", pictures(12, "12.jpg"))
    sent = typed({1: {"full_name": "A"}, 2: {"full_name": "B"}})
    answer = client.post(f"{job}/pages/12/key", {**sent, "l1-line": "1"})
    assert 'href="#id_l1-line"' in answer.content.decode()
    assert "Số dòng này có hai lần." in words(answer)
    without = client.post(f"{job}/pages/12/key", {**sent, "l1-line": ""})
    assert "Hãy nhập số dòng như trên giấy." in words(without)
    fault = client.post(f"{job}/pages/12/key", {**sent, "l1-faults": "cháy"})
    assert fault.status_code == 409
    assert "Không rõ tình trạng “cháy”" in words(fault)


def test_a_page_without_lines_needs_its_reason(signed_in: SignIn) -> None:
    client = signed_in(book.FIRST)
    job = opened(client)
    client.post(f"{job}/pictures", pictures(12, "12.jpg"))
    bare = client.post(f"{job}/pages/12/key", typed({1: {}}))
    assert bare.status_code == 409
    assert "hãy ghi lý do" in words(bare)
    done = client.post(f"{job}/pages/12/key", typed({1: {}}, note="trang trắng"))
    assert done.status_code == 302


def test_comparing_shows_what_was_keyed_and_records_what_differs(signed_in: SignIn) -> None:
    first = signed_in(book.FIRST)
    job = opened(first, method="compare")
    first.post(f"{job}/pictures", pictures(12, "12.jpg"))
    lines = {1: {**FULL[1], "faults": "tẩy xóa"}, 3: FULL[3]}
    key(first, job, lines)
    third = signed_in(book.THIRD)
    page = third.get(f"{job}/pages/12/compare").content.decode()
    assert 'value="Nguyễn Văn An"' in page
    assert 'value="tẩy xóa"' in page
    sent = typed({1: {**lines[1], "serial": "B 000107"}, 3: FULL[3], 4: {"full_name": "Lê Bốn"}})
    answer = third.post(f"{job}/pages/12/compare", {**sent, "l1-absent": "yes"})
    assert answer.status_code == 302, words(answer)
    found = digitisation.differences(token=token_of(job), by=who(book.THIRD))
    assert [(d.line, d.field, d.second) for d in found] == [
        (1, "serial", "B 000107"),
        (3, "line", "dropped"),
        (4, "line", "kept"),
    ]


# --- differences ---


def test_a_third_person_settles_one_difference_after_the_other(signed_in: SignIn) -> None:
    second = {1: {**FULL[1], "full_name": "Nguyễn Văn Ân", "serial": "B 000107"}, 3: FULL[3]}
    job = keyed(signed_in, second)
    assert "2 chỗ khác nhau" in words(signed_in(book.FIRST).get(job))
    own = signed_in(book.FIRST).get(f"{job}/pages/12/differences")
    assert "Người khác quyết định" in words(own)
    assert "differences/1/" not in own.content.decode()

    third = signed_in(book.THIRD)
    page = third.get(f"{job}/pages/12/differences").content.decode()
    assert "differences/1/full_name" in page
    ask = f"{job}/pages/12/differences/1/full_name"
    assert "Nguyễn Văn Ân" in words(third.get(ask))
    assert third.post(ask, {"chosen": "first"}).status_code == 200  # no reason
    answer = third.post(ask, {"chosen": "second", "reason": "xem lại ảnh"})
    assert answer["Location"] == f"{job}/pages/12/differences/1/serial"
    answer = third.post(
        answer["Location"], {"chosen": "other", "value": "B 000109", "reason": "số 9"}
    )
    assert answer["Location"] == job
    assert "Hai người thống nhất" in words(third.get(job))
    assert "B 000109" in words(third.get(f"{job}/pages/12"))
    assert third.get(f"{job}/pages/12/differences/1/grade").status_code == 404


def test_who_keyed_settles_nothing(signed_in: SignIn) -> None:
    second = {1: {**FULL[1], "serial": "B 000107"}, 3: FULL[3]}
    job = keyed(signed_in, second)
    answer = signed_in(book.FIRST).post(
        f"{job}/pages/12/differences/1/serial", {"chosen": "first", "reason": "x"}
    )
    assert answer.status_code == 409
    assert "người thứ ba quyết định" in words(answer)


def test_whether_a_line_stands_there_is_asked_as_such(signed_in: SignIn) -> None:
    job = keyed(signed_in, {1: FULL[1]})
    ask = f"{job}/pages/12/differences/3/line"
    third = signed_in(book.THIRD)
    page = words(third.get(ask))
    assert "Có dòng này Không có dòng này" in page.replace("Không có dòng này không", "")
    assert third.post(ask, {"chosen": "dropped", "reason": "không có"})["Location"] == job


# --- minutes and counting ---


def minutes_of(client: Client, job: str) -> Any:
    """Draw up the minutes; the form asks for the day the book does not give."""
    said = {"number": "05/BB", **day("on", world.TODAY)}
    asked = client.post(f"{job}/acts/minutes", said)
    assert asked.status_code == 409, words(asked)
    assert "Ngày cấp của các dòng ghi “06/2019”" in words(asked)
    assert 'value="05/BB"' in asked.content.decode()
    return client.post(
        f"{job}/acts/minutes",
        {**said, "text0": "06/2019", **day("day0", book.DAYS["06/2019"]), "basis": "QĐ 88"},
    )


def test_from_pages_to_the_register(signed_in: SignIn) -> None:
    job = keyed(signed_in)
    third, head = signed_in(book.THIRD), signed_in(book.HEAD)
    assert minutes_of(third, job).status_code == 302
    assert "Chờ ký biên bản" in words(third.get(job))
    assert f"{job}/acts/sign" not in third.get(job).content.decode()  # signed already
    again = third.post(f"{job}/acts/sign")
    assert again.status_code == 409
    assert "05/BB" in words(head.get(f"{job}/acts/sign"))
    assert head.post(f"{job}/acts/sign").status_code == 302
    early = words(head.get(job))
    assert "Đã ký, chờ vào sổ" in early
    answer = head.post(f"{job}/acts/count", follow=True)
    assert "Đã vào sổ gốc 2 dòng." in words(answer)
    assert words(head.post(f"{job}/acts/count", follow=True)).count("Đã vào sổ gốc 2 dòng.") == 1
    page = head.get(f"{job}/pages/12").content.decode()
    (line, _other) = re.findall(r'href="(/office/register/[^"]+)"[^>]*>SG-', page)
    assert "Nguyễn Văn An" in words(head.get(line))


def test_minutes_wait_for_every_page_and_are_withdrawn_with_a_reason(signed_in: SignIn) -> None:
    first = signed_in(book.FIRST)
    job = opened(first)
    assert f"{job}/acts/minutes" not in first.get(job).content.decode()
    refused = first.post(f"{job}/acts/minutes", {"number": "1", **day("on", world.TODAY)})
    assert refused.status_code == 409
    assert "Chưa đủ ảnh và hai người" in words(refused)
    first.post(f"{job}/pictures", pictures(12, "12.jpg"))
    key(first, job, FULL)
    key(signed_in(book.SECOND), job, FULL)
    third = signed_in(book.THIRD)
    minutes_of(third, job)
    assert third.post(f"{job}/acts/withdraw", {"reason": ""}).status_code == 200
    assert third.post(f"{job}/acts/withdraw", {"reason": "nhầm số"}).status_code == 302
    assert "Đang nhập, đối chiếu" in words(third.get(job))


def test_a_job_is_given_up_with_a_reason(signed_in: SignIn) -> None:
    first = signed_in(book.FIRST)
    job = opened(first)
    first.post(f"{job}/acts/cancel", {"reason": "nhầm quyển"})
    assert "nhầm quyển" in words(first.get(job))
    assert first.get(f"{job}/acts/khong-co").status_code == 404


@pytest.mark.parametrize("place", ["/office/books/new", "/office/books/sh_x/pictures"])
def test_who_may_not_key_has_no_form(signed_in: SignIn, place: str) -> None:
    assert signed_in(book.THIRD).get(place).status_code == 403
    assert signed_in(REGISTRAR).get("/office/books/sh_x").status_code == 404


# --- pages keyed in a workbook ---


def sheet(*rows: str) -> Any:
    head = "Trang,Dòng,Họ và tên,Ngày sinh,Số hiệu"
    text = "\n".join((head, *rows)).encode("utf-8-sig")
    return SimpleUploadedFile("trang.csv", text, "text/csv")


def test_pages_are_keyed_from_a_workbook_or_none_is(signed_in: SignIn) -> None:
    client = signed_in(book.FIRST)
    job = opened(client)
    client.post(f"{job}/pictures", pictures(12, "12.jpg"))
    place = f"{job}/workbook"
    assert place in client.get(job).content.decode()
    assert "Hãy chọn bảng tính." in words(client.post(place, {"page": ""}))
    unplaced = client.post(place, {"file": sheet("12,,Lê An,1/2/1970,A1")})
    assert unplaced.status_code == 409
    assert "thiếu số trang hoặc số dòng" in words(unplaced)
    unread = client.post(place, {"file": SimpleUploadedFile("x.csv", b"%PDF-1.4")})
    assert unread.status_code == 409
    done = client.post(
        place, {"file": sheet("12,1,Lê An,1/2/1970,A1", "12,2,Trần Bê,1965,A2")}, follow=True
    )
    assert "Đã nhập trang 12: 2 dòng." in words(done)
    (view,) = digitisation.pages(token=token_of(job), by=who(book.FIRST))
    assert len(view.passes) == 1
    assert signed_in(SEAL_KEEPER).get(place).status_code in {403, 404}
