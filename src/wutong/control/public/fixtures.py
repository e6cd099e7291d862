"""The components of the pages for everybody: the role matrix, which the console shows too."""

from datetime import date

from wutong.control.pages.gallery import Component
from wutong.control.people.queries.roles import Matrix, ProfessionRow
from wutong.core.access import RoleAccess
from wutong.core.categories import CATEGORY_NAMES

_MATRIX = "pages/matrix.jinja"
_LONG = "Wutong Estate Community Rehabilitation and Family Medicine Centre of the Parasol Tree Foundation"
_FEW = {code: CATEGORY_NAMES[code] for code in ("PID", "ALG", "MED")}
_SINCE = date(2016, 3, 13)
_ROWS = (
    ProfessionRow("DOC", dict.fromkeys(_FEW, RoleAccess.GENERAL), ("reconstructed",), _SINCE),
    ProfessionRow("PHA", {"PID": RoleAccess.GENERAL, "MED": RoleAccess.RESTRICTED}, ("published",), _SINCE),
    ProfessionRow("CHI", {}, ("published", "reconstructed"), _SINCE),
)
_CHANGED = frozenset({("PHA", "MED")})
_MATRICES = {"matrix": Matrix(_SINCE, _ROWS, None), "few": _FEW, "all": CATEGORY_NAMES, "changed": _CHANGED}
_BESIDE = '<div class="wt-beside"><div>{{ role_table(matrix, few, _("With the change"), changed) }}</div></div>'

COMPONENTS = (
    Component(
        "role_table",
        _MATRIX,
        "Professions by data categories, a letter in each cell; on screen and on paper. With `legend` beneath. Two "
        "side by side in `wt-beside` mark the cells in which they differ, in words too.",
        "one profession: its leaflet says it in words.",
        {"filled": f"{{{{ role_table(matrix, few) }}}}{_BESIDE}", "long": "{{ role_table(matrix, all) }}"},
        _MATRICES,
    ),
    Component(
        "legend",
        _MATRIX,
        "What the letters and words of the role matrix mean.",
        "any other table: write its words out.",
        {"filled": "{{ legend() }}"},
    ),
    Component(
        "source",
        _MATRIX,
        "Where a rule of the role matrix is from, in a word.",
        "the sender of an item: that stands in `wt-source`.",
        {
            "filled": '{{ source("published") }}, {{ source("reconstructed") }}, {{ source("decided") }}',
            "long": "{{ source(long) }}",
        },
        {"long": _LONG},
    ),
    Component(
        "leaflet",
        "",
        "One group of categories of one profession, with what it means for the reader; made for paper.",
        "several professions: that is `role_table`.",
        {
            "filled": '<h3 class="nhsuk-heading-l"><span class="nhsuk-caption-l">{{ _("What this profession sees") }}'
            '</span>Pharmacist</h3><section class="wt-section wt-leaflet" aria-labelledby="leaflet"><h4 '
            'class="nhsuk-heading-s" id="leaflet">{{ _("Never sees") }}</h4><ul><li>Medication</li></ul></section>',
        },
    ),
    Component(
        "scope",
        "",
        "The numbered categories of what is shared, each with its parts. `wt-not-printed` stays off the paper.",
        "lists whose numbers mean nothing.",
        {
            "filled": '<ol class="wt-cards wt-scope"><li value="4"><strong>Medication</strong><span class="wt-source">'
            '{{ _("since %(day)s", day="2016-03-13" | day) }}</span></li></ol>'
            '<p><a class="wt-not-printed" href="#public-scope">{{ _("Which profession sees what") }}</a></p>',
            "chinese": '<ol class="wt-cards wt-scope"><li value="4"><strong>藥物</strong></li></ol>',
        },
    ),
)
