"""The transparency log: the only door of this applet."""

from sogoc.credentials.log import sources
from sogoc.credentials.log.audit import audit, audit_database
from sogoc.credentials.log.audit_leaves import placed_leaves
from sogoc.credentials.log.audit_sample import sample_openings
from sogoc.credentials.log.authorities import Authority, TestAuthority, WebAuthority, authority_of
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.freshness import Freshness, age_problems, freshness
from sogoc.credentials.log.leaves import LEGACY_STREAM, add_leaf, origin, stream_for
from sogoc.credentials.log.overview import LogOverview, Overview, overview
from sogoc.credentials.log.proving import ProvenLeaf, prove
from sogoc.credentials.log.publishing import (
    PublicFile,
    PublishedLog,
    export_log,
    public_file,
    published_logs,
    verifier_keys,
)
from sogoc.credentials.log.recovering import recover
from sogoc.credentials.log.renewing import renew_cosignatures
from sogoc.credentials.log.report import AuditReport, Problem
from sogoc.credentials.log.sequencer import SequencedReport, sequence, stream_sizes
from sogoc.credentials.log.serving import Answer, answer
from sogoc.credentials.log.signing import ensure_signer, home_signer
from sogoc.credentials.log.status import StreamStatus, log_status
from sogoc.credentials.log.timestamping import Stamped, stamp_days

__all__ = [
    "LEGACY_STREAM",
    "Answer",
    "AuditReport",
    "Authority",
    "Freshness",
    "LogError",
    "LogOverview",
    "Overview",
    "Problem",
    "ProvenLeaf",
    "PublicFile",
    "PublishedLog",
    "SequencedReport",
    "Stamped",
    "StreamStatus",
    "TestAuthority",
    "WebAuthority",
    "add_leaf",
    "age_problems",
    "answer",
    "audit",
    "audit_database",
    "authority_of",
    "ensure_signer",
    "export_log",
    "freshness",
    "home_signer",
    "log_status",
    "origin",
    "overview",
    "placed_leaves",
    "prove",
    "public_file",
    "published_logs",
    "recover",
    "renew_cosignatures",
    "sample_openings",
    "sequence",
    "sources",
    "stamp_days",
    "stream_for",
    "stream_sizes",
    "verifier_keys",
]
