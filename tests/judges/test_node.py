"""Sigstore's verifier in JavaScript accepts our proofs and refuses altered ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import Algorithm, CosignerSecret
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import inclusion_proof, leaf_hash, root_hash
from sogoc.kernel.notes import SignerKey, add_signatures, parse_note, sign_note
from tests.judges.conftest import NodeRun
from tests.monitor.test_audit import KEY, ORIGIN, entries

SIZE = 600
Files = tuple[Path, Path, Path]


def write(folder: Path, index: int, size: int = SIZE, key: SignerKey = KEY) -> Files:
    """Write key, proof and entry as `sogoc log proof` does: both keys of the log, a witness."""
    leaves = entries(size)
    hashes = [leaf_hash(each) for each in leaves]
    body = Checkpoint(ORIGIN, size, root_hash(hashes)).body()
    note = sign_note(body, key.name, key.private_key)
    witness = CosignerSecret("witness.example", Algorithm.ED25519, bytes(32))
    ml_dsa = CosignerSecret(ORIGIN, Algorithm.ML_DSA_44, bytes(32))
    text = parse_note(note).text
    note = add_signatures(note, [ml_dsa.cosign(text, 0), witness.cosign(text, 1_700_000_000)])
    files = folder / "vkey", folder / "line.tlog-proof", folder / "line.entry"
    files[0].write_text(f"{KEY.verifier}\n")
    files[1].write_text(str(LogProof(index, tuple(inclusion_proof(index, hashes)), note, b"more")))
    files[2].write_bytes(leaves[index])
    return files


@pytest.mark.parametrize(
    ("index", "size"), [(0, 1), (0, SIZE), (255, SIZE), (256, 257), (599, SIZE), (2999, 3000)]
)
def test_good_proof_is_accepted(run_node: NodeRun, index: int, size: int, tmp_path: Path) -> None:
    said = run_node("judge.js", *write(tmp_path, index, size))
    assert (said.returncode, said.stdout) == (0, f"proof {index} of {size}\n")


def another_entry(files: Files) -> None:
    files[2].write_bytes(b"leaf of somebody else")


def another_root(files: Files) -> None:
    """The whole proof is of another history, whose root nobody signed."""
    hashes = [leaf_hash(b"forged %d" % number) for number in range(SIZE)]
    body = Checkpoint(ORIGIN, SIZE, root_hash(hashes)).body()
    lines = files[1].read_text().partition("\n\n")[2].partition("\n\n")[2]
    note = f"{body}\n{lines}"
    files[1].write_text(str(LogProof(7, tuple(inclusion_proof(7, hashes)), note)))
    files[2].write_bytes(b"forged 7")


def another_size(files: Files) -> None:
    files[1].write_text(files[1].read_text().replace("\n600\n", "\n601\n"))


def another_index(files: Files) -> None:
    files[1].write_text(files[1].read_text().replace("index 7\n", "index 6\n"))


def a_hash_less(files: Files) -> None:
    head, _, rest = files[1].read_text().partition("index 7\n")
    files[1].write_text(f"{head}index 7\n{rest.partition(chr(10))[2]}")


def another_key(files: Files) -> None:
    files[0].write_text(f"{SignerKey(ORIGIN, b'x' * 32).verifier}\n")


@pytest.mark.parametrize(
    "attack", [another_entry, another_root, another_size, another_index, a_hash_less, another_key]
)
def test_altered_proof_is_refused(
    run_node: NodeRun, attack: Callable[[Files], None], tmp_path: Path
) -> None:
    files = write(tmp_path, 7)
    attack(files)
    said = run_node("judge.js", *files)
    assert said.returncode == 1
    assert said.stdout.startswith("REFUSED: TLOG_INCLUSION_PROOF_ERROR"), said.stdout + said.stderr


def test_log_made_anew_under_another_key_is_refused(run_node: NodeRun, tmp_path: Path) -> None:
    said = run_node("judge.js", *write(tmp_path, 3, key=SignerKey(ORIGIN, b"x" * 32)))
    assert (said.returncode, said.stdout[:8]) == (1, "REFUSED:")
