"""Judging documents from outside: the only door of this package."""

from sogoc.verifier import jsonld, terms
from sogoc.verifier.jsonld import DocumentError

__all__ = ["DocumentError", "jsonld", "terms"]
