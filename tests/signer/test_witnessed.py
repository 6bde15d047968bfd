"""What the signer asks its witnesses before it signs, and what their answers make of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.signer.api import (
    DATABASE,
    NOTHING,
    PROOFS_NEEDED,
    READ_ONLY,
    UNKNOWN,
    FileKeys,
    Head,
    SignerCore,
    SignerError,
    SignerStore,
)
from sogoc.signer.store import signed_head
from tests.signer.conftest import ORIGIN, Panel, Tree

NAMES = ("inspectorate", "archive", "university")


@pytest.fixture
def signer(directory: Path, panel: Panel) -> SignerCore:
    """A signer with three witnesses, of which two make the quorum."""
    made = SignerCore(SignerStore(directory), panel.file)
    for name in NAMES:
        panel.add(name, made.keys(ORIGIN))
    return made


def restarted(directory: Path, panel: Panel) -> SignerCore:
    return SignerCore(SignerStore(directory), panel.file)


def code(ask: object) -> str:
    with pytest.raises(SignerError) as error:
        ask()  # type: ignore[operator]
    return error.value.code


def spread(panel: Panel, head: Head, old: int, proof: list[bytes], *names: str) -> None:
    for name in names or NAMES:
        panel.tell(name, head.note, old, proof)


def forget(directory: Path) -> None:
    for file in directory.glob(f"{DATABASE}*"):
        file.unlink()


def test_it_is_read_only_until_a_quorum_answers(
    signer: SignerCore, directory: Path, panel: Panel, tree: Tree
) -> None:
    ports = {name: panel.stop(name) for name in ("inspectorate", "archive")}
    assert code(lambda: signer.sign(tree.at(5), old_size=0, proof=[])) == READ_ONLY
    assert code(lambda: signer.open(ORIGIN)) == READ_ONLY
    assert signer.keys(ORIGIN)  # what is signed nothing with may still be asked
    panel.start("archive", ports["archive"])
    assert signer.sign(tree.at(5), old_size=0, proof=[]).size == 5


def test_witnesses_are_asked_once_a_start_and_when_they_change(
    signer: SignerCore, panel: Panel, tree: Tree
) -> None:
    signer.sign(tree.at(5), old_size=0, proof=[])
    for name in NAMES:
        panel.stop(name)
    assert signer.sign(tree.at(6), old_size=5, proof=tree.proof(5, 6)).size == 6
    panel.file.write_text(panel.file.read_text() + "# another day\n")
    assert code(lambda: signer.open(ORIGIN)) == READ_ONLY


def test_memory_brought_back_from_a_copy_is_named_by_a_witness(
    signer: SignerCore, directory: Path, panel: Panel, tree: Tree
) -> None:
    spread(panel, signer.sign(tree.at(5), old_size=0, proof=[]), 0, [])
    signer.store.close()
    copy = (directory / DATABASE).read_bytes()
    again = restarted(directory, panel)
    head = again.sign(tree.at(9), old_size=5, proof=tree.proof(5, 9))
    panel.tell("university", head.note, 5, tree.proof(5, 9))
    again.store.close()
    (directory / DATABASE).write_bytes(copy)
    assert code(lambda: restarted(directory, panel).open(ORIGIN)) == "signer_behind_witness"


def test_witness_with_another_history_of_the_key_stops_it(
    signer: SignerCore, directory: Path, panel: Panel, tree: Tree
) -> None:
    """Somebody signed with a copy of the key."""
    forged = signed_head(signer.store.keys, Tree("forged").at(5))
    panel.tell("archive", forged.note, 0, [])
    signer.store.close()
    stolen = SignerStore(directory)
    with stolen.changing():
        stolen.set_head(ORIGIN, signed_head(stolen.keys, tree.at(5)))
    stolen.close()
    assert code(lambda: restarted(directory, panel).open(ORIGIN)) == "signer_witness_forked"


def test_successor_adopts_what_is_proven_against_all_witnesses(
    signer: SignerCore, directory: Path, panel: Panel, tree: Tree
) -> None:
    spread(panel, signer.sign(tree.at(5), old_size=0, proof=[]), 0, [])
    head = signer.sign(tree.at(9), old_size=5, proof=tree.proof(5, 9))
    panel.tell("archive", head.note, 5, tree.proof(5, 9))
    signer.store.close()
    forget(directory)
    successor = restarted(directory, panel)
    assert code(lambda: successor.open(ORIGIN)) == UNKNOWN
    assert code(lambda: successor.sign(tree.at(9), old_size=0, proof=[])) == UNKNOWN
    for wrong, why in (
        (tree.at(8), "signer_lock_behind_witness"),
        (Tree("other").at(9), "signer_witness_forked"),
        (Tree("other").at(12), PROOFS_NEEDED),
    ):
        assert code(lambda wrong=wrong: successor.adopt(wrong, proofs={})) == why
    with pytest.raises(SignerError) as needed:
        successor.adopt(tree.at(12), proofs={})
    assert needed.value.context["sizes"] == [5, 9]
    other = Tree("other")
    lies = {size: other.proof(size, 12) for size in (5, 9)}
    assert code(lambda: successor.adopt(other.at(12), proofs=lies)) == "signer_witness_forked"
    proofs = {size: tree.proof(size, 12) for size in (5, 9)}
    assert successor.adopt(tree.at(12), proofs=proofs).size == 12
    assert successor.sign(tree.at(14), old_size=12, proof=tree.proof(12, 14)).size == 14
    assert successor.adopt(tree.at(9), proofs={}).size == 14  # a log that is known stays as it is
    assert restarted(directory, panel).open(ORIGIN).size == 14


def test_successor_waits_for_witnesses_before_it_adopts(
    signer: SignerCore, directory: Path, panel: Panel, tree: Tree
) -> None:
    signer.sign(tree.at(5), old_size=0, proof=[])
    signer.store.close()
    forget(directory)
    panel.stop("archive")
    panel.stop("university")
    successor = restarted(directory, panel)
    assert code(lambda: successor.adopt(tree.at(5), proofs={})) == READ_ONLY
    assert code(lambda: successor.open(ORIGIN)) == UNKNOWN


def test_successor_takes_up_a_new_log_at_nothing(
    signer: SignerCore, directory: Path, panel: Panel, tree: Tree
) -> None:
    from sogoc.kernel.checkpoint import Checkpoint

    signer.store.close()
    forget(directory)
    successor = restarted(directory, panel)
    assert successor.adopt(Checkpoint(ORIGIN, 0, NOTHING.root), proofs={}) == NOTHING
    assert successor.sign(tree.at(5), old_size=0, proof=[]).size == 5


def test_answer_without_signatures_is_no_answer(directory: Path, panel: Panel, tree: Tree) -> None:
    """A witness that serves a note of somebody else's key neither counts nor stops anybody."""
    signer = SignerCore(SignerStore(directory), panel.file)
    stranger = FileKeys.new()
    panel.add("archive", (*signer.keys(ORIGIN), *stranger.public(ORIGIN)))
    panel.tell("archive", signed_head(stranger, Tree("theirs").at(50)).note, 0, [])
    assert code(lambda: signer.open(ORIGIN)) == READ_ONLY


def test_file_of_witnesses_that_cannot_be_used_is_refused(signer: SignerCore, panel: Panel) -> None:
    panel.file.write_text("witness a b\n")
    assert code(lambda: signer.open(ORIGIN)) == "signer_policy_malformed"
    panel.file.write_bytes(b"\xff\xfe")
    assert code(lambda: signer.open(ORIGIN)) == "signer_policy_malformed"
    panel.file.unlink()
    assert signer.open(ORIGIN) == NOTHING
