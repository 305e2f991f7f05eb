"""Both columns may be empty, so that adding them rewrites no table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("frame", "0005_count_requests_to_the_api"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditimage",
            name="salts",
            field=models.JSONField(help_text="Of each personal value its salt and salted digest, which stays when the value is erased", null=True),
        ),
        migrations.AddField(
            model_name="auditseal",
            name="version",
            field=models.PositiveSmallIntegerField(help_text="Of the text that was sealed; none is the first", null=True),
        ),
    ]
