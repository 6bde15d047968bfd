"""A memory shared by threads: whole transactions, on disk, by nobody half seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from sogoc.disk.sqlite import Memory, connect


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with closing(Memory(tmp_path / "memory.sqlite")) as memory:
        memory.write("create table note (id integer primary key, text text not null) strict")
        yield memory


def told(memory: Memory) -> list[str]:
    return [text for (text,) in memory.rows("select text from note order by id")]


def seen_by_others(file: Path) -> list[str]:
    with closing(connect(file)) as other:
        return [text for (text,) in other.execute("select text from note order by id")]


def test_a_transaction_that_fails_leaves_nothing(memory: Memory, tmp_path: Path) -> None:
    def interrupted() -> None:
        with memory.changing():
            memory.write("insert into note (text) values (?)", "half")
            assert told(memory) == ["half"]
            assert seen_by_others(tmp_path / "memory.sqlite") == []
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert told(memory) == []
    with memory.changing():
        assert memory.write("insert into note (text) values (?)", "whole") == 1
    assert seen_by_others(tmp_path / "memory.sqlite") == ["whole"]


def test_threads_change_one_after_another(memory: Memory) -> None:
    def count(_number: int) -> None:
        with memory.changing():
            (last,) = memory.rows("select count(*) from note")
            memory.write("insert into note (text) values (?)", str(last[0]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(64)))
    assert told(memory) == [str(number) for number in range(64)]


def test_what_was_committed_is_synced_and_keys_are_checked(memory: Memory) -> None:
    assert memory.rows("pragma journal_mode") == [("wal",)]
    assert memory.rows("pragma synchronous") == [(2,)]
    assert memory.rows("pragma foreign_keys") == [(1,)]


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("Kính gửi: Sở Giáo dục và Đào tạo\n" * 20, "utf-8")
    with pytest.raises(sqlite3.DatabaseError):
        Memory(file)
