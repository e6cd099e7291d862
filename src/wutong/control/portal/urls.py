"""Addresses of the portal."""

from django.urls import path

from wutong.control.portal import views

urlpatterns = [
    path("", views.home, name="portal-home"),
    path("who-may-look/", views.consents, name="portal-consents"),
    path("who-may-look/<uuid:provider_id>/allow/", views.allow, name="portal-allow"),
    path("who-may-look/<uuid:provider_id>/withdraw/", views.withdraw, name="portal-withdraw"),
    path("who-looked/", views.looks, name="portal-looks"),
    path("messages/", views.notices, name="portal-notices"),
]
