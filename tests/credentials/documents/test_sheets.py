"""Supplements, pages, decisions: filled from the register, signed, superseded."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.kernel.pdf_read import PdfReader
from sogoc.people.identity import Actor, acting
from sogoc.verifier.api import Trust, Verdict, judge
from tests.credentials.documents.conftest import BASE
from tests.intake.making import xlsx
from tests.judges.test_papers import grown, one_byte, pdfsig, run

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
NAMES = (
    "H'Len Mlô",
    "Y Bhăm Niê Kđăm",
    "Công Tằng Tôn Nữ Nguyễn Phúc Hoàng Thị Phương Thảo Nguyên",
)
SHEET = ("Mã HV", "Hình thức đào tạo", "Triết học (3 TC)", "Tin học", "Tổng số tín chỉ",
         "Tên luận văn", "Ngành đào tạo (tiếng Anh)", "Lớp")  # fmt: skip


@pytest.fixture
def lines(transactional_db: None, sequence: Callable[[], object]) -> tuple[str, ...]:
    """Fourteen lines under a checkpoint, the first three with a supplement and names of note."""
    from sogoc.credentials.issuing import api as issuing
    from tests.credentials import world

    world.settle()
    people = [[*world.person(n), f"HV{n:02}"] for n in range(1, 15)]
    for row, name in zip(people, NAMES, strict=False):
        row[1] = name
    said = [[f"HV{n:02}", "Từ xa", "8.5 (A)", "7,0", "142", "Sổ minh bạch", "Informatics", "K12"]
            for n in (1, 2, 3)]  # fmt: skip
    data = xlsx(
        {"Danh sách": [[*world.HEADERS, "Mã học viên"], *people], "Phụ lục": [list(SHEET), *said]}
    )
    answers = {"sheet:Phụ lục": "supplement"}
    file = issuing.ListFile(data=data, name="ds.xlsx", answers=answers)
    codes = world.issue_list(file).codes
    sequence()
    return codes


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[..., object]:
    from sogoc.credentials.documents.api import Request
    from tests.credentials import world

    def make(code: str, at: datetime = AT) -> Request:
        by = world.who("register.view")
        return Request(code=code, home=tmp_path, base=BASE, at=at, by=by, is_playground=True)

    return make


def text_of(data: bytes, folder: Path) -> str:
    file = folder / "read.pdf"
    file.write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode().replace("’", "'"))


def is_there(words: str, text: str) -> bool:
    """Whether the words stand in the text, perhaps broken over lines of a cell."""
    return all(word in text for word in words.split())


def said_of(data: bytes) -> list[dict[str, str]]:
    from sogoc.credentials.documents.api import ENTRIES

    found: list[dict[str, str]] = json.loads(PdfReader(data).attachments()[ENTRIES])["entries"]
    return found


def trust(home: Path) -> Any:
    from sogoc.credentials.signing.api import paper_trust

    return paper_trust(home, is_playground=True, at=AT)


def test_a_supplement_says_what_came_with_the_list(lines, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.register.api import show_line
    from tests.credentials import world

    data = api.render("supplement", request_of(lines[0]))
    assert verdict(check_pdf(data, trust(tmp_path))) == "valid"
    text = text_of(data, tmp_path)
    line = show_line(lines[0], by=world.who("register.view"))
    for words in (
        "PHỤ LỤC VĂN BẰNG", line.full_name, line.serial, line.entry_number, "HV01", "Từ xa",
        "Triết học", "8,5", "Tin học", "7,0", "142", "Sổ minh bạch", "Informatics", "Lớp", "K12",
    ):  # fmt: skip
        assert is_there(words, text), words
    assert {api.CREDENTIAL, api.LEAF, api.PROOF} <= PdfReader(data).attachments().keys()
    assert api.render("supplement", request_of(lines[0])) == data


def test_no_supplement_is_made_up(lines, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.supplement import read_supplement
    from sogoc.credentials.register.api import show_line
    from tests.credentials import world

    line = show_line(lines[3], by=world.who("register.view"))
    assert line.details["student_code"] == "HV04"
    assert read_supplement(line) is None
    said = read_supplement(replace(line, details={"training_mode": "Từ xa", "gpa": "3.4"}))
    assert said is not None
    assert dict(said.facts) == {"training_mode": "Từ xa", "average": "3,4"}
    full = read_supplement(show_line(lines[0], by=world.who("register.view")))
    assert full is not None
    assert sorted(tuple(each.values()) for each in full.courses) == [
        ("Tin học", "", "7,0", ""),
        ("Triết học", "3", "8,5", "A"),
    ]
    assert full.others == (("Lớp", "K12"),)
    with pytest.raises(api.DocumentRefused) as refused:
        api.make_supplement(request_of(lines[3]))
    assert refused.value.code == "document_no_supplement"


def test_pages_equal_the_register(lines, request_of, tmp_path) -> None:
    """Twelve lines and two: each column of form D, each line, in order, on its own page."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.register.api import lines_by_code
    from tests.credentials import world

    by = world.who("register.export")
    pages = api.make_pages(world.CENTRE, world.KIND, 2025, replace(request_of(""), by=by))
    assert len(pages) == 2
    with acting(by):
        views = sorted(lines_by_code(lines).values(), key=lambda each: each.sequence or 0)
    for page, mine in zip(pages, (views[:12], views[12:]), strict=True):
        text = text_of(page.data, tmp_path)
        assert int(re.findall(rb"/Type/Pages/Count (\d+)", page.data)[0]) == 1
        for view in mine:
            born = view.birth_date
            assert isinstance(born, date)
            for words in (view.full_name, view.serial, view.entry_number, f"{born:%d/%m/%Y}",
                          view.birth_place, view.ethnicity):  # fmt: skip
                assert is_there(words, text), words
        assert is_there("Số vào sổ cấp chứng chỉ", text)
        assert "45/QĐ-TT" in text
        assert "Mẫu D, Điều 19 TT 21/2019/TT-BGDĐT" in text
        assert [each["entryNumber"] for each in said_of(page.data)] == [
            view.entry_number for view in mine
        ]
        assert verdict(check_pdf(page.data, trust(tmp_path))) == "valid"
    assert api.render("register-page", request_of(lines[11])) == pages[0].data
    assert api.render("register-page", request_of(lines[12])) == pages[1].data


def test_a_page_that_differs_supersedes(lines, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.lifecycle import api as lifecycle
    from tests.credentials import world

    viewer = world.who("register.view")
    before = api.make_sheet("page", request_of(lines[0]))
    lifecycle.revoke_lines(
        codes=[lines[0]], decision_number="9/QĐ", decision_date=world.TODAY, ground="c",
        reason="Sai thẩm quyền", by=world.who("register.revoke"), at=world.AT,
    )  # fmt: skip
    after = api.make_sheet("page", request_of(lines[5]))
    assert is_there("Thu hồi 10/04/2025, QĐ 9/QĐ", text_of(after.data, tmp_path))
    assert api.show_paper(before.number, by=viewer).status == "superseded"
    assert api.show_paper(after.number, by=viewer).status == "current"
    with pytest.raises(api.DocumentRefused) as refused:
        api.renew(before.number, request_of(lines[0]), reason="x")
    assert refused.value.code == "document_outdated"
    renewed = api.renew(after.number, request_of(lines[0]), reason="Khóa mới")
    assert (renewed.number, renewed.edition) == (after.number, 2)
    assert verdict(check_pdf(renewed.data, trust(tmp_path))) == "valid"


def test_a_revocation_in_between_is_on_the_page(
    lines, request_of, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sogoc.credentials.documents import api, sheet_issuing
    from sogoc.credentials.lifecycle import api as lifecycle
    from tests.credentials import world

    proven, calls = sheet_issuing.entries_of, []

    def slowly(*words: Any) -> Any:
        calls.append(words)
        if len(calls) == 1:
            lifecycle.revoke_lines(
                codes=[lines[2]], decision_number="9/QĐ", decision_date=world.TODAY, ground="c",
                reason="Sai", by=world.who("register.revoke"), at=world.AT,
            )  # fmt: skip
        return proven(*words)

    monkeypatch.setattr(sheet_issuing, "entries_of", slowly)
    made = api.make_sheet("page", request_of(lines[0]))
    assert len(calls) == 2
    assert is_there("Thu hồi 10/04/2025, QĐ 9/QĐ", text_of(made.data, tmp_path))


def test_a_decision_with_its_list(lines, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api

    made = api.make_sheet("decision", request_of(lines[7]))
    text = text_of(made.data, tmp_path)
    for words in ("TRÍCH QUYẾT ĐỊNH CÔNG NHẬN", "45/QĐ-TT", "01/04/2025", "Y Bhăm Niê", "14 người",
                  "DANH SÁCH KÈM THEO", *NAMES):  # fmt: skip
        assert is_there(words, text), words
    assert len(said_of(made.data)) == 14
    assert verdict(check_pdf(made.data, trust(tmp_path))) == "valid"
    assert api.render("decision", request_of(lines[0])) == made.data


@pytest.mark.parametrize("form", ["supplement", "register-page", "decision"])
def test_altered_ones_are_not_valid(lines, request_of, tmp_path, form: str) -> None:
    from sogoc.credentials.documents import api

    data = api.render(form, request_of(lines[0]))
    for false in (one_byte(data), grown(data)):
        assert verdict(check_pdf(false, trust(tmp_path))) == "invalid"


def test_old_registers_keep_their_pages_of_paper(lines, request_of, sequence) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    code = world.import_old_register([201])[0]
    sequence()
    by = world.who("register.view", world.SO)
    for form in ("register-page", "decision"):
        with pytest.raises(api.DocumentRefused) as refused:
            api.render(form, replace(request_of(code), by=by))
        assert refused.value.code == "document_old_register"


def test_the_database_refuses_a_sheet_of_unpublished_lines(lines, request_of) -> None:
    from sogoc.credentials.documents.models import Document
    from sogoc.credentials.register.api import lines_by_code
    from tests.credentials import world

    more = world.issue_list(world.people_list(range(31, 33), name="hai.csv"), key="key-2").codes
    with acting(Actor.system("x")):
        found = lines_by_code([lines[12], more[1]])
    ends = [found[lines[12]], found[more[1]]]
    for first, last in (ends, ends[::-1]):
        with (
            pytest.raises(DatabaseError, match=r"published line|one live book"),
            acting(Actor.system("x")),
        ):
            Document.objects.create(
                number="D-1", line_id=first.id, last_line_id=last.id, role="page",
                page_number=2, content=b"c" * 32, issuer_id=first.book.issuer_id,
                template="register-page", made_by="system:x", made_at=AT,
            )  # fmt: skip


def test_a_page_of_the_whole_book_is_for_who_may_export(lines, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.people.api import NotPermitted
    from tests.credentials import world

    stranger = replace(request_of(""), by=world.account("registrar.dh"))
    with pytest.raises(NotPermitted):
        api.make_pages(world.CENTRE, world.KIND, 2025, stranger)
    by = world.who("register.export")
    with pytest.raises(api.DocumentRefused):
        api.make_pages(world.CENTRE, world.KIND, 2024, replace(request_of(""), by=by))


@pytest.mark.parametrize("form", ["register-page", "decision"])
def test_verify_takes_sheets(lines, request_of, tmp_path, form: str) -> None:
    """Nothing fails but what was altered; whether a sheet still counts, the register knows."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.trust.api import export_trust

    data = api.render(form, request_of(lines[0]))
    exported = export_trust(tmp_path, base=BASE, at=AT, is_playground=True)
    trusted = Trust.parse(json.dumps(exported).encode())
    report = judge(data, trusted, AT)
    assert report.verdict is Verdict.UNKNOWN
    assert {each.name for each in report.checks if each.result.value != "pass"} == {"status"}
    for false in (one_byte(data), grown(data)):
        assert judge(false, trusted, AT).verdict is Verdict.INVALID


@pytest.mark.parametrize("form", ["supplement", "register-page", "decision"])
def test_programs_that_are_not_ours(lines, request_of, tmp_path, form: str) -> None:
    """pdfsig, mutool, qpdf and pdfinfo: good, and two altered."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from sogoc.credentials.documents import api

    data = api.render(form, request_of(lines[0]))
    store, root = tmp_path / "nss", tmp_path / "root.pem"
    store.mkdir()
    root.write_bytes(b"".join(r.public_bytes(Encoding.PEM) for r in trust(tmp_path).roots))
    run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    run("certutil", "-A", "-d", f"sql:{store}", "-n", "root", "-t", "CT,C,C", "-i", root)
    said = pdfsig(store, data, tmp_path)
    assert said.count("Signature is Valid.") == said.count("Certificate is Trusted.") == 2
    assert pdfsig(store, one_byte(data), tmp_path).count("Digest Mismatch") == 2
    whole = "Total document signed"
    assert whole in said
    assert whole not in pdfsig(store, grown(data), tmp_path).replace(f"Not {whole.lower()}", "")
    file = tmp_path / "paper.pdf"
    file.write_bytes(data)
    assert "The document is unchanged since signing" in run("mutool", "sign", "-v", file)
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", file)
    assert re.search(r"Tagged:\s+yes", run("pdfinfo", file))
    assert b"pdfaid:part" in data
    assert b"pdfuaid:part" in data
    file.write_bytes(one_byte(data))
    assert run("mutool", "sign", "-v", file).count("Digest error") == 2
    file.write_bytes(grown(data))
    assert "The document is unchanged since signing" not in run("mutool", "sign", "-v", file)
