"""The clinic's own components: the sections of a record, the stay and the programme beside them, an emergency."""

from datetime import UTC, datetime

from wutong.control.pages.gallery import Component
from wutong.control.workspace.desk_fixtures import COMPONENTS as AT_DESK
from wutong.control.workspace.drawings import DRAWINGS

_CARDS = "workspace/cards.jinja"
_URATE = {
    "name": "Urate",
    "detail": "0.51 mmol/L",
    "reference": "0.15 to 0.35 mmol/L",
    "when": "29 May 2024",
    "sender": "Hospital Group",
    "mark": "high",
}
_LONG = {
    **_URATE,
    "name": "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum by Creatinine-based formula",
    "detail": f"{10**60} mL/min",
    "mark": "far below what is usual for the age",
}
_CHINESE = {**_URATE, "name": "尿酸", "sender": "醫院聯網", "mark": "偏高"}
_PERSON = "0192a6a0-0000-7000-8000-000000000001"
_TESTS = {
    "person": _PERSON,
    "urate": {**_URATE, "test": "0123456789abcdef", "count": 7},
    "new": {
        **_URATE,
        "name": "Discharge summary",
        "detail": "",
        "paper": ("DocumentReference", _PERSON),
        "is_new": True,
    },
    "unknown": {**_URATE, "detail": "", "reference": "", "mark": ""},
    "long": {**_LONG, "test": "0123456789abcdef", "count": 10**6},
    "chinese": {**_CHINESE, "test": "0123456789abcdef", "count": 7},
    "full": {"code": "results", "tests": [{**_URATE, "test": "0123456789abcdef", "count": 7}, _URATE]},
}
_STAY = {
    "heading": "Latest stay in a hospital",
    "place": "Hospital Group, Medicine",
    "why": "acute gout",
    "when": "27 to 29 May 2024",
    "sender": "Hospital Group",
    "is_new": True,
    "summaries": [{"name": "Discharge summary", "when": "29 May 2024", "paper": ("DocumentReference", _PERSON)}],
    "sentence": "Two more discharge summaries stand among the documents.",
}
_GIVEN = {
    "age": "Newborn",
    "vaccine": "BCG (tuberculosis)",
    "state": "Given: 3 May 2026, Hospital Group",
    "is_given": True,
}
_DUE = {"age": "小學五年級", "vaccine": "人類乳頭瘤病毒疫苗", "state": "將於 2036 年接種", "note": "女童適用"}
_FULL = {"code": "results", "lines": [_URATE]}

COMPONENTS = (
    Component(
        "lines",
        _CARDS,
        "The items of one section, each with its time and sender. What is missing, and why, is its sentence.",
        "lists that are not of a record.",
        {
            "filled": "{{ lines(full) }}",
            "empty": "{{ lines(nothing) }}",
            "error": "{{ lines(failed) }}",
            "long": "{{ lines(long) }}",
            "chinese": "{{ lines(chinese) }}",
        },
        {
            "full": {**_FULL, "note": "There is more than can be listed here: the newest entries were read."},
            "nothing": {"code": "allergies", "sentence": "Not recorded: nobody has told whether there are allergies."},
            "failed": {"code": "results", "sentence": "This part could not be loaded. Reload the page to try again."},
            "long": {"code": "results", "lines": [_LONG]},
            "chinese": {"code": "results", "lines": [_CHINESE]},
        },
    ),
    Component(
        "summary",
        "",
        "The sections of a record on one screen, in short lines; on a wide screen three columns.",
        "pages that are read at leisure: `wt-chart` alone has room to breathe.",
        {
            "filled": '<div class="wt-chart wt-chart--record"><section class="wt-section" aria-labelledby="summary">'
            '<h2 class="nhsuk-heading-s" id="summary">{{ _("Problems") }}</h2>{{ _("Nothing recorded.") }}'
            "</section></div>",
        },
    ),
    Component(
        "items",
        _CARDS,
        "Lines alone, where a page has its own sentence for what is missing.",
        "a whole section: that is `lines`.",
        {
            "filled": '{{ items([urate, new], "results", person) }}',
            "empty": '{{ items([], "results", person) }}',
            "long": '{{ items([long], "results", person) }}',
            "chinese": '{{ items([chinese], "results", person) }}',
        },
        _TESTS,
    ),
    Component(
        "tests",
        _CARDS,
        "The newest value of each test, each name a way to all its values; on a small screen each becomes a block.",
        "anything without a number.",
        {
            "filled": "{{ tests(full, person) }}",
            "long": '{{ tests({"code": "results", "tests": [long]}, person) }}',
            "chinese": '{{ tests({"code": "results", "tests": [chinese]}, person) }}',
        },
        _TESTS,
    ),
    Component(
        "values",
        _CARDS,
        "All values of one test one beneath the other, to compare.",
        "different tests: their units differ.",
        {
            "filled": "{{ values([urate, new, unknown]) }}",
            "long": "{{ values([long]) }}",
            "chinese": "{{ values([chinese]) }}",
        },
        _TESTS,
    ),
    Component(
        "value",
        _CARDS,
        "What was measured; a short number stays beside its unit.",
        "texts.",
        {"filled": "{{ value(urate) }}", "long": "{{ value(long) }}"},
        {"urate": _URATE, "long": _LONG},
    ),
    Component(
        "reference",
        _CARDS,
        "What is usual, in a table.",
        "anything else.",
        {"filled": "{{ reference(urate) }}", "empty": "{{ reference(nothing) }}"},
        {"urate": _URATE, "nothing": {"reference": ""}},
    ),
    Component(
        "mark",
        _CARDS,
        "What must be seen at once, in words; the frame and the colour only help.",
        "more than one thing in a line.",
        {"filled": "{{ mark(urate) }}", "long": "{{ mark(long) }}", "chinese": "{{ mark(chinese) }}"},
        {"urate": _URATE, "long": _LONG, "chinese": _CHINESE},
    ),
    Component(
        "new",
        _CARDS,
        "Stored since this reader's last look.",
        "what is only recent.",
        {"filled": "Urate{{ new(fresh) }}", "empty": "Urate{{ new(old) }}"},
        {"fresh": {"is_new": True}, "old": {"is_new": False}},
    ),
    Component(
        "who_it_is",
        _CARDS,
        "Whom the record is about, or that this is closed to the reader's profession.",
        "pages where nothing of it can be closed: use `banner` itself.",
        {
            "filled": '{% from "pages/parts.jinja" import banner %}'
            '{{ who_it_is(poon, banner, "It closes at 18:00.") }}',
            "empty": '{{ who_it_is(none, none, "It closes at 18:00.") }}',
        },
        {"poon": {"name_en": "POON Lai Ha", "name_zh": "潘麗霞", "birth_date": "1971-03-28", "sex": "F"}},
    ),
    Component(
        "recent_stay",
        "workspace/summary.jinja",
        "The latest stay in a hospital with its discharge summaries, first after the allergies.",
        "stays of long ago: these are lines of their section.",
        {
            "filled": '{% from "workspace/cards.jinja" import new as newness %}'
            "{{ recent_stay(stay, person, newness) }}",
        },
        {"stay": _STAY, "person": _PERSON},
    ),
    Component(
        "beyond",
        "workspace/summary.jinja",
        "Where a click opens more of the record, and what is not here, and why.",
        "parts of the record that stand on the page.",
        {"filled": "{{ beyond(more, missing, person) }}"},
        {
            "more": [("documents", "Documents"), ("documents", _LONG["name"]), ("documents", "放射圖像")],
            "missing": ["Diagnoses could not be loaded. Reload the page to try again.", f"{_LONG['name']}. " * 3],
            "person": _PERSON,
        },
    ),
    Component(
        "programme",
        "workspace/schedule.jinja",
        "A child's vaccines beside the childhood programme; what was given is bold.",
        "grown people, and vaccines alone: these are lines.",
        {"filled": "{{ programme(schedule) }}"},
        {"schedule": {"rows": [_GIVEN, _DUE], "others": "Other vaccines recorded here: influenza."}},
    ),
    Component(
        "loud",
        "workspace/emergency_parts.jinja",
        "Louder than anything else, on every page of a record that was opened in an emergency.",
        "warnings: these are `important`.",
        {"filled": "{{ loud(emergency) }}", "empty": "{{ loud(over) }}"},
        {"emergency": {"until": datetime(2026, 11, 23, 6, 5, tzinfo=UTC)}, "over": {"until": None}},
    ),
    Component(
        "way",
        "workspace/emergency_parts.jinja",
        "The sober way to a part that only the patient's word would open.",
        "a patient who can be asked.",
        {"filled": "{{ way(person) }}"},
        {"person": _PERSON},
    ),
    Component(
        "since",
        "",
        "Above a record, what is new since this reader's last look; beneath it, the way to a part that is closed.",
        "what every reader must see: that is `important`.",
        {
            "filled": '<p class="wt-since"><a href="#workspace-since">{{ _("New since you last looked") }}</a></p>'
            '<p class="wt-way">{{ _("You need a part that is closed?") }}</p>',
        },
    ),
    Component(
        "document",
        "",
        "The text of a document as its sender wrote it, with its own lines.",
        "texts of the platform itself.",
        {
            "filled": '<div class="wt-document">{{ text }}</div>',
            "long": '<div class="wt-document">{{ long }}</div>',
            "chinese": '<div class="wt-document">出院撮要\n病人情況穩定，可以回家。</div>',
        },
        {"text": "Seen on the ward.\n\n  Gout of the left foot, settled.\n  Home today.", "long": "gout" * 200},
    ),
    Component(
        "trend",
        "",
        "The plots of a test, and on a wide screen the table of all its values beside them.",
        "a plot without its table.",
        {"filled": '<div class="wt-trend"><p>{{ _("Values") }}</p><p>{{ _("All values, newest first") }}</p></div>'},
    ),
    *DRAWINGS,
    *AT_DESK,
)
