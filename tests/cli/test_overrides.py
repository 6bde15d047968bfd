"""`sogoc override`: proposed, confirmed, withdrawn and listed by the command line alone."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.conftest import Sogoc

CENTRE = "tt-gdtx-nnth-dak-nong"


def test_an_override_is_withdrawn_from_today_on(make_home: Callable[[], Sogoc]) -> None:
    sogoc = make_home()
    assert sogoc.run("init", "--demo").code == 0
    words = ("--body", CENTRE, "--from", "2025-04-01", "--until", "2099-01-01")
    papers = ("--reason", "phúc khảo", "--document", "07/TTr-TT")
    made = sogoc.run("override", "propose", "E-BELOW-PASS-MARK", *words, *papers)
    assert made.code == 0
    number = made.data["number"]
    assert sogoc.run("override", "confirm", number).code == 0
    early = sogoc.run("override", "withdraw", number, "--reason", "x", "--from", "2025-01-01")
    assert (early.code, early.data["error"]["code"]) == (1, "override_withdrawal_backdated")
    done = sogoc.run("override", "withdraw", number, "--reason", "hết căn cứ")
    assert (done.code, done.data["withdraw_reason"]) == (0, "hết căn cứ")
    [listed] = sogoc.run("override", "list").data["overrides"]
    assert listed["withdrawn_from"] == done.data["withdrawn_from"]
