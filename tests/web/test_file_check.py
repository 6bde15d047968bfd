"""The page that takes a file: verdict in plain words, checks, what to compare, a receipt."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sogoc.credentials.documents import api as documents
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.status import api as status
from sogoc.credentials.verify import api as verify
from sogoc.kernel.text import Text
from sogoc.verifier import api as verifier
from sogoc.web.public import file_check
from sogoc.web.public.check_words import check_word
from tests.credentials import world
from tests.credentials.documents.conftest import (  # noqa: F401 - fixtures
    BASE,
    codes,
    sequence,
    unpublished,
)
from tests.papers import page
from tests.web.helpers import Installation, words

PAGE = "/kiem-tra-tep/"
NAME = "Trần Văn An"


@dataclass
class Home(Installation):
    """An installation with a home and a log."""

    home: Path = Path()
    log_origin: str = BASE

    def now(self) -> Any:
        return world.AT + self.later

    later: timedelta = timedelta(0)


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Home:
    made = Home(tmp_path, home=tmp_path)
    settings.SOGOC_ENVIRONMENT = made
    return made


@pytest.fixture
def make(
    codes: tuple[str, ...],  # noqa: F811
    home: Home,
) -> Callable[[str], bytes]:
    """Return a file of the first line in a form."""

    def render(form: str) -> bytes:
        request = documents.Request(
            code=codes[0], home=home.home, base=BASE, at=world.AT, by=world.who("register.view"),
            is_playground=True,
        )  # fmt: skip
        made = documents.render(form, request)
        status.publish(home.home, base=BASE, at=world.AT, is_playground=True)
        return made

    return render


def send(data: bytes, name: str = "tep.bin", client: Client | None = None, path: str = PAGE) -> Any:
    return (client or Client()).post(path, {"file": SimpleUploadedFile(name, data)})


def token_in(answer: Any) -> str:
    token: str = answer.context["receipt"].initial["token"]
    assert token in answer.content.decode()
    return token


@pytest.mark.parametrize("form", ["vc", "pdf"])
def test_a_true_file_matches_and_says_what_to_compare(
    make: Callable[[str], bytes], form: str
) -> None:
    answer = send(make(form))
    said = words(answer)
    assert answer.status_code == 200
    assert "Khớp với sổ gốc" in said
    assert "So với tờ giấy trên tay" in said
    for shown in (NAME, "01/01/1981", "10/04/2025", "Số hiệu A025", "Số vào sổ gốc", "Nơi cấp"):
        assert shown in said
    for name in ("signature", "inclusion", "quorum", "authority", "status", "register"):
        assert f" {name} " in said
    assert "Khóa ký ở đây là khóa thử nghiệm" in said
    assert "Không đạt" not in said


def test_a_sheet_of_many_lines_says_that_it_is_of_its_day(make: Callable[[str], bytes]) -> None:
    said = words(send(make("register-page")))
    assert "Khớp với sổ gốc" in said
    assert "ghi sổ gốc như vào ngày lập" in said
    assert "So với tờ giấy trên tay" not in said


def test_altered_and_strange_files_are_invalid_and_show_no_facts(
    make: Callable[[str], bytes],
) -> None:
    true = make("vc")
    for false in (
        true.replace(NAME.encode(), b"Nguyen Van X"), true[:-9], b"\0" * 50, page(), b"%PDF-1.7",
        b"{" * 4000, b"sogoc-receipt/1\nx",
    ):  # fmt: skip
        said = words(send(false))
        assert "Không hợp lệ" in said or "Biên nhận bị sửa" in said, false[:40]
        assert NAME not in said
        assert "So với tờ giấy trên tay" not in said


def test_a_revoked_line_and_missing_evidence_are_told_apart(
    make: Callable[[str], bytes],
    codes: tuple[str, ...],  # noqa: F811
    home: Home,
) -> None:
    true = make("vc")
    home.later = timedelta(days=2)  # no list is valid any more
    said = words(send(true))
    assert "Chưa kết luận được" in said
    assert "Khớp với sổ gốc Tệp do nơi cấp" not in said
    home.later = timedelta(0)
    lifecycle.revoke_line(
        code=codes[0], decision_number="9/QĐ", decision_date=world.TODAY, ground="điểm a",
        reason="thử", by=world.who("register.revoke"), at=world.AT,
    )  # fmt: skip
    said = words(send(true))
    assert "Không hợp lệ" in said
    assert "Sổ gốc ghi đã thu hồi, hủy bỏ từ 10/04/2025" in said
    assert NAME not in said


def test_every_check_has_a_name_in_plain_words() -> None:
    """Names as the verifier's sources give them, and those put together at run time."""
    sources = Path(verifier.__file__).parent
    found = {"paper:person:key", "paper:seal:certificate", verify.REGISTER, verify.DOCUMENT}
    for file in sources.glob("*.py"):
        text = file.read_text("utf-8")
        found |= set(re.findall(r"""\.(?:passed|failed|unknown)\(\s*"([^"]+)\"""", text))
        found |= set(re.findall(r'"(paper:[a-z:]+)"', text))
    assert {"paper:office", "paper:signers", "quorum"} <= found
    assert [name for name in sorted(found) if str(check_word(name)) == name] == []


def test_english(make: Callable[[str], bytes]) -> None:
    said = words(send(make("vc"), path="/en/kiem-tra-tep/"))
    for shown in ("Matches the register", "Compare with the paper in hand", "Download the receipt"):
        assert shown in said
    assert "Khớp" not in said


def test_the_receipt_is_a_file_that_the_page_itself_takes_back(
    make: Callable[[str], bytes],
) -> None:
    sent = send(make("vc"))
    assert 'href="/receipts/keys"' in sent.content.decode()
    assert Client().get("/receipts/keys").status_code == 200
    token = token_in(sent)
    answer = Client().post("/kiem-tra-tep/bien-nhan", {"token": token})
    assert answer["Content-Disposition"] == 'attachment; filename="bien-nhan-so-goc.txt"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert NAME not in answer.content.decode()
    said = words(send(answer.content))
    assert "Biên nhận thật" in said
    assert "không nói gì về sau đó" in said
    assert "Tải biên nhận" not in said  # no receipts of receipts
    for false in (
        answer.content.replace(b"verdict valid", b"verdict invalid"),
        answer.content.replace(b"check status pass", b"check status fail", 1),
    ):
        assert false != answer.content
        said = words(send(false))
        assert "Biên nhận bị sửa" in said
        assert "Biên nhận thật" not in said


def test_a_receipt_needs_a_token_that_is_ours_and_young(
    make: Callable[[str], bytes], home: Home
) -> None:
    token = token_in(send(make("vc")))
    assert Client().get("/kiem-tra-tep/bien-nhan").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/kiem-tra-tep/bien-nhan", {"token": token}).status_code == 403
    for false in ("", "x", token[:-2]):
        answer = Client().post("/kiem-tra-tep/bien-nhan", {"token": false})
        assert answer.status_code == 409
        assert "hãy kiểm tệp lại" in words(answer)
    home.later = verify.LASTS
    assert Client().post("/kiem-tra-tep/bien-nhan", {"token": token}).status_code == 409


def test_a_real_home_without_the_operators_key_gives_the_verdict_alone(
    make: Callable[[str], bytes], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make("vc")

    def refuse(*_words: Any, **_named: Any) -> None:
        raise verify.IssuerRefused("issuer_key_missing", Text("chưa có khóa", "no key"))

    monkeypatch.setattr(verify, "prepare_receipt", refuse)
    said = words(send(data))
    assert "Khớp với sổ gốc" in said
    assert "Nơi này chưa ký được biên nhận: chưa có khóa" in said


def test_too_large_a_file_is_not_even_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "check_file", lambda *_w, **_n: pytest.fail("was judged"))
    answer = send(b"\0" * (verify.LARGEST + file_check._FORM_ROOM))
    assert answer.status_code == 413
    assert "nhiều nhất 5 MB" in words(answer)
    answer = send(b"\0" * (verify.LARGEST + 1))  # in a request that might hold the longest
    assert "Hãy chọn tệp" in words(answer) or answer.status_code == 413


def test_nothing_sent_is_said_at_the_field(home: Home) -> None:
    for answer in (Client().post(PAGE, {}), send(b"")):
        assert answer.status_code == 200
        assert "Lỗi:" in words(answer)


def test_the_form_is_guarded_and_the_file_never_reaches_a_disk(
    home: Home, monkeypatch: pytest.MonkeyPatch, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(b"{}", client=strict).status_code == 403
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10  # everything larger Django would write to a disk
    seen: list[Any] = []

    def look(data: bytes, **_named: Any) -> None:
        seen.append(data)
        raise verify.NotJudged("not_judged", Text("bận", "busy"))

    monkeypatch.setattr(verify, "check_file", look)
    monkeypatch.setattr("tempfile._get_default_tempdir", lambda: pytest.fail("a file was made"))
    with caplog.at_level(logging.DEBUG):
        answer = send(b'{"name": "Bi Mat"}' * 100)
    assert len(seen[0]) == 1800
    assert answer.status_code == 503
    assert "bận" in words(answer)
    assert "Bi Mat" not in caplog.text
    assert "no-store" in answer["Cache-Control"]


def test_hostile_words_in_a_file_are_shown_as_words(
    home: Home, make: Callable[[str], bytes]
) -> None:
    hostile = make("vc").replace(b'"validFrom"', b'"<script>alert(1)</script>"', 1)
    content = send(hostile).content.decode()
    assert "<script" not in content
