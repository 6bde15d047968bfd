"""The proof that one leaf is in the log, for a file that its holder keeps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import connection

from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.store import StreamStore, damaged
from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import ProofError
from sogoc.kernel.notes import parse_note
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import TileError, TileReader
from sogoc.people.api import Actor, acting

_PLACE: Final = """
    SELECT l.stream, p.index, l.leaf FROM credentials_log_leaf l
    LEFT JOIN credentials_log_position p ON p.leaf_id = l.id WHERE l.leaf_hash = %s
"""


@dataclass(frozen=True, slots=True)
class ProvenLeaf:
    """A leaf with its proof: `entry` are the bytes logged, `size` that of the checkpoint."""

    origin: str
    entry: bytes
    proof: LogProof
    size: int


def prove(home: Path, *, base: str, leaf_hash: bytes) -> ProvenLeaf:
    """Prove that the leaf with this 32-byte hash is under the newest published checkpoint.

    Raises `LogError`: no such leaf, not covered by a checkpoint yet, or files that do not give the
    signed root (then nothing is handed out).
    """
    with acting(Actor.system("prover")), connection.cursor() as cursor:
        cursor.execute(_PLACE, [leaf_hash])
        row = cursor.fetchone()
    if row is None:
        raise LogError(
            "log_leaf_unknown",
            Text("Không có mục này trong nhật ký.", "There is no such leaf in the log."),
        )
    stream, index, entry = row[0], row[1], bytes(row[2])
    store = StreamStore(home, stream)
    note = store.checkpoint()
    checkpoint = None if note is None else Checkpoint.parse(parse_note(note).text)
    if note is None or checkpoint is None or index is None or index >= checkpoint.size:
        raise LogError(
            "log_leaf_waits",
            Text(
                "Mục này chưa nằm dưới điểm kiểm nào; hãy thử lại sau ít giây.",
                "No checkpoint covers this leaf yet; try again in a few seconds.",
            ),
            stream=stream,
        )
    try:
        hashes = TileReader(store.read).inclusion_proof(index, checkpoint.size)
        merkle.verify_inclusion(index, checkpoint.size, leaf_hash, hashes, checkpoint.root)
    except (ProofError, TileError, FileNotFoundError) as error:
        raise damaged(store.where) from error
    proof = LogProof(index, tuple(hashes), note)
    return ProvenLeaf(origin(stream, base), entry, proof, checkpoint.size)
