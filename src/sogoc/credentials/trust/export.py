"""The trust bundle of a home, and the public files others fetch: DID documents, statements, lists.

Other applets add parts by `PARTS`: certificates of papers, say.
"""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.log import api as log
from sogoc.credentials.status import api as status
from sogoc.credentials.trust.site import RECEIPT_KEYS, dated, encoded, receipt_keys
from sogoc.people.api import Actor, acting, organisations
from sogoc.policy.api import load_law
from sogoc.verifier.api import FORMAT

Part = Callable[[Path], Mapping[str, Any]]
PARTS: Final[dict[str, tuple[str, str]]] = {
    "certificates": ("sogoc.credentials.signing.api", "trust_part"),
}
"""Member of the bundle → module and function that gives it for a home; read when used."""

_CHECKPOINTS: Final = (
    "SELECT stream, size, root FROM credentials_log_checkpoint ORDER BY stream, size"
)


def export_trust(
    home: Path, *, base: str, at: datetime, is_playground: bool, every_list: bool = False
) -> dict[str, Any]:
    """Return the bundle as plain JSON; `every_list` adds all archived states of status lists.

    Raises `IssuerRefused` where keys are missing that a real home does not make.
    """
    with acting(Actor.system("trust")):
        names = {body.code: body.name for body in organisations()}
    signing = [body for body in issuers.bodies(home) if body in names]
    stated = dated(home, at)
    statements = [
        issuers.authority_credential(
            body, names[body], home=home, base=base, at=stated, is_playground=is_playground
        )
        for body in signing
    ]
    bundle: dict[str, Any] = {
        "format": FORMAT,
        "base": base,
        "made": issuers.iso(at),
        "development": is_playground,
        "ministry": issuers.did_of(issuers.MINISTRY, base),
        "dids": [
            issuers.did_document(body, base, issuers.history(home, body))
            for body in issuers.bodies(home)
        ],
        "logs": _logs(home, base),
        "authority": statements,
        "status_lists": status.published_lists(home, every=every_list),
        "kinds": {code: kind.name.vi for code, kind in sorted(load_law().kinds.items())},
    }
    for name, (module, function) in PARTS.items():
        part: Part = getattr(importlib.import_module(module), function)
        bundle[name] = part(home)
    return bundle


def write_site(bundle: Mapping[str, Any], home: Path, target: Path, *, base: str) -> list[str]:
    """Write the files others fetch below a folder, as any web server serves them; return the paths.

    Those that `site` names, under the addresses that credentials give.
    """
    files: dict[str, bytes] = {}
    paths = {
        issuers.did_of(body, base): issuers.did_path(body, base) for body in issuers.bodies(home)
    }
    for did in bundle["dids"]:
        files[paths[did["id"]]] = encoded(did)
    for each in bundle["authority"]:
        files[each["id"].removeprefix(f"https://{base}/")] = encoded(each)
    if keys := receipt_keys(home, base):
        files[RECEIPT_KEYS] = keys.encode()
    folder = home / "status"
    for file in sorted(folder.glob("*/*/*")):
        if file.parent.name != "archive" and not file.name.startswith("."):
            files[f"status/{file.relative_to(folder)}"] = file.read_bytes()
    for path, data in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    return sorted(files)


def _logs(home: Path, base: str) -> list[dict[str, Any]]:
    with acting(Actor.system("trust")), connection.cursor() as cursor:
        cursor.execute(_CHECKPOINTS)
        rows = cursor.fetchall()
    roots: dict[str, list[list[Any]]] = {}
    for stream, size, root in rows:
        encoded = base64.b64encode(bytes(root)).decode("ascii")
        roots.setdefault(log.origin(stream, base), []).append([size, encoded])
    found = []
    for origin, checkpoints in roots.items():
        policy = log.public_file(home, base=base, path=f"{origin}/policy")
        if policy is not None:
            text = policy.data.decode()
            found.append({"origin": origin, "policy": text, "checkpoints": checkpoints})
    return found
