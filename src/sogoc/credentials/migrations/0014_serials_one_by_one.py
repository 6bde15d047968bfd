"""Serials are asked about one by one: no plan starts from the whole register."""

from pathlib import Path

from django.db import migrations

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards anew; the SQL is idempotent."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "register" / "guards.sql")


class Migration(migrations.Migration):

    dependencies = [('credentials', '0013_status_lists')]

    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
