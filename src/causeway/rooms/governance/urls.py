"""Addresses of governance's own pages."""

from django.urls import path

from causeway.rooms.governance.views import pages as views

app_name = "governance"
urlpatterns = [
    path("packs/", views.packs, name="packs"),
    path("packs/guide/", views.guide, name="guide"),
    path("packs/<str:pack>/", views.pack, name="pack"),
    path("policies/draft/", views.draft, name="draft"),
    path("policies/try/", views.try_on, name="try"),
    path("policies/try/funding/", views.try_funding, name="try_funding"),
    path("policies/<int:pk>/values/", views.values, name="values"),
    path("policies/<int:pk>/compute/", views.compute, name="compute"),
    path("datasets/bring/", views.dataset_new, name="dataset_new"),
    path("procedures/<int:pk>/pack.pdf", views.decision_pack, name="decision_pack"),
    path("steps/<int:pk>/document/", views.document, name="document"),
    path("answers/<int:pk>/why.<str:kind>", views.explain, name="explain"),
    path("answers/again/", views.replay, name="replay"),
]
