"""Who may see a line to make a document of it: people by permission, and the worker of this applet.

No machine has a permission of the register: this one is let through by name, here alone.
"""

from __future__ import annotations

from typing import Final

from sogoc.people.api import Actor, require

WORKER: Final = Actor.system("documents")
"""Makes documents nobody asked for singly: in the background, after a lost key."""


def require_view(by: Actor, *, organisation_id: int | None = None) -> None:
    """Raise `NotPermitted` unless one may view the register of a body (or of any)."""
    if by != WORKER:
        require(by, "register.view", organisation_id=organisation_id)
