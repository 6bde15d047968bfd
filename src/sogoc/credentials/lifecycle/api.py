"""Later acts on a credential: the only door of this applet."""

from sogoc.credentials.lifecycle.errors import RevocationRefused
from sogoc.credentials.lifecycle.revoking import Revoked, revoke_line, revoke_lines

__all__ = ["RevocationRefused", "Revoked", "revoke_line", "revoke_lines"]
