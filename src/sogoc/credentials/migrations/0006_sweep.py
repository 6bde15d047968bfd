"""Stored sweeps, their progress, and the cases findings become; with their guards."""

import uuid
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the applet's guards; the SQL is idempotent."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "sweep" / "guards.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0005_digitisation'),
        ('people', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='SweepRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('as_of', models.DateField()),
                ('rule_set', models.CharField(max_length=60)),
                ('digests', models.JSONField()),
                ('issuers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('up_to', models.BigIntegerField()),
                ('since_rules', models.CharField(blank=True, max_length=60)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)),
                ('started_by', models.CharField(max_length=80)),
                ('started_at', models.DateTimeField()),
                ('base', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.sweeprun')),
                ('scope_issuer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'credentials_sweep_run',
            },
        ),
        migrations.CreateModel(
            name='SweepProgress',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('n', models.PositiveIntegerField()),
                ('stage', models.CharField(choices=[('lines', 'Từng dòng'), ('across', 'Đối chiếu các dòng'), ('done', 'Xong')], max_length=8)),
                ('issuer_id', models.BigIntegerField(null=True)),
                ('issued_on', models.DateField(null=True)),
                ('line_id', models.BigIntegerField(null=True)),
                ('check_id', models.CharField(blank=True, max_length=80)),
                ('lines', models.PositiveIntegerField(default=0)),
                ('by_check', models.JSONField(default=dict)),
                ('opened', models.PositiveIntegerField(default=0)),
                ('closed', models.PositiveIntegerField(default=0)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.sweeprun')),
            ],
            options={
                'db_table': 'credentials_sweep_progress',
            },
        ),
        migrations.CreateModel(
            name='SweepPart',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('world', models.CharField(max_length=16)),
                ('originals', models.PositiveBigIntegerField()),
                ('from_line', models.BigIntegerField(default=0)),
                ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.sweeprun')),
            ],
            options={
                'db_table': 'credentials_sweep_part',
            },
        ),
        migrations.CreateModel(
            name='SweepCase',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('line_code', models.CharField(max_length=25)),
                ('kind', models.CharField(max_length=40)),
                ('check_id', models.CharField(max_length=80)),
                ('violation', models.CharField(blank=True, max_length=10)),
                ('level', models.CharField(max_length=10)),
                ('citation', models.CharField(blank=True, max_length=300)),
                ('digest', models.CharField(max_length=16)),
                ('first_found_on', models.DateField()),
                ('last_found_on', models.DateField()),
                ('state', models.CharField(choices=[('open', 'Mới'), ('assigned', 'Đã giao'), ('explained', 'Đã giải trình'), ('corrected', 'Đã khắc phục'), ('revoked', 'Đã thu hồi'), ('dismissed', 'Không phải vi phạm')], default='open', max_length=10)),
                ('speaks', models.BooleanField(default=True)),
                ('assigned_to', models.CharField(blank=True, max_length=80)),
                ('assigned_by', models.CharField(blank=True, max_length=80)),
                ('assigned_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, max_length=80)),
                ('closed_at', models.DateTimeField(null=True)),
                ('close_reason', models.TextField(blank=True)),
                ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('line', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.registerline')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('closed_run', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.sweeprun')),
                ('first_run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.sweeprun')),
                ('last_run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.sweeprun')),
            ],
            options={
                'db_table': 'credentials_sweep_case',
            },
        ),
        migrations.CreateModel(
            name='SweepCaseNote',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=80)),
                ('step', models.CharField(max_length=10)),
                ('text', models.TextField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.sweepcase')),
                ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'credentials_sweep_case_note',
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='sweep_case_note_says_something')],
            },
        ),
        migrations.AddIndex(
            model_name='sweeprun',
            index=models.Index(fields=['rule_set', '-started_at'], name='sweep_run_by_rules'),
        ),
        migrations.AddConstraint(
            model_name='sweepprogress',
            constraint=models.UniqueConstraint(fields=('run', 'n'), name='sweep_progress_once'),
        ),
        migrations.AddConstraint(
            model_name='sweeppart',
            constraint=models.UniqueConstraint(fields=('run', 'issuer'), name='sweep_part_once'),
        ),
        migrations.AddIndex(
            model_name='sweepcase',
            index=models.Index(fields=['owner', 'state', 'check_id'], name='sweep_case_by_owner'),
        ),
        migrations.AddIndex(
            model_name='sweepcase',
            index=models.Index(fields=['check_id', 'issuer'], name='sweep_case_by_check'),
        ),
        migrations.AddConstraint(
            model_name='sweepcase',
            constraint=models.UniqueConstraint(condition=models.Q(('speaks', True)), fields=('line', 'check_id'), name='sweep_case_speaks_once'),
        ),
        migrations.AddConstraint(
            model_name='sweepcase',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'assigned']), models.Q(models.Q(('close_reason', ''), _negated=True), models.Q(models.Q(('closed_by', ''), _negated=True), ('closed_run__isnull', False), _connector='OR')), _connector='OR'), name='sweep_case_closed_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='sweepcase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'assigned'), _negated=True), models.Q(('assigned_to', ''), _negated=True), _connector='OR'), name='sweep_case_has_owner'),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
