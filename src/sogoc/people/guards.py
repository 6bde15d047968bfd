"""Runs the SQL files that guard the tables; called from migrations, as the owner role."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from django.conf import settings


class _Editor(Protocol):
    def execute(self, sql: str, params: None = None) -> None: ...


def run_sql_file(schema_editor: _Editor, path: Path) -> None:
    """Execute one idempotent SQL file, ``{{app_role}}`` replaced by the application's role."""
    sql = path.read_text(encoding="utf-8")
    schema_editor.execute(sql.replace("{{app_role}}", settings.SOGOC_APP_ROLE), params=None)
