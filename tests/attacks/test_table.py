"""`docs/operations/attacks.md`: each attack, who catches it, and the test that shows it.

`python -m tests.attacks.test_table` writes the page.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "operations" / "attacks.md"
OUTSIDE = {
    "monitor", "monitor (issuer view)", "monitor (operator view)", "witness", "relying party",
    "holder's proof", "public audit", "nobody", "rule view", "holder view",
}  # fmt: skip
HEAD = """# Attacks, and who catches them

Written from the tests by `python -m tests.attacks.test_table`; do not edit. Each attack is done in
a test, and each of those named notices it, without trusting the operator's word:

- **monitor** – somebody who follows the public files with a memory of their own (`sogoc monitor`);
  the operator view also reads the database, for instance for an inspectorate;
- **witness** – an institution that cosigns checkpoints (`sogoc witness`) and keeps forgeries;
- **relying party** – whoever checks a proof against a policy with a quorum of witnesses;
- **holder's proof** – the `.tlog-proof`, entry and openings that a graduate keeps;
- **public audit** – `sogoc log audit URL`, by anybody.
"""
FAMILIES = {
    "test_database": "With the owner's database role",
    "test_log_key": "With the log's own key and all its storage (70,000 entries)",
    "test_files": "With the public files alone, or with one witness's help (70,000 entries)",
}


def attacks(module: str) -> list[tuple[str, str, str]]:
    """Return attack, catchers and test of each test function, in order."""
    found = []
    for node in ast.parse((HERE / f"{module}.py").read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            text = " ".join((ast.get_docstring(node) or "").split())
            attack, _, by = text.partition(" Caught by: ")
            found.append((attack.rstrip("."), by.rstrip("."), node.name))
    return found


def page() -> str:
    """Return the page."""
    lines = [HEAD]
    for module, title in FAMILIES.items():
        lines += [f"## {title}", "", "| attack | caught by | test |", "|---|---|---|"]
        lines += [
            f"| {attack} | {by} | `{module}.py` {name} |"
            for attack, by, name in attacks(module)
            if by != "nobody"
        ]
        lines.append("")
    return "\n".join(lines)


def test_page_is_not_stale() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.attacks.test_table"


def test_every_attack_says_who_catches_it() -> None:
    for module in FAMILIES:
        for attack, by, name in attacks(module):
            named = re.split(r", (?![^(]*\))", by)
            parts = [part for each in named for part in re.split(r" \(|, ", each.rstrip(")"))]
            assert attack, name
            assert by, name
            assert set(parts) <= {"monitor", "operator view", "issuer view", *OUTSIDE}, name


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
