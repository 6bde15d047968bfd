"""Documents of a body whose register another one keeps: signed by the keeper, and told to be so."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.documents import api
from sogoc.credentials.status import api as status
from sogoc.credentials.trust.api import export_trust
from sogoc.verifier.api import Result, Trust, judge
from tests.credentials import world
from tests.credentials.documents.conftest import BASE

KEEPER = "so-gddt-lam-dong"
PASSED = (
    "record,code,subject,successor,valid_from,decision_number\n"
    f"succession,{world.CENTRE},custody,so-gddt-dak-nong,2025-05-01,1/QĐ\n"
)
AT = datetime(2025, 8, 4, 3, 0, tzinfo=UTC)
"""After the centre's register went to the department, and the department's to its successor."""


@pytest.fixture
def bundle(codes: tuple[str, ...], tmp_path: Path) -> dict[str, Any]:
    from sogoc.people.api import Actor, import_organisations

    import_organisations(PASSED.encode(), "x.csv", by=Actor.system("tests"), at=world.AT)
    for form in ("pdf", "xml"):
        request = api.Request(
            code=codes[0], home=tmp_path, base=BASE, at=AT, by=world.who("register.view"),
            is_playground=True,
        )  # fmt: skip
        (tmp_path / form).write_bytes(api.render(form, request))
    status.publish(tmp_path, base=BASE, at=AT, is_playground=True)
    return export_trust(tmp_path, base=BASE, at=AT, is_playground=True)


def trust_of(bundle: dict[str, Any]) -> Trust:
    return Trust.parse(json.dumps(bundle).encode())


@pytest.mark.parametrize(("form", "name"), [("pdf", "paper:office"), ("xml", "certificate")])
def test_the_keeper_signs_and_the_bundle_says_so(
    bundle: dict[str, Any], tmp_path: Path, form: str, name: str
) -> None:
    data = (tmp_path / form).read_bytes()
    assert {"of": "so-gddt-dak-nong", "by": KEEPER, "since": "2025-07-01"} in (
        bundle["certificates"]["custody"]
    )
    report = judge(data, trust_of(bundle), AT)
    assert report.verdict == "valid", [c for c in report.checks if c.result is not Result.PASS]
    assert KEEPER in {key["organisation"] for key in bundle["certificates"]["keys"]}
    nobody = copy.deepcopy(bundle)
    nobody["certificates"]["custody"] = []
    report = judge(data, trust_of(nobody), AT)
    assert (report.verdict, report.result_of(name)) == ("invalid", Result.FAIL)
