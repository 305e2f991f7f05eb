"""Addresses of the docket's own pages."""

from django.urls import path

from causeway.rooms.docket import views

app_name = "docket"
urlpatterns = [
    path("docket/", views.docket, name="docket"),
    path("docket/board/", views.board, name="board"),
    path("docket/calendar/", views.calendar, name="calendar"),
    path("docket/renewals/", views.renewals, name="renewals"),
    path("docket/missing/", views.missing, name="missing"),
    path("docket/gaps/", views.gaps, name="gaps"),
    path("docket/law/", views.law, name="law"),
    path("docket/proofs/<int:pk>/", views.proof, name="proof"),
    path("docket/proofs/<int:pk>/preview/", views.proof_preview, name="proof_preview"),
    path("docket/proofs/<int:pk>/page.png", views.proof_page, name="proof_page"),
    path("docket/feeds/", views.feed_pages, name="feeds"),
    path("docket/record/", views.record_choose, name="record_choose"),
    path("docket/matters/<int:pk>/", views.matter, name="matter"),
    path("docket/matters/<int:pk>/record/", views.record, name="record"),
    path("docket/matters/<int:pk>/facts/", views.facts, name="facts"),
    path("docket/events/<int:pk>/correct/", views.correct, name="event_correct"),
    path("docket/events/<int:pk>/withdraw/", views.withdraw, name="event_withdraw"),
    path("docket/orders/<int:pk>.<str:kind>", views.order_file, name="order_file"),
    path("feeds/<str:secret>.ics", views.feed, name="feed"),
]
