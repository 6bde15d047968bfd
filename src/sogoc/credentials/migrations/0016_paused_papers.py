"""Papers between their signatures, and what keys of credentials sign."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards of the tables; the SQL is idempotent."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "signing" / "credential_guards.sql")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0015_whole_erasures"), ("people", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="CredentialRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=40, unique=True)),
                ("key", models.CharField(max_length=100)),
                ("copy", models.CharField(max_length=40)),
                ("digest", models.BinaryField()),
                ("prepared_by", models.CharField(max_length=80)),
                ("prepared_at", models.DateTimeField()),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="credentials.registerline",
                    ),
                ),
            ],
            options={"db_table": "credentials_credential_request"},
        ),
        migrations.CreateModel(
            name="MadeCredential",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="credentials.credentialrequest",
                    ),
                ),
                ("signature", models.BinaryField()),
                ("signed_by", models.CharField(max_length=80)),
                ("signed_at", models.DateTimeField()),
            ],
            options={"db_table": "credentials_made_credential"},
        ),
        migrations.CreateModel(
            name="PausedPaper",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="credentials.signaturerequest",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("person", "Chờ người ký"), ("seal", "Chờ con dấu")], max_length=6
                    ),
                ),
                ("cause", models.CharField(max_length=8)),
                ("page_sha256", models.BinaryField()),
                ("page_size", models.PositiveIntegerField()),
                ("room_start", models.PositiveIntegerField()),
                ("room_end", models.PositiveIntegerField()),
                ("person_token", models.CharField(blank=True, max_length=40)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={"db_table": "credentials_paused_paper"},
        ),
        migrations.AddIndex(
            "credentialrequest",
            models.Index(fields=["key", "prepared_at"], name="credential_request_by_key"),
        ),
        migrations.AddIndex(
            "credentialrequest",
            models.Index(fields=["line", "copy"], name="credential_request_by_copy"),
        ),
        migrations.AddConstraint(
            "credentialrequest",
            models.CheckConstraint(
                condition=~Q(key="") & ~Q(copy=""), name="credential_request_complete"
            ),
        ),
        migrations.AddConstraint(
            "pausedpaper",
            models.CheckConstraint(
                condition=Q(stage="person", person_token="")
                | (Q(stage="seal") & ~Q(person_token="")),
                name="paused_paper_stage",
            ),
        ),
        migrations.AddConstraint(
            "pausedpaper",
            models.CheckConstraint(
                condition=Q(cause__in=["issue", "renewal"]) & Q(room_end__gt=F("room_start")),
                name="paused_paper_complete",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
