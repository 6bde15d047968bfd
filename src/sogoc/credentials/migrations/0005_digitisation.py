"""Paper books: jobs, page images, keyings, settlements, minutes, counted lines."""

from pathlib import Path

import django.db.models.deletion
import uuid
from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def run(apps, schema_editor):
    """Run the guards of the applet."""
    run_sql_file(schema_editor, Path(__file__).parents[1] / "digitisation" / "guards.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0004_overrides'),
        ('people', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='DigitisationJob',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('token', models.CharField(max_length=40, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=200)),
                ('year_from', models.PositiveSmallIntegerField()),
                ('year_to', models.PositiveSmallIntegerField()),
                ('first_page', models.PositiveIntegerField()),
                ('last_page', models.PositiveIntegerField()),
                ('method', models.CharField(choices=[('twice', 'Hai người nhập độc lập'), ('compare', 'Một người nhập, một người đối chiếu')], max_length=10)),
                ('signatory_title', models.CharField(blank=True, max_length=120)),
                ('signatory_name', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('keying', 'Đang nhập, đối chiếu'), ('compared', 'Đã đối chiếu, lập biên bản, chờ ký'), ('signed', 'Biên bản đã ký, chờ vào sổ'), ('counted', 'Đã vào sổ gốc'), ('cancelled', 'Đã hủy')], default='keying', max_length=10)),
                ('opened_by', models.CharField(max_length=80)),
                ('opened_at', models.DateTimeField()),
                ('counted_by', models.CharField(blank=True, max_length=80)),
                ('counted_at', models.DateTimeField(null=True)),
                ('count_xid', models.BigIntegerField(null=True)),
                ('cancelled_by', models.CharField(blank=True, max_length=80)),
                ('cancel_reason', models.TextField(blank=True)),
                ('custodian', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='people.organisation')),
            ],
            options={
                'db_table': 'credentials_digitisation_job',
            },
        ),
        migrations.CreateModel(
            name='DigitisationMinutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=120)),
                ('date', models.DateField()),
                ('first_page', models.PositiveIntegerField()),
                ('last_page', models.PositiveIntegerField()),
                ('line_count', models.PositiveIntegerField()),
                ('aside_count', models.PositiveIntegerField()),
                ('days', models.JSONField(default=dict)),
                ('days_basis', models.CharField(blank=True, max_length=300)),
                ('digest', models.BinaryField()),
                ('drawn_up_by', models.CharField(max_length=80)),
                ('drawn_up_at', models.DateTimeField()),
                ('xid', models.BigIntegerField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.digitisationjob')),
            ],
            options={
                'db_table': 'credentials_digitisation_minutes',
            },
        ),
        migrations.CreateModel(
            name='MinutesSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField()),
                ('signed_by', models.CharField(max_length=80)),
                ('signer_name', models.CharField(max_length=200)),
                ('signed_at', models.DateTimeField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('minutes', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.digitisationminutes')),
            ],
            options={
                'db_table': 'credentials_minutes_signature',
            },
        ),
        migrations.CreateModel(
            name='PageImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.PositiveIntegerField()),
                ('take', models.PositiveSmallIntegerField()),
                ('file_name', models.CharField(max_length=200)),
                ('sha256', models.BinaryField()),
                ('media_type', models.CharField(max_length=20)),
                ('size', models.PositiveIntegerField()),
                ('reason', models.TextField(blank=True)),
                ('attached_by', models.CharField(max_length=80)),
                ('attached_at', models.DateTimeField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.digitisationjob')),
            ],
            options={
                'db_table': 'credentials_page_image',
            },
        ),
        migrations.CreateModel(
            name='LineSettlement',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('line', models.PositiveIntegerField()),
                ('field', models.CharField(max_length=40)),
                ('value', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('settled_by', models.CharField(max_length=80)),
                ('settled_at', models.DateTimeField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.digitisationjob')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.pageimage')),
            ],
            options={
                'db_table': 'credentials_line_settlement',
            },
        ),
        migrations.CreateModel(
            name='CountedLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('line', models.PositiveIntegerField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('register_line', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.registerline')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.digitisationjob')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.pageimage')),
            ],
            options={
                'db_table': 'credentials_counted_line',
            },
        ),
        migrations.CreateModel(
            name='PageKeying',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('method', models.CharField(choices=[('key', 'Nhập'), ('compare', 'Đối chiếu')], max_length=10)),
                ('line_count', models.PositiveIntegerField()),
                ('note', models.CharField(blank=True, max_length=500)),
                ('digest', models.BinaryField()),
                ('keyed_by', models.CharField(max_length=80)),
                ('keyed_at', models.DateTimeField()),
                ('xid', models.BigIntegerField(null=True)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.pageimage')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.digitisationjob')),
            ],
            options={
                'db_table': 'credentials_page_keying',
            },
        ),
        migrations.CreateModel(
            name='KeyedLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('line', models.PositiveIntegerField()),
                ('values', models.JSONField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('keying', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.pagekeying')),
            ],
            options={
                'db_table': 'credentials_keyed_line',
            },
        ),
        migrations.AddIndex(
            model_name='digitisationjob',
            index=models.Index(fields=['issuer', 'opened_at'], name='digitisation_job_by_issuer'),
        ),
        migrations.AddConstraint(
            model_name='digitisationjob',
            constraint=models.CheckConstraint(condition=models.Q(('first_page__gte', 1), ('last_page__gte', models.F('first_page')), ('year_to__gte', models.F('year_from')), models.Q(('title', ''), _negated=True)), name='digitisation_job_complete'),
        ),
        migrations.AddConstraint(
            model_name='digitisationminutes',
            constraint=models.UniqueConstraint(fields=('issuer', 'number', 'date'), name='digitisation_minutes_once'),
        ),
        migrations.AddConstraint(
            model_name='digitisationminutes',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('days', {}), models.Q(('days_basis', ''), _negated=True), _connector='OR')), name='digitisation_minutes_complete'),
        ),
        migrations.AddConstraint(
            model_name='minutessignature',
            constraint=models.UniqueConstraint(fields=('minutes', 'signed_by'), name='minutes_signed_once'),
        ),
        migrations.AddIndex(
            model_name='pageimage',
            index=models.Index(fields=['sha256'], name='page_image_by_digest'),
        ),
        migrations.AddConstraint(
            model_name='pageimage',
            constraint=models.UniqueConstraint(fields=('job', 'page', 'take'), name='page_image_take_once'),
        ),
        migrations.AddIndex(
            model_name='linesettlement',
            index=models.Index(fields=['image', 'line', 'field', 'id'], name='line_settlement_by_line'),
        ),
        migrations.AddConstraint(
            model_name='linesettlement',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='line_settlement_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='countedline',
            constraint=models.UniqueConstraint(fields=('image', 'line'), name='counted_line_once'),
        ),
        migrations.AddConstraint(
            model_name='pagekeying',
            constraint=models.UniqueConstraint(fields=('image', 'keyed_by'), name='page_keying_once_a_person'),
        ),
        migrations.AddConstraint(
            model_name='pagekeying',
            constraint=models.UniqueConstraint(fields=('image', 'ordinal'), name='page_keying_twice'),
        ),
        migrations.AddConstraint(
            model_name='pagekeying',
            constraint=models.CheckConstraint(condition=models.Q(('ordinal__in', (1, 2)), models.Q(('line_count__gt', 0), models.Q(('note', ''), _negated=True), _connector='OR')), name='page_keying_complete'),
        ),
        migrations.AddConstraint(
            model_name='keyedline',
            constraint=models.UniqueConstraint(fields=('keying', 'line'), name='keyed_line_once'),
        ),
        migrations.AddConstraint(
            model_name='keyedline',
            constraint=models.CheckConstraint(condition=models.Q(('line__gte', 1)), name='keyed_line_counts_from_one'),
        ),
        migrations.RunPython(run, migrations.RunPython.noop),
    ]
