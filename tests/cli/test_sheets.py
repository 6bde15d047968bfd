"""Sheets, copies and clocks from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import CENTRE, Sogoc


def live_line(demo: Sogoc) -> dict[str, str]:
    """A line of a live book of the centre."""
    return demo.lines("register", "export", "--issuer", CENTRE)[0]


def test_a_sheet_a_copy_and_what_the_line_has(issued: Sogoc, tmp_path: Path) -> None:
    line = live_line(issued)
    copy, page = tmp_path / "copy.pdf", tmp_path / "page.pdf"
    made = issued.run("document", line["code"], "--format", "pdf-copy", "-o", str(copy))
    assert made.code == 0, made.err
    document = made.data["document"]
    assert (document["role"], document["status"]) == ("copy", "current")
    assert made.data["papers"]["paper"]["serial"] == line["serial"]
    shown = issued.run("register", "show", line["code"]).data["papers"]
    assert [each["number"] for each in shown["copies"]] == [document["number"]]
    assert shown["paper"]["clock"]["done_on"] == line["issued_on"]
    assert shown["digital"]["document"] is None
    reading = issued.run("register", "show", line["code"], "--lang", "vi", json_wanted=False).out
    assert f"bản giấy: {line['serial']}" in reading
    assert document["number"] in reading

    made = issued.run("document", line["code"], "--format", "register-page", "-o", str(page))
    assert (made.code, made.data["document"]["role"]) == (0, "page")
    assert issued.run("verify", str(page)).data["verdict"] == "valid"

    gone = issued.run("paper", "withdraw", document["number"], "--reason", "Trả nhầm người")
    assert gone.data["status"] == "withdrawn"
    found = issued.run("verify", str(copy)).data
    assert (found["verdict"], found["checks"][-1]["name"]) == ("invalid", "register:document")
    assert issued.run("paper", "show", document["number"]).data["status"] == "withdrawn"
    again = issued.run("paper", "withdraw", document["number"], "--reason", "Lần nữa")
    assert (again.code, again.data["error"]["code"]) == (1, "document_ended")
    none = issued.run("document", line["code"], "--format", "supplement", "-o", str(copy))
    assert (none.code, none.data["error"]["code"]) == (1, "document_no_supplement")


def test_every_page_of_a_book(issued: Sogoc, tmp_path: Path) -> None:
    kind, year = live_line(issued)["kind"], "2025"
    folder = tmp_path / "book"
    first = issued.run("paper", "pages", CENTRE, kind, year, "--folder", str(folder))
    assert first.code == 0, first.err
    files = sorted(folder.iterdir())
    assert [each["file"] for each in first.data["pages"]] == [str(file) for file in files]
    assert all(file.read_bytes().startswith(b"%PDF-") for file in files)
    again = issued.run("paper", "pages", CENTRE, kind, year, "--folder", str(folder))
    assert again.data == first.data
    assert issued.run("paper", "pages", CENTRE, kind, "1999", "--folder", str(folder)).code == 1


def test_a_sheet_that_was_overtaken_says_so(issued: Sogoc, tmp_path: Path) -> None:
    """The register owns to the page of yesterday, and to a newer one."""
    line = live_line(issued)["code"]
    pages = tmp_path / "old.pdf", tmp_path / "new.pdf"
    decision = ("--decision-no", "8/QĐ", "--decision-date", "2025-04-10", "--reason", "thử")
    for page in pages:
        made = issued.run("document", line, "--format", "register-page", "-o", str(page))
        assert made.code == 0, made.err
        assert issued.run("register", "revoke", line, *decision).code == (page == pages[1])
    old, new = (issued.run("verify", str(page), json_wanted=False) for page in pages)
    assert ("có bản mới hơn" in old.out, "có bản mới hơn" in new.out) == (True, False)
    assert issued.run("verify", str(pages[0])).data["facts"]["superseded"] is True
