"""Revocations of many lines are proposed and confirmed; erasures reach papers between signatures."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards of the applet; the SQL is idempotent."""
    folder = Path(__file__).parents[1] / "lifecycle"
    for name in ("proposal_guards.sql", "erasure_guards.sql"):
        run_sql_file(schema_editor, folder / name)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0017_originals_and_sheets"), ("people", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="RevocationProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=40, unique=True)),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=25), size=None
                    ),
                ),
                ("decision_number", models.CharField(max_length=120)),
                ("decision_date", models.DateField()),
                ("ground", models.CharField(max_length=300)),
                ("reason", models.TextField()),
                ("proposed_by", models.CharField(max_length=80)),
                ("proposed_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "credentials_revocation_proposal",
                "indexes": [
                    models.Index(
                        fields=["organisation", "-proposed_at"], name="revocation_by_body"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision_number", ""), _negated=True),
                            models.Q(("ground", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("codes", []), _negated=True),
                        ),
                        name="revocation_proposal_complete",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RevocationEnd",
            fields=[
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="credentials.revocationproposal",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("confirmed", "Đã xác nhận, đã thu hồi"),
                            ("withdrawn", "Đã rút"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("ended_by", models.CharField(max_length=80)),
                ("ended_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "credentials_revocation_end",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "confirmed"),
                            models.Q(
                                ("outcome", "withdrawn"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="revocation_end_complete",
                    )
                ],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
