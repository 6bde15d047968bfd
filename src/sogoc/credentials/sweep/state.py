"""The states of a case, and the steps between them; a trigger in ``guards.sql`` has the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sogoc.kernel.text import Text

OPEN: Final = "open"
ASSIGNED: Final = "assigned"
EXPLAINED: Final = "explained"
CORRECTED: Final = "corrected"
REVOKED: Final = "revoked"
DISMISSED: Final = "dismissed"

CLOSED: Final = frozenset({EXPLAINED, CORRECTED, REVOKED, DISMISSED})
TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    OPEN: frozenset({ASSIGNED, *CLOSED}),
    ASSIGNED: frozenset({ASSIGNED, *CLOSED}),
    **dict.fromkeys(CLOSED, frozenset[str]()),
}
ANSWERS: Final = frozenset({EXPLAINED, DISMISSED})
"""States by which a person answers a finding: the same finding opens no new case."""

LABELS: Final[Mapping[str, Text]] = {
    OPEN: Text("mới", "open"),
    ASSIGNED: Text("đã giao", "assigned"),
    EXPLAINED: Text("đã giải trình", "explained"),
    CORRECTED: Text("đã khắc phục", "corrected"),
    REVOKED: Text("đã thu hồi", "revoked"),
    DISMISSED: Text("không phải vi phạm", "dismissed"),
}
