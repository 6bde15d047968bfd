"""Triggers, row-level security, grants and definer functions of every applet.

The SQL is idempotent, so a later migration may run a file again after a change.
"""

from pathlib import Path

from django.db import migrations

from sogoc.people.guards import run_sql_file

APPLETS = ("log", "register", "blanks", "issuing", "disclosure", "lifecycle")


def run(apps, schema_editor):
    """Run the guards of each applet in the order of their dependencies."""
    folder = Path(__file__).parents[1]
    for applet in APPLETS:
        file = folder / applet / "guards.sql"
        if file.is_file():
            run_sql_file(schema_editor, file)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_guards"),
        ("credentials", "0001_initial"),
    ]

    operations = [migrations.RunPython(run, migrations.RunPython.noop)]
