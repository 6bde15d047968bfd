"""Later acts on a credential: the only door of this applet."""

from sogoc.credentials.lifecycle.erased_files import remove_erased_files
from sogoc.credentials.lifecycle.erasing import KEPT_BECAUSE, Erased, Kept, erase_personal
from sogoc.credentials.lifecycle.errors import ErasureRefused, RevocationRefused
from sogoc.credentials.lifecycle.finding import ToRevoke, find_to_revoke, kinds_of
from sogoc.credentials.lifecycle.proposing import (
    WAITS,
    Proposed,
    confirm_revocation,
    get_revocation,
    propose_revocation,
    revocations,
    withdraw_revocation,
)
from sogoc.credentials.lifecycle.revoking import Revoked, revoke_line, revoke_lines

__all__ = [
    "KEPT_BECAUSE",
    "WAITS",
    "Erased",
    "ErasureRefused",
    "Kept",
    "Proposed",
    "RevocationRefused",
    "Revoked",
    "ToRevoke",
    "confirm_revocation",
    "erase_personal",
    "find_to_revoke",
    "get_revocation",
    "kinds_of",
    "propose_revocation",
    "remove_erased_files",
    "revocations",
    "revoke_line",
    "revoke_lines",
    "withdraw_revocation",
]
