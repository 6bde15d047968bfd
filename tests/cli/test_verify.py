"""document → status publish → trust export → verify, as a registrar and a stranger type them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Sogoc

PATIENCE = 60.0
FORMS = {"vc": "vc.json", "vc-ecdsa": "vc-ecdsa.json", "xml": "line.xml"}


@pytest.fixture(scope="module")
def code(demo: Sogoc) -> str:
    found: str = demo.lines("register", "export")[0]["code"]
    return found


@pytest.fixture(scope="module")
def files(demo: Sogoc, code: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both credentials of a line, its signed XML, and the bundle that judges them."""
    folder = tmp_path_factory.mktemp("files")
    for form, name in FORMS.items():
        made = demo.run("document", code, "--format", form, "-o", str(folder / name))
        assert made.code == 0, made.out
        assert "thử" in made.err
    published = demo.run("status", "publish")  # the commands above did it
    assert (published.data["published"], len(published.data["lists"])) == (0, 4)
    bundle, site = folder / "bundle.json", folder / "site"
    exported = demo.run("trust", "export", "-o", str(bundle), "--site", str(site))
    assert exported.data["development"] is True
    assert exported.data["status_lists"] == 3
    return folder


def judged(sogoc: Sogoc, file: Path, *words: str) -> Any:
    answer = sogoc.run("verify", str(file), *words)
    assert answer.code == {"valid": 0, "invalid": 1, "unknown": 3}[answer.data["verdict"]]
    return answer.data


@pytest.mark.parametrize("form", FORMS)
def test_documents_are_valid_with_a_bundle_and_without(
    demo: Sogoc, files: Path, code: str, form: str
) -> None:
    bundle = ["--bundle", str(files / "bundle.json")]
    for words in (bundle, []):
        found = judged(demo, files / FORMS[form], *words)
        assert found["verdict"] == "valid", found["checks"]
        assert found["facts"]["code"] == code
        assert found["development"] is True
        assert {each["result"] for each in found["checks"]} == {"pass"}


def test_a_revocation_is_told_the_next_moment(demo: Sogoc, tmp_path: Path) -> None:
    line = demo.lines("register", "export")[-1]["code"]
    file = tmp_path / "vc.json"
    assert demo.run("document", line, "-o", str(file)).code == 0
    assert judged(demo, file)["verdict"] == "valid"
    words = ("--decision-no", "9/QĐ", "--decision-date", "2025-04-10", "--reason", "thử")
    assert demo.run("register", "revoke", line, *words).code == 0
    found = judged(demo, file)
    assert found["verdict"] == "invalid"
    assert [each["name"] for each in found["checks"] if each["result"] == "fail"] == ["status"]


def test_a_stranger_needs_only_the_file_and_the_bundle(
    files: Path, tmp_path: Path, make_home: Any
) -> None:
    """No home, no database; judged as of the bundle's day, and of today, when the list is stale."""
    stranger = Sogoc(tmp_path / "no-home")
    words = ("--bundle", str(files / "bundle.json"))
    now = judged(stranger, files / "vc.json", *words)
    assert now["verdict"] == "unknown"
    assert {each["name"] for each in now["checks"] if each["result"] != "pass"} == {"status"}
    then = judged(stranger, files / "vc.json", *words, "--at", "2025-04-10")
    assert then["verdict"] == "valid"
    assert not (tmp_path / "no-home").exists()


def test_an_altered_file_is_invalid(demo: Sogoc, files: Path, tmp_path: Path) -> None:
    document = json.loads((files / "vc.json").read_bytes())
    document["credentialSubject"]["name"] = "Lê Thị Khác"
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(document), "utf-8")
    found = judged(demo, altered, "--bundle", str(files / "bundle.json"))
    assert found["verdict"] == "invalid"
    assert {each["name"] for each in found["checks"] if each["result"] == "fail"} == {
        "signature",
        "inclusion",
    }
    shown = demo.run("verify", str(altered), json_wanted=False)
    assert shown.code == 1
    assert "KHÔNG HỢP LỆ" in shown.out


def test_people_read_what_to_compare(demo: Sogoc, files: Path, code: str) -> None:
    shown = demo.run("verify", str(files / "vc.json"), json_wanted=False).out
    assert "HỢP LỆ: khớp với sổ gốc" in shown
    assert "không có giá trị pháp lý" in shown
    assert f"Mã tra cứu: {code}" in shown


def test_a_receipt_is_judged_and_read(demo: Sogoc, tmp_path: Path) -> None:
    """A receipt as the web process makes it, by this home's keys."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sogoc.config.environment import LocalEnvironment\n"
        "home = LocalEnvironment()\n"
        "home.start()\n"
        "from sogoc.credentials.verify import api\n"
        "here = dict(home=home.home, base=home.log_origin, at=home.now(), is_playground=True)\n"
        "report = api.check_file(b'{}', **here)\n"
        "token = api.prepare_receipt(report, b'{}', **here).token\n"
        "Path(sys.argv[1]).write_bytes(api.sign_receipt(token, **here))\n"
    )
    file = tmp_path / "receipt.txt"
    subprocess.run([sys.executable, "-c", code, str(file)], env=demo.environment, check=True)
    found = judged(demo, file)
    assert found["verdict"] == "valid"
    assert found["kind"] == "receipt"
    assert found["facts"]["file_verdict"] == "unknown"  # `{}` claims nothing of ours
    shown = demo.run("verify", str(file), json_wanted=False).out
    assert "BIÊN NHẬN THẬT" in shown
    assert "không nói gì về sau đó" in shown
    assert "HỢP LỆ: khớp với sổ gốc" not in shown
    text = file.read_text("utf-8")
    for said, false in (("verdict unknown", "verdict valid"), (" unknown\nsays", " pass\nsays")):
        assert said in text
        file.write_text(text.replace(said, false), "utf-8")
        assert judged(demo, file)["verdict"] == "invalid"
    assert "BIÊN NHẬN KHÔNG HỢP LỆ" in demo.run("verify", str(file), json_wanted=False).out


def test_the_site_has_what_others_fetch(demo: Sogoc, files: Path) -> None:
    document = json.loads((files / "vc.json").read_bytes())
    issuer = document["issuer"]["id"].split(":")
    did = json.loads((files / "site" / issuer[-1] / "did.json").read_bytes())
    assert document["proof"]["verificationMethod"] in did["assertionMethod"]
    for entry in document["credentialStatus"]:
        path = entry["statusListCredential"].partition(f"https://{issuer[2]}/")[2]
        assert json.loads((files / "site" / path).read_bytes())["id"].endswith(path)


def test_a_suspension_shows_and_the_past_stays(demo: Sogoc, files: Path, code: str) -> None:
    before = demo.run("status", "show", code).data["copies"]
    assert {each["is_set"] for each in before} == {False}
    marked = demo.run(
        "status", "mark", code, "--purpose", "suspension", "--reason", "đang xác minh"
    )
    assert len(marked.data["copies"]) == len(FORMS)
    for name in FORMS.values():
        assert judged(demo, files / name)["verdict"] == "invalid"
    demo.run("status", "mark", code, "--purpose", "suspension", "--reason", "xong", "--clear")
    for name in FORMS.values():
        assert judged(demo, files / name)["verdict"] == "valid"
    assert demo.run("log", "audit").data["ok"] is True


def test_the_worker_publishes_what_changed(demo: Sogoc, files: Path, code: str) -> None:
    """A mark set by another process, as the web process does: it publishes nothing itself."""
    mark = (
        "import sys\n"
        "from sogoc.config.environment import LocalEnvironment\n"
        "home = LocalEnvironment()\n"
        "home.start()\n"
        "from sogoc.credentials.status import api\n"
        "from sogoc.people.api import load_actor\n"
        "api.mark(code=sys.argv[1], purpose='suspension', is_set=True, reason='xác minh lại',\n"
        "         by=load_actor('registrar.tt-gdtx', on=home.today()), at=home.now())\n"
    )
    subprocess.run([sys.executable, "-c", mark, code], env=demo.environment, check=True)
    assert judged(demo, files / "vc.json")["verdict"] == "valid"
    worker = subprocess.Popen(
        [sys.executable, "-m", "sogoc.config.worker"],
        env=demo.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE
        verdict = "valid"
        while verdict == "valid" and time.monotonic() < until:
            time.sleep(0.3)
            verdict = judged(demo, files / "vc.json")["verdict"]
        assert verdict == "invalid"
    finally:
        worker.terminate()
    assert worker.wait(timeout=PATIENCE) == 0


def test_a_key_is_retired_and_what_it_signed_stays(
    demo: Sogoc, files: Path, code: str, tmp_path: Path
) -> None:
    demo.run("status", "mark", code, "--purpose", "suspension", "--reason", "xong", "--clear")
    issuer = json.loads((files / "vc.json").read_bytes())["issuer"]["id"].rpartition(":")[2]
    retired = demo.run("trust", "retire-key", issuer, "--reason", "đến hạn thay")
    assert retired.code == 0, retired.out
    listed = [
        key
        for key in demo.run("trust", "keys").data["keys"]
        if (key["body"], key["algorithm"]) == (issuer, "Ed25519")
    ]
    assert listed[0]["valid_until"] == listed[1]["valid_from"] == retired.data["valid_from"]
    for form in ("vc", "vc-ecdsa"):
        found = judged(demo, files / f"{form}.json")
        assert found["verdict"] == "valid", found["checks"]
    new = tmp_path / "new.json"
    demo.run("document", code, "-o", str(new))
    proof = json.loads(new.read_bytes())["proof"]
    assert proof["verificationMethod"].endswith(retired.data["key"])
    assert judged(demo, new)["verdict"] == "valid"
    assert demo.run("log", "audit").data["ok"] is True


def test_wrong_use_is_said(demo: Sogoc, files: Path, tmp_path: Path) -> None:
    assert demo.run("verify", str(files / "vc.json"), "--at", "hôm qua").code == 2
    assert demo.run("verify", str(files / "vc.json"), "--bundle", str(files / "vc.json")).code == 2
    assert demo.run("document", "nothing", "-o", str(tmp_path / "x")).code == 1
    assert demo.run("status", "show", "nothing").data["copies"] == []
