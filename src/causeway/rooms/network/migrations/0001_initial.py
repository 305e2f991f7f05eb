import uuid

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
    ]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=64, unique=True, verbose_name="fingerprint")),
                ("public_key", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.CharField(blank=True, max_length=200)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("sequence", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "installation",
            },
        ),
        migrations.CreateModel(
            name="RegistryLoad",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("registry", models.CharField(max_length=20)),
                ("file", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("loaded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="GuideDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("edition", models.CharField(blank=True, max_length=100, verbose_name="edition")),
                ("citation", models.TextField(blank=True, verbose_name="how to cite it")),
                ("licence", models.CharField(blank=True, max_length=300, verbose_name="licence")),
                ("name", models.CharField(max_length=255, verbose_name="file")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("lines", models.PositiveIntegerField(default=0, editable=False, verbose_name="lines")),
                ("problems", models.JSONField(default=list, editable=False)),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "guide read in",
                "indexes": [models.Index(fields=["university", "-read_at"], name="network_document_recent")],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("sha256"), name="network_document_once")],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("trashed_at", models.DateTimeField(editable=False, null=True)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("title", models.CharField(max_length=500, verbose_name="case study name")),
                ("hei_name", models.CharField(max_length=300, verbose_name="university or institution")),
                ("heading", models.CharField(blank=True, max_length=500, verbose_name="heading")),
                ("number", models.CharField(blank=True, max_length=20, verbose_name="number")),
                (
                    "partner",
                    models.CharField(
                        blank=True, help_text="The university that wrote it down, where it is another one.", max_length=300, verbose_name="section of"
                    ),
                ),
                ("country", models.CharField(blank=True, help_text="Two letters, such as PL.", max_length=2, verbose_name="country")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("comprehensive", "Comprehensive university"),
                            ("technical", "Technical university"),
                            ("medical", "Medical university"),
                            ("law", "Law and social sciences"),
                            ("business", "Business and economics"),
                            ("applied", "Polytechnic or applied sciences"),
                            ("teacher", "Teacher training"),
                            ("agriculture", "Agriculture and forestry"),
                            ("arts", "Arts and design"),
                            ("other", "Other"),
                        ],
                        max_length=14,
                        verbose_name="kind of institution",
                    ),
                ),
                ("dated", models.CharField(blank=True, help_text="A day such as 2026-03-14, or a year alone.", max_length=10, verbose_name="date")),
                ("year", models.PositiveSmallIntegerField(blank=True, editable=False, null=True, verbose_name="year")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("es", "Español"), ("pl", "Polski"), ("nl", "Nederlands")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("texts", models.JSONField(default=dict, editable=False)),
                ("mechanisms", models.JSONField(blank=True, default=list, verbose_name="mechanisms")),
                ("mechanisms_confirmed", models.BooleanField(default=False, editable=False)),
                ("targets", models.JSONField(blank=True, default=list, verbose_name="meant for")),
                ("packs", models.JSONField(blank=True, default=list, verbose_name="packs made of it")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "In review"),
                            ("changes", "Changes requested"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("written", "Written here"), ("imported", "Read from a guide")],
                        default="written",
                        editable=False,
                        max_length=10,
                        verbose_name="origin",
                    ),
                ),
                ("lines", models.CharField(blank=True, editable=False, max_length=40, verbose_name="lines")),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "maybe_version_of",
                    models.ForeignKey(
                        blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="network.case"
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="network.guidedocument",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "indexes": [
                    models.Index(fields=["university", "title"], name="network_case_title"),
                    models.Index(fields=["university", "hei_name"], name="network_case_hei"),
                    models.Index(fields=["university", "state", "-updated_at"], name="network_case_state"),
                    models.Index(fields=["university", "-updated_at"], name="network_case_updated"),
                    models.Index(fields=["university", "number"], name="network_case_number"),
                ],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("key"), name="network_case_key")],
            },
        ),
        migrations.CreateModel(
            name="CaseContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("name", models.CharField(blank=True, max_length=300, verbose_name="surname, name")),
                ("role", models.CharField(blank=True, max_length=300, verbose_name="role")),
                ("institution", models.CharField(blank=True, max_length=300, verbose_name="institution")),
                ("address", models.CharField(blank=True, max_length=500, verbose_name="address")),
                ("telephone", models.CharField(blank=True, max_length=200, verbose_name="telephone")),
                ("email", models.CharField(blank=True, max_length=300, verbose_name="e-mail")),
                ("agreed", models.BooleanField(default=False, verbose_name="the person agreed to be shown")),
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="contact", to="network.case")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "contact",
            },
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("about", models.TextField(blank=True, verbose_name="about")),
                ("currency", models.CharField(default="EUR", max_length=3)),
                ("public", models.BooleanField(default=False, verbose_name="public data")),
                ("rates", models.JSONField(blank=True, default=dict)),
                ("source", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="frame.university")),
            ],
            options={
                "verbose_name": "benchmark",
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("groups", models.JSONField(blank=True, default=list)),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("published_by", models.CharField(blank=True, max_length=200)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("collection", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="editions", to="network.collection")),
            ],
            options={
                "verbose_name": "edition of a benchmark",
                "constraints": [models.UniqueConstraint(models.F("collection"), models.F("number"), name="network_edition_once")],
            },
        ),
        migrations.CreateModel(
            name="EditionCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=40)),
                ("norm", models.CharField(max_length=10)),
                ("group", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("count", models.PositiveIntegerField(default=0)),
                ("low", models.CharField(blank=True, max_length=80)),
                ("median", models.CharField(blank=True, max_length=80)),
                ("high", models.CharField(blank=True, max_length=80)),
                ("withheld", models.CharField(blank=True, max_length=12)),
                ("edition", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="cells", to="network.edition")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("edition"), models.F("figure"), models.F("norm"), models.F("group"), models.F("year"), name="network_cell_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionTrail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=40)),
                ("norm", models.CharField(max_length=10)),
                ("data", models.BinaryField()),
                ("edition", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="trails", to="network.edition")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("edition"), models.F("figure"), models.F("norm"), name="network_trail_once")],
            },
        ),
        migrations.CreateModel(
            name="Guide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("trashed_at", models.DateTimeField(editable=False, null=True)),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("subtitle", models.CharField(blank=True, max_length=300, verbose_name="subtitle")),
                ("edition", models.CharField(blank=True, max_length=100, verbose_name="edition")),
                ("dated", models.DateField(verbose_name="date of the edition")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("es", "Español"), ("pl", "Polski"), ("nl", "Nederlands")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "editors",
                    models.CharField(
                        blank=True, help_text="As they are cited, such as: López N. & Escarré R.", max_length=300, verbose_name="editors"
                    ),
                ),
                ("publisher", models.CharField(blank=True, max_length=200, verbose_name="publisher")),
                (
                    "introduction",
                    models.TextField(
                        blank=True,
                        help_text="Paragraphs are parted by an empty line; a line that begins with # is a heading.",
                        verbose_name="introduction",
                    ),
                ),
                ("acknowledgements", models.TextField(blank=True, verbose_name="acknowledgements")),
                ("licence", models.TextField(blank=True, verbose_name="licence")),
                ("citation", models.TextField(blank=True, verbose_name="how to cite it")),
                (
                    "acronyms",
                    models.TextField(blank=True, help_text="One to a line: the acronym, an equals sign, what it means.", verbose_name="acronyms"),
                ),
                ("contacts", models.BooleanField(default=False, verbose_name="print contact persons who agreed")),
                ("chapters", models.JSONField(default=list, editable=False)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "guide",
                "verbose_name_plural": "guides",
                "indexes": [
                    models.Index(fields=["university", "title"], name="network_guide_title"),
                    models.Index(fields=["university", "dated"], name="network_guide_dated"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Institution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ror_id", models.CharField(max_length=40, null=True, unique=True)),
                ("moe_code", models.CharField(max_length=12, null=True, unique=True, verbose_name="ministry code")),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="place")),
                ("level", models.CharField(blank=True, max_length=20, verbose_name="level")),
                ("closed", models.BooleanField(default=False)),
                ("founded", models.PositiveSmallIntegerField(null=True)),
                ("website", models.CharField(blank=True, max_length=300)),
                (
                    "here",
                    models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="institution", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "university of the registry",
                "indexes": [models.Index(fields=["country", "name"], name="network_institution_country")],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digits", models.BigIntegerField(null=True)),
                ("places", models.PositiveSmallIntegerField(default=0)),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[("known", "known"), ("unavailable", "not available"), ("inapplicable", "does not apply")],
                        default="known",
                        max_length=12,
                    ),
                ),
                ("origin", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=300)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("figure", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("collection", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="contributions", to="network.collection")),
                ("source", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
                (
                    "institution",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="network.institution"),
                ),
            ],
            options={
                "verbose_name": "contributed figure",
                "indexes": [models.Index(fields=["collection", "figure", "year"], name="network_contribution_cell")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("collection"), models.F("origin"), models.F("figure"), models.F("year"), name="network_contribution_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InstitutionName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300)),
                ("kind", models.CharField(max_length=8)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("institution", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="names", to="network.institution")),
            ],
        ),
        migrations.CreateModel(
            name="OwnFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("digits", models.BigIntegerField(null=True)),
                ("places", models.PositiveSmallIntegerField(default=0)),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[("known", "known"), ("unavailable", "not available"), ("inapplicable", "does not apply")],
                        default="known",
                        max_length=12,
                    ),
                ),
                ("figure", models.CharField(max_length=40, verbose_name="figure")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("how", models.CharField(choices=[("counted", "counted from the records"), ("entered", "entered")], default="entered", max_length=8)),
                ("source", models.CharField(blank=True, max_length=500, verbose_name="source")),
                ("by", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "figure",
                "verbose_name_plural": "figures",
                "indexes": [models.Index(fields=["university", "year"], name="network_own_figure_year")],
                "constraints": [
                    models.UniqueConstraint(models.F("university"), models.F("figure"), models.F("year"), name="network_own_figure_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("way", models.CharField(choices=[("in", "came in"), ("out", "went out")], max_length=3)),
                ("sequence", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(blank=True, max_length=200)),
                (
                    "installation",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="network.installation"),
                ),
            ],
            options={
                "verbose_name": "package",
                "indexes": [models.Index(fields=["-at"], name="network_package_recent")],
            },
        ),
        migrations.CreateModel(
            name="PeerGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("rule", models.JSONField(blank=True, default=dict)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("collection", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="groups", to="network.collection")),
            ],
            options={
                "verbose_name": "peer group",
                "constraints": [models.UniqueConstraint(models.F("collection"), models.F("key"), name="network_group_once")],
            },
        ),
        migrations.CreateModel(
            name="Questionnaire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("trashed_at", models.DateTimeField(editable=False, null=True)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("definition", models.JSONField(blank=True, default=dict, editable=False)),
                ("published", models.PositiveIntegerField(default=0, editable=False, verbose_name="published versions")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="changed")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "questionnaire",
                "verbose_name_plural": "questionnaires",
                "indexes": [
                    models.Index(fields=["university", "title"], name="network_question_title"),
                    models.Index(fields=["university", "-changed_at"], name="network_question_recent"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedPack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("version", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64)),
                ("files", models.JSONField(blank=True, default=dict)),
                ("faults", models.JSONField(blank=True, default=list)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("installation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="packs", to="network.installation")),
            ],
            options={
                "verbose_name": "received pack",
                "constraints": [models.UniqueConstraint(models.F("name"), models.F("version"), models.F("sha256"), name="network_pack_once")],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                ("source_name", models.CharField(max_length=300)),
                ("case_number", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "In review"),
                            ("changes", "Changes requested"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="submitted",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("current", models.BooleanField(default=False)),
                ("title", models.CharField(max_length=500, verbose_name="title")),
                ("hei_name", models.CharField(max_length=300, verbose_name="university")),
                ("hei_key", models.CharField(max_length=300)),
                ("number", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, max_length=2)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("comprehensive", "Comprehensive university"),
                            ("technical", "Technical university"),
                            ("medical", "Medical university"),
                            ("law", "Law and social sciences"),
                            ("business", "Business and economics"),
                            ("applied", "Polytechnic or applied sciences"),
                            ("teacher", "Teacher training"),
                            ("agriculture", "Agriculture and forestry"),
                            ("arts", "Arts and design"),
                            ("other", "Other"),
                        ],
                        max_length=14,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("language", models.CharField(max_length=10)),
                ("content", models.JSONField(default=dict)),
                ("words", models.TextField(blank=True)),
                ("sha256", models.CharField(max_length=64)),
                ("released_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("released_by", models.CharField(blank=True, max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("why", models.TextField(blank=True)),
                ("source", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="frame.university")),
            ],
            options={
                "verbose_name": "case of the library",
                "verbose_name_plural": "cases of the library",
                "indexes": [
                    models.Index(fields=["source", "state"], name="network_release_source"),
                    models.Index(fields=["current", "title"], name="network_release_title"),
                    models.Index(fields=["current", "hei_key"], name="network_release_hei"),
                    models.Index(fields=["state", "released_at"], name="network_release_queue"),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("key"), models.F("version"), name="network_release_once"),
                    models.UniqueConstraint(models.F("key"), condition=models.Q(("current", True)), name="network_release_current"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseFacet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("facet", models.CharField(max_length=10)),
                ("code", models.CharField(max_length=20)),
                ("release", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="facets", to="network.release")),
            ],
            options={
                "indexes": [models.Index(fields=["facet", "code", "release"], name="network_facet_code")],
                "constraints": [models.UniqueConstraint(models.F("release"), models.F("facet"), models.F("code"), name="network_facet_once")],
            },
        ),
        migrations.CreateModel(
            name="ReviewNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(blank=True, max_length=30, verbose_name="field")),
                ("text", models.TextField(verbose_name="comment")),
                ("author", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answered_by", models.CharField(blank=True, max_length=200)),
                ("answered_at", models.DateTimeField(null=True)),
                ("release", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="network.release")),
            ],
            options={
                "verbose_name": "comment",
                "indexes": [models.Index(fields=["release", "at"], name="network_note_order")],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                ("source_name", models.CharField(max_length=300)),
                ("installation", models.CharField(blank=True, max_length=64)),
                ("title", models.CharField(max_length=300)),
                ("definition", models.JSONField(default=dict)),
                ("sha256", models.CharField(max_length=64)),
                ("opens_on", models.DateField(verbose_name="opens on")),
                ("closes_on", models.DateField(verbose_name="closes on")),
                ("closed_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("published_by", models.CharField(blank=True, max_length=200)),
                ("source", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="frame.university")),
            ],
            options={
                "verbose_name": "round of a questionnaire",
                "indexes": [models.Index(fields=["source", "-published_at"], name="network_round_recent")],
                "constraints": [models.UniqueConstraint(models.F("key"), models.F("version"), name="network_round_once")],
            },
        ),
        migrations.CreateModel(
            name="Invited",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300)),
                ("origin", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "invited"),
                            ("started", "being answered"),
                            ("submitted", "handed in"),
                            ("reopened", "opened again"),
                            ("declined", "declined"),
                        ],
                        default="invited",
                        max_length=10,
                    ),
                ),
                ("until", models.DateField(null=True, verbose_name="may answer until")),
                ("answered", models.PositiveSmallIntegerField(default=0)),
                ("asked", models.PositiveSmallIntegerField(default=0)),
                ("why", models.TextField(blank=True)),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reminded_on", models.DateField(null=True)),
                (
                    "institution",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.institution"),
                ),
                ("to", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="invited", to="network.round")),
            ],
            options={
                "verbose_name": "invitation to a questionnaire",
                "indexes": [models.Index(fields=["to", "state"], name="network_invited_to")],
                "constraints": [models.UniqueConstraint(models.F("round"), models.F("origin"), name="network_invited_once")],
            },
        ),
        migrations.CreateModel(
            name="Interview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("name", models.CharField(max_length=300, verbose_name="university")),
                ("on", models.DateField(verbose_name="date")),
                ("persons", models.CharField(blank=True, help_text="Names and functions, parted by commas.", max_length=500, verbose_name="with")),
                ("questions", models.JSONField(blank=True, default=list, verbose_name="about")),
                ("notes", models.TextField(verbose_name="notes")),
                ("by", models.CharField(blank=True, max_length=200)),
                (
                    "file",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.storedfile"),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.round")),
            ],
            options={
                "verbose_name": "interview",
                "indexes": [models.Index(fields=["university", "round", "-on"], name="network_interview_round")],
            },
        ),
        migrations.CreateModel(
            name="FrozenAnswers",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_name", models.CharField(max_length=300)),
                ("origin", models.CharField(max_length=120)),
                ("version", models.PositiveSmallIntegerField()),
                ("current", models.BooleanField(default=True)),
                ("content", models.JSONField(blank=True, default=dict)),
                ("sha256", models.CharField(max_length=64)),
                ("released_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("released_by", models.CharField(blank=True, max_length=200)),
                ("reopened_why", models.TextField(blank=True)),
                ("source", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="frame.university")),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="frozen", to="network.round")),
            ],
            options={
                "verbose_name": "answers handed in",
                "constraints": [
                    models.UniqueConstraint(models.F("round"), models.F("origin"), models.F("version"), name="network_frozen_once"),
                    models.UniqueConstraint(
                        models.F("round"), models.F("origin"), condition=models.Q(("current", True)), name="network_frozen_current"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("submitted_by", models.CharField(blank=True, max_length=200)),
                ("versions", models.PositiveSmallIntegerField(default=0)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                ("invited", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.invited")),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.round")),
            ],
            options={
                "verbose_name": "answers to a questionnaire",
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("round"), name="network_answering_once")],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("key", models.CharField(max_length=60)),
                ("value", models.JSONField(null=True)),
                ("how", models.CharField(default="typed", max_length=10)),
                ("note", models.TextField(blank=True)),
                ("by", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                ("answering", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="network.answering")),
            ],
            options={
                "verbose_name": "answer",
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("answering"), models.F("key"), name="network_answer_once")],
            },
        ),
        migrations.CreateModel(
            name="CaseFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("field", models.CharField(blank=True, max_length=30, verbose_name="stands in")),
                ("label", models.CharField(max_length=200, verbose_name="what is counted")),
                ("value", models.CharField(blank=True, max_length=40, verbose_name="value")),
                ("unit", models.CharField(blank=True, max_length=60, verbose_name="unit")),
                ("qualifier", models.CharField(blank=True, help_text="Such as: more than, nearly, up to.", max_length=40, verbose_name="qualifier")),
                ("period", models.CharField(blank=True, max_length=40, verbose_name="period")),
                ("quote", models.TextField(blank=True, help_text="The words of the text the number stands in.", verbose_name="quote")),
                ("doubt", models.CharField(blank=True, max_length=300, verbose_name="in doubt because")),
                ("evidence", models.CharField(blank=True, help_text="A document or address that shows it.", max_length=500, verbose_name="evidence")),
                ("confirmed", models.BooleanField(default=False, verbose_name="checked by a person")),
                ("place", models.PositiveIntegerField(default=0)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="network.case")),
                (
                    "evidence_file",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.storedfile"),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "figure",
                "indexes": [models.Index(fields=["university", "case", "place"], name="network_figure_order")],
            },
        ),
        migrations.CreateModel(
            name="CasePhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("alternative", models.CharField(help_text="For those who cannot see it.", max_length=500, verbose_name="what it shows")),
                ("caption", models.CharField(blank=True, max_length=300, verbose_name="caption")),
                ("holder", models.CharField(max_length=200, verbose_name="rights are held by")),
                ("licence", models.CharField(max_length=100, verbose_name="licence")),
                ("width", models.PositiveIntegerField(default=0, editable=False)),
                ("height", models.PositiveIntegerField(default=0, editable=False)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="network.case")),
                ("file", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.storedfile")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "photograph",
                "indexes": [models.Index(fields=["university", "case"], name="network_photo_case")],
            },
        ),
        migrations.CreateModel(
            name="CaseVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField(default=dict)),
                ("sha256", models.CharField(max_length=64)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("by", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="network.case")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "version",
                "indexes": [models.Index(fields=["university", "case", "number"], name="network_version_order")],
                "constraints": [models.UniqueConstraint(models.F("case"), models.F("number"), name="network_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("section", models.CharField(max_length=60, verbose_name="section")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="wanted by")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("done_at", models.DateTimeField(null=True)),
                ("answering", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="delegations", to="network.answering")),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="given to"
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "section given to a colleague",
                "constraints": [
                    models.UniqueConstraint(models.F("university"), models.F("answering"), models.F("section"), name="network_delegation_once")
                ],
            },
        ),
    ]
