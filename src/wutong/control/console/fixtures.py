"""The console's own components: entries of the trail, messages that could not be sent, letters to print."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from wutong.control.console import outcomes
from wutong.control.console.trail_rows import Row
from wutong.control.pages.gallery import Component

_ID = UUID("0192a6a0-0000-7000-8000-000000000001")
_AT = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
_LONG = "Wutong Estate Community Rehabilitation and Family Medicine Centre of the Parasol Tree Foundation"
_ENTRY: dict[str, Any] = {
    "at": _AT,
    "micros": 1795413900000000,
    "entry_id": _ID,
    "who": "LEE Wai Ling",
    "profession": "doctor",
    "provider": "Harbour Family Clinic",
    "event": "record.read",
    "what": "Read a part of a record",
    "about": "eHR number ********1234",
    "categories": ["Medication"],
    "ground": "sharing consent",
    "purpose": "to treat",
    "is_refused": False,
    "outcome": "allowed",
    "reason": "",
}
_REFUSED = {"is_refused": True, "outcome": "refused", "reason": "no sharing consent", "ground": "", "about": ""}
_CHINESE = {"who": "李慧玲", "profession": "醫生", "provider": "海港家庭診所", "categories": ["藥物"]}
_LETTER = {
    "key": {"person_id": _ID, "notice_id": _ID},
    "to": "CHEUNG Suk Yee\nFlat B, 3/F, Parasol House",
    "subject": "Your record was opened",
    "queued_at": _AT,
}

COMPONENTS = (
    Component(
        "found_table",
        "console/trail_list.jinja",
        "Entries of the trail, newest first; each time leads to the whole entry. What was refused is marked.",
        "a search that found nothing: say so with `information`.",
        {
            "filled": "{{ found_table([entry]) }}",
            "error": "{{ found_table([refused]) }}",
            "long": "{{ found_table([long]) }}",
            "chinese": "{{ found_table([chinese]) }}",
        },
        {
            "entry": Row(**_ENTRY),
            "refused": Row(**{**_ENTRY, **_REFUSED}),
            "long": Row(**{**_ENTRY, "provider": _LONG, "categories": [_LONG] * 3}),
            "chinese": Row(**{**_ENTRY, **_CHINESE}),
        },
    ),
    Component(
        "lists",
        "console/dead_parts.jinja",
        "Which list of what could not be done: messages by their channel, or other work.",
        "going elsewhere: that is `menu`.",
        {"filled": '{{ lists("sms", outcomes) }}'},
        {"outcomes": outcomes},
    ),
    Component(
        "told",
        "console/dead_parts.jinja",
        "What a replay did: how many wait again, or that there was nothing to send.",
        "a page that was opened without sending anything: it is given None and shows nothing.",
        {"filled": "{{ told(12) }}", "empty": "{{ told(0) }}"},
    ),
    Component(
        "tick",
        "console/letter_parts.jinja",
        "A letter in the list of those to print: ticked already, with a way to read it first.",
        "questions of a form: `choices` owns their label, hint and error.",
        {
            "filled": '<ul class="wt-cards">{{ tick(letter, 1) }}</ul>',
            "long": '<ul class="wt-cards">{{ tick(long, 2) }}</ul>',
            "chinese": '<ul class="wt-cards">{{ tick(chinese, 3) }}</ul>',
        },
        {
            "letter": _LETTER,
            "long": {**_LETTER, "subject": _LONG},
            "chinese": {**_LETTER, "to": "張淑儀\n梧桐樓三樓乙室", "subject": "你的健康紀錄曾被查閱"},
        },
    ),
    Component(
        "filter",
        "",
        "The fields of a search side by side, as far as there is room; `wt-filter--line` with its button beside them.",
        "forms that are thought about: their fields stand one beneath the other.",
        {
            "filled": '{% from "pages/parts.jinja" import submit %}<form class="wt-filter wt-filter--line">'
            '{{ submit(_("Show"), kind="secondary") }}</form>',
        },
    ),
    Component(
        "loud",
        "",
        "A card that waits too long, or that somebody must see first.",
        "more than a few in a list: then nothing is loud.",
        {
            "filled": '<ul class="wt-cards"><li class="wt-loud">'
            '<strong>{{ _("No emergency access waits for review.") }}'
            "</strong></li></ul>",
        },
    ),
)
