import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("docket", "0002_initial"),
        ("frame", "0004_outward"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="confirmed_on",
            field=models.DateField(blank=True, null=True, verbose_name="confirmed on"),
        ),
        migrations.AddField(
            model_name="deadline",
            name="extension",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="extended by months"),
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
    ]
