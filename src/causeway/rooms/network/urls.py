"""Addresses of the network's own pages."""

from django.urls import path

from causeway.rooms.network.views import addresses, cases, guide, library

app_name = "network"
urlpatterns = [
    path("library/", library.home, name="library"),
    path("library/compare/", library.compare, name="compare"),
    path("library/matrix/", library.matrix, name="matrix"),
    path("library/review/", library.review_queue, name="queue"),
    path("library/import/", cases.bring, name="import"),
    path("library/import/<int:pk>/", cases.preview, name="import_preview"),
    path("library/<int:pk>/", library.case, name="case"),
    path("library/<int:pk>/versions/", library.versions, name="versions"),
    path("library/<int:pk>/review/", library.review, name="review"),
    path("library/<int:pk>/pictures/<int:place>/", library.photo, name="photo"),
    path("cases/write/", cases.new, name="case_new"),
    path("cases/<int:pk>/write/", cases.write, name="case_write"),
    path("cases/<int:pk>/figures/", cases.figures, name="figures"),
    path("cases/<int:pk>/pictures/", cases.photos, name="photos"),
    path("cases/pictures/<int:pk>/", cases.picture, name="picture"),
    path("cases/<int:pk>/contact/", cases.contact, name="contact"),
    path("cases/<int:pk>/versions/", cases.history, name="case_versions"),
    path("cases/<int:pk>/pack.zip", cases.draft_pack, name="draft_pack"),
    path("guides/<int:pk>/contents/", guide.contents, name="guide_contents"),
    path("guides/<int:pk>/guide.<str:kind>", guide.compiled, name="guide_file"),
    *addresses.PATHS,
]
