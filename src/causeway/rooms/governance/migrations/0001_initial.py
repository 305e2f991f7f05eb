import django.db.models.deletion
import django.utils.timezone
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
            name="PackCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pack", models.CharField(max_length=80, verbose_name="pack")),
                ("version", models.CharField(max_length=40, verbose_name="version")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="SHA-256 of the text")),
                ("files", models.JSONField()),
                ("kept_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "kept pack",
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("number", models.CharField(max_length=30, verbose_name="number")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("distribution", "Distribution of income"),
                            ("patent_funding", "Patent funding and awards"),
                            ("reward_tax", "Rewards and their tax"),
                            ("royalty", "Royalty terms"),
                            ("grant", "Grants"),
                            ("decision", "How we decide"),
                        ],
                        max_length=20,
                        verbose_name="settles",
                    ),
                ),
                ("laws", models.JSONField(blank=True, default=list, verbose_name="laws")),
                ("changes", models.JSONField(blank=True, default=dict, verbose_name="changed values")),
                ("why", models.TextField(blank=True, verbose_name="why")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Before the deciders"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("holds_from", models.DateField(blank=True, null=True, verbose_name="holds from")),
                ("holds_to", models.DateField(blank=True, null=True, verbose_name="holds until")),
                ("signed_by", models.CharField(blank=True, max_length=200, verbose_name="signed by")),
                ("signed_on", models.DateField(blank=True, null=True, verbose_name="signed on")),
                ("tried", models.JSONField(blank=True, default=dict, verbose_name="tried on our records")),
                ("warnings", models.JSONField(blank=True, default=list)),
                (
                    "copy",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.packcopy", verbose_name="pack"),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frame.storedfile",
                        verbose_name="signed text",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.packcopy"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="only for",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "policy",
                "verbose_name_plural": "policies",
                "indexes": [models.Index(fields=["university", "subject", "state", "holds_from"], name="governance_policy_subject")],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("number"), name="governance_policy_number")],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("number", models.CharField(max_length=30, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("distribution", "Distribution of income"),
                            ("patent_funding", "Patent funding and awards"),
                            ("reward_tax", "Rewards and their tax"),
                            ("royalty", "Royalty terms"),
                            ("grant", "Grants"),
                            ("decision", "How we decide"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("on", models.DateField(verbose_name="rules of")),
                ("title", models.CharField(max_length=200, verbose_name="for")),
                ("packs", models.JSONField()),
                ("given", models.JSONField()),
                ("engine", models.CharField(max_length=40)),
                ("answer", models.JSONField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("replayed_at", models.DateTimeField(null=True, verbose_name="computed again")),
                ("differs", models.JSONField(blank=True, default=dict)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="governance.policy",
                        verbose_name="policy",
                    ),
                ),
            ],
            options={
                "verbose_name": "computed amount",
                "verbose_name_plural": "computed amounts",
                "indexes": [models.Index(fields=["university", "-made_at"], name="governance_answer_recent")],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("number"), name="governance_answer_number")],
            },
        ),
        migrations.CreateModel(
            name="Procedure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("number", models.CharField(max_length=30, verbose_name="number")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("flow", models.CharField(max_length=80, verbose_name="procedure")),
                ("about", models.TextField(blank=True, verbose_name="what is decided")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Under way"), ("passed", "Passed"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("started_on", models.DateField(verbose_name="begun on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("outcome", models.CharField(blank=True, max_length=300, verbose_name="outcome")),
                ("now", models.CharField(blank=True, editable=False, max_length=200, verbose_name="open step")),
                (
                    "copy",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.packcopy", verbose_name="pack"),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="procedures",
                        to="governance.policy",
                        verbose_name="policy",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "indexes": [models.Index(fields=["university", "state", "-started_on"], name="governance_procedure_state")],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("number"), name="governance_procedure_number")],
            },
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("conflicted", models.BooleanField(default=False, verbose_name="has an interest")),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="which")),
                ("declared_on", models.DateField(verbose_name="declared on")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="who"),
                ),
                ("procedure", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="interests", to="governance.procedure")),
            ],
            options={
                "verbose_name": "declaration of interests",
                "constraints": [
                    models.UniqueConstraint(models.F("university"), models.F("procedure"), models.F("user"), name="governance_interest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("place", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("task", "Task"),
                            ("vote", "Vote"),
                            ("notice", "Public notice"),
                            ("objections", "Objections"),
                            ("signature", "Signature"),
                            ("filing", "Filing"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("roles", models.JSONField(default=list)),
                ("terms", models.JSONField(blank=True, default=dict)),
                ("basis", models.JSONField(blank=True, default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Not begun"), ("open", "Open"), ("done", "Done"), ("refused", "Refused")],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="open since")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("note", models.TextField(blank=True, verbose_name="minutes")),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frame.storedfile",
                        verbose_name="document",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="done by",
                    ),
                ),
                ("procedure", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="governance.procedure")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "step",
                "indexes": [models.Index(fields=["university", "state", "due_on"], name="governance_step_due")],
                "constraints": [
                    models.UniqueConstraint(models.F("university"), models.F("procedure"), models.F("place"), name="governance_step_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("starts_on", models.DateField(verbose_name="published on")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("text", models.JSONField(default=dict, verbose_name="what is published")),
                ("where", models.CharField(max_length=300, verbose_name="where")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                ("step", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="notice", to="governance.step")),
            ],
            options={
                "verbose_name": "notice",
                "indexes": [models.Index(fields=["university", "ends_on"], name="governance_notice_ends")],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                (
                    "choice",
                    models.CharField(choices=[("for", "For"), ("against", "Against"), ("abstain", "Abstains")], max_length=8, verbose_name="vote"),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("cast_on", models.DateField(verbose_name="cast on")),
                ("step", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="governance.step")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="who"),
                ),
            ],
            options={
                "verbose_name": "vote",
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("step"), models.F("user"), name="governance_vote_once")],
            },
        ),
        migrations.CreateModel(
            name="DataSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="receipts")),
                ("first_on", models.DateField(null=True, verbose_name="first")),
                ("last_on", models.DateField(null=True, verbose_name="last")),
                ("currencies", models.JSONField(default=list)),
                ("records", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.storedfile")),
                (
                    "source",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.storedfile", verbose_name="file"),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "data set",
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("name"), name="governance_data_set_name")],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("name", models.CharField(max_length=200, verbose_name="from")),
                ("received_on", models.DateField(verbose_name="received on")),
                ("text", models.TextField(verbose_name="objection")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("upheld", "Upheld"), ("rejected", "Rejected"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="answered on")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("notice", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="governance.notice")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "objection",
                "indexes": [models.Index(fields=["university", "notice", "state"], name="governance_objection_open")],
            },
        ),
    ]
