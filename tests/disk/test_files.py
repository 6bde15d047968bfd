"""Files that are made once or replaced at once, whole and on disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from sogoc.disk import files


def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file end after three bytes, as on a full disk."""
    write = os.write

    def some(descriptor: int, data: memoryview) -> int:
        if len(data) <= 3:
            raise OSError(28, "No space left on device")
        return write(descriptor, data[:3])

    monkeypatch.setattr(os, "write", some)


def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what will be made durable: names of files and folders, in order."""
    names: list[str] = []
    sync = os.fsync

    def told(descriptor: int) -> None:
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", told)
    return names


def test_a_kept_file_stays_as_it_was_first(tmp_path: Path) -> None:
    target = tmp_path / "paper"
    assert files.keep(target, b"first", mode=0o600)
    assert not files.keep(target, b"second", mode=0o600)
    assert target.read_bytes() == b"first"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_replaced_file_has_the_new_bytes_and_mode(tmp_path: Path) -> None:
    target = tmp_path / "list"
    files.replace(target, b"first")
    files.replace(target, b"second", mode=0o600)
    assert target.read_bytes() == b"second"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_leaves_what_was_there_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "list"
    files.replace(target, b"before")
    full(monkeypatch)
    with pytest.raises(OSError, match="No space"):
        files.replace(target, b"after it")
    with pytest.raises(OSError, match="No space"):
        files.keep(tmp_path / "other", b"after it")
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("make", [files.keep, files.replace])
def test_bytes_are_on_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: object
) -> None:
    assert callable(make)
    names = synced(monkeypatch)
    make(tmp_path / "paper", b"bytes")
    draft, folder = names
    assert draft.startswith(".")
    assert folder == tmp_path.name


def test_many_files_are_all_on_disk_and_never_replace_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = synced(monkeypatch)
    many = [(tmp_path / f"{number}", b"%d" % number) for number in range(300)]
    files.write_all(many)
    assert sorted(names) == sorted(path.name for path, _ in many)
    assert all(path.read_bytes() == data for path, data in many)
    with pytest.raises(FileExistsError):
        files.write_all(many[7:9])


def test_new_folders_are_named_in_the_folder_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = synced(monkeypatch)
    files.make_folder(tmp_path / "a" / "b", 0o700)
    files.make_folder(tmp_path / "a" / "b", 0o700)
    assert names == [tmp_path.name, "a"]
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
