from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.kernel import merkle, tiles
from sogoc.kernel.tiles import (
    TileBuilder,
    TileError,
    TileReader,
    decode_bundle,
    encode_bundle,
    entries_path,
    parse_path,
    tile_path,
)

SIZE = 70_000  # the example of the specification


def entry(index: int) -> bytes:
    return b"entry %d" % index


def build(size: int) -> tuple[dict[str, bytes], bytes]:
    builder = TileBuilder()
    builder.extend(map(entry, range(size)))
    return dict(builder.take_files()), builder.root()


@pytest.fixture(scope="module")
def log() -> dict[str, bytes]:
    return build(SIZE)[0]


@pytest.fixture(scope="module")
def hashes() -> list[bytes]:
    return [merkle.leaf_hash(entry(index)) for index in range(SIZE)]


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("tile/0/x001/x234/067", (0, 1234067, 256)),
        ("tile/entries/x001/x234/067", (None, 1234067, 256)),
        ("tile/0/000", (0, 0, 256)),
        ("tile/1/000.p/17", (1, 0, 17)),
        ("tile/63/999.p/255", (63, 999, 255)),
        ("tile/entries/x001/000.p/1", (None, 1000, 1)),
    ],
)
def test_paths(path: str, parts: tuple[int | None, int, int]) -> None:
    level, index, width = parts
    assert parse_path(path) == parts
    assert path == (entries_path(index, width) if level is None else tile_path(level, index, width))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/" + "x001/" * 2000 + "001",
        "tile/64/000",
        "tile/00/000",
        "tile/0/1",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/300",
        "tile/0/000/",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/x٠٠١/000",
    ],
)
def test_other_spellings_of_paths_are_refused(path: str) -> None:
    with pytest.raises(TileError):
        parse_path(path)


@pytest.mark.parametrize(("level", "index", "width"), [(64, 0, 1), (-1, 0, 1), (0, -1, 1)])
def test_impossible_tiles_have_no_path(level: int, index: int, width: int) -> None:
    with pytest.raises(TileError):
        tile_path(level, index, width)


@pytest.mark.parametrize("width", [0, 257])
def test_impossible_widths_have_no_path(width: int) -> None:
    with pytest.raises(TileError):
        entries_path(0, width)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_round_trip(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


def test_longest_entry() -> None:
    longest = bytes(65_535)
    assert decode_bundle(encode_bundle([longest]), 1) == [longest]
    with pytest.raises(TileError):
        encode_bundle([bytes(65_536)])
    with pytest.raises(TileError):
        TileBuilder().append(bytes(65_536))


@pytest.mark.parametrize(
    ("data", "width"),
    [(b"", 1), (b"\x00", 1), (b"\x00\x02a", 1), (b"\x00\x01ab", 1), (b"\x00\x01a", 2)],
)
def test_damaged_bundles_are_refused(data: bytes, width: int) -> None:
    with pytest.raises(TileError):
        decode_bundle(data, width)


def test_files_of_the_specifications_example(log: dict[str, bytes]) -> None:
    level_0 = [path for path in log if path.startswith("tile/0/")]
    assert len([path for path in level_0 if ".p/" not in path]) == 273
    assert len(log["tile/0/273.p/112"]) == 112 * 32
    assert len(log["tile/1/000"]) == 8192
    assert len(log["tile/1/001.p/17"]) == 17 * 32
    assert len(log["tile/2/000.p/1"]) == 32
    assert len([path for path in log if path.startswith("tile/entries/")]) == 274
    assert len(log) == 274 + 274 + 2 + 1


def test_256_entries_are_one_full_tile_and_one_above() -> None:
    files, root = build(256)
    assert sorted(files) == ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]
    assert files["tile/1/000.p/1"] == root


def test_empty_log_has_no_files() -> None:
    assert build(0) == ({}, merkle.EMPTY_ROOT)


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537])
def test_root_and_reader_agree_with_the_tree(size: int, hashes: list[bytes]) -> None:
    files, root = build(size)
    assert root == merkle.root_hash(hashes[:size]) == TileReader(files.__getitem__).root(size)


def test_every_stored_hash_is_the_tree_hash(log: dict[str, bytes], hashes: list[bytes]) -> None:
    assert log["tile/1/000"][32:64] == merkle.root_hash(hashes[256:512])
    assert log["tile/2/000.p/1"] == merkle.root_hash(hashes[:65_536])
    assert log["tile/0/273.p/112"][:32] == hashes[273 * 256]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, SIZE - 1), st.data())
def test_proofs_from_tiles_verify(
    log: dict[str, bytes], hashes: list[bytes], index: int, data: st.DataObject
) -> None:
    root = merkle.root_hash(hashes)
    reader = TileReader(log.__getitem__)
    proof = reader.inclusion_proof(index, SIZE)
    merkle.verify_inclusion(index, SIZE, reader.leaf_hash(index, SIZE), proof, root)
    assert reader.entry(index, SIZE) == entry(index)
    # Complete tiles only: roots of other old sizes need partial tiles that were never published.
    old = data.draw(st.integers(0, SIZE // 256)) * 256
    proof = reader.consistency_proof(old, SIZE)
    merkle.verify_consistency(old, SIZE, merkle.root_hash(hashes[:old]), root, proof)


def test_proofs_from_tiles_are_those_of_the_tree(
    log: dict[str, bytes], hashes: list[bytes]
) -> None:
    reader = TileReader(log.__getitem__)
    assert reader.inclusion_proof(69_999, SIZE) == merkle.inclusion_proof(69_999, hashes)
    assert reader.consistency_proof(12_345, SIZE) == merkle.consistency_proof(12_345, hashes)


@pytest.mark.parametrize("index", [-1, SIZE])
def test_entries_outside_the_log_are_refused(index: int, log: dict[str, bytes]) -> None:
    reader = TileReader(log.__getitem__)
    with pytest.raises(TileError):
        reader.leaf_hash(index, SIZE)
    with pytest.raises(TileError):
        reader.entry(index, SIZE)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=5))
def test_growing_in_steps_with_restarts_gives_the_same_log(steps: list[int]) -> None:
    stored: dict[str, bytes] = {}
    size, root = 0, merkle.EMPTY_ROOT
    reader = TileReader(stored.__getitem__)
    for step in steps:
        builder = TileBuilder.resume(size, root, stored.__getitem__)
        builder.extend(map(entry, range(size, size + step)))
        for path, content in builder.take_files():
            assert stored.setdefault(path, content) == content  # files never change
        old_size, old_root = size, root
        size, root = builder.size, builder.root()
        merkle.verify_consistency(
            old_size, size, old_root, root, reader.consistency_proof(old_size, size)
        )
    files, expected = build(size)
    assert root == expected
    assert files.items() <= stored.items()


def test_full_tile_serves_for_a_dropped_partial_one() -> None:
    stored, _ = build(300)
    partial, root = build(44)
    assert TileReader(stored.__getitem__).root(44) == root
    assert TileReader(stored.__getitem__).entry(43, 44) == entry(43)
    builder = TileBuilder.resume(44, root, stored.__getitem__)
    assert dict(builder.take_files()) == partial


def test_missing_full_tile_is_the_readers_error() -> None:
    stored, root = build(512)
    del stored["tile/0/000"]
    with pytest.raises(KeyError):
        TileReader(stored.__getitem__).inclusion_proof(3, 512)
    del stored["tile/entries/000"]
    with pytest.raises(KeyError):
        tiles.read_bundle(stored.__getitem__, 0)
    assert TileBuilder.resume(512, root, stored.__getitem__).size == 512


def test_resume_refuses_storage_that_disagrees_with_the_checkpoint() -> None:
    stored, root = build(300)
    with pytest.raises(TileError) as caught:
        TileBuilder.resume(300, bytes(32), stored.__getitem__)
    assert caught.value.code == "tiles_other_root"
    altered = stored | {"tile/entries/001.p/44": encode_bundle([b"x"] * 44)}
    with pytest.raises(TileError) as caught:
        TileBuilder.resume(300, root, altered.__getitem__)
    assert caught.value.code == "bundle_other_tile"
    cut = stored | {"tile/0/001.p/44": stored["tile/0/001.p/44"][:-1]}
    with pytest.raises(TileError) as caught:
        TileBuilder.resume(300, root, cut.__getitem__)
    assert caught.value.code == "tile_length"
