"""One index for live serials, which is also their constraint, and one for those of old registers."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Upper

from sogoc.people.guards import run_sql_file

SERIAL = Upper(Replace(F("serial"), Value(" "), Value("")))


def guard(apps, schema_editor):
    """Run the guards that read by these indexes; the SQL is idempotent."""
    for applet in ("register", "disclosure"):
        run_sql_file(schema_editor, Path(__file__).parents[1] / applet / "guards.sql")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0010_override_withdrawals")]

    operations = [
        migrations.RemoveConstraint("registerline", "register_line_serial_once"),
        migrations.RemoveIndex("registerline", "register_line_by_serial"),
        migrations.AddConstraint(
            "registerline",
            models.UniqueConstraint(
                SERIAL,
                F("kind"),
                condition=Q(is_live=True, act="issue"),
                name="register_line_serial_once",
            ),
        ),
        migrations.AddIndex(
            "registerline",
            models.Index(
                SERIAL, "kind", condition=Q(act="legacy"), name="register_line_old_serial"
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
