"""Addresses of the console."""

from django.urls import path

from wutong.control.console import dead_letters, letters, reviews, role_changes, roles, trail, views

urlpatterns = [
    path("", views.home, name="console-home"),
    path("unsent/", dead_letters.dead_letters, name="console-dead-letters"),
    path("unsent/work/", dead_letters.dead_work, name="console-dead-work"),
    path("unsent/work/<int:job_id>/again/", dead_letters.replay_work, name="console-replay-work"),
    path("unsent/by/<slug:channel>/", dead_letters.dead_letters, name="console-dead-letters-by"),
    path("unsent/by/<slug:channel>/<slug:failure>/again/", dead_letters.replay_all, name="console-replay-all"),
    path("unsent/<uuid:person_id>/<uuid:notice_id>/again/", dead_letters.replay, name="console-replay"),
    path("letters/", letters.letters, name="console-letters"),
    path("letters/posted/", letters.posted, name="console-letters-posted"),
    path("letters/print/", letters.print_chosen, name="console-letters-print"),
    path("letters/mark/", letters.mark_chosen, name="console-letters-mark"),
    path("letters/<uuid:person_id>/<uuid:notice_id>/", letters.letter, name="console-letter"),
    path("emergencies/", reviews.reviews, name="console-reviews"),
    path("emergencies/<uuid:person_id>/<uuid:grant_id>/", reviews.review, name="console-review"),
    path("trail/", trail.search, name="console-trail"),
    path("trail/export/", trail.export, name="console-trail-export"),
    path("trail/<int:micros>/<uuid:entry_id>/", trail.entry, name="console-entry"),
    path("roles/", roles.matrix, name="console-roles"),
    path("roles/changes/", role_changes.changes, name="console-role-changes"),
    path("roles/changes/new/", role_changes.new, name="console-role-change-new"),
    path("roles/changes/<uuid:change_id>/", role_changes.change, name="console-role-change"),
    path("roles/changes/<uuid:change_id>/withdraw/", role_changes.withdraw, name="console-role-change-withdraw"),
    path("roles/export/", roles.export, name="console-roles-export"),
]
