"""Addresses of the portal: each page about the signed-in person, and about somebody whom they decide or care for."""

from django.urls import include, path

from wutong.control.portal import (
    authorisations,
    carers,
    closings,
    consents,
    desk_codes,
    joinings,
    keys,
    record,
    views,
    wider,
)

_PAGES = [
    path("", views.home, name="portal-home"),
    path("who-may-look/", consents.consents, name="portal-consents"),
    path("who-may-look/said-before/", consents.history, name="portal-history"),
    path("who-may-look/on-a-day/", views.past, name="portal-past"),
    path("who-may-look/leave/", joinings.leave, name="portal-leave"),
    path("who-may-look/join-again/", joinings.join_again, name="portal-join-again"),
    path("who-may-look/key/", keys.key, name="portal-key"),
    path("who-may-look/key/end/", keys.end, name="portal-key-end"),
    path("who-may-look/<uuid:provider_id>/allow/", consents.allow, name="portal-allow"),
    path("who-may-look/<uuid:provider_id>/withdraw/", consents.withdraw, name="portal-withdraw"),
    path("who-may-look/together/<uuid:group_id>/allow/", wider.allow_together, name="portal-allow-together"),
    path("who-may-look/together/<uuid:group_id>/withdraw/", wider.withdraw_together, name="portal-withdraw-together"),
    path("at-a-desk/<slug:code>/", desk_codes.at_a_desk, name="portal-at-a-desk"),
    path("closed/", closings.closings, name="portal-closings"),
    path("closed/said-before/", closings.history, name="portal-closing-history"),
    path("closed/<slug:kind>/close/", closings.close, name="portal-close"),
    path("closed/<slug:kind>/open/", closings.open_again, name="portal-open"),
    path("in-the-record/", views.inventory, name="portal-inventory"),
    path("record/", record.record, name="portal-record"),
    path("record/<slug:code>/", record.part, name="portal-record-part"),
    path("record/close/<slug:kind>/<slug:resource_type>/<uuid:resource_id>/", record.close, name="portal-close-entry"),
    path("who-looked/", views.looks, name="portal-looks"),
    path("who-looked/for-me/", carers.acts, name="portal-acts"),
    path("carers/", carers.carers, name="portal-carers"),
    path("carers/<uuid:grant_id>/end/", carers.end, name="portal-carer-end"),
    path("who-looked/codes/", authorisations.authorisations, name="portal-authorisations"),
    path("who-looked/codes/<uuid:request_id>/end/", authorisations.end, name="portal-end-authorisation"),
    path("messages/", views.notices, name="portal-notices"),
]
_IN_PERSON = [  # a carer is one's own choice, and to be one too: nobody does this for another
    path("carers/ask/", carers.ask_carer, name="portal-carer-ask"),
    path("carers/<uuid:grant_id>/change/", carers.change, name="portal-carer-change"),
    path("carers/<uuid:grant_id>/answer/", carers.answer, name="portal-carer-answer"),
]
urlpatterns = [*_PAGES, *_IN_PERSON, path("for/<uuid:for_id>/", include(_PAGES))]
