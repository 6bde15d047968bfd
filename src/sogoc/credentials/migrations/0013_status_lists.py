"""Status lists: indexes of copies, marks, published states, and their guards."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards of the tables; the SQL is idempotent."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "status" / "guards.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0012_documents'),
        ('people', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatusList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('length', models.PositiveIntegerField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'credentials_status_list',
            },
        ),
        migrations.CreateModel(
            name='StatusIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=10)),
                ('valid_from', models.DateTimeField()),
                ('valid_until', models.DateTimeField()),
                ('content', models.BinaryField()),
                ('sha256', models.BinaryField(unique=True)),
                ('leaf_hash', models.BinaryField(unique=True)),
                ('list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.statuslist')),
            ],
            options={
                'db_table': 'credentials_status_issue',
            },
        ),
        migrations.CreateModel(
            name='StatusEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('copy', models.CharField(max_length=40)),
                ('index', models.PositiveIntegerField()),
                ('line', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.registerline')),
                ('list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.statuslist')),
            ],
            options={
                'db_table': 'credentials_status_entry',
            },
        ),
        migrations.CreateModel(
            name='StatusMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('revocation', 'Thu hồi, hủy bỏ'), ('suspension', 'Tạm dừng giá trị'), ('refresh', 'Đã có bản mới')], max_length=10)),
                ('is_set', models.BooleanField()),
                ('reason', models.TextField()),
                ('recorded_by', models.CharField(max_length=80)),
                ('recorded_at', models.DateTimeField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.statusentry')),
            ],
            options={
                'db_table': 'credentials_status_mark',
            },
        ),
        migrations.AddConstraint(
            model_name='statuslist',
            constraint=models.UniqueConstraint(fields=('issuer', 'number'), name='status_list_once'),
        ),
        migrations.AddIndex(
            model_name='statusissue',
            index=models.Index(fields=['list', 'purpose', '-valid_from'], name='status_issue_newest'),
        ),
        migrations.AddConstraint(
            model_name='statusissue',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gt', models.F('valid_from'))), name='status_issue_forward'),
        ),
        migrations.AddConstraint(
            model_name='statusentry',
            constraint=models.UniqueConstraint(fields=('list', 'index'), name='status_entry_index_once'),
        ),
        migrations.AddConstraint(
            model_name='statusentry',
            constraint=models.UniqueConstraint(fields=('line', 'copy'), name='status_entry_copy_once'),
        ),
        migrations.AddConstraint(
            model_name='statusmark',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['revocation', 'suspension', 'refresh']), models.Q(('reason', ''), _negated=True)), name='status_mark_complete'),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
