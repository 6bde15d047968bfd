"""Overrides that end before their time."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards of the table; the SQL is idempotent."""
    run_sql_file(
        schema_editor, Path(__file__).parents[1] / "overrides" / "withdrawal_guards.sql"
    )


class Migration(migrations.Migration):
    dependencies = [("credentials", "0009_prior_likeness")]

    operations = [
        migrations.CreateModel(
            name="OverrideWithdrawal",
            fields=[
                (
                    "override",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="credentials.override",
                    ),
                ),
                ("withdrawn_from", models.DateField()),
                ("reason", models.TextField()),
                ("withdrawn_by", models.CharField(max_length=80)),
                ("withdrawn_at", models.DateTimeField()),
            ],
            options={
                "db_table": "credentials_override_withdrawal",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="override_withdrawal_has_reason",
                    )
                ],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
