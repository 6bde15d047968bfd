"""The embedded PostgreSQL of a home (docs/decisions/0003-embedded-postgresql.md).

`ensure_running` is all a program needs; `stop`, `status`, `destroy` serve the operator and the
tests.
"""

from __future__ import annotations

from sogoc.config.embedded.backup import BackupError, Restored, backup, restore
from sogoc.config.embedded.cluster import cluster
from sogoc.config.embedded.lifecycle import (
    EmbeddedError,
    Status,
    destroy,
    ensure_running,
    status,
    stop,
)
from sogoc.config.embedded.roles import APPLICATION, DATABASE, OWNER, url

__all__ = [
    "APPLICATION",
    "DATABASE",
    "OWNER",
    "BackupError",
    "EmbeddedError",
    "Restored",
    "Status",
    "backup",
    "cluster",
    "destroy",
    "ensure_running",
    "restore",
    "status",
    "stop",
    "url",
]
