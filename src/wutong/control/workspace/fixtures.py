"""The clinic's own components: one section of a record, as lines or as a table."""

from wutong.control.pages.gallery import Component

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
        "table",
        _CARDS,
        "Results one beneath the other, to compare; on a small screen each becomes a block.",
        "anything without a number.",
        {"filled": "{{ table(full) }}", "long": "{{ table(long) }}", "chinese": "{{ table(chinese) }}"},
        {
            "full": {"lines": [_URATE, {**_URATE, "reference": "", "mark": ""}]},
            "long": {"lines": [_LONG]},
            "chinese": {"lines": [_CHINESE]},
        },
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
)
