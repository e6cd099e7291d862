"""Addresses of the clinic's door."""

from django.urls import path

from wutong.control.workspace import authorisation, desk, desk_code, desk_key, emergency, record_views, views

urlpatterns = [
    path("", views.home, name="clinic-home"),
    path("desk/", desk.home, name="desk-home"),
    path("desk/<uuid:person_id>/", desk.person, name="desk-person"),
    path("desk/<uuid:person_id>/code/", desk_code.show, name="desk-code-new"),
    path("desk/<uuid:person_id>/code/<uuid:handshake_id>/", desk_code.shown, name="desk-code"),
    path("desk/<uuid:person_id>/key/", desk_key.access_key, name="desk-key"),
    path("desk/<uuid:person_id>/form/", desk.signed_form, name="desk-form"),
    path("desk/<uuid:person_id>/form/print/", desk.form_to_print, name="desk-form-print"),
    path("patient/<uuid:person_id>/", views.patient, name="clinic-patient"),
    path("patient/<uuid:person_id>/emergency/", emergency.ask, name="clinic-emergency"),
    path("patient/<uuid:person_id>/authorisation/", authorisation.ask, name="clinic-authorisation"),
    path("patient/<uuid:person_id>/authorisation/code/", authorisation.enter_code, name="clinic-authorisation-code"),
    path("record/<uuid:person_id>/", record_views.record, name="clinic-record"),
    path("record/<uuid:person_id>/new/", record_views.new_entries, name="clinic-new"),
    path("record/<uuid:person_id>/<slug:code>/", record_views.section, name="clinic-section"),
    path("record/<uuid:person_id>/<slug:code>/test/<slug:test>/", record_views.measurement, name="clinic-test"),
    path(
        "record/<uuid:person_id>/<slug:code>/<slug:kind>/<uuid:document_id>/",
        record_views.document,
        name="clinic-document",
    ),
    path(
        "record/<uuid:person_id>/<slug:code>/<slug:kind>/<uuid:document_id>/<int:number>/",
        record_views.document_file,
        name="clinic-document-file",
    ),
]
