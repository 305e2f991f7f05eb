import datetime

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from causeway.frame.db import NewTables


class Migration(NewTables):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                (
                    "theme",
                    models.CharField(
                        blank=True, choices=[("", "as the system"), ("light", "light"), ("dark", "dark")], max_length=10, verbose_name="theme"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_installer", models.BooleanField(default=False, verbose_name="looks after the installation")),
                ("demo", models.BooleanField(default=False, editable=False, verbose_name="demonstration account")),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "user",
            },
        ),
        migrations.CreateModel(
            name="JobSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("next_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="University",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300, unique=True, verbose_name="name")),
                ("short_name", models.CharField(help_text="Used in references, such as NBU-2026-031.", max_length=20, verbose_name="short name")),
                ("country", models.CharField(blank=True, help_text="Two letters, such as DE.", max_length=2, verbose_name="country")),
                ("timezone", models.CharField(default="UTC", max_length=50, verbose_name="time zone")),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="currency")),
                ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                ("demo", models.BooleanField(default=False, editable=False, verbose_name="demonstration")),
                ("unseen_runs", models.JSONField(default=list, editable=False)),
            ],
            options={
                "verbose_name": "university",
                "verbose_name_plural": "universities",
            },
        ),
        migrations.CreateModel(
            name="AuditRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("verb", models.CharField(max_length=80)),
                ("actor_name", models.CharField(max_length=200)),
                ("why", models.TextField(blank=True)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
                ("actor", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["university", "-started_at"], name="frame_run_recent")],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("actor_name", models.CharField(max_length=200)),
                ("verb", models.CharField(max_length=80)),
                ("why", models.TextField(blank=True)),
                ("label", models.CharField(help_text="Model label, such as assets.asset", max_length=80)),
                ("object_id", models.BigIntegerField(null=True)),
                ("title", models.CharField(blank=True, max_length=300)),
                ("changes", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("actor", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("run", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="frame.auditrun")),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["university", "label", "object_id", "-at"], name="frame_audit_object"),
                    models.Index(fields=["university", "-at"], name="frame_audit_recent"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=255, verbose_name="file")),
                ("path", models.CharField(editable=False, max_length=500)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "uploaded"),
                            ("asking", "waiting for an answer"),
                            ("staging", "being checked"),
                            ("staged", "checked"),
                            ("applying", "being applied"),
                            ("done", "applied"),
                            ("undone", "undone"),
                            ("failed", "failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("options", models.JSONField(default=dict)),
                ("shape", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("why", models.TextField(blank=True)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("audit_run", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.auditrun")),
                (
                    "started_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "import",
                "indexes": [models.Index(fields=["university", "-started_at"], name="frame_import_recent")],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("office", "Transfer office"),
                            ("director", "Director"),
                            ("inventor", "Inventor"),
                            ("agent", "Outside agent"),
                            ("auditor", "Auditor"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("unit", models.BigIntegerField(blank=True, null=True, verbose_name="unit")),
                ("starts_on", models.DateField(default=datetime.date.today, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="grants", to=settings.AUTH_USER_MODEL)),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="grants", to="frame.university")),
            ],
            options={
                "verbose_name": "grant",
                "indexes": [models.Index(fields=["university", "role"], name="frame_grant_role")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("user"), models.F("university"), models.F("role"), models.F("unit"), name="frame_grant_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("query", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.CharField(max_length=80)),
                ("value", models.BigIntegerField(default=0)),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("series"), name="frame_counter_once")],
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("entry", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="seal", to="frame.auditentry")),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("seq"), name="frame_seal_once")],
            },
        ),
        migrations.CreateModel(
            name="AuditPersonal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=80)),
                ("salt", models.CharField(max_length=32)),
                ("before", models.TextField(null=True)),
                ("after", models.TextField(null=True)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="personal_values", to="frame.auditentry")),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university")),
            ],
        ),
        migrations.CreateModel(
            name="AuditImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                ("object_id", models.BigIntegerField()),
                ("before", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("audit_run", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="images", to="frame.auditrun")),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university")),
            ],
            options={
                "indexes": [models.Index(fields=["university", "audit_run", "label"], name="frame_image_run")],
            },
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_to", models.CharField(max_length=300)),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university")),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("hint", models.CharField(max_length=8)),
                ("scopes", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="expires on")),
                ("last_used_at", models.DateTimeField(editable=False, null=True)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="api_tokens", to=settings.AUTH_USER_MODEL)),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
            ],
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                ("topics", models.JSONField(default=list, verbose_name="events")),
                ("secret", models.CharField(editable=False, max_length=600)),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "webhook",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=64)),
                ("topic", models.CharField(max_length=80)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("error", models.TextField(blank=True)),
                ("milliseconds", models.PositiveIntegerField(default=0)),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
                ("webhook", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="frame.webhook")),
            ],
            options={
                "indexes": [models.Index(fields=["university", "webhook", "-at"], name="frame_delivery_recent")],
            },
        ),
        migrations.CreateModel(
            name="IdempotentReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("request_digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("user"), models.F("key"), name="frame_idempotent_once")],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("path", models.CharField(editable=False, max_length=200)),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "uploaded_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["university", "sha256"], name="frame_file_digest")],
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("value", models.JSONField()),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("set_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("university", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("university"), models.F("user"), models.F("key"), name="frame_setting_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchDoc",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                ("object_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("subtitle", models.CharField(blank=True, max_length=300)),
                ("url", models.CharField(blank=True, max_length=300)),
                ("tokens", models.TextField()),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("label"), models.F("object_id"), name="frame_search_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("resource", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("query", models.TextField(blank=True)),
                ("shared", models.BooleanField(default=False, verbose_name="shared with the office")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("university"), models.F("user"), models.F("resource"), models.F("name"), name="frame_view_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=80)),
                ("payload", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("university", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("done_at", None)), fields=["topic", "not_before"], name="frame_outbox_due")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("args", models.JSONField(default=dict)),
                ("key", models.CharField(max_length=200, null=True, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "waiting"), ("running", "running"), ("done", "done"), ("failed", "failed")],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("run_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("leased_until", models.DateTimeField(null=True)),
                ("worker", models.CharField(blank=True, max_length=80)),
                ("progress", models.JSONField(default=dict)),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("university", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
            ],
            options={
                "indexes": [models.Index(fields=["state", "run_at"], name="frame_job_queue")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("office", "Transfer office"),
                            ("director", "Director"),
                            ("inventor", "Inventor"),
                            ("agent", "Outside agent"),
                            ("auditor", "Auditor"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("unit", models.BigIntegerField(blank=True, null=True, verbose_name="unit")),
                ("starts_on", models.DateField(default=datetime.date.today, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
            ],
            options={
                "verbose_name": "invitation",
                "indexes": [models.Index(fields=["university", "-created_at"], name="frame_invitation_recent")],
            },
        ),
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("kind", models.CharField(max_length=40)),
                ("header", models.CharField(help_text="Digest of the column names", max_length=64)),
                ("columns", models.JSONField(default=dict)),
                ("options", models.JSONField(default=dict)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("kind"), models.F("header"), name="frame_mapping_once")],
            },
        ),
        migrations.CreateModel(
            name="ImportDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("label", models.CharField(max_length=80)),
                ("object_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("place", models.CharField(help_text="Row of the file", max_length=40)),
                ("field", models.CharField(max_length=80, verbose_name="field")),
                ("ours", models.JSONField(null=True)),
                ("theirs", models.JSONField(null=True)),
                (
                    "decision",
                    models.CharField(choices=[("open", "open"), ("taken", "taken over"), ("left", "left as it is")], default="open", max_length=6),
                ),
                ("source", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="differences", to="frame.import")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["university", "source", "decision"], name="frame_difference_open"),
                    models.Index(fields=["university", "label", "object_id"], name="frame_difference_object"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("records", models.BinaryField()),
                ("counts", models.JSONField(default=dict)),
                ("problems", models.JSONField(default=list)),
                ("applied_at", models.DateTimeField(null=True)),
                ("source", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="frame.import")),
                ("university", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("source"), models.F("number"), name="frame_chunk_once")],
            },
        ),
    ]
