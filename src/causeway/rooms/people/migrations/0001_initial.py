import django.db.models.deletion
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
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("trashed_at", models.DateTimeField(editable=False, null=True)),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("university", "University"),
                            ("company", "Company"),
                            ("agent", "Agent's firm"),
                            ("authority", "Authority"),
                            ("funder", "Funder"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("aliases", models.JSONField(blank=True, default=list, verbose_name="other names")),
                ("name_key", models.CharField(editable=False, max_length=300)),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "indexes": [
                    models.Index(fields=["university", "name"], name="people_organisation_name"),
                    models.Index(fields=["university", "kind"], name="people_organisation_kind"),
                ],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("name_key"), name="people_organisation_once")],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="people.unit",
                        verbose_name="part of",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "unit",
                "verbose_name_plural": "units",
                "indexes": [models.Index(fields=["university", "name"], name="people_unit_name")],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("code"), name="people_unit_code")],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("trashed_at", models.DateTimeField(editable=False, null=True)),
                ("name", models.CharField(help_text="As it stands on documents.", max_length=200, verbose_name="name")),
                ("name_native", models.CharField(blank=True, max_length=200, verbose_name="name in own script")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("orcid", models.CharField(blank=True, max_length=19, verbose_name="ORCID")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                ("name_key", models.CharField(editable=False, max_length=200)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="persons",
                        to="people.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="persons",
                        to="people.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "persons",
                "indexes": [
                    models.Index(fields=["university", "name"], name="people_person_name"),
                    models.Index(fields=["university", "name_key"], name="people_person_key"),
                ],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("user"), name="people_person_user")],
            },
        ),
    ]
