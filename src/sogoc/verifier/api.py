"""Judging documents from outside: the only door of this package."""

from sogoc.verifier import jsonld, signed_xml, terms
from sogoc.verifier.apart import (
    LARGEST,
    LARGEST_OF_ONES_OWN,
    Bundle,
    NotJudged,
    judge_apart,
)
from sogoc.verifier.jsonld import DocumentError
from sogoc.verifier.judging import KINDS, Judge, judge
from sogoc.verifier.receipt import Receipt, key_name
from sogoc.verifier.report import DEVELOPMENT, Check, Report, Result, Verdict
from sogoc.verifier.trust import FORMAT, Trust, TrustError
from sogoc.verifier.trust import LONGEST as LONGEST_BUNDLE

__all__ = [
    "DEVELOPMENT",
    "FORMAT",
    "KINDS",
    "LARGEST",
    "LARGEST_OF_ONES_OWN",
    "LONGEST_BUNDLE",
    "Bundle",
    "Check",
    "DocumentError",
    "Judge",
    "NotJudged",
    "Receipt",
    "Report",
    "Result",
    "Trust",
    "TrustError",
    "Verdict",
    "jsonld",
    "judge",
    "judge_apart",
    "key_name",
    "signed_xml",
    "terms",
]
