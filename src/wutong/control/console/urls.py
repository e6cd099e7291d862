"""Addresses of the console."""

from django.urls import path

from wutong.control.console import roles, trail, views

urlpatterns = [
    path("", views.home, name="console-home"),
    path("trail/", trail.search, name="console-trail"),
    path("trail/export/", trail.export, name="console-trail-export"),
    path("trail/<int:micros>/<uuid:entry_id>/", trail.entry, name="console-entry"),
    path("roles/", roles.matrix, name="console-roles"),
    path("roles/export/", roles.export, name="console-roles-export"),
]
