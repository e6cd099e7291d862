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
_MATRICES = {"matrix": Matrix(_SINCE, _ROWS, None), "few": _FEW, "all": CATEGORY_NAMES}

COMPONENTS = (
    Component(
        "role_table",
        _MATRIX,
        "Professions by data categories, a letter in each cell; on screen and on paper. With `legend` beneath.",
        "one profession: its leaflet says it in words.",
        {"filled": "{{ role_table(matrix, few) }}", "long": "{{ role_table(matrix, all) }}"},
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
        {"filled": '{{ source("published") }}, {{ source("reconstructed") }}', "long": "{{ source(long) }}"},
        {"long": _LONG},
    ),
)
