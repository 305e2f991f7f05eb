"""Whether a date is provisional stands in the index by office: SQLite then reads no row of the table to count such dates."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("docket", "0003_a_matter_names_what_its_deadlines_were_computed_from")]

    operations = [
        migrations.RemoveIndex("deadline", "docket_deadline_office"),
        migrations.AddIndex(
            "deadline",
            models.Index(fields=["university", "office", "due", "id", "provisional"], condition=models.Q(waiting=True), name="docket_deadline_office"),
        ),
    ]
