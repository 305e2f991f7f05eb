"""The library counts and finds on shelves of bits: one row for each value of a facet, one for each word."""

import zlib
from collections import defaultdict

from django.db import migrations, models

from causeway.frame.tokens import is_cjk, pairs


def tokens(words):
    """Runs of Chinese, which stood whole, as pairs."""
    return " ".join(dict.fromkeys(token for word in words.split() for token in ([*pairs(word), word[-1]] if is_cjk(word) else [word])))


def packed(bits):
    return zlib.compress(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), 1)


def fill(apps, _schema_editor):
    """Shelve what is shown, and turn its words into tokens."""
    release, shelf, word = (apps.get_model("network", name) for name in ("Release", "Shelf", "ShelfWord"))
    facets, found = defaultdict(int), defaultdict(int)
    place = 0
    for one in release.objects.order_by("pk").iterator(200):
        one.words = tokens(one.words)
        if one.current:
            one.place = place
            several = [("mechanism", code) for code in one.content.get("mechanisms", [])] + [("target", code) for code in one.content.get("targets", [])]
            for facet, code in [("all", ""), ("country", one.country), ("kind", one.kind), ("year", str(one.year or "")), *several]:
                if code or facet == "all":
                    facets[(facet, code)] |= 1 << place
            for token in one.words.split():
                found[token.encode()] |= 1 << place
            place += 1
        one.save(update_fields=["words", "place"])
    shelf.objects.bulk_create([shelf(facet=facet, code=code, cases=packed(bits)) for (facet, code), bits in facets.items()], batch_size=1000)
    word.objects.bulk_create([word(token=token, cases=packed(bits)) for token, bits in found.items()], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Shelf",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("facet", models.CharField(max_length=10)),
                ("code", models.CharField(blank=True, max_length=20)),
                ("cases", models.BinaryField()),
            ],
            options={"constraints": [models.UniqueConstraint(models.F("facet"), models.F("code"), name="network_shelf_once")]},
        ),
        migrations.CreateModel(
            name="ShelfWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.BinaryField()),
                ("cases", models.BinaryField()),
            ],
            options={"constraints": [models.UniqueConstraint(models.F("token"), name="network_shelf_word_once")]},
        ),
        migrations.AddField("release", "place", models.PositiveIntegerField(editable=False, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint("release", models.UniqueConstraint(models.F("place"), name="network_release_place")),
        migrations.AddIndex("release", models.Index(fields=["current", "country", "hei_key"], name="network_release_country")),
        migrations.AddIndex("release", models.Index(fields=["current", "-year", "title"], name="network_release_newest")),
    ]
