"""Every address of the installation; a room brings its own in `urls.py`."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import include, path

from causeway.config import pages
from causeway.frame import health
from causeway.kit import urls as kit

rooms = [app.name for app in apps.get_app_configs() if app.name.startswith("causeway.rooms.") and find_spec(f"{app.name}.urls")]

handler400 = "causeway.frame.middleware.not_understood"
handler404 = "causeway.frame.middleware.not_found"
handler500 = "causeway.frame.middleware.broken"

urlpatterns = [
    path("", pages.today, name="today"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("search/", pages.search, name="search"),
    *[path("", include(f"{room}.urls")) for room in rooms],
    path("", include((kit.pages(), "kit"))),
    path("api/v1/", include((kit.endpoints(), "api"))),
    path("", include("causeway.frame.urls")),
    path("", include("causeway.frame.accounts.urls")),
]
