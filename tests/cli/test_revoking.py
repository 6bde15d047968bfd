"""Revoking and erasing from the command line: seen first, by two persons, and what stays said."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Sogoc

ISSUER = "tt-gdtx-nnth-dak-nong"
FIRST, SECOND = "registrar.tt-gdtx", "signatory.tt-gdtx"
DECISION = ("--decision-no", "7/QĐ-TT", "--decision-date", "2025-04-10", "--reason", "nhầm kết quả")

pytestmark = pytest.mark.slow


def codes(sogoc: Sogoc) -> list[str]:
    lines = sogoc.lines("register", "export", "--issuer", ISSUER)
    return [line["code"] for line in lines if line["status"] == "valid"]


def test_several_lines_take_two_persons(demo: Sogoc) -> None:
    wanted = codes(demo)[:2]
    seen = demo.run("register", "revoke", *wanted, *DECISION, "--dry-run", "--as", FIRST)
    assert (seen.code, [each["code"] for each in seen.data["would_revoke"]]) == (0, wanted)
    assert demo.run("register", "revocations", "--as", FIRST).data["revocations"] == []

    proposed = demo.run("register", "revoke", *wanted, *DECISION, "--as", FIRST)
    assert (proposed.code, proposed.data["state"], proposed.data["count"]) == (0, "proposed", 0)
    token = proposed.data["token"]
    assert set(wanted) <= set(codes(demo))
    own = demo.run("register", "confirm-revocation", token, "--as", FIRST)
    assert (own.code, own.data["error"]["code"]) == (1, "revocation_same_person")
    told = demo.run("register", "withdraw-revocation", token, "--reason", "nhầm", "--as", FIRST)
    assert (told.code, told.data["state"]) == (0, "withdrawn")
    late = demo.run("register", "confirm-revocation", token, "--as", SECOND)
    assert late.data["error"]["code"] == "revocation_ended"

    again = demo.run("register", "revoke", *wanted, *DECISION, "--as", FIRST).data["token"]
    done = demo.run("register", "confirm-revocation", again, "--as", SECOND)
    assert (done.code, done.data["count"], done.data["confirmed_by"]) == (0, 2, SECOND)
    assert not set(wanted) & set(codes(demo))
    states = [each["state"] for each in demo.run("register", "revocations").data["revocations"]]
    assert sorted(states) == ["confirmed", "withdrawn"]
    assert demo.run("log", "audit").data["problems"] == []


def test_one_line_is_revoked_at_once(demo: Sogoc) -> None:
    (line,) = codes(demo)[:1]
    done = demo.run("register", "revoke", line, *DECISION, "--as", FIRST)
    assert (done.code, done.data["count"]) == (0, 1)
    assert line not in codes(demo)


def test_an_erasure_says_what_went_and_what_of_backups(demo: Sogoc) -> None:
    (line,) = codes(demo)[-1:]
    done = demo.run("register", "erase", line, *DECISION[:4], "--reason", "theo yêu cầu")
    assert done.code == 0
    assert done.data["copies"]["batch_rows"] == 1
    assert (done.data["files_left"], done.data["kept"]) == ([], [])
    assert "sao lưu" in done.data["backups"]
    audit = demo.run("log", "audit").data
    assert (audit["problems"], audit["erased"]) == ([], [line])
    assert "Họ tên dữ liệu cá nhân đã xóa" in demo.run("lookup", line, json_wanted=False).out
