"""Judging documents from outside: the only door of this package."""

from sogoc.verifier import jsonld, signed_xml, terms
from sogoc.verifier.jsonld import DocumentError
from sogoc.verifier.judging import KINDS, Judge, judge
from sogoc.verifier.report import DEVELOPMENT, Check, Report, Result, Verdict
from sogoc.verifier.trust import FORMAT, Trust, TrustError

__all__ = [
    "DEVELOPMENT",
    "FORMAT",
    "KINDS",
    "Check",
    "DocumentError",
    "Judge",
    "Report",
    "Result",
    "Trust",
    "TrustError",
    "Verdict",
    "jsonld",
    "judge",
    "signed_xml",
    "terms",
]
