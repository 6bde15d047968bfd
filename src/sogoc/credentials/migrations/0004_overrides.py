"""Overrides of checks, and on findings the override that set them aside."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def run(apps, schema_editor):
    """Triggers and grants of the new tables."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "overrides" / "guards.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0003_rule_sets"),
    ]

    operations = [
        migrations.AddField(
            model_name="batchfinding",
            name="override",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("check_id", models.CharField(max_length=80)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField()),
                ("reason", models.TextField()),
                ("document", models.CharField(max_length=200)),
                ("proposed_by", models.CharField(max_length=80)),
                ("proposed_at", models.DateTimeField()),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation")),
            ],
            options={
                "db_table": "credentials_override",
                "indexes": [models.Index(fields=["organisation", "valid_from"], name="override_by_body")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("valid_until__gt", models.F("valid_from"))), name="override_period_forward"),
                    models.CheckConstraint(condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("document", ""), _negated=True), models.Q(("check_id", ""), _negated=True)), name="override_complete"),
                    models.CheckConstraint(condition=models.Q(("file_sha256", ""), ("file_sha256__regex", "^[0-9a-f]{64}$"), _connector="OR"), name="override_file_is_a_digest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OverrideConfirmation",
            fields=[
                ("override", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="credentials.override")),
                ("confirmed_by", models.CharField(max_length=80)),
                ("confirmed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "credentials_override_confirmation",
            },
        ),
        migrations.RunPython(run, migrations.RunPython.noop),
    ]
