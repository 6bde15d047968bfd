"""Checking anybody's file against the living register: the only door of this applet."""

from sogoc.credentials.issuers.api import IssuerRefused
from sogoc.credentials.verify.errors import ReceiptRefused
from sogoc.credentials.verify.live import DOCUMENT, REGISTER, ask, check_file
from sogoc.credentials.verify.receipts import (
    LASTS,
    Prepared,
    prepare_receipt,
    sign_receipt,
)
from sogoc.verifier.api import LARGEST, NotJudged, Report, Result, Verdict

__all__ = [
    "DOCUMENT",
    "LARGEST",
    "LASTS",
    "REGISTER",
    "IssuerRefused",
    "NotJudged",
    "Prepared",
    "ReceiptRefused",
    "Report",
    "Result",
    "Verdict",
    "ask",
    "check_file",
    "prepare_receipt",
    "sign_receipt",
]
