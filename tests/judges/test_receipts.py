"""Receipts before programs that are not ours: OpenSSL as documented, Go's library of notes."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from sogoc.kernel.notes import SignerKey, sign_note
from sogoc.verifier.api import Receipt, key_name
from tests.judges.test_go import GO

ROOT = Path(__file__).parents[2]
BASE = "so.example"
KEY = SignerKey(key_name(BASE), b"r" * 32)
RECEIPT = Receipt(
    register=BASE, sha256="9f" * 32, size=81_022, kind="pdf", verdict="invalid",
    checked="2025-04-10T03:00:00Z", as_of="", is_development=True,
    checks=(("document", "pass"), ("paper:person:signature", "fail")),
)  # fmt: skip
TRUE = sign_note(RECEIPT.text(), KEY.name, KEY.private_key)
FALSE = [
    TRUE.replace("verdict invalid", "verdict valid"),
    TRUE.replace("signature fail", "signature pass"),
    TRUE.replace("2025-04-10T03", "2025-04-10T04"),
    sign_note(RECEIPT.text(), KEY.name, SignerKey(KEY.name, b"x" * 32).private_key),
]


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    program = folder / "receipt"
    subprocess.run(
        ["go", "build", "-o", str(program), str(Path(__file__).parent / "go" / "receipt.go")],
        env={**os.environ, **GO, "GOCACHE": str(folder / "cache"), "HOME": str(folder)},
        check=True,
    )
    return program


def documented() -> str:
    """The commands as the reference gives them, up to the comparison with the file."""
    text = (ROOT / "docs" / "reference" / "receipt-format.md").read_text("utf-8")
    found = re.search(r"```sh\n(.*?)sha256sum", text, re.S)
    assert found is not None
    address = f'"$(curl -fsS https://{BASE}/receipts/keys | tail -1)"'
    assert address in found[1]
    return found[1].replace(address, '"$KEY"')


def openssl(receipt: str, folder: Path) -> str:
    (folder / "bien-nhan-so-goc.txt").write_text(receipt, "utf-8")
    done = subprocess.run(
        ["sh", "-c", documented()], cwd=folder, env={**os.environ, "KEY": str(KEY.verifier)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_openssl_as_documented(tmp_path: Path) -> None:
    assert "Signature Verified Successfully" in openssl(TRUE, tmp_path)
    for false in FALSE:
        assert false != TRUE
        assert "Signature Verification Failure" in openssl(false, tmp_path)


def test_go(go: Path, tmp_path: Path) -> None:
    key, note = tmp_path / "key", tmp_path / "note"
    key.write_text(str(KEY.verifier))

    def asked(receipt: str) -> tuple[int, str]:
        note.write_text(receipt, "utf-8")
        done = subprocess.run(
            [go, key, note], capture_output=True, text=True, check=False, timeout=60
        )
        return done.returncode, done.stdout

    assert asked(TRUE) == (0, RECEIPT.text())
    for false in FALSE:
        code, said = asked(false)
        assert (code, said[:8]) == (1, "REFUSED:")
