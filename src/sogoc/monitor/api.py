"""Following a log from outside: the only door of this package."""

from sogoc.monitor.audit import Finding, LogReport, audit_log
from sogoc.monitor.sources import FolderSource, Source, SourceError, WebSource, logs_at

__all__ = [
    "Finding",
    "FolderSource",
    "LogReport",
    "Source",
    "SourceError",
    "WebSource",
    "audit_log",
    "logs_at",
]
