"""The portal's own components: who looked."""

from datetime import UTC, datetime

from wutong.control.pages.gallery import Component

_LOOK = {
    "who": "LEE Wai Ling 李慧玲",
    "profession": "a doctor",
    "provider": "Harbour Family Clinic",
    "at": datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
    "categories": ["Medication", "Laboratory reports"],
    "purpose": "to treat you",
    "ground": "you were there",
    "reason": "",
}

COMPONENTS = (
    Component(
        "list",
        "portal/looks_list.jinja",
        "Who looked at a record: who, where, when, at what and why. Newest first.",
        "an empty list: say so with `empty`.",
        {"filled": "{{ list([look]) }}", "long": "{{ list([long]) }}", "chinese": "{{ list([chinese]) }}"},
        {
            "look": _LOOK,
            "long": {**_LOOK, "categories": [], "reason": "She rang about the rash on both of her forearms. " * 6},
            "chinese": {**_LOOK, "profession": "醫生", "provider": "海港家庭診所", "categories": ["藥物"]},
        },
    ),
)
