"""Counts of a filtered list, and the gaps of a portfolio, are read off indexes made for them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_initial")]

    operations = [
        migrations.RemoveIndex("asset", "assets_asset_bystatus"),
        migrations.AddIndex(
            "asset",
            models.Index(
                fields=["university", "status", "office", "right", "unit", "id", "trashed_at"], condition=models.Q(trashed_at=None), name="assets_asset_counts"
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                fields=["university", "title", "id", "trashed_at", "status"], condition=models.Q(trashed_at=None, owners_text=""), name="assets_asset_noowner"
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                fields=["university", "title", "id", "trashed_at", "status"],
                condition=models.Q(trashed_at=None, status="granted", granted_on=None),
                name="assets_asset_nogrant",
            ),
        ),
    ]
