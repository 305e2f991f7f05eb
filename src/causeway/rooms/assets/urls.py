"""Addresses of the assets room's own pages."""

from django.urls import path

from causeway.rooms.assets import views, wizard

app_name = "assets"
urlpatterns = [
    path("assets/import/", wizard.imports, name="imports"),
    path("assets/import/<int:pk>/", wizard.one_import, name="import"),
    path("assets/import/<int:pk>/problems.csv", wizard.problems_csv, name="import_problems"),
    path("assets/documents/<int:pk>/", views.document, name="document"),
    path("assets/documents/<int:pk>/preview/", views.preview, name="preview"),
    path("assets/documents/<int:pk>/page.png", views.first_page, name="first_page"),
    path("assets/<int:pk>/parts/<str:name>/", views.part, name="part"),
    path("assets/<int:pk>/parts/<str:name>/<int:row>/remove/", views.part_remove, name="part_remove"),
    path("assets/missing/", views.missing, name="missing"),
]
