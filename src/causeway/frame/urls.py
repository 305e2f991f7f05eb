"""Addresses of the frame's outward parts; to be included at the root."""

from django.urls import path

from causeway.frame import views_mail

urlpatterns = [
    path("letters/stop/<str:key>/", views_mail.stop, name="mail_stop"),
]
