import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from causeway.frame.db import NewTables


class Migration(NewTables):
    initial = True

    dependencies = [
        ("frame", "0001_initial"),
        ("frame", "__first__"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(max_length=60, verbose_name="reference")),
                ("office", models.CharField(max_length=12, verbose_name="office")),
                (
                    "right",
                    models.CharField(
                        choices=[
                            ("patent", "Patent"),
                            ("utility_model", "Utility model"),
                            ("design", "Design"),
                            ("trade_mark", "Trade mark"),
                            ("unitary", "Unitary patent"),
                            ("software_copyright", "Software copyright"),
                            ("plant_variety", "Plant variety"),
                            ("ic_layout", "Layout-design"),
                            ("know_how", "Know-how"),
                            ("spc", "Supplementary protection certificate"),
                        ],
                        max_length=20,
                        verbose_name="right",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="number")),
                ("title", models.CharField(max_length=500, verbose_name="title")),
                ("entity", models.CharField(blank=True, max_length=10, verbose_name="entity size")),
                ("facts", models.JSONField(blank=True, default=dict, verbose_name="facts")),
                ("designated", models.JSONField(blank=True, default=list, verbose_name="designated offices")),
                ("published", models.BooleanField(default=False, verbose_name="published")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("closed_why", models.CharField(blank=True, max_length=300, verbose_name="why closed")),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                        verbose_name="agent",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="in hand of",
                    ),
                ),
                ("unit", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "matter",
                "indexes": [models.Index(fields=["university", "agent"], name="docket_matter_agent")],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("reference"), name="docket_matter_reference")],
            },
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("trigger", models.BigIntegerField(editable=False, help_text="Root of the triggering event", null=True)),
                ("rule", models.CharField(max_length=24, verbose_name="rule")),
                ("ordinal", models.CharField(blank=True, max_length=12)),
                ("action", models.CharField(max_length=200, verbose_name="what")),
                ("received", models.DateField(null=True)),
                ("opens", models.DateField(null=True)),
                ("nominal", models.DateField()),
                ("due", models.DateField(verbose_name="due")),
                ("grace_ends", models.DateField(null=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("fee_note", models.CharField(blank=True, max_length=200)),
                ("verified", models.BooleanField(default=False)),
                ("provisional", models.BooleanField(default=False)),
                ("statutory", models.BooleanField(default=True)),
                ("digest", models.CharField(blank=True, max_length=16)),
                ("closed_by", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("instructed", "instructed"),
                            ("done", "done"),
                            ("waived", "waived"),
                            ("met", "met by an event"),
                            ("closed", "closed"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("done_reference", models.CharField(blank=True, max_length=100, verbose_name="reference")),
                (
                    "instruction",
                    models.CharField(
                        blank=True,
                        choices=[("pay", "pay"), ("abandon", "give up"), ("ask", "ask the inventors")],
                        max_length=10,
                        verbose_name="instruction",
                    ),
                ),
                ("extension", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="extended by months")),
                ("extended_to", models.DateField(blank=True, null=True, verbose_name="extended to")),
                ("confirmed_on", models.DateField(blank=True, null=True, verbose_name="confirmed on")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "waiting",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(models.When(state__in=["open", "instructed"], then=models.Value(True)), default=models.Value(False)),
                        output_field=models.BooleanField(),
                    ),
                ),
                ("matter_reference", models.CharField(max_length=60, verbose_name="reference")),
                ("matter_title", models.CharField(max_length=500, verbose_name="title")),
                ("office", models.CharField(max_length=12, verbose_name="office")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="in hand of",
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frame.storedfile",
                        verbose_name="proof",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(
                        db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to="docket.matter"),
                ),
            ],
            options={
                "verbose_name": "deadline",
                "indexes": [
                    models.Index(
                        condition=models.Q(("waiting", True)),
                        fields=["university", "due", "id", "office", "rule", "currency", "amount", "verified", "provisional", "waiting"],
                        name="docket_deadline_waits",
                    ),
                    models.Index(condition=models.Q(("waiting", True)), fields=["university", "holder", "due", "id"], name="docket_deadline_holds"),
                    models.Index(condition=models.Q(("waiting", True)), fields=["university", "office", "due", "id"], name="docket_deadline_office"),
                    models.Index(
                        condition=models.Q(("waiting", True)), fields=["university", "instruction", "due", "id"], name="docket_deadline_told"
                    ),
                    models.Index(fields=["university", "state", "due", "id"], name="docket_deadline_state"),
                    models.Index(fields=["university", "due", "id"], name="docket_deadline_days"),
                    models.Index(fields=["matter", "university", "digest"], name="docket_deadline_same"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("university"),
                        models.F("matter"),
                        models.F("rule"),
                        models.F("ordinal"),
                        models.F("trigger"),
                        name="docket_deadline_once",
                    ),
                    models.UniqueConstraint(
                        models.F("university"),
                        models.F("matter"),
                        models.F("rule"),
                        models.F("ordinal"),
                        condition=models.Q(("trigger", None)),
                        name="docket_deadline_alone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatterEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("root", models.BigIntegerField(editable=False, null=True)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("current", models.BooleanField(default=True)),
                ("withdrawn", models.BooleanField(default=False)),
                ("kind", models.CharField(max_length=40, verbose_name="event")),
                ("on", models.DateField(verbose_name="on")),
                (
                    "by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("electronic", "electronically"),
                            ("post", "by post"),
                            ("hand", "handed over"),
                            ("public_notice", "by public notice"),
                        ],
                        max_length=14,
                        verbose_name="sent",
                    ),
                ),
                ("received", models.DateField(blank=True, null=True, verbose_name="received on")),
                ("of", models.DateField(blank=True, null=True, verbose_name="about the day")),
                ("facts", models.JSONField(blank=True, default=dict)),
                (
                    "source",
                    models.CharField(
                        choices=[("hand", "by hand"), ("import", "import"), ("register", "register")],
                        default="hand",
                        max_length=10,
                        verbose_name="learnt",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="docket.matter")),
                (
                    "university",
                    models.ForeignKey(
                        db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
            },
        ),
        migrations.CreateModel(
            name="OrderList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("number", models.CharField(max_length=30, verbose_name="number")),
                ("made_on", models.DateField(verbose_name="made on")),
                ("lines", models.JSONField(default=list)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                        verbose_name="agent",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "order list",
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("number"), name="docket_order_number")],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("rule", models.CharField(max_length=24)),
                ("ordinal", models.CharField(blank=True, max_length=12)),
                ("reason", models.CharField(max_length=400)),
                ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="refusals", to="docket.matter")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["university", "matter"], name="docket_refusal_matter")],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("due", models.DateField(verbose_name="due")),
                ("days", models.PositiveSmallIntegerField(verbose_name="days before")),
                ("sent_on", models.DateField(verbose_name="sent on")),
                ("sent_to", models.JSONField(default=list, verbose_name="sent to")),
                ("deadline", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="docket.deadline")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("university"), models.F("deadline"), models.F("due"), models.F("days"), name="docket_reminder_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Snooze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("until", models.DateField(verbose_name="until")),
                ("deadline", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="snoozes", to="docket.deadline")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("deadline"), models.F("user"), name="docket_snooze_once")],
            },
        ),
    ]
