import django.db.models.deletion
from django.db import migrations, models

from causeway.frame.db import NewTables


class Migration(NewTables):
    initial = True

    dependencies = [
        ("docket", "0001_initial"),
        ("frame", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Family",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(max_length=60, verbose_name="reference")),
                ("title", models.CharField(max_length=500, verbose_name="title")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "family",
                "verbose_name_plural": "families",
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("reference"), name="assets_family_reference")],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("trashed_at", models.DateTimeField(editable=False, null=True)),
                ("reference", models.CharField(max_length=60, verbose_name="reference")),
                ("title", models.CharField(max_length=500, verbose_name="title")),
                ("titles", models.JSONField(blank=True, default=dict, verbose_name="title in other languages")),
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
                        default="patent",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("office", models.CharField(max_length=12, verbose_name="office")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="application number")),
                ("number_key", models.CharField(blank=True, editable=False, max_length=60)),
                ("publication_number", models.CharField(blank=True, max_length=60, verbose_name="publication number")),
                ("grant_number", models.CharField(blank=True, max_length=60, verbose_name="grant number")),
                ("filed_on", models.DateField(blank=True, null=True, verbose_name="filed")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="published")),
                ("granted_on", models.DateField(blank=True, null=True, verbose_name="granted")),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "Planned"), ("pending", "Pending"), ("granted", "In force"), ("ended", "Ended")],
                        default="pending",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("status_note", models.CharField(blank=True, max_length=100, verbose_name="status as the source says")),
                ("technical_field", models.CharField(blank=True, max_length=500, verbose_name="technical field")),
                ("agent_reference", models.CharField(blank=True, max_length=60, verbose_name="agent's reference")),
                ("funding", models.CharField(blank=True, max_length=200, verbose_name="funding")),
                ("confidential", models.BooleanField(default=False, verbose_name="confidential")),
                ("tags", models.JSONField(blank=True, default=list, verbose_name="tags")),
                ("custom", models.JSONField(blank=True, default=dict, verbose_name="own fields")),
                ("next_due_on", models.DateField(editable=False, null=True, verbose_name="next date")),
                ("owners_text", models.CharField(blank=True, editable=False, max_length=500, verbose_name="owners")),
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
                (
                    "matter",
                    models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="asset", to="docket.matter"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="unit",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(
                        db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="assets.family",
                        verbose_name="family",
                    ),
                ),
            ],
            options={
                "verbose_name": "asset",
                "verbose_name_plural": "assets",
                "indexes": [
                    models.Index(
                        condition=models.Q(("trashed_at", None)), fields=["university", "title", "id", "trashed_at"], name="assets_asset_title"
                    ),
                    models.Index(
                        condition=models.Q(("trashed_at", None)), fields=["university", "filed_on", "id", "trashed_at"], name="assets_asset_filed"
                    ),
                    models.Index(
                        condition=models.Q(("trashed_at", None)), fields=["university", "next_due_on", "id", "trashed_at"], name="assets_asset_next"
                    ),
                    models.Index(
                        condition=models.Q(("trashed_at", None)),
                        fields=["university", "status", "title", "id", "trashed_at"],
                        name="assets_asset_status",
                    ),
                    models.Index(
                        condition=models.Q(("trashed_at", None)), fields=["university", "status", "id", "trashed_at"], name="assets_asset_bystatus"
                    ),
                    models.Index(
                        condition=models.Q(("trashed_at", None)),
                        fields=["university", "office", "title", "id", "trashed_at"],
                        name="assets_asset_office",
                    ),
                    models.Index(
                        condition=models.Q(("trashed_at", None)), fields=["university", "unit", "title", "id", "trashed_at"], name="assets_asset_unit"
                    ),
                    models.Index(
                        condition=models.Q(("trashed_at", None)),
                        fields=["university", "right", "title", "id", "trashed_at"],
                        name="assets_asset_right",
                    ),
                    models.Index(
                        condition=models.Q(("trashed_at", None), _negated=True), fields=["university", "trashed_at"], name="assets_asset_trash"
                    ),
                    models.Index(fields=["university", "publication_number"], name="assets_asset_publication"),
                    models.Index(fields=["university", "grant_number"], name="assets_asset_grantno"),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("university"), models.F("reference"), name="assets_asset_reference"),
                    models.UniqueConstraint(
                        models.F("university"),
                        models.F("number_key"),
                        condition=models.Q(("number_key", ""), _negated=True),
                        name="assets_asset_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inventorship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("sequence", models.PositiveSmallIntegerField(default=1)),
                ("numerator", models.PositiveIntegerField(blank=True, null=True, verbose_name="share")),
                ("denominator", models.PositiveIntegerField(blank=True, null=True, verbose_name="of")),
                ("asset", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="inventorships", to="assets.asset")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inventorships", to="people.person", verbose_name="inventor"
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "inventor",
                "indexes": [models.Index(fields=["university", "person"], name="assets_inventor_person")],
                "constraints": [models.UniqueConstraint(models.F("university"), models.F("asset"), models.F("person"), name="assets_inventor_once")],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("priority", "Claims priority of"),
                            ("divisional", "Divisional of"),
                            ("continuation", "Continuation of"),
                            ("national_phase", "National phase of"),
                            ("validation", "Validation of"),
                        ],
                        max_length=16,
                        verbose_name="how",
                    ),
                ),
                ("office", models.CharField(blank=True, max_length=12, verbose_name="office")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="number")),
                ("on", models.DateField(blank=True, null=True, verbose_name="on")),
                ("asset", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="links", to="assets.asset")),
                (
                    "other",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="linked_from", to="assets.asset"
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["university", "asset"], name="assets_link_asset")],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("text", models.TextField(verbose_name="note")),
                ("author", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("asset", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="assets.asset")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["university", "asset", "-at"], name="assets_note_asset")],
            },
        ),
        migrations.CreateModel(
            name="Ownership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("numerator", models.PositiveIntegerField(blank=True, null=True, verbose_name="share")),
                ("denominator", models.PositiveIntegerField(blank=True, null=True, verbose_name="of")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                ("asset", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="ownerships", to="assets.asset")),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                        verbose_name="owner",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "verbose_name": "owner",
                "indexes": [
                    models.Index(fields=["university", "asset"], name="assets_owner_asset"),
                    models.Index(fields=["university", "organisation"], name="assets_owner_org"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("on", models.DateField(verbose_name="on")),
                (
                    "kind",
                    models.CharField(
                        choices=[("official", "Official fee"), ("agent", "Agent"), ("translation", "Translation"), ("other", "Other")],
                        max_length=12,
                        verbose_name="for",
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("invoice", models.CharField(blank=True, max_length=60, verbose_name="invoice")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("asset", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="costs", to="assets.asset")),
                (
                    "supplier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                        verbose_name="paid to",
                    ),
                ),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["university", "asset", "-on"], name="assets_cost_asset")],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("run", models.BigIntegerField(editable=False, null=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("confidential", models.BooleanField(default=False, verbose_name="confidential")),
                ("asset", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="assets.asset")),
                ("file", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.storedfile")),
                (
                    "university",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frame.university"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["university", "asset"], name="assets_document_asset")],
            },
        ),
    ]
