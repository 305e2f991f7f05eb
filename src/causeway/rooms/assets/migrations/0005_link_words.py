
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assets", "0004_indexes_without_the_trash"),
    ]

    operations = [
        migrations.AlterField(
            model_name="link",
            name="kind",
            field=models.CharField(
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
    ]
