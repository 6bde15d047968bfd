"""Erasures reach every table and name the files that go; those made before are completed."""

from pathlib import Path

import django.db.models.functions.datetime
from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards of erasures and those that give way to them; the SQL is idempotent."""
    package = Path(__file__).parents[2]
    for file in (
        "people/guards.sql",
        "credentials/issuing/guards.sql",
        "credentials/sweep/guards.sql",
        "credentials/lifecycle/erasure_guards.sql",
    ):
        run_sql_file(schema_editor, package / file)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0014_serials_one_by_one")]

    operations = [
        migrations.CreateModel(
            name="ErasedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "folder",
                    models.CharField(
                        choices=[("pages", "Ảnh trang sổ"), ("documents", "Văn bản đã lập")],
                        max_length=10,
                    ),
                ),
                ("sha256", models.BinaryField()),
                ("act_hash", models.BinaryField()),
                (
                    "erased_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "db_table": "credentials_erased_file",
                "constraints": [
                    models.UniqueConstraint(fields=("folder", "sha256"), name="erased_file_once")
                ],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
