"""Every address of the installation."""

from django.urls import include, path

from causeway.config import pages
from causeway.frame import health
from causeway.kit import urls as kit

urlpatterns = [
    path("", pages.today, name="today"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("search/", pages.search, name="search"),
    path("", include("causeway.rooms.docket.urls")),
    path("", include("causeway.rooms.assets.urls")),
    path("", include((kit.pages(), "kit"))),
    path("api/v1/", include((kit.endpoints(), "api"))),
    path("", include("causeway.frame.accounts.urls")),
]
