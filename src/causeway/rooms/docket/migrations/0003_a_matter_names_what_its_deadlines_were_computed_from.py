"""What a docket was computed from is named once, by its matter. Matters of before name nothing: they are computed anew once, and then do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("docket", "0002_what_waits_is_walked_in_order")]

    operations = [
        migrations.RemoveIndex("deadline", "docket_deadline_same"),
        migrations.RemoveConstraint("deadline", "docket_deadline_once"),
        migrations.RemoveConstraint("deadline", "docket_deadline_alone"),
        migrations.RemoveField("deadline", "digest"),
        migrations.AddField("matter", "digest", models.CharField(blank=True, default="", editable=False, max_length=16), preserve_default=False),
        migrations.AddConstraint(
            "deadline",
            models.UniqueConstraint(
                models.F("matter"), models.F("university"), models.F("rule"), models.F("ordinal"), models.F("trigger"), name="docket_deadline_once"
            ),
        ),
        migrations.AddConstraint(
            "deadline",
            models.UniqueConstraint(
                models.F("matter"),
                models.F("university"),
                models.F("rule"),
                models.F("ordinal"),
                condition=models.Q(("trigger", None)),
                name="docket_deadline_alone",
            ),
        ),
    ]
