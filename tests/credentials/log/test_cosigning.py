"""Witnesses stand between signing and publishing: nothing is published without their quorum."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.log import api as log
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import leaf_hash
from sogoc.kernel.notes import VerifierKey, parse_note
from sogoc.signer.api import KEYS, FileKeys
from tests.credentials.log.witnessing import BASE, ORIGIN, Running, add, published

pytestmark = pytest.mark.django_db(transaction=True)


def test_published_checkpoint_bears_the_quorum(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    for run, size in enumerate((300, 600, 900)):
        add(300, f"run {run}")
        report = sequence()
        assert (report.sizes["2025"], report.waiting) == (size, ())
        assert published(tmp_path) == (size, ("inspectorate", "archive", "university"))
    before = (tmp_path / "log" / "2025" / "checkpoint").read_bytes()
    sequence()  # nothing new: nobody is asked again
    assert (tmp_path / "log" / "2025" / "checkpoint").read_bytes() == before


def test_without_quorum_nothing_is_published_and_it_goes_on_by_itself(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    witnesses[0].stop()
    add(10, "one is out")
    assert sequence().sizes["2025"] == 20
    witnesses[1].stop()
    add(10, "two are out")
    for _ in range(2):
        report = sequence()
        assert (report.sizes["2025"], report.waiting) == (20, ("2025",))
        assert published(tmp_path)[0] == 20
    add(300, "more")
    assert sequence().waiting == ("2025",)
    witnesses[0].start()
    assert sequence().waiting == ()
    assert published(tmp_path) == (330, ("inspectorate", "university"))
    witnesses[1].start()
    add(1, "all are back")
    sequence()
    assert published(tmp_path) == (331, ("inspectorate", "archive", "university"))


def test_proof_carries_the_cosignatures(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(300)
    sequence()
    policy = log.public_file(tmp_path, base=BASE, path=f"{ORIGIN}/policy")
    assert policy is not None
    proven = log.prove(tmp_path, base=BASE, leaf_hash=leaf_hash(b"leaf 7"))
    read = LogProof.parse(str(proven.proof))
    assert read.verify(leaf_hash(b"leaf 7"), Policy.parse(policy.data)).is_met


def test_leaf_waits_for_its_proof_while_witnesses_are_out(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    for each in witnesses:
        each.stop()
    add(3)
    sequence()
    with pytest.raises(log.LogError) as refused:
        log.prove(tmp_path, base=BASE, leaf_hash=leaf_hash(b"leaf 1"))
    assert refused.value.code == "log_leaf_waits"


def test_log_rolled_back_with_all_its_memory_is_stopped_by_a_witness(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """Files, key and the signer's memory are those of yesterday; only witnesses know better."""
    add(10)
    sequence()
    kept = {name: tmp_path / f"old-{name}" for name in ("log", "signer", "lock")}
    for name, copy in kept.items():
        shutil.copytree(tmp_path / name, copy, ignore=shutil.ignore_patterns("socket"))
    add(10, "today")
    sequence()
    assert published(tmp_path)[0] == 20
    for name, copy in kept.items():
        shutil.rmtree(tmp_path / name)
        copy.rename(tmp_path / name)
    rewritten = _sequence_again_from(10, tmp_path)
    with pytest.raises(log.LogError) as refused:
        rewritten()
    assert refused.value.code in {"log_rolled_back", "log_forked"}


def _sequence_again_from(size: int, home: Path) -> Callable[[], object]:
    """An operator who cuts the witnessed history short and goes on from there with other leaves."""
    from sogoc.credentials.log.cosigning import Cosigner
    from sogoc.credentials.log.store import StreamStore
    from sogoc.kernel.tiles import TileBuilder
    from sogoc.signer.store import signed_head

    store = StreamStore(home, "2025")
    note = store.checkpoint()
    assert note is not None
    root = Checkpoint.parse(parse_note(note).text).root
    builder = TileBuilder.resume(size, root, store.read)
    builder.extend([b"other history %d" % number for number in range(12)])
    store.prepare()
    store.put(builder.take_files())
    keys = FileKeys.read(home / "signer" / KEYS)
    checkpoint = Checkpoint(ORIGIN, builder.size, builder.root())
    signed = signed_head(keys, checkpoint).note
    cosigner = Cosigner(home, keys.public(ORIGIN), store.read)
    return lambda: cosigner.cosigned(signed, checkpoint, size)


def test_witness_that_holds_more_stops_the_log(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    from sogoc.credentials.log.cosigning import Cosigner
    from sogoc.credentials.log.store import StreamStore

    add(10)
    sequence()
    early = (tmp_path / "log" / "2025" / "checkpoint").read_text()
    add(10, "today")
    sequence()
    store = StreamStore(tmp_path, "2025")
    key = VerifierKey.parse((store.folder / "key").read_text().strip())
    cosigner = Cosigner(tmp_path, [key], store.read)
    with pytest.raises(log.LogError) as refused:
        cosigner.cosigned(early, Checkpoint.parse(parse_note(early).text), 0)
    assert refused.value.code == "log_rolled_back"


def test_policy_that_cannot_be_used_is_refused_before_anything_is_signed(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "log-witnesses").write_text("witness a b c\nquorum three\n")
    add(3)
    with pytest.raises(Exception, match=r"chính sách|policy"):
        sequence()
    assert not (tmp_path / "log" / "2025" / "checkpoint").exists()
