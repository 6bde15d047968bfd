"""Where new leaves lie, for the sequencer."""

from pathlib import Path

from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards of the table; the SQL is idempotent."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "log" / "arrivals_guards.sql")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_sweep")]

    operations = [
        migrations.CreateModel(
            name="LogArrival",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("low", models.BigIntegerField()),
                ("high", models.BigIntegerField()),
            ],
            options={"db_table": "credentials_log_arrival"},
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
