"""The signer signs what extends what it signed, remembered first, and nothing else."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import Algorithm, CosignerKey, open_checkpoint
from sogoc.kernel.notes import VerifierKey, open_note
from sogoc.signer.api import (
    DATABASE,
    KEYS,
    NOTHING,
    FileKeys,
    SignerCore,
    SignerError,
    SignerStore,
)
from tests.signer.conftest import ORIGIN, Tree


@pytest.fixture
def signer(directory: Path) -> SignerCore:
    return SignerCore(SignerStore(directory))


def refused(signer: SignerCore, checkpoint: Checkpoint, old: int, proof: list[bytes]) -> str:
    with pytest.raises(SignerError) as error:
        signer.sign(checkpoint, old_size=old, proof=proof)
    return error.value.code


def test_checkpoint_bears_both_signatures(signer: SignerCore, tree: Tree) -> None:
    head = signer.sign(tree.at(10), old_size=0, proof=[])
    plain, resistant = signer.keys(ORIGIN)
    assert isinstance(plain, VerifierKey)
    assert isinstance(resistant, CosignerKey)
    assert resistant.algorithm is Algorithm.ML_DSA_44
    opened = open_checkpoint(head.note, [plain, resistant])
    assert (opened.checkpoint, len(opened.log_signatures)) == (tree.at(10), 2)
    # who knows the Ed25519 key alone passes over the other line, as signed-note says
    assert len(open_note(head.note, [plain]).verified) == 1
    assert open_checkpoint(head.note, [resistant]).checkpoint == tree.at(10)


def test_it_signs_only_what_contains_what_it_signed(signer: SignerCore, tree: Tree) -> None:
    other = Tree("other")
    signer.sign(tree.at(10), old_size=0, proof=[])
    signer.sign(tree.at(25), old_size=10, proof=tree.proof(10, 25))
    assert refused(signer, tree.at(10), 0, []) == "signer_smaller"
    assert refused(signer, other.at(25), 25, []) == "signer_forked"
    assert refused(signer, tree.at(30), 10, tree.proof(10, 30)) == "signer_conflict"
    assert refused(signer, other.at(30), 25, other.proof(25, 30)) == "signer_not_consistent"
    assert refused(signer, tree.at(30), 25, []) == "signer_not_consistent"
    assert refused(signer, Checkpoint(ORIGIN, 0, NOTHING.root), 0, []) == "signer_request_malformed"
    lined = Checkpoint(ORIGIN, 30, tree.at(30).root, ("more",))
    assert refused(signer, lined, 25, tree.proof(25, 30)) == "signer_request_malformed"
    assert signer.open(ORIGIN).size == 25
    assert signer.sign(tree.at(30), old_size=25, proof=tree.proof(25, 30)).size == 30


def test_same_tree_gets_the_same_note(signer: SignerCore, tree: Tree) -> None:
    """Also the ML-DSA-44 line, which would be another each time."""
    first = signer.sign(tree.at(10), old_size=0, proof=[])
    assert signer.sign(tree.at(10), old_size=0, proof=[]) == first
    assert signer.open(ORIGIN) == first


def test_logs_are_kept_apart(signer: SignerCore, tree: Tree) -> None:
    signer.sign(tree.at(10), old_size=0, proof=[])
    assert signer.open("so-goc.test/so-hoa") == NOTHING
    old = Tree("old").at(3, "so-goc.test/so-hoa")
    assert signer.sign(old, old_size=0, proof=[]).size == 3
    assert {key.name for key in signer.keys(ORIGIN)} == {ORIGIN}


def test_memory_is_on_disk_before_the_signature_leaves(directory: Path, tree: Tree) -> None:
    signer = SignerCore(SignerStore(directory))
    head = signer.sign(tree.at(10), old_size=0, proof=[])
    copy = directory.parent / "seen"  # what a kill would leave, read by another connection
    copy.mkdir()
    with sqlite3.connect(directory / DATABASE) as connection:
        rows = connection.execute("select origin, size, note from head").fetchall()
    connection.close()
    assert rows == [(ORIGIN, 10, head.note)]
    again = SignerCore(SignerStore(directory))
    assert again.open(ORIGIN) == head


def test_memory_that_cannot_be_written_signs_nothing(directory: Path, tree: Tree) -> None:
    store = SignerStore(directory)
    signer = SignerCore(store)
    signer.sign(tree.at(10), old_size=0, proof=[])
    store._connection.execute("pragma query_only = on")  # as on a read-only or full disk
    assert refused(signer, tree.at(20), 10, tree.proof(10, 20)) == "signer_memory_refuses"
    store._connection.execute("pragma query_only = off")
    assert signer.open(ORIGIN).size == 10
    assert signer.sign(tree.at(20), old_size=10, proof=tree.proof(10, 20)).size == 20


@pytest.mark.parametrize(
    "statement",
    [
        "update head set size = 9",
        "update head set root = zeroblob(32)",
        "update head set origin = 'x', size = 99",
        "delete from head",
        "delete from identity",
        "update identity set keys = 'x'",
        "update identity set is_successor = 0",
        "insert into identity values (2, 'x', 0)",
    ],
)
def test_memory_refuses_to_forget(directory: Path, tree: Tree, statement: str) -> None:
    SignerCore(SignerStore(directory)).sign(tree.at(10), old_size=0, proof=[])
    connection = sqlite3.connect(directory / DATABASE)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()


def test_key_of_an_older_log_is_taken_over_with_what_it_signed(tmp_path: Path, tree: Tree) -> None:
    seed = b"k" * 32
    trees = {ORIGIN: (10, tree.at(10).root)}
    signer = SignerCore(SignerStore.create(tmp_path / "s", FileKeys.new(seed), trees))
    assert signer.open(ORIGIN).size == 10
    open_checkpoint(signer.open(ORIGIN).note, signer.keys(ORIGIN))
    assert refused(signer, Tree("other").at(12), 0, []) == "signer_conflict"
    assert signer.sign(tree.at(12), old_size=10, proof=tree.proof(10, 12)).size == 12


def test_directory_says_what_is_wrong_with_it(directory: Path, tmp_path: Path) -> None:
    def code(place: Path) -> str:
        with pytest.raises(SignerError) as error:
            SignerStore(place)
        return error.value.code

    assert code(tmp_path / "nothing") == "signer_missing"
    with pytest.raises(SignerError) as error:
        SignerStore.create(directory)
    assert error.value.code == "signer_exists"
    SignerStore.create(tmp_path / "other").close()
    (tmp_path / "other" / KEYS).write_bytes((directory / KEYS).read_bytes())
    assert code(tmp_path / "other") == "signer_other_key"
    (directory / DATABASE).write_bytes(b"no database" * 100)
    assert code(directory) == "signer_memory_unreadable"
    (directory / KEYS).write_text("PRIVATE+KEY+x\n")
    assert code(directory) == "signer_key_unreadable"
    assert (tmp_path / "other" / KEYS).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "other" / DATABASE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(SignerError) as error:
        SignerStore.create(Path("/proc/nowhere"))
    assert error.value.code == "signer_not_made"


def test_half_made_signer_is_made_again(tmp_path: Path) -> None:
    """Killed between memory and key: no key was ever used."""
    SignerStore.create(tmp_path / "s").close()
    (tmp_path / "s" / KEYS).unlink()
    assert SignerStore.create(tmp_path / "s").heads() == {}


def test_keys_do_not_show_themselves(directory: Path) -> None:
    keys = FileKeys.read(directory / KEYS)
    assert repr(keys) == "FileKeys()"
    assert keys.ed25519.hex() not in repr(SignerStore(directory))
