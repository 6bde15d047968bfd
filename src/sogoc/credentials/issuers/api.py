"""Bodies as issuers of digital credentials: the only door of this applet."""

from sogoc.credentials.issuers.authority import (
    Authorisation,
    authorisations,
    sign_document,
)
from sogoc.credentials.issuers.did import (
    MINISTRY,
    OPERATOR,
    address,
    did_document,
    did_of,
    did_path,
    method_of,
)
from sogoc.credentials.issuers.errors import HardwareRefused, IssuerRefused
from sogoc.credentials.issuers.hardware import PIN_FILE, HardwareKey, pin_of
from sogoc.credentials.issuers.keys import (
    WARNING,
    KeyRecord,
    Signer,
    bodies,
    find_key,
    history,
    iso,
    rotate,
    signer,
)
from sogoc.credentials.issuers.recording import (
    issuer_key,
    record_issuer_key,
    report_issuer_key,
)
from sogoc.credentials.issuers.retiring import retire_key
from sogoc.credentials.issuers.statements import (
    PreparedStatement,
    accept_statement,
    authority_credential,
    prepare_statements,
)

__all__ = [
    "MINISTRY",
    "OPERATOR",
    "PIN_FILE",
    "WARNING",
    "Authorisation",
    "HardwareKey",
    "HardwareRefused",
    "IssuerRefused",
    "KeyRecord",
    "PreparedStatement",
    "Signer",
    "accept_statement",
    "address",
    "authorisations",
    "authority_credential",
    "bodies",
    "did_document",
    "did_of",
    "did_path",
    "find_key",
    "history",
    "iso",
    "issuer_key",
    "method_of",
    "pin_of",
    "prepare_statements",
    "record_issuer_key",
    "report_issuer_key",
    "retire_key",
    "rotate",
    "sign_document",
    "signer",
]
