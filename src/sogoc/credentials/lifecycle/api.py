"""Later acts on a credential: the only door of this applet."""

from sogoc.credentials.lifecycle.erasing import Erased, erase_personal
from sogoc.credentials.lifecycle.errors import ErasureRefused, RevocationRefused
from sogoc.credentials.lifecycle.revoking import Revoked, revoke_line, revoke_lines

__all__ = [
    "Erased",
    "ErasureRefused",
    "RevocationRefused",
    "Revoked",
    "erase_personal",
    "revoke_line",
    "revoke_lines",
]
