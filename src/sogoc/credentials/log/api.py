"""The transparency log: the only door of this applet."""

from sogoc.credentials.log import sources
from sogoc.credentials.log.audit import audit, audit_database
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import LEGACY_STREAM, add_leaf, origin, stream_for
from sogoc.credentials.log.proving import ProvenLeaf, prove
from sogoc.credentials.log.publishing import (
    PublicFile,
    PublishedLog,
    export_log,
    public_file,
    published_logs,
    verifier_keys,
)
from sogoc.credentials.log.report import AuditReport, Problem
from sogoc.credentials.log.sequencer import SequencedReport, sequence
from sogoc.credentials.log.serving import Answer, answer

__all__ = [
    "LEGACY_STREAM",
    "Answer",
    "AuditReport",
    "LogError",
    "Problem",
    "ProvenLeaf",
    "PublicFile",
    "PublishedLog",
    "SequencedReport",
    "add_leaf",
    "answer",
    "audit",
    "audit_database",
    "export_log",
    "origin",
    "prove",
    "public_file",
    "published_logs",
    "sequence",
    "sources",
    "stream_for",
    "verifier_keys",
]
