"""Addresses of the console."""

from django.urls import path

from wutong.control.console import reviews, views

urlpatterns = [
    path("", views.home, name="console-home"),
    path("emergencies/", reviews.reviews, name="console-reviews"),
    path("emergencies/<uuid:person_id>/<uuid:grant_id>/", reviews.review, name="console-review"),
]
