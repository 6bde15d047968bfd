"""A home of an older version says so, and how it is brought up to date."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.conftest import Sogoc
from tests.cli.test_audit import connected


def test_a_home_of_an_older_version_is_named_and_brought_up_to_date(
    make_home: Callable[[], Sogoc],
) -> None:
    home = make_home()
    assert home.run("init", "--demo").code == 0
    assert home.run("register", "revocations").code == 0
    with connected(home, "owner") as owner:  # as it was before the tables came
        owner.execute("DROP TABLE credentials_revocation_end, credentials_revocation_proposal")
        owner.execute(
            "ALTER TABLE credentials_paused_paper DROP CONSTRAINT paused_paper_stage,"
            " DROP COLUMN form, ADD CONSTRAINT paused_paper_stage CHECK (true)"
        )
        owner.execute("DELETE FROM django_migrations WHERE name >= '0018' AND app = 'credentials'")
    older = home.run("register", "revocations", json_wanted=False)
    assert (older.code, older.out) == (1, "")
    assert "Nâng cấp: sogoc init --demo" in older.err
    assert "Traceback" not in older.err
    assert home.run("init", "--demo").code == 0
    assert home.run("register", "revocations").data == {"revocations": []}
