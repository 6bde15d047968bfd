"""The public door: have a checkpoint signed, or run the signer."""

from __future__ import annotations

from sogoc.signer.asking import Held, ask_witnesses
from sogoc.signer.client import SignerClient, start, stop
from sogoc.signer.core import Signer, SignerCore
from sogoc.signer.errors import PROOFS_NEEDED, READ_ONLY, UNKNOWN, SignerError
from sogoc.signer.keys import FileKeys, SigningKeys, public_keys
from sogoc.signer.server import IDLE_SECONDS, is_served, serve
from sogoc.signer.store import DATABASE, KEYS, NOTHING, PUBLIC, Head, SignerStore

__all__ = [
    "DATABASE",
    "IDLE_SECONDS",
    "KEYS",
    "NOTHING",
    "PROOFS_NEEDED",
    "PUBLIC",
    "READ_ONLY",
    "UNKNOWN",
    "FileKeys",
    "Head",
    "Held",
    "Signer",
    "SignerClient",
    "SignerCore",
    "SignerError",
    "SignerStore",
    "SigningKeys",
    "ask_witnesses",
    "is_served",
    "public_keys",
    "serve",
    "start",
    "stop",
]
