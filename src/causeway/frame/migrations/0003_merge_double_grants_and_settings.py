"""Doubles of grants and settings become one, so that the next migration can keep them out.

SQLite cannot count an absent value as equal to another absent one, so the constraints so far let doubles in there.
"""

from datetime import date

from django.db import migrations


def merge(apps, _schema_editor):
    """Of equal grants keep the one in force that lasts longest, so that nobody gains a right; of equal settings the one chosen last."""
    grants, settings = apps.get_model("frame", "Grant").objects, apps.get_model("frame", "Setting").objects
    _keep(grants.all(), lambda one: (one.user_id, one.university_id, one.role, one.unit), _reach)
    settings.filter(university=None, user=None).delete()
    _keep(settings.all(), lambda one: (one.university_id, one.user_id, one.key), lambda one: (one.set_at, one.pk))


def _keep(rows, same, rank):
    best = {}
    for one in rows:
        other = best.setdefault(same(one), one)
        if other is not one:
            keep, drop = (one, other) if rank(one) > rank(other) else (other, one)
            best[same(one)] = keep
            drop.delete()


def _reach(grant):
    today = date.today()
    now = grant.starts_on <= today and (grant.ends_on is None or grant.ends_on >= today)
    return now, grant.ends_on or date.max, grant.starts_on, -grant.pk


class Migration(migrations.Migration):
    dependencies = [("frame", "0002_text_index")]

    operations = [migrations.RunPython(merge, migrations.RunPython.noop)]
