"""The table of transitions stands in two places and says the same in both."""

import re
from pathlib import Path

from sogoc.credentials.issuing import state


def test_trigger_and_table_have_the_same_steps() -> None:
    guards = Path(state.__file__).with_name("guards.sql").read_text("utf-8")
    listed = guards[guards.index("IF step NOT IN (") :]
    in_sql = set(re.findall(r"'(\w+)>(\w+)'", listed[: listed.index(")")]))
    in_python = {
        (before.value, after.value)
        for before, afters in state.TRANSITIONS.items()
        for after in afters
    }
    assert in_sql - {("printed", "printed")} == in_python  # that one records the signature
    assert set(state.TRANSITIONS) == set(state.State)
