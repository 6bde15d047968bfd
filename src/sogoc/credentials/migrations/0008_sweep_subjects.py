"""Cases of sweeps about a ledger, which is no line of a register."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_log_arrivals")]

    operations = [
        migrations.AddField(
            model_name="sweepcase",
            name="subject",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="sweepcase",
            name="line",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="credentials.registerline",
            ),
        ),
        migrations.AlterField(
            model_name="sweepcase",
            name="line_code",
            field=models.CharField(blank=True, max_length=25),
        ),
        migrations.AddConstraint(
            model_name="sweepcase",
            constraint=models.UniqueConstraint(
                fields=["issuer", "subject", "check_id"],
                condition=Q(speaks=True, line__isnull=True),
                name="sweep_case_of_subject_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweepcase",
            constraint=models.CheckConstraint(
                condition=Q(line__isnull=False, subject="") & ~Q(line_code="")
                | Q(line__isnull=True, line_code="") & ~Q(subject=""),
                name="sweep_case_line_or_subject",
            ),
        ),
    ]
