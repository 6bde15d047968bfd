"""How an earlier original is the same person's: a function of the database, no table."""

from pathlib import Path

from django.db import migrations

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the functions' file; the SQL is idempotent."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "issuing" / "likeness_guards.sql")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0008_sweep_subjects")]

    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
