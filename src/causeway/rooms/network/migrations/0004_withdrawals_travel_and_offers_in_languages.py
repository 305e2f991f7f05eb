from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0003_offers_and_what_travels_in_packages'),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='installation',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='offer',
            name='translations',
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
