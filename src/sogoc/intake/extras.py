"""What the fast reader does not tell about a sheet, found in its raw bytes."""

from __future__ import annotations

from dataclasses import dataclass, field

ERROR_LITERALS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)


@dataclass(slots=True)
class Extras:
    """Faulty cells, column widths, hidden rows and columns (0-based) of one sheet.

    `faults`: 0-based (row, column) → (`formula_error`|`formula_without_value`, shown text);
    the fast reader gives both as empty cells.
    """

    faults: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
