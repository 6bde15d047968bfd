"""Later acts on a credential: the only door of this applet."""

from sogoc.credentials.lifecycle.erasing import Erased, erase_personal
from sogoc.credentials.lifecycle.errors import ErasureRefused, RevocationRefused
from sogoc.credentials.lifecycle.finding import ToRevoke, find_to_revoke, kinds_of
from sogoc.credentials.lifecycle.revoking import Revoked, revoke_line, revoke_lines

__all__ = [
    "Erased",
    "ErasureRefused",
    "RevocationRefused",
    "Revoked",
    "ToRevoke",
    "erase_personal",
    "find_to_revoke",
    "kinds_of",
    "revoke_line",
    "revoke_lines",
]
