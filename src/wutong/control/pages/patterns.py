"""Components of nhsuk-frontend as pages use them, and the patterns that pages write out with our own classes."""

from wutong.control.pages.gallery import Component

_NHSUK = "nhsuk/components"
_LONG = "Wutong Estate Community Rehabilitation and Family Medicine Centre of the Parasol Tree Foundation"

PATTERNS = (
    Component(
        "backLink",
        f"{_NHSUK}/back-link/macro.jinja",
        "One step back in a task; stands in the block `before`.",
        "the first page of a task, or a page that the menu names.",
        {"filled": '{{ backLink({"href": "#pages-backLink", "text": _("Back to the summary")}) }}'},
    ),
    Component(
        "skipLink",
        f"{_NHSUK}/skip-link/macro.jinja",
        "The first stop of the tab key, on every page; `base.jinja` has it. Seen only with the focus.",
        "anything else.",
        {"filled": '{{ skipLink({"href": "#maincontent", "text": _("Skip to main content")}) }}'},
    ),
    Component(
        "summaryList",
        f"{_NHSUK}/summary-list/macro.jinja",
        "What was answered, before it holds.",
        "figures to compare: that is a table.",
        {
            "filled": '{{ summaryList({"rows": [{"key": {"text": _("May look")}, "value": {"text": "Harbour Family '
            'Clinic"}}]}) }}',
            "long": '{{ summaryList({"rows": [{"key": {"text": _("For how long")}, "value": {"text": long}}]}) }}',
            "chinese": '{{ summaryList({"rows": [{"key": {"text": "可查閱者"}, "value": {"text": "海港家庭診所"}}]}) '
            "}}",
        },
        {"long": _LONG},
    ),
    Component(
        "notificationBanner",
        f"{_NHSUK}/notification-banner/macro.jinja",
        "What was just done, once, on the page that follows.",
        "what still has to be done.",
        {
            "filled": '{{ notificationBanner({"variant": "success", "titleText": _("Done"), "titleId": "done", "text": '
            '_("You find a confirmation in your messages.")}) }}',
        },
    ),
    Component(
        "table",
        f"{_NHSUK}/tables/macro.jinja",
        "Figures to compare. With `responsive`, each row becomes a block on a small screen.",
        "a list that is read line by line.",
        {
            "filled": '{{ table({"caption": _("How often, in the last 90 days"), "responsive": true, "head": [{"text": '
            '_("Healthcare provider")}, {"text": _("Looks")}], "rows": [[{"text": "Harbour Family Clinic"}, {"text": '
            "412}]]}) }}",
            "long": '{{ table({"caption": _("The parts of the record"), "responsive": true, "head": [{"text": '
            '_("Healthcare provider")}], "rows": [[{"text": long}]]}) }}',
        },
        {"long": _LONG},
    ),
    Component(
        "section",
        "",
        "One subject of a page under its heading; sections of a page stand side by side in `wt-chart`. One that must "
        "be seen first has `wt-section--alert`, a long one `wt-section--tall`, one alone `wt-section--whole`.",
        "a page about one thing: headings alone are enough.",
        {
            "filled": '<div class="wt-chart"><section class="wt-section wt-section--tall" aria-labelledby="one">'
            '<h2 class="nhsuk-heading-s" id="one">{{ _("Who looked") }}</h2><p>{{ _("Nothing recorded.") }}</p>'
            '</section><section class="wt-section wt-section--alert" aria-labelledby="two"><div '
            'class="wt-section__head"><h2 class="nhsuk-heading-s" id="two">{{ _("Allergies and adverse drug '
            'reactions") }}</h2><a href="#two">{{ _("All %(count)s entries", count=12) }}</a></div></section></div>',
            "long": '<section class="wt-section wt-section--whole" aria-labelledby="three">'
            '<h2 class="nhsuk-heading-m" id="three">{{ long }}</h2><p>{{ long }}</p></section>',
        },
        {"long": _LONG},
    ),
    Component(
        "cards",
        "",
        "A list whose entries are read one by one; what can be done with an entry stands in its `wt-actions`.",
        "short lines, or figures.",
        {
            "filled": '<ul class="wt-cards"><li><strong>Harbour Family Clinic</strong><p class="wt-actions">'
            '<a href="#pages-cards">{{ _("Withdraw") }}<span class="nhsuk-u-visually-hidden"> Harbour Family Clinic'
            '</span></a></p><span class="wt-source">{{ _("sent by e-mail") }}</span></li></ul>',
            "long": '<ul class="wt-cards"><li><strong>{{ long }}</strong></li></ul>',
            "chinese": '<ul class="wt-cards"><li lang="zh-HK"><strong>海港家庭診所</strong></li></ul>',
        },
        {"long": _LONG},
    ),
    Component(
        "items",
        "",
        "A list of short lines, each with its source beneath.",
        "lines that something can be done with: these are cards.",
        {
            "filled": '<ul class="wt-items"><li>Gout<span class="wt-source">{{ "2024-05-29" | day }}, Hospital Group'
            "</span></li><li>Amlodipine 5 MG Oral Tablet</li></ul>",
            "long": '<ul class="wt-items"><li>{{ long }}</li></ul>',
        },
        {"long": _LONG},
    ),
    Component(
        "columns",
        "",
        "A page with one question: two thirds of the width, so that lines stay short.",
        "lists and records, which need the room.",
        {
            "filled": '<div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds"><h1 '
            'class="nhsuk-heading-l">{{ _("Sign in") }}</h1><p>{{ _("Nothing recorded.") }}</p></div></div>',
        },
    ),
)
