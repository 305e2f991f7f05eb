"""A record's history as people read it: what was done, by whom, why, and each value before and after in words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, ForeignKey, Model, UUIDField
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from causeway.frame import access
from causeway.frame.audit import values_of
from causeway.frame.models import AuditEntry, AuditImage, AuditPersonal
from causeway.frame.words import verb_words
from causeway.kit.resource import Resource
from causeway.kit.show import day

#: So many entries of a record are shown at most.
SHOWN = 200
#: Verbs of upkeep, which tell people nothing.
UPKEEP = ("asset.next", "deadline.copy", "release.facets")
#: Fields that only machines read.
QUIET = {"id", "university", "revision", "run", "name_key", "number_key", "created_at", "updated_at"}
#: So much is shown of what a list or mapping holds.
LONG = 240
#: A digest, which people tell apart by its beginning.
DIGEST = re.compile(r"\b[0-9a-f]{12}[0-9a-f]{28,}\b")
#: A key that only machines read.
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def entries(resource: Resource, obj: Any, actor: access.Actor, limit: int = SHOWN) -> list[AuditEntry]:
    """The entries of a record, newest first, those of the runs that wrote it among them; each with `words` and `lines`."""
    label = resource.model._meta.label_lower
    images = {image.audit_run_id: image for image in AuditImage.objects.filter(label=label, object_id=obj.pk).order_by("-pk")[:SHOWN]}
    own = list(AuditEntry.objects.filter(label=label, object_id=obj.pk).exclude(verb__in=UPKEEP).order_by("-at", "-pk")[:SHOWN])
    runs = {*images, getattr(obj, "run", None), *(image.before.get("run") for image in images.values()), *_runs_told(own)} - {None}
    of_runs = list(AuditEntry.objects.filter(run_id__in=runs, label="frame.auditrun").exclude(verb__in=UPKEEP).order_by("-at", "-pk")) if runs else []
    # A run of many batches is one line.
    by_run: dict[int, AuditEntry] = {}
    for entry in of_runs:
        by_run.setdefault(entry.run_id, entry)
    found = sorted([*own, *by_run.values()], key=lambda entry: (entry.at, entry.pk), reverse=True)
    now = values_of(obj)
    for entry in found:
        entry.words = verb_words(entry.verb)
        entry.lines = _lines(resource.model, entry, images.get(entry.run_id) if entry.label == "frame.auditrun" else None, now, actor)
        _step_back(entry, images, now)
    return found[:limit]


def _runs_told(own: list[AuditEntry]) -> Iterator[Any]:
    for entry in own:
        pair = entry.changes.get("run")
        if isinstance(pair, list) and pair:
            yield pair[0]


def _step_back(entry: AuditEntry, images: dict[Any, AuditImage], now: dict[str, Any]) -> None:
    """Take the values back to what they were before an entry, so that an older run can be compared with what followed it."""
    image = images.get(entry.run_id) if entry.label == "frame.auditrun" else None
    if image is not None:
        now.update(image.before)
        return
    for name, pair in entry.changes.items():
        if isinstance(pair, list) and len(pair) == 2 and name in now:
            now[name] = pair[0]


def _lines(model: type[Model], entry: AuditEntry, image: AuditImage | None, after: dict[str, Any], actor: access.Actor) -> list[tuple[str, str, str]]:
    if entry.label == "frame.auditrun":
        pairs = {name: [old, after.get(name)] for name, old in image.before.items() if old != after.get(name)} if image else {}
    else:
        pairs = entry.changes
    made = []
    for name, pair in sorted(pairs.items()):
        field = _field(model, name)
        if field is None:
            continue
        if isinstance(pair, list) and len(pair) == 2:
            before, new = (told(field, one, actor) for one in _apart(*pair))
            if before or new:
                made.append((str(field.verbose_name), before, new))
        elif isinstance(pair, dict) and "digest" in pair:
            kept = AuditPersonal.objects.filter(entry=entry, field=name).first()
            before, new = (_unquoted(kept.before), _unquoted(kept.after)) if kept else (_("erased"), _("erased"))
            made.append((str(field.verbose_name), before, new))
    return made


def _field(model: type[Model], name: str) -> Field | None:
    if name in QUIET:
        return None
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return None if isinstance(field, UUIDField) else field


def _unquoted(text: str | None) -> str:
    return (text or "").strip('"') if text not in (None, "null") else ""


def told(field: Field, value: Any, actor: access.Actor) -> str:
    """A stored value in words: choices by their label, keys by the record they point to (if in sight), days as days. Empty for none."""
    if value is None or value == "":
        return ""
    if isinstance(field, ForeignKey):
        found = access.visible(actor, field.related_model._default_manager.filter(pk=value)).first()
        return str(found) if found is not None else _("a record out of your sight")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _plain(field, value)


def _plain(field: Field, value: Any) -> str:
    if isinstance(value, list | dict):
        return Truncator(_short(", ".join(_flat(value)))).chars(LONG)
    if field.get_internal_type() in ("DateField", "DateTimeField"):
        with contextlib.suppress(ValidationError, TypeError):
            parsed = field.to_python(value)
            return day(parsed.date() if isinstance(parsed, datetime) else parsed) if isinstance(parsed, date) else str(value)
    return _short(str(value))


def _short(text: str) -> str:
    return DIGEST.sub(lambda found: found[0][:12], text)


def _nested(value: Any) -> bool:
    """Whether a value holds lists or mappings: its keys then name fields of the program, and only what they hold is for people."""
    return any(isinstance(one, list | dict) for one in (value.values() if isinstance(value, dict) else value))


def _flat(value: list[Any] | dict[str, Any], keys: bool = True) -> list[str]:
    """What a list or mapping holds, in words; a mapping that holds no other with its keys."""
    if isinstance(value, dict) and keys and not _nested(value):
        return [f"{key}: {_word(one)}" for key, one in value.items()]
    held = value.values() if isinstance(value, dict) else value
    return [text for one in held for text in (_flat(one, False) if isinstance(one, list | dict) else [_word(one)]) if text]


def _word(value: Any) -> str:
    if value is None or KEY.fullmatch(str(value)):
        return ""
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


def _apart(before: Any, new: Any) -> tuple[Any, Any]:
    """Of two nested values only the parts that differ."""
    both = isinstance(before, list | dict) and isinstance(new, list | dict)
    if not both or not (_nested(before) or _nested(new)):
        return before, new
    old, fresh = _flat(before), _flat(new)
    return [one for one in old if one not in fresh], [one for one in fresh if one not in old]
