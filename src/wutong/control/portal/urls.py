"""Addresses of the portal: each page about the signed-in person, and the same about a child whom they decide for."""

from django.urls import include, path

from wutong.control.portal import closings, consents, views, wider

_PAGES = [
    path("", views.home, name="portal-home"),
    path("who-may-look/", consents.consents, name="portal-consents"),
    path("who-may-look/said-before/", consents.history, name="portal-history"),
    path("who-may-look/on-a-day/", views.past, name="portal-past"),
    path("who-may-look/<uuid:provider_id>/allow/", consents.allow, name="portal-allow"),
    path("who-may-look/<uuid:provider_id>/withdraw/", consents.withdraw, name="portal-withdraw"),
    path("who-may-look/together/<uuid:group_id>/allow/", wider.allow_together, name="portal-allow-together"),
    path("who-may-look/together/<uuid:group_id>/withdraw/", wider.withdraw_together, name="portal-withdraw-together"),
    path("closed/", closings.closings, name="portal-closings"),
    path("closed/said-before/", closings.history, name="portal-closing-history"),
    path("closed/<slug:kind>/close/", closings.close, name="portal-close"),
    path("closed/<slug:kind>/open/", closings.open_again, name="portal-open"),
    path("who-looked/", views.looks, name="portal-looks"),
    path("messages/", views.notices, name="portal-notices"),
]
urlpatterns = [*_PAGES, path("for/<uuid:for_id>/", include(_PAGES))]
