"""The portal's components of joining the system and leaving it."""

from datetime import UTC, datetime

from wutong.control.pages.gallery import Component

_LONG = "Wutong Estate Community Rehabilitation and Family Medicine Centre of the Parasol Tree Foundation"
_SAID = {"stated_at": datetime(2026, 11, 23, 6, 5, tzinfo=UTC), "version": 1, "is_given": True, "stated_by": None}
_JOINED = {"joining": _SAID, "by": "Hospital Group"}
_LEFT = {"joining": {**_SAID, "is_given": False, "stated_by": "1", "version": 2}, "by": "POON Lai Ha"}
_SIGNED = {
    "joining": {**_SAID, "stated_by": "1", "version": 3},
    "by": "POON Lai Ha",
    "how": "on a signed form with the reference K7QM-2XWD, recorded at Harbour Family Clinic by FONG Wing",
}

JOINING = (
    Component(
        "who_looks",
        "portal/joining_parts.jinja",
        "Before somebody leaves the system or joins it again: who looks by what was said.",
        "one healthcare provider: that has a preview of its own.",
        {"filled": "{{ who_looks(public, [], []) }}", "long": "{{ who_looks(public, [long] * 3, [long]) }}"},
        {"public": ["Hospital Group"], "long": _LONG},
    ),
    Component(
        "joining_statements",
        "portal/joining_parts.jinja",
        "What was said about joining: joined, left, joined again; when and by whom. Newest first.",
        "what holds now: the page says that by itself.",
        {"filled": "{{ joining_statements([signed, left, joined]) }}", "long": "{{ joining_statements([long]) }}"},
        {"signed": _SIGNED, "left": _LEFT, "joined": _JOINED, "long": {**_LEFT, "by": _LONG}},
    ),
    Component(
        "joining_outdated",
        "portal/joining_parts.jinja",
        "Somebody left or joined after the page was shown, so nothing was changed now.",
        "an answer that is missing or wrong: the form says that itself.",
        {"error": "{{ joining_outdated() }}"},
    ),
)
