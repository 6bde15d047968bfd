"""The one step no program takes by itself: going on when signer and lock store both forgot.

What was signed is then known to the witnesses and to whoever has a copy of a checkpoint. A tree
that a single witness has cosigned is known to that one alone; so all of them must answer.
"""

from __future__ import annotations

from pathlib import Path

from sogoc.credentials.log.cosigning import policy_text
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.locking import LOCK_FILE, Locked, SqliteLockStore, only_sequencer
from sogoc.credentials.log.sequencer import stream_sizes
from sogoc.credentials.log.signing import (
    NOTHING_SIGNED,
    Signed,
    as_log_error,
    home_signer,
    verifier_keys_of,
)
from sogoc.credentials.log.store import StreamStore
from sogoc.kernel.cosignature import LogKey, open_checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import NONE, Policy
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import TileBuilder, TileError, TileReader
from sogoc.signer.api import READ_ONLY, UNKNOWN, SignerError, ask_witnesses


def recover(home: Path, *, base: str) -> dict[str, int]:
    """Put the largest tree the witnesses and the published checkpoint know into the lock store.

    Only for logs that the signer forgot and the lock store forgot too, or holds an old copy of;
    returns their sizes, by stream, and the next run of the sequencer goes on from there. Raises
    `LogError`: a witness does not answer, or the files on disk do not give the tree that was
    signed.
    """
    done = {}
    with only_sequencer(home):
        locks = SqliteLockStore(home / LOCK_FILE)
        for stream, (_, kept) in sorted(stream_sizes().items()):
            name = origin(stream, base)
            if _is_remembered(home, name, base):
                continue
            lock, store = locks.get(name), StreamStore(home, stream)
            tree = _largest(home, name, base, store)
            if lock is not None and lock.size > tree.size:
                tree = Signed(*lock)
            if not tree.size and not kept:
                continue
            if tree.size < kept or not _is_here(tree, lock, store):
                raise _differs(stream, max(tree.size, kept))
            if lock is None or lock.size < tree.size:  # else the sequencer itself tells the signer
                locks.swap(name, lock, Locked(tree.size, tree.root))
                done[stream] = tree.size
    return done


def _is_here(tree: Signed, lock: Locked | None, store: StreamStore) -> bool:
    """Whether the files give this tree, and what the lock store holds is its beginning."""
    try:
        TileBuilder.resume(tree.size, tree.root, store.read)
        return lock is None or TileReader(store.read).root(lock.size, within=tree.size) == lock.root
    except (TileError, FileNotFoundError):
        return False


def _is_remembered(home: Path, name: str, base: str) -> bool:
    signer = home_signer(home, base=base)
    try:
        signer.open(name)
    except SignerError as error:
        if error.code not in (READ_ONLY, UNKNOWN):
            raise as_log_error(error) from error
        return error.code == READ_ONLY  # it remembers, and waits for witnesses
    finally:
        signer.close()
    return True


def _largest(home: Path, name: str, base: str, store: StreamStore) -> Signed:
    keys = verifier_keys_of(home, name, base=base)
    trees = [_published(store, keys)]
    policy = Policy.parse(policy_text(home, *map(str, keys)))
    if policy.quorum != NONE:
        answers = ask_witnesses(policy, name, keys)
        silent = {each.name for each in policy.witnesses} - {who for who, _ in answers}
        if silent:
            raise LogError(
                "log_recovery_incomplete",
                Text(
                    f"Chưa trả lời: {', '.join(sorted(silent))}. Chỉ khi mọi bên chứng kiến trả "
                    "lời mới biết chắc điều gì đã được ký.",
                    f"No answer from {', '.join(sorted(silent))}. Only when all witnesses answer "
                    "is it certain what was signed.",
                ),
                silent=sorted(silent),
            )
        trees += [Signed(held.size, held.root) for _, held in answers if held is not None]
    return max(trees, key=lambda tree: tree.size)


def _published(store: StreamStore, keys: tuple[LogKey, ...]) -> Signed:
    note = store.checkpoint()
    if note is None:
        return NOTHING_SIGNED
    try:
        checkpoint = open_checkpoint(note, keys).checkpoint
    except Error:
        return NOTHING_SIGNED  # not ours: the sequencer names it
    return Signed(checkpoint.size, checkpoint.root)


def _differs(stream: str, size: int) -> LogError:
    return LogError(
        "log_recovery_impossible",
        Text(
            f"Nhật ký “{stream}”: các tệp ở đây không cho ra cây {size} mục đã ký. Hãy đưa bản sao "
            "mới nhất của thư mục log và cơ sở dữ liệu về.",
            f"Log {stream!r}: the files here do not give the tree of {size} entries that was "
            "signed. Bring back the newest copy of the log folder and of the database.",
        ),
        stream=stream,
        size=size,
    )
