import django.db.models.deletion
from django.db import migrations, models


def say_whose(apps, schema_editor):
    """The audit trail says whose records the packages before held."""
    package = apps.get_model("network", "Package")
    sent = apps.get_model("frame", "AuditEntry").objects.filter(verb="package.send", label="network.package", object_id__isnull=False)
    for university, pk in sent.values_list("university_id", "object_id"):
        package.objects.filter(pk=pk, way="out").update(source_id=university)


class Migration(migrations.Migration):

    dependencies = [
        ('frame', '0001_initial'),
        ('network', '0004_withdrawals_travel_and_offers_in_languages'),
    ]

    operations = [
        migrations.AddField(
            model_name='package',
            name='source',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='frame.university'),
        ),
        migrations.RunPython(say_whose, migrations.RunPython.noop),
    ]
