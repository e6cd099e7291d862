"""Addresses of the pages for everybody."""

from django.urls import path

from wutong.control.public import views

urlpatterns = [
    path("", views.home, name="about"),
    path("what-is-shared/", views.scope, name="about-scope"),
    path("who-sees-what/", views.poster, name="about-roles"),
    path("who-sees-what/poster/", views.printed_poster, name="about-poster"),
    path("who-sees-what/<slug:profession>/", views.leaflet, name="about-profession"),
]
