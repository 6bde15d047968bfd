"""Later acts on a credential: the only door of this applet."""

from sogoc.credentials.lifecycle.erased_files import remove_erased_files
from sogoc.credentials.lifecycle.erasing import KEPT_BECAUSE, Erased, Kept, erase_personal
from sogoc.credentials.lifecycle.errors import ErasureRefused, RevocationRefused
from sogoc.credentials.lifecycle.finding import ToRevoke, find_to_revoke, kinds_of
from sogoc.credentials.lifecycle.revoking import Revoked, revoke_line, revoke_lines

__all__ = [
    "KEPT_BECAUSE",
    "Erased",
    "ErasureRefused",
    "Kept",
    "RevocationRefused",
    "Revoked",
    "ToRevoke",
    "erase_personal",
    "find_to_revoke",
    "kinds_of",
    "remove_erased_files",
    "revoke_line",
    "revoke_lines",
]
