"""Which rule set is in use, with its guards."""

from pathlib import Path

from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the applet's guards; the SQL is idempotent."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "rules" / "guards.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleSetActivation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_set', models.CharField(max_length=60)),
                ('content_digest', models.CharField(max_length=64)),
                ('texts', models.JSONField()),
                ('summary', models.JSONField()),
                ('reason', models.TextField()),
                ('valid_from', models.DateField()),
                ('is_first', models.BooleanField(default=False)),
                ('proposed_by', models.CharField(max_length=80)),
                ('proposed_at', models.DateTimeField()),
                ('confirmed_by', models.CharField(blank=True, max_length=80)),
                ('confirmed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'credentials_rule_set_activation',
                'constraints': [models.UniqueConstraint(fields=('rule_set', 'valid_from'), name='rule_set_once_a_day'), models.UniqueConstraint(condition=models.Q(('is_first', True)), fields=('is_first',), name='rule_set_one_first'), models.CheckConstraint(condition=models.Q(('is_first', True), ('confirmed_by', ''), models.Q(('confirmed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='rule_set_four_eyes')],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
