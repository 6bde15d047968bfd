"""Signed lines as `sogoc document --format xml` makes them, before xmlsec1 and signxml.

Each with the genuine file, altered ones and wrapped ones; our own verdict is asked beside theirs.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from sogoc.verifier.api import judge
from tests.verifier.making import AT, NOW
from tests.verifier.making_xml import TRUST, WHOLE, office
from tests.verifier.test_register_xml_bytes import WRAPS

PROPERTIES = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"


def replaced(old: str, new: str) -> Callable[[], bytes]:
    return lambda: WHOLE.replace(old.encode(), new.encode(), 1)


ALTERED = {
    "a letter of the name": replaced("Y Bhăm Niê", "Y Bhăm Niế"),
    "the serial": replaced("A 0001", "A 0007"),
    "the place of the status": replaced('index="4242"', 'index="4243"'),
    "the time of signing": replaced("Time>2025-04-10T03", "Time>2025-04-10T02"),
    "the proof": replaced("index 3\n", "index 2\n"),
    "an element more": replaced("<Serial>", "<Serial>A 0002</Serial><Serial>"),
}  # fmt: skip


def xmlsec1(data: bytes, folder: Path) -> bool:
    """Ask xmlsec1, told the time of signing, which root to trust and where an Id stands."""
    file = folder / "line.xml"
    file.write_bytes(data)
    words = [
        "xmlsec1", "--verify", "--trusted-pem", office().root_file(folder),
        "--enabled-reference-uris", "empty,same-doc", "--id-attr:Id", PROPERTIES,
        "--verification-gmt-time", f"{AT:%Y-%m-%d+%H:%M:%S}", file,
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    said = done.stdout + done.stderr
    assert "OK" in said or "FAIL" in said or "Error" in said, said
    return done.returncode == 0 and "OK" in said


def signxml(data: bytes, folder: Path) -> bool:
    from signxml import SignatureConfiguration
    from signxml.exceptions import SignXMLException
    from signxml.xades import XAdESVerifier

    try:
        XAdESVerifier().verify(
            etree.fromstring(data), ca_pem_file=str(office().root_file(folder)),
            expect_references=2, expect_config=SignatureConfiguration(expect_references=2),
        )  # fmt: skip
    except (SignXMLException, etree.LxmlError):
        return False
    return True


JUDGES = [xmlsec1, signxml]


@pytest.mark.parametrize("theirs", JUDGES)
def test_genuine(theirs: Callable[[bytes, Path], bool], tmp_path: Path) -> None:
    assert theirs(WHOLE, tmp_path)
    assert judge(WHOLE, TRUST, NOW).verdict == "valid"


@pytest.mark.parametrize("theirs", JUDGES)
@pytest.mark.parametrize("name", ALTERED)
def test_altered(name: str, theirs: Callable[[bytes, Path], bool], tmp_path: Path) -> None:
    data = ALTERED[name]()
    assert data != WHOLE
    assert not theirs(data, tmp_path)
    assert judge(data, TRUST, NOW).verdict == "invalid"


@pytest.mark.parametrize("wrap", WRAPS, ids=lambda f: str(f.__name__))
def test_wrapped(wrap: Callable[[], etree._Element], tmp_path: Path) -> None:
    """The genuine signature beside, within or around something else."""
    data = etree.tostring(wrap(), xml_declaration=True, encoding="UTF-8")
    assert not xmlsec1(data, tmp_path)
    assert judge(data, TRUST, NOW).verdict == "invalid"
