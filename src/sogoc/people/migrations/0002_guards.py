"""Triggers, grants and row-level security of the people tables.

The SQL is idempotent, so a later migration may run the file again after a change.
"""

from pathlib import Path

from django.db import migrations

from sogoc.people.guards import run_sql_file


def run(apps, schema_editor):
    """Run the guards as the owner of the tables."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "guards.sql")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunPython(run, migrations.RunPython.noop)]
