"""Reference data of the installation (registries, public statistics): put in place from a file, as often as wished, the same each time.

It belongs to no university and nobody edits it by hand, so it has no history of its own: the file's digest says what it is. Released copies
that go with a university that leaves are taken away here too, since a history that kept them would not let them go.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models, transaction

from causeway.frame.models import Owned

CHUNK = 1_000


def _check(model: type[models.Model]) -> None:
    if issubclass(model, Owned):
        raise TypeError(f"{model._meta.label} belongs to universities; it is written through the audited doors.")


@transaction.atomic
def put(model: type[models.Model], objects: Sequence[models.Model], fields: Sequence[str]) -> tuple[int, int]:
    """Create the objects that are new and store the named fields of those that are not. Returns how many were created and changed."""
    _check(model)
    new, old = [one for one in objects if one.pk is None], [one for one in objects if one.pk is not None]
    model._default_manager.bulk_create(new, batch_size=CHUNK)
    if old:
        model._default_manager.bulk_update(old, list(fields), batch_size=CHUNK)
    return len(new), len(old)


@transaction.atomic
def renew(model: type[models.Model], objects: Sequence[models.Model], **where: object) -> int:
    """Put the objects in place of all rows of the model that fit `where`. Returns how many there are now."""
    _check(model)
    model._default_manager.filter(**where).delete()
    model._default_manager.bulk_create(objects, batch_size=CHUNK)
    return len(objects)
