"""What is said over the signer's socket: one JSON object a line each way.

    {"ask": "keys" | "open" | "status", "origin": …}
    {"ask": "sign", "body": …, "old": 300, "proof": [base64 …]}
    {"ask": "adopt", "body": …, "proofs": {"300": [base64 …]}}

`body` is that of a C2SP checkpoint. The answer is `{"ok": …}`, or `{"error": {"code", "vi", "en",
"context"}}`.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.signer.core import SignerCore
from sogoc.signer.errors import SignerError, refusal
from sogoc.signer.store import Head

MAX_LINE: Final = 256 * 1024
"""Longest request or answer in bytes."""


def encode(message: object) -> bytes:
    """Return one line."""
    return json.dumps(message).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Read one line. Raises `SignerError`."""
    try:
        message = json.loads(line)
    except ValueError:
        raise refusal("signer_request_malformed") from None
    if not isinstance(message, dict):
        raise refusal("signer_request_malformed")
    return message


def answer(core: SignerCore, line: bytes) -> bytes:
    """Answer one request; refusals are answers too."""
    try:
        return encode({"ok": _answered(core, decode(line))})
    except Error as error:
        return _refused(error)
    except sqlite3.Error as error:
        return _refused(refusal("signer_memory_refuses", why=str(error)))
    except (KeyError, TypeError, ValueError, AttributeError):
        return answer_malformed()


def answer_malformed() -> bytes:
    """Return the answer to what is no request."""
    return _refused(refusal("signer_request_malformed"))


def _refused(error: Error) -> bytes:
    message = {"code": error.code, "vi": error.message.vi, "en": error.message.en}
    return encode({"error": {**message, "context": error.context}})


def result(line: bytes) -> Any:
    """Return what an answer holds; raise the `SignerError` it stands for."""
    message = decode(line)
    if "error" in message:
        error = message["error"]
        raise SignerError(error["code"], Text(error["vi"], error["en"]), **error["context"])
    return message["ok"]


def proof_text(proof: Sequence[bytes]) -> list[str]:
    """Return hashes as base64."""
    return [base64.b64encode(each).decode("ascii") for each in proof]


def head_text(head: Head) -> dict[str, Any]:
    """Return a head as JSON."""
    return {"size": head.size, "root": head.root.hex(), "note": head.note}


def head_of(text: dict[str, Any]) -> Head:
    """Read a head from JSON."""
    return Head(text["size"], bytes.fromhex(text["root"]), text["note"])


def _answered(core: SignerCore, asked: dict[str, Any]) -> Any:
    match asked["ask"]:
        case "keys":
            return [str(key) for key in core.keys(_origin(asked))]
        case "open":
            return head_text(core.open(_origin(asked)))
        case "sign":
            checkpoint = Checkpoint.parse(asked["body"])
            proof = _hashes(asked["proof"])
            return head_text(core.sign(checkpoint, old_size=int(asked["old"]), proof=proof))
        case "adopt":
            checkpoint = Checkpoint.parse(asked["body"])
            proofs = {int(size): _hashes(proof) for size, proof in asked["proofs"].items()}
            return head_text(core.adopt(checkpoint, proofs=proofs))
        case "status":
            heads = {name: head_text(head) for name, head in core.store.heads().items()}
            return {"successor": core.store.is_successor, "heads": heads}
        case _:
            raise refusal("signer_request_malformed")


def _origin(asked: dict[str, Any]) -> str:
    if not isinstance(asked["origin"], str):
        raise refusal("signer_request_malformed")
    return asked["origin"]


def _hashes(texts: list[str]) -> list[bytes]:
    return [base64.b64decode(each, validate=True) for each in texts]
