"""Status lists of the VC-API's issuers: kept in memory, served under the address entries name.

An issuer that manages status gives every credential without one an entry for revocation; suites
fetch the list, and may have a bit set (VC-API, update status).
"""

from __future__ import annotations

import secrets
import threading
from typing import Any, Final

from sogoc.kernel import status_lists
from sogoc.verifier.api import jsonld

PURPOSES: Final = ("revocation", "suspension")
LENGTH: Final = status_lists.MIN_LENGTH
ENTRY: Final = "BitstringStatusListEntry"


class StatusBook:
    """The lists of one issuer below an address, one for each purpose."""

    def __init__(self, address: str, issuer: str) -> None:
        self._address = address
        self._issuer = issuer
        self._lock = threading.Lock()
        self._set: dict[str, set[int]] = {purpose: set() for purpose in PURPOSES}
        self._indices: dict[str, int] = {}

    def give(self, credential: dict[str, Any]) -> dict[str, Any]:
        """Return the credential with an entry of its own, where it may have one and has none."""
        contexts = credential.get("@context")
        types = credential.get("type")
        is_v2 = isinstance(contexts, list) and contexts[:1] == [jsonld.VC_V2]
        is_list = "BitstringStatusListCredential" in (types if isinstance(types, list) else [types])
        if not is_v2 or is_list or "proof" in credential or "credentialStatus" in credential:
            return credential
        with self._lock:
            index = secrets.randbelow(LENGTH)
            while index in self._indices.values():
                index = secrets.randbelow(LENGTH)
            self._indices[str(credential.get("id", index))] = index
        return {**credential, "credentialStatus": self._entry(PURPOSES[0], index)}

    def mark(self, name: str, purpose: str, *, is_set: bool) -> None:
        """Set or clear the bit of a credential given an entry here.

        Raises `LookupError` for an unknown credential or purpose.
        """
        with self._lock:
            index, bits = self._indices[name], self._set[purpose]
            (bits.add if is_set else bits.discard)(index)

    def problem(self, entry: Any) -> str:
        """Say what an entry of these lists means; nothing for a good one and for other lists."""
        if not isinstance(entry, dict) or entry.get("type") != ENTRY:
            return ""
        purpose = str(entry.get("statusPurpose"))
        if entry.get("statusListCredential") != f"{self._address}/{purpose}":
            return ""
        index = int(entry["statusListIndex"])
        if index >= LENGTH:
            return "RANGE_ERROR: statusListIndex is outside of the list"
        with self._lock:
            return f"the status is {purpose}" if index in self._set.get(purpose, ()) else ""

    def unsigned(self, purpose: str) -> dict[str, Any] | None:
        """Return the list's credential, without its proof; None for a purpose without a list."""
        if purpose not in self._set:
            return None
        with self._lock:
            bits = status_lists.bitstring(LENGTH, self._set[purpose])
        address = f"{self._address}/{purpose}"
        return {
            "@context": [jsonld.VC_V2],
            "id": address,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self._issuer,
            "credentialSubject": {
                "id": f"{address}#list",
                "type": "BitstringStatusList",
                "statusPurpose": purpose,
                "encodedList": status_lists.encode_bitstring(bits),
            },
        }

    def _entry(self, purpose: str, index: int) -> dict[str, Any]:
        address = f"{self._address}/{purpose}"
        return {
            "id": f"{address}#{index}",
            "type": ENTRY,
            "statusPurpose": purpose,
            "statusListIndex": str(index),
            "statusListCredential": address,
        }
