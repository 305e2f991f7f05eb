"""An order list that was cancelled keeps its number and says when and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("docket", "0004_provisional_dates_are_counted_by_the_index")]

    operations = [
        migrations.AddField("orderlist", "cancelled_on", models.DateField(blank=True, null=True, verbose_name="cancelled on")),
        migrations.AddField("orderlist", "cancelled_why", models.CharField(blank=True, default="", max_length=300, verbose_name="reason"), preserve_default=False),
    ]
