"""Papers from the command line: made, verified, altered; a lost key and what follows."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Sogoc


def test_a_paper_its_verdict_and_a_lost_key(demo: Sogoc, tmp_path: Path) -> None:
    code = demo.lines("register", "export")[0]["code"]
    paper = tmp_path / "paper.pdf"
    assert demo.run("document", code, "--format", "pdf", "-o", str(paper)).code == 0
    assert demo.run("status", "publish").code == 0
    assert demo.run("verify", str(paper)).data["verdict"] == "valid"
    altered = bytearray(paper.read_bytes())
    altered[9_000] ^= 1
    (tmp_path / "altered.pdf").write_bytes(altered)
    answer = demo.run("verify", str(tmp_path / "altered.pdf"))
    assert (answer.code, answer.data["verdict"]) == (1, "invalid")
    keys = {key["purpose"]: key["number"] for key in demo.run("keys", "list").data["keys"]}
    drill = ("keys", "compromised", keys["person"], "--since", "2025-04-10", "--reason", "Mất")
    lost = demo.run(*drill, "--renew")
    assert (lost.code, lost.data["doubtful"], len(lost.data["renewed"])) == (0, 1, 1)
    assert demo.run("verify", str(paper)).data["verdict"] == "invalid"
    assert demo.run("keys", "rotate", keys["seal"], "--reason", "Định kỳ").code == 0
    assert demo.run("keys", "pending").data == {"waiting": []}


def test_templates_and_exports(demo: Sogoc, tmp_path: Path) -> None:
    assert demo.run("paper", "copy").data["copied"]
    listed = demo.run("paper", "list").data["templates"]
    assert all(each["own"] for each in listed)
    picture = tmp_path / "look.png"
    assert demo.run("paper", "preview", "certificate", "-o", str(picture)).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    out = demo.run("export", "--all", str(tmp_path / "out"))
    assert out.code == 0
    assert out.data["lines"] > 0
