from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('docket', '0005_one_row_for_one_identity'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('waiting', True)), fields=['university', 'instruction', 'due', 'id'], name='docket_deadline_told'),
        ),
    ]
