"""Supplements and sheets beside originals and copies; an issued blank is that of its line's serial."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards of documents and blanks anew; the SQL is idempotent."""
    for applet in ("documents", "blanks"):
        run_sql_file(schema_editor, Path(__file__).parents[1] / applet / "guards.sql")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0016_paused_papers")]

    operations = [
        migrations.RemoveConstraint(model_name="document", name="document_copy_has_number"),
        migrations.RemoveConstraint(model_name="documentstate", name="document_state_complete"),
        migrations.AddField(
            model_name="document", name="content", field=models.BinaryField(null=True)
        ),
        migrations.AddField(
            model_name="document",
            name="last_line",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="credentials.registerline",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="page_number",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="document",
            name="role",
            field=models.CharField(
                choices=[
                    ("original", "Văn bằng, chứng chỉ số"),
                    ("copy", "Bản sao"),
                    ("supplement", "Phụ lục văn bằng"),
                    ("page", "Trang sổ gốc"),
                    ("decision", "Trích quyết định công nhận"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="documentstate",
            name="state",
            field=models.CharField(
                choices=[
                    ("withdrawn", "Không còn giá trị"),
                    ("renewal_due", "Cần lập lại"),
                    ("valid", "Còn giá trị"),
                    ("superseded", "Đã có bản khác thay"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=["line"], condition=Q(role="supplement"), name="document_one_supplement"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=Q(role__in=["original", "supplement", "page", "decision"], copy_number="")
                | (Q(role="copy") & ~Q(copy_number="")),
                name="document_copy_has_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=Q(
                    role__in=["original", "copy", "supplement"],
                    last_line__isnull=True,
                    content__isnull=True,
                    page_number__isnull=True,
                )
                | Q(
                    role="page",
                    last_line__isnull=False,
                    content__isnull=False,
                    page_number__gte=1,
                )
                | Q(
                    role="decision",
                    last_line__isnull=False,
                    content__isnull=False,
                    page_number__isnull=True,
                ),
                name="document_sheet_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentstate",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["withdrawn", "renewal_due", "valid", "superseded"])
                & ~Q(reason=""),
                name="document_state_complete",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
