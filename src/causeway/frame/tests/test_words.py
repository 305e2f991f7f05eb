"""Acts and scopes of keys in words; every model that is shown is named."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model

from causeway.frame import access
from causeway.frame.words import _acts, act_words, scope_words

#: Models that only machines read, and that no page, history or trail names.
UNNAMED = {
    "frame.AuditEntry", "frame.AuditPersonal", "frame.AuditImage", "frame.AuditSeal", "frame.AuditHead", "frame.OutboxMessage", "frame.Counter", "frame.SearchDoc", "frame.ApiUse",
    "frame.IdempotentReply", "frame.JobSchedule", "frame.WebhookDelivery", "frame.ImportChunk", "frame.ImportDifference", "network.InstitutionName", "network.EditionCell",
    "network.EditionTrail", "network.ReleaseFacet", "network.Shelf", "network.ShelfWord",
}  # fmt: skip


def test_every_act_has_words():
    missing = sorted({action.partition(".")[2] for action in access.actions()} - set(_acts("en")))
    assert not missing, f"acts without words: {missing}"
    for action in access.actions():
        thing, act = act_words(action)
        assert thing[0].isupper() and "." not in thing and "_" not in act


def test_scopes_are_told_by_thing():
    assert scope_words(["asset.view", "asset.trash", "person.view"]) == ["Asset: Read, Put into the trash", "Person: Read"]
    assert scope_words(["*.view"]) == ["read what I may read"] and scope_words(["asset.*"]) == ["Asset: everything"]


def test_every_model_that_is_shown_has_a_name():
    """The trail keeps `str` of every record that is changed, and histories that of every record they point to."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("causeway.")]
    unnamed = {model._meta.label for model in ours if model.__str__ is Model.__str__}
    assert unnamed <= UNNAMED, f"without __str__: {sorted(unnamed - UNNAMED)}"
