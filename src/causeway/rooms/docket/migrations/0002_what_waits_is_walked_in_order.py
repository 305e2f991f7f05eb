"""What waits is counted and walked by one index on both databases: narrow, so that SQLite takes it, with the columns pages sum beside it on PostgreSQL."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("docket", "0001_initial")]

    operations = [
        migrations.RemoveIndex("deadline", "docket_deadline_waits"),
        migrations.AddIndex(
            "deadline",
            models.Index(
                fields=["university", "due", "id"],
                include=("office", "rule", "currency", "amount", "verified", "provisional"),
                condition=models.Q(waiting=True),
                name="docket_deadline_waits",
            ),
        ),
    ]
