"""The installation's addresses with the frame's outward parts."""

from django.urls import include, path

from causeway.config import urls

urlpatterns = [path("", include("causeway.frame.urls")), *urls.urlpatterns]
