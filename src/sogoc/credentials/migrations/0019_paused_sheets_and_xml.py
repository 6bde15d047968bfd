"""Supplements, sheets and lines as XML pause for a device elsewhere too."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from sogoc.people.guards import run_sql_file

GUARDS = ("signing/credential_guards.sql", "documents/guards.sql", "lifecycle/erasure_guards.sql")


def guard(apps, schema_editor):
    """Run the guards of pauses, editions and erasures anew; the SQL is idempotent."""
    for file in GUARDS:
        run_sql_file(schema_editor, Path(__file__).parents[1] / file)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0018_proposed_revocations")]

    operations = [
        migrations.RemoveConstraint(model_name="pausedpaper", name="paused_paper_stage"),
        migrations.AddField(
            model_name="pausedpaper",
            name="form",
            field=models.CharField(
                choices=[("pdf", "Văn bản PDF"), ("xml", "Dòng sổ gốc dạng XML")],
                default="pdf",
                max_length=3,
            ),
        ),
        migrations.AddConstraint(
            model_name="pausedpaper",
            constraint=models.CheckConstraint(
                condition=Q(form="pdf", stage="person", person_token="")
                | (Q(form="pdf", stage="seal") & ~Q(person_token=""))
                | Q(form="xml", stage="seal", person_token="", cause="issue"),
                name="paused_paper_stage",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
