"""Addresses of every resource's pages and API."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any

from django.urls import URLPattern, path

from causeway.kit import api, bulk, saved, views
from causeway.kit.resource import Resource, resources


def _bound(view: Any, resource: Resource) -> Any:
    return update_wrapper(partial(view, resource=resource), view)


def pages() -> list[URLPattern]:
    """A resource's pages, all of the same shape."""
    made = [path("views/", saved.mine, name="views"), path("views/save/", saved.save, name="view_save"), path("bulk/<int:pk>/", bulk.result, name="bulk_result")]
    for one in resources():
        base, key = one.path, one.key
        made += [
            path(f"{base}/", _bound(views.listing, one), name=f"{key}_list"),
            path(f"{base}/new/", _bound(views.new, one), name=f"{key}_new"),
            path(f"{base}/bulk/", _bound(bulk.bulk, one), name=f"{key}_bulk"),
            path(f"{base}/bulk/edit/", _bound(bulk.bulk_edit, one), name=f"{key}_bulk_edit"),
            path(f"{base}/<int:pk>/", _bound(views.detail, one), name=f"{key}_detail"),
            path(f"{base}/<int:pk>/edit/", _bound(views.edit, one), name=f"{key}_edit"),
            path(f"{base}/<int:pk>/trash/", _bound(views.trash, one), name=f"{key}_trash"),
            path(f"{base}/<int:pk>/restore/", _bound(views.restore, one), name=f"{key}_restore"),
            path(f"{base}/<int:pk>/history/", _bound(views.history, one), name=f"{key}_history"),
            path(f"{base}/<int:pk>/do/<slug:key>/", _bound(views.act, one), name=f"{key}_action"),
        ]
    return made


def endpoints() -> list[URLPattern]:
    """The API."""
    made = [path("openapi.json", api.description, name="openapi")]
    for one in resources():
        made += [
            path(f"{one.key}", api.collection, {"key": one.key}, name=f"{one.key}_collection"),
            path(f"{one.key}/<int:pk>", api.record, {"key": one.key}, name=one.key),
            path(f"{one.key}/<int:pk>/<slug:name>", api.action, {"key": one.key}, name=f"{one.key}_do"),
        ]
    return made
