"""Keys, prepared signatures, documents and their guards."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from sogoc.people.guards import run_sql_file


def guard(apps, schema_editor):
    """Run the guards of the tables; the SQL is idempotent."""
    for applet in ("signing", "documents"):
        run_sql_file(schema_editor, Path(__file__).parents[1] / applet / "guards.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0011_serial_indexes'),
        ('people', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignatureRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=40, unique=True)),
                ('subject', models.CharField(max_length=80)),
                ('digest', models.BinaryField()),
                ('to_sign', models.BinaryField()),
                ('prepared_by', models.CharField(max_length=80)),
                ('prepared_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('line', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='credentials.registerline')),
            ],
            options={
                'db_table': 'credentials_signature_request',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('role', models.CharField(choices=[('original', 'Văn bằng, chứng chỉ số'), ('copy', 'Bản sao')], max_length=8)),
                ('template', models.CharField(max_length=40)),
                ('copy_number', models.CharField(blank=True, max_length=40)),
                ('made_by', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('line', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.registerline')),
            ],
            options={
                'db_table': 'credentials_document',
            },
        ),
        migrations.CreateModel(
            name='DocumentEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.PositiveSmallIntegerField()),
                ('cause', models.CharField(choices=[('issue', 'Lập lần đầu'), ('renewal', 'Ký lại vì khóa cũ không còn tin được'), ('archive', 'Thêm bằng chứng lưu trữ lâu dài')], max_length=8)),
                ('sha256', models.BinaryField(unique=True)),
                ('size', models.PositiveIntegerField()),
                ('person_token', models.CharField(max_length=40)),
                ('seal_token', models.CharField(max_length=40)),
                ('stamped_at', models.DateTimeField(null=True)),
                ('made_by', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('document', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.document')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'credentials_document_edition',
            },
        ),
        migrations.CreateModel(
            name='DocumentState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('withdrawn', 'Không còn giá trị'), ('renewal_due', 'Cần lập lại'), ('valid', 'Còn giá trị')], max_length=12)),
                ('reason', models.TextField()),
                ('recorded_by', models.CharField(max_length=80)),
                ('recorded_at', models.DateTimeField()),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.document')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'credentials_document_state',
            },
        ),
        migrations.CreateModel(
            name='MadeSignature',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='credentials.signaturerequest')),
                ('signature', models.BinaryField()),
                ('signed_by', models.CharField(max_length=80)),
                ('signed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'credentials_made_signature',
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('purpose', models.CharField(choices=[('person', 'Chữ ký người ký'), ('seal', 'Chữ ký số của cơ quan (con dấu)')], max_length=8)),
                ('holder', models.CharField(max_length=200)),
                ('algorithm', models.CharField(max_length=24)),
                ('certificate', models.BinaryField()),
                ('chain', models.TextField(blank=True)),
                ('spki', models.BinaryField(unique=True)),
                ('provider', models.CharField(max_length=8)),
                ('locator', models.JSONField(default=dict)),
                ('authority', models.CharField(max_length=40)),
                ('valid_from', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=80)),
                ('recorded_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'credentials_signing_key',
            },
        ),
        migrations.AddField(
            model_name='signaturerequest',
            name='key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.signingkey'),
        ),
        migrations.CreateModel(
            name='SigningKeyEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('retired', 'Thôi dùng'), ('compromised', 'Bị lộ')], max_length=12)),
                ('ended_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('recorded_by', models.CharField(max_length=80)),
                ('recorded_at', models.DateTimeField()),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='credentials.signingkey')),
            ],
            options={
                'db_table': 'credentials_signing_key_end',
            },
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['line', 'role'], name='document_by_line'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('role', 'original')), fields=('line',), name='document_one_original'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('copy_number', ''), ('role', 'original')), models.Q(('role', 'copy'), models.Q(('copy_number', ''), _negated=True)), _connector='OR'), name='document_copy_has_number'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('role', 'copy')), fields=('issuer', 'copy_number'), name='document_copy_number_once'),
        ),
        migrations.AddConstraint(
            model_name='documentedition',
            constraint=models.UniqueConstraint(fields=('document', 'edition'), name='document_edition_once'),
        ),
        migrations.AddConstraint(
            model_name='documentstate',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['withdrawn', 'renewal_due', 'valid']), models.Q(('reason', ''), _negated=True)), name='document_state_complete'),
        ),
        migrations.AddIndex(
            model_name='signingkey',
            index=models.Index(fields=['organisation', 'purpose'], name='signing_key_by_body'),
        ),
        migrations.AddConstraint(
            model_name='signingkey',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['person', 'seal']), ('provider__in', ['file', 'pkcs11', 'remote']), ('algorithm__in', ['ecdsa-p256-sha256', 'rsa-pkcs1-sha256'])), name='signing_key_known_words'),
        ),
        migrations.AddConstraint(
            model_name='signingkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('holder', ''), _negated=True), models.Q(('authority', ''), _negated=True)), name='signing_key_complete'),
        ),
        migrations.AddIndex(
            model_name='signaturerequest',
            index=models.Index(fields=['key', 'prepared_at'], name='signature_request_by_key'),
        ),
        migrations.AddConstraint(
            model_name='signaturerequest',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('prepared_at'))), name='signature_request_forward'),
        ),
        migrations.AddConstraint(
            model_name='signingkeyend',
            constraint=models.UniqueConstraint(fields=('key', 'cause'), name='signing_key_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='signingkeyend',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['retired', 'compromised']), models.Q(('reason', ''), _negated=True)), name='signing_key_end_complete'),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
