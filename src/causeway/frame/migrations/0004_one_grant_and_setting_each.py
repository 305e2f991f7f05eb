"""One grant and one setting of each kind, on every database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("frame", "0003_merge_double_grants_and_settings")]

    operations = [
        migrations.RemoveConstraint(model_name="grant", name="frame_grant_once"),
        migrations.RemoveConstraint(model_name="setting", name="frame_setting_once"),
        migrations.AddConstraint(model_name="grant", constraint=models.UniqueConstraint("user", "university", "role", "unit", name="frame_grant_once")),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint("user", "university", "role", condition=models.Q(("unit", None)), name="frame_grant_whole"),
        ),
        migrations.AddConstraint(
            model_name="setting",
            constraint=models.CheckConstraint(
                condition=models.Q(("university", None), ("user__isnull", False)) | models.Q(("university__isnull", False), ("user", None)),
                name="frame_setting_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="setting",
            constraint=models.UniqueConstraint("university", "key", condition=models.Q(("user", None)), name="frame_setting_university"),
        ),
        migrations.AddConstraint(
            model_name="setting",
            constraint=models.UniqueConstraint("user", "key", condition=models.Q(("university", None)), name="frame_setting_user"),
        ),
    ]
