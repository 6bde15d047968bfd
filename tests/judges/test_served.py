"""A verifier of others on the answers of our web process: bytes and types as it gets them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sogoc.credentials.documents import api as documents
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.status import api as status
from tests.credentials import world
from tests.credentials.documents.conftest import (  # noqa: F401 - fixtures
    BASE,
    codes,
    sequence,
    unpublished,
)
from tests.judges.conftest import NodeRun
from tests.web.test_site_files import Home

FAR = timedelta(days=50_000)
"""The verifier asks its own clock: the lists must hold on the day the tests run."""


def fetched(folder: Path, credential: dict[str, Any]) -> None:
    """Lay out what the web process answers to the addresses a credential names."""
    body = credential["issuer"]["id"].rpartition(":")[2]
    lists = [each["statusListCredential"] for each in credential["credentialStatus"]]
    for path in (f"{body}/did.json", *(each.removeprefix(f"https://{BASE}/") for each in lists)):
        answer = Client().get(f"/{path}")
        assert answer.status_code == 200, path
        file = folder / "site" / BASE / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.content)
        file.with_name(f"{file.name}.type").write_text(answer["Content-Type"])
    registry = {credential["issuer"]["id"]: {"name": "x", "location": "y", "url": "https://x.x"}}
    (folder / "site" / BASE / "registry.json").write_text(
        json.dumps({"meta": {}, "registry": registry})
    )
    (folder / "credential.json").write_text(json.dumps(credential))


def test_the_consortium_resolves_what_the_web_process_serves(
    codes: tuple[str, ...],  # noqa: F811
    run_node: NodeRun,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.SOGOC_ENVIRONMENT = Home(tmp_path)
    monkeypatch.setattr("sogoc.credentials.status.publishing.VALIDITY", FAR)
    asked = documents.Request(
        code=codes[0], home=tmp_path, base=BASE, at=world.AT, by=world.who("register.view"),
        is_playground=True,
    )  # fmt: skip
    credential = json.loads(documents.render("vc", asked))
    folder = tmp_path / "web"

    def judged(at: Any = world.AT) -> dict[str, Any]:
        status.publish(tmp_path, base=BASE, at=at, is_playground=True)
        fetched(folder, credential)
        said = json.loads(run_node("learner.js", folder).stdout.strip().splitlines()[-1])
        assert said["errors"] == []
        return {each["id"]: each.get("valid") for each in said["log"]}

    assert set(judged().values()) == {True}
    lifecycle.revoke_line(
        code=codes[0], decision_number="9/QĐ", decision_date=world.TODAY, ground="điểm a",
        reason="thử", by=world.who("register.revoke"), at=world.AT,
    )  # fmt: skip
    log = judged(world.AT + timedelta(minutes=1))
    assert log["revocation_status"] is False
    assert log["valid_signature"] is True
    credential["credentialSubject"]["name"] = "Lê Thị Khác"
    fetched(folder, credential)
    said = json.loads(run_node("learner.js", folder).stdout.strip().splitlines()[-1])
    assert said["errors"] or not said["log"][0]["valid"]
