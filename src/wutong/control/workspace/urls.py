"""Addresses of the clinic's door."""

from django.urls import path

from wutong.control.workspace import emergency, views

urlpatterns = [
    path("", views.home, name="clinic-home"),
    path("patient/<uuid:person_id>/", views.patient, name="clinic-patient"),
    path("patient/<uuid:person_id>/emergency/", emergency.ask, name="clinic-emergency"),
    path("record/<uuid:person_id>/", views.record, name="clinic-record"),
    path("record/<uuid:person_id>/<slug:code>/", views.section, name="clinic-section"),
]
