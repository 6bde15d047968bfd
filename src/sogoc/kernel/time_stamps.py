"""Time-stamp requests and answers of RFC 3161: made and judged, never sent.

A time-stamp says that bytes existed at a moment, under the signature of an authority. Its token is
verified in `cms_check`. Source: RFC 3161, sections 2.4.1 and 2.4.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from cryptography import x509

from sogoc.kernel import cms_check, der
from sogoc.kernel.cms_check import CmsError, TimeStamp
from sogoc.kernel.der import DerError
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

QUERY_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"
_SHA256: Final = der.oid("2.16.840.1.101.3.4.2.1")
_TRUE: Final = b"\x01\x01\xff"
_GRANTED: Final = (0, 1)


class TimeStampError(Error):
    """An answer that grants nothing, or a time-stamp nobody can rely on; `code` says which."""


def time_stamp_query(data: bytes, nonce: int) -> bytes:
    """Return a TimeStampReq over the SHA-256 of the data; it asks for the certificate too."""
    algorithm = der.sequence(_SHA256, der.NULL)
    imprint = der.sequence(algorithm, der.octets(sha256(data).digest()))
    return der.sequence(der.integer(1), imprint, der.integer(nonce), _TRUE)


def token_of(reply: bytes) -> bytes:
    """Return the token in a TimeStampResp. Raises `TimeStampError` when none was granted."""
    try:
        status, *token = der.parse(reply).expect(der.SEQUENCE).children()
        granted = status.expect(der.SEQUENCE).children()[0].number() in _GRANTED
    except (DerError, ValueError, IndexError):
        raise _error("time_stamp_reply_malformed") from None
    if not granted or len(token) != 1:
        raise _error("time_stamp_refused")
    return token[0].raw


def verify_reply(reply: bytes, stamped: bytes, roots: Sequence[x509.Certificate]) -> TimeStamp:
    """Return the time-stamp in a reply over these bytes, under one of these certificates.

    The authority's certificate must have been valid when it stamped; revocation is not looked at.
    Raises `TimeStampError`.
    """
    try:
        stamp = cms_check.verify_time_stamp(token_of(reply), stamped)
    except CmsError as error:
        raise TimeStampError(error.code, error.message) from error
    state = cms_check.chain_state(stamp.certificate, stamp.certificates, roots, (), stamp.at)
    if state != "trusted":
        raise _error("time_stamp_not_trusted")
    return stamp


_MESSAGES: Final = {
    "time_stamp_reply_malformed": Text(
        "Trả lời dấu thời gian không đúng dạng.", "The time-stamp reply is malformed."
    ),
    "time_stamp_refused": Text(
        "Cơ quan cấp dấu thời gian không cấp.", "The authority granted no time-stamp."
    ),
    "time_stamp_not_trusted": Text(
        "Dấu thời gian không thuộc cơ quan đã biết.",
        "The time-stamp is not under a known authority.",
    ),
}


def _error(code: str) -> TimeStampError:
    return TimeStampError(code, _MESSAGES[code])
