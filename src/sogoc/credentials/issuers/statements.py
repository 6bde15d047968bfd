"""The Ministry's statements, signed here, or by a Ministry whose key is elsewhere.

    prepare_statements → 64 bytes a body go out → a signature comes back → accept_statement

<home>/statements/<body>.json           signed and taken in
<home>/statements/<body>.pending.json   what was prepared; a later preparation takes its place

What comes back is taken in while it says what holds, within `LASTS`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sogoc.credentials.issuers import keys
from sogoc.credentials.issuers.authority import sign_document, statement
from sogoc.credentials.issuers.did import MINISTRY, did_of, method_of
from sogoc.credentials.issuers.errors import IssuerRefused
from sogoc.disk import files
from sogoc.kernel.data_integrity import EDDSA, ProofMaker, ProofOptions
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, record_event, require
from sogoc.verifier.api import jsonld

LASTS: Final = timedelta(days=60)
"""How long what was prepared waits for the Ministry."""

_FOLDER: Final = "statements"


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """What the Ministry is to sign about a body: Ed25519 over the 64 bytes `to_sign`."""

    body: str
    key: str
    to_sign: bytes
    document: dict[str, Any]


def authority_credential(
    body: str, name: str, *, home: Path, base: str, at: datetime, is_playground: bool
) -> dict[str, Any]:
    """Return the Ministry's signed statement about a body, as of `at`.

    Where the Ministry's key is elsewhere it is the one taken in, if it says what holds at `at`.
    Raises `IssuerRefused`: no key here, or no statement, or one that has become wrong.
    """
    document = statement(body, name, base=base, at=at)
    record = keys.serving(home, MINISTRY, Algorithm.ED25519, at=at)
    if record is not None and record.provider == "remote":
        return _taken_in(home, document, body)
    signer = keys.signer(home, MINISTRY, Algorithm.ED25519, at=at, is_playground=is_playground)
    return sign_document(document, did_of(MINISTRY, base), signer, at)


def prepare_statements(
    bodies: Sequence[str], *, home: Path, base: str, by: Actor, at: datetime
) -> list[PreparedStatement]:
    """Store what the Ministry is to sign about bodies; needs `org.import`.

    Raises `IssuerRefused` unless the Ministry has a key elsewhere, `UnknownOrganisation`.
    """
    record = keys.serving(home, MINISTRY, Algorithm.ED25519, at=at)
    if record is None or record.provider != "remote":
        raise _refused(
            "authority_key_not_elsewhere",
            "Khóa của Bộ không ở nơi khác: không cần chuẩn bị.",
            "The Ministry's key is not elsewhere: there is nothing to prepare.",
        )
    with acting(by):
        require(by, "org.import")
        names = {body: get_organisation(body).name for body in bodies}
    options = ProofOptions(EDDSA, keys.iso(at), method_of(did_of(MINISTRY, base), record))
    prepared = []
    for body, name in names.items():
        document = statement(body, name, base=base, at=at)
        message = _message(document, options)
        pending = {
            "document": document, "proof": options.members(), "key": record.label, "base": base,
        }  # fmt: skip
        _write(home, f"{body}.pending.json", pending)
        prepared.append(PreparedStatement(body, record.label, message, document))
    return prepared


def accept_statement(
    body: str, signature: bytes, *, home: Path, by: Actor, at: datetime
) -> dict[str, Any]:
    """Take in the Ministry's signature over what was prepared last about a body; once.

    Needs `org.import`. Raises `IssuerRefused`: nothing prepared, too long ago, what holds by now is
    something else, a key that serves no more, or a signature that is not the key's.
    """
    with acting(by):
        require(by, "org.import")
        name = get_organisation(body).name
    pending = _read(home, f"{body}.pending.json")
    if pending is None:
        raise _refused(
            "authority_not_prepared", f"Chưa chuẩn bị gì để ký về {body}.",
            f"Nothing is prepared to be signed about {body}.",
        )  # fmt: skip
    _require_holding(pending, body, name, at)
    with acting(by):
        document, proof = pending["document"], pending["proof"]
        record = keys.find_key(home, pending["key"])
        options = ProofOptions(proof["cryptosuite"], proof["created"], proof["verificationMethod"])
        if not record.serves(at) or not record.multikey.verifies(
            signature, _message(document, options)
        ):
            raise _refused(
                "authority_signature", "Chữ ký không phải của Bộ trên nội dung đã chuẩn bị.",
                "The signature is not the Ministry's over what was prepared.",
            )  # fmt: skip
        maker = ProofMaker(options, record.multikey.algorithm, lambda _message: signature)
        value = maker.value(jsonld.canonical(document))
        signed = {**document, "proof": {**proof, "proofValue": value}}
        record_event(
            actor=by,
            verb="issuers:statement:take",
            subject=body,
            at=at,
            detail={"key": record.label, "valid_from": document["validFrom"]},
        )
        _write(home, f"{body}.json", signed)
        (home / _FOLDER / f"{body}.pending.json").unlink()
        return signed


def _taken_in(home: Path, now: dict[str, Any], body: str) -> dict[str, Any]:
    """Return the statement taken in, which must say what holds now and be of a key not lost."""
    signed = _read(home, f"{body}.json")
    if signed is None:
        raise _refused(
            "authority_statement_missing",
            f"Bộ chưa ký về thẩm quyền của {body}: sogoc trust prepare, rồi trust assemble.",
            f"The Ministry has not signed about {body}: sogoc trust prepare, then trust assemble.",
        )
    method = signed["proof"]["verificationMethod"].partition("#")[2]
    created = datetime.fromisoformat(signed["proof"]["created"])
    known = [each for each in keys.history(home, MINISTRY) if str(each.multikey) == method]
    if _said(now) != _said(signed) or not known or not known[0].serves(created):
        raise _refused(
            "authority_statement_old",
            f"Điều Bộ đã ký về {body} không còn đúng: sogoc trust prepare, rồi trust assemble.",
            f"What the Ministry signed about {body} holds no more: sogoc trust prepare and "
            "trust assemble.",
        )
    return signed


def _require_holding(pending: dict[str, Any], body: str, name: str, at: datetime) -> None:
    """What was prepared is not too old and is what would be prepared now."""
    created = datetime.fromisoformat(pending["proof"]["created"])
    if at >= created + LASTS or "base" not in pending:
        raise _refused(
            "authority_request_lapsed",
            f"Bản chuẩn bị về {body} đã quá {LASTS.days} ngày: hãy chuẩn bị lại.",
            f"What was prepared about {body} is over {LASTS.days} days old: prepare it anew.",
        )
    if _said(statement(body, name, base=pending["base"], at=at)) != _said(pending["document"]):
        raise _refused(
            "authority_request_changed",
            f"Thẩm quyền của {body} đã khác từ khi chuẩn bị: hãy chuẩn bị lại.",
            f"What {body} may issue changed since this was prepared: prepare it anew.",
        )


def _said(document: dict[str, Any]) -> Any:
    """What a statement says, whenever it says so."""
    kept = {name: value for name, value in document.items() if name not in {"proof", "validFrom"}}
    return json.loads(json.dumps(kept))


def _message(document: dict[str, Any], options: ProofOptions) -> bytes:
    canonical = jsonld.canonical(json.loads(json.dumps(document)))
    return sha256(options.canonical()).digest() + sha256(canonical).digest()


def _read(home: Path, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((home / _FOLDER / name).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return found


def _write(home: Path, name: str, document: dict[str, Any]) -> None:
    folder = home / _FOLDER
    files.make_folder(folder)
    data = json.dumps(document, ensure_ascii=False, indent=1).encode()
    files.replace(folder / name, data)


def _refused(code: str, vi: str, en: str) -> IssuerRefused:
    return IssuerRefused(code, Text(vi, en))
