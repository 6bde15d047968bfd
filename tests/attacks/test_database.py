"""Whoever has the owner's database role: each attack is caught by people outside.

The first sentence of a docstring is the attack; "Caught by:" names who catches it, and the test
shows each of them doing so. The monitor's operator view reads the database, but compares it with
what this monitor itself remembers of the public log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from sogoc.cli.monitor import home_alarms
from sogoc.credentials.log import api as log
from sogoc.credentials.log import audit_rows
from sogoc.credentials.log.sources import LINE_FIELDS
from sogoc.kernel.leaf import (
    FieldOpening,
    encode_leaf,
    leaf_hash,
    open_field,
    parse_leaf,
    verify_field,
)
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import ProofError
from sogoc.monitor.api import Alarm, MonitorState, RoundReport, read_settings, run_round
from tests.credentials.log.conftest import issued, sequence
from tests.credentials.log.witnessing import (
    BASE,
    NOW,
    ORIGIN,
    Running,
    log_key,
    witnesses,
)
from tests.credentials.world import CENTRE

__all__ = ["issued", "log_key", "sequence", "witnesses"]

Owner = psycopg.Connection[Any]
_MINE = 3
_LINE = f"{audit_rows._LINES} WHERE l.code = %s"


@dataclass
class Holder:
    """What a graduate has at home: the proof, the entry, and the openings of some fields."""

    proof: LogProof
    entry: bytes
    openings: dict[str, FieldOpening]

    def convinces(self, policy: Policy, field: str, value: str) -> bool:
        """Whether somebody who trusts the policy believes that the field was logged so."""
        self.proof.verify(leaf_hash(self.entry), policy)
        opening = self.openings[field]
        claimed = FieldOpening(
            field, value, opening.salt, opening.index, opening.size, opening.path
        )
        try:
            verify_field(claimed, parse_leaf(self.entry).commitment)
        except ProofError:
            return False
        return True


@dataclass
class Outside:
    """The school's monitor with its own list, and a holder."""

    home: Path
    folder: Path
    public: Path
    policy: Policy
    holder: Holder
    codes: tuple[str, ...]

    @property
    def is_playground(self) -> bool:
        return True

    @property
    def log_origin(self) -> str:
        return BASE

    def start(self) -> None:
        """The database of the tests runs."""

    def look(self, *, with_home: bool = False) -> RoundReport:
        state = MonitorState(self.folder)
        settings = read_settings(self.folder)
        more: Iterator[Alarm] = iter(())
        if with_home:
            more = home_alarms(self, settings, state, 200)  # type: ignore[arg-type]  # what it asks of a home
        try:
            return run_round(
                settings, state, now=NOW, everything=True, more=more,
                asked=["home"] if with_home else [],
            )  # fmt: skip
        finally:
            state.close()

    def publish(self) -> None:
        log.export_log(self.home, self.public, base=BASE)

    def found(self, *, with_home: bool = False) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self.look(with_home=with_home).opened:
            found.setdefault(each.alarm.kind, []).append(each.alarm.what)
        found.pop("log_not_followed", None)  # the other log of this home: not the school's
        return found


def keep(owner: Owner, home: Path, code: str) -> Holder:
    """Give a holder what belongs to them, at the time of issue."""
    with owner.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_LINE, [code]).fetchone()
    assert row is not None
    fields = dict(zip(LINE_FIELDS, audit_rows.committed_values(row), strict=True))
    proven = log.prove(home, base=BASE, leaf_hash=bytes(row["leaf_hash"]))
    key = bytes(row["record_key"])
    openings = {name: open_field(key, fields, name) for name in ("serial", "full_name", "code")}
    return Holder(proven.proof, proven.entry, openings)


@pytest.fixture
def outside(
    issued: tuple[str, ...],
    witnesses: list[Running],
    sequence: Callable[..., Any],
    owner_connection: Owner,
    tmp_path: Path,
) -> Outside:
    """A home whose log three witnesses cosign, followed from outside, all well so far."""
    sequence()
    public, folder = tmp_path / "public", tmp_path / "monitor"
    log.export_log(tmp_path, public, base=BASE)
    policy = log.public_file(tmp_path, base=BASE, path=f"{ORIGIN}/policy")
    assert policy is not None
    MonitorState.create(folder).close()
    (folder / "policy").write_bytes(policy.data)
    own = [
        bytes(row[0]).hex()
        for row in owner_connection.execute(
            "SELECT leaf_hash FROM credentials_register_line ORDER BY id"
        )
    ]
    (folder / "own").write_text("\n".join(own))
    (folder / "monitor.toml").write_text(
        f'[[log]]\norigin = "{ORIGIN}"\nplace = "{public / ORIGIN}"\npolicy = "policy"\n'
        f'[watch]\nissuers = ["{CENTRE}"]\nown_list = "own"\nlate_days = 75\n'
    )
    holder = keep(owner_connection, tmp_path, issued[_MINE])
    made = Outside(tmp_path, folder, public, Policy.parse(policy.data), holder, issued)
    assert made.found(with_home=True) == {}
    return made


def as_owner(owner: Owner, *statements: str, values: tuple[Any, ...] = ()) -> None:
    """Do what only the owner can: with the guards of every table switched off."""
    tables = [
        row[0]
        for row in owner.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND (relname LIKE 'credentials_%' OR relname LIKE 'people_%')"
        )
    ]
    with owner.transaction():
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in statements:
            owner.execute(statement, values)  # type: ignore[call-overload]  # written here
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_line_rewritten(outside: Outside, owner_connection: Owner) -> None:
    """A register line is rewritten: another serial.

    Caught by: holder's proof, monitor (operator view).
    """
    code = outside.codes[_MINE]
    (serial,) = owner_connection.execute(
        "SELECT serial FROM credentials_register_line WHERE code = %s", [code]
    ).fetchone() or ("",)
    as_owner(
        owner_connection,
        "UPDATE credentials_register_line SET serial = 'A02509999' WHERE code = %s",
        values=(code,),
    )
    assert outside.holder.convinces(outside.policy, "serial", serial)
    assert not outside.holder.convinces(outside.policy, "serial", "A02509999")
    found = outside.found(with_home=True)
    assert code in found["home_line"]


def test_line_rewritten_with_its_leaf(
    outside: Outside, owner_connection: Owner, sequence: Callable[..., Any]
) -> None:
    """A register line is rewritten together with its leaf in the database.

    Caught by: holder's proof, monitor (operator view).
    """
    code = outside.codes[_MINE]
    other = leaf_hash(outside.holder.entry[:-1] + b" }")
    with owner_connection.transaction():
        for table in (
            "credentials_register_line",
            "credentials_blank_movement",
            "credentials_log_leaf",
        ):
            owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        old = leaf_hash(outside.holder.entry)
        owner_connection.execute(
            "UPDATE credentials_log_leaf SET leaf = %s, leaf_hash = %s WHERE leaf_hash = %s",
            [outside.holder.entry[:-1] + b" }", other, old],
        )
        for table in ("credentials_register_line", "credentials_blank_movement"):
            owner_connection.execute(
                f"UPDATE {table} SET leaf_hash = %s WHERE leaf_hash = %s", [other, old]
            )
    assert outside.holder.convinces(outside.policy, "code", code)
    found = outside.found(with_home=True)
    assert found["database_differs"] == [f"{ORIGIN}/{outside.holder.proof.index}"]


def test_line_removed(outside: Outside, owner_connection: Owner) -> None:
    """A register line is removed with its leaf and position, files untouched.

    Caught by: holder's proof, monitor (operator view).
    """
    code = outside.codes[_MINE]
    hashed = leaf_hash(outside.holder.entry)
    remove(owner_connection, "credentials_register_line", hashed)
    assert outside.holder.convinces(outside.policy, "code", code)
    found = outside.found(with_home=True)
    assert found["database_lacks"] == [f"{ORIGIN}/{outside.holder.proof.index}"]


def remove(owner: Owner, table: str, hashed: bytes) -> None:
    """Delete a row, what hangs on it, its leaf and its position."""
    as_owner(
        owner,
        "DELETE FROM credentials_register_personal WHERE line_id IN"
        " (SELECT id FROM credentials_register_line WHERE leaf_hash = %(hash)s)",
        "DELETE FROM credentials_blank_movement WHERE leaf_hash = %(hash)s",
        f"DELETE FROM {table} WHERE leaf_hash = %(hash)s",
        "DELETE FROM credentials_log_position WHERE leaf_id IN"
        " (SELECT id FROM credentials_log_leaf WHERE leaf_hash = %(hash)s)",
        "DELETE FROM credentials_log_leaf WHERE leaf_hash = %(hash)s",
        values={"hash": hashed},  # type: ignore[arg-type]  # by name
    )


def test_line_removed_before_it_was_logged(outside: Outside) -> None:
    """An act is decided and removed before the log has it.

    Caught by: monitor (issuer view).
    """
    own = outside.folder / "own"
    never = leaf_hash(b"an act of the school that the owner made vanish").hex()
    own.write_text(f"{own.read_text()}\n{never}\n")
    assert outside.found() == {"act_not_logged": [never]}


def test_line_inserted_with_an_old_date(
    outside: Outside, owner_connection: Owner, sequence: Callable[..., Any]
) -> None:
    """A line is inserted with an old date, leaf and all.

    Caught by: monitor (issuer view, rule view).
    """
    line = parse_leaf(outside.holder.entry)
    leaf = encode_leaf(
        act="issue", issuer=CENTRE, book=line.book, sequence=3, decision=("9/QĐ", date(2015, 6, 1)),
        reference=None, rules=line.rules, rulings=(), commitment=bytes(32),
    )  # fmt: skip
    as_owner(
        owner_connection,
        "INSERT INTO credentials_log_leaf (stream, source, leaf, leaf_hash)"
        " VALUES ('2025', 'register_line', %s, %s)",
        values=(leaf, leaf_hash(leaf)),
    )
    sequence(everywhere=True)
    outside.publish()
    found = outside.found()
    assert len(found["act_not_listed"]) == len(found["act_late"]) == 1
    assert found["act_late"] == found["act_not_listed"] == found["number_repeated"]


def test_line_inserted_without_a_leaf(outside: Outside, owner_connection: Owner) -> None:
    """A line is inserted into the register alone.

    Caught by: relying party, monitor (operator view).
    """
    as_owner(
        owner_connection,
        "INSERT INTO credentials_register_line SELECT (json_populate_record(l, json_build_object("
        "'id', 900001, 'code', 'SG-FORGED', 'serial', 'A02508888', 'sequence', 4711,"
        " 'entry_number', '4711', 'leaf_hash', '\\x' || encode(sha256('forged'), 'hex')))).*"
        " FROM credentials_register_line l ORDER BY id LIMIT 1",
    )
    (hashed,) = owner_connection.execute(
        "SELECT leaf_hash FROM credentials_register_line WHERE code = 'SG-FORGED'"
    ).fetchone() or (b"",)
    with pytest.raises(log.LogError):  # no proof, no diploma
        log.prove(outside.home, base=BASE, leaf_hash=bytes(hashed))
    assert "SG-FORGED" in outside.found(with_home=True)["home_line"]


@pytest.mark.parametrize("leaf_too", [False, True], ids=["row", "row, leaf and position"])
def test_audit_event_dropped(leaf_too: bool, outside: Outside, owner_connection: Owner) -> None:
    """An audit event is dropped, alone or with its leaf and position.

    Caught by: monitor (operator view).
    """
    hashed, index = owner_connection.execute(
        "SELECT e.leaf_hash, p.index FROM people_auditevent e"
        " JOIN credentials_log_leaf f ON f.leaf_hash = e.leaf_hash"
        " JOIN credentials_log_position p ON p.leaf_id = f.id ORDER BY e.id LIMIT 1"
    ).fetchone() or (b"", 0)
    if leaf_too:
        remove(owner_connection, "people_auditevent", bytes(hashed))
        assert outside.found(with_home=True)["database_lacks"] == [f"{ORIGIN}/{index}"]
    else:
        as_owner(
            owner_connection,
            "DELETE FROM people_auditevent WHERE leaf_hash = %s",
            values=(hashed,),
        )
        assert list(outside.found(with_home=True)) == ["home_leaf"]


def test_salt_erased_without_an_act(outside: Outside, owner_connection: Owner) -> None:
    """The personal columns and the key of a line are erased without a logged act.

    Caught by: holder's proof, monitor (operator view, holder view).
    """
    code = outside.codes[_MINE]
    (name,) = owner_connection.execute(
        "SELECT full_name FROM credentials_register_personal p"
        " JOIN credentials_register_line l ON l.id = p.line_id WHERE l.code = %s",
        [code],
    ).fetchone() or ("",)
    as_owner(
        owner_connection,
        "DELETE FROM credentials_register_personal WHERE line_id ="
        " (SELECT id FROM credentials_register_line WHERE code = %s)",
        values=(code,),
    )
    # the holder still proves name and entry, and that nothing lawful ever referred to it
    assert outside.holder.convinces(outside.policy, "full_name", name)
    settings = outside.folder / "monitor.toml"
    mine = leaf_hash(outside.holder.entry).hex()
    settings.write_text(settings.read_text() + f'leaves = ["{mine}"]\n')
    assert "act_on_mine" not in outside.found()
    found = outside.found(with_home=True)
    assert code in found["home_line"]
