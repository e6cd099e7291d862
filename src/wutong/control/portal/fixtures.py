"""The portal's own components: who looked, what was said about consents, and what a consent would change."""

from datetime import UTC, date, datetime

from wutong.control.pages.gallery import Component
from wutong.control.portal.group_preview import Line as Reached
from wutong.control.portal.group_preview import Reach
from wutong.control.portal.joining_fixtures import JOINING
from wutong.control.portal.preview import GAINS, LOSES, Group, Part, Shown

_LOOK = {
    "who": "LEE Wai Ling 李慧玲",
    "profession": "a doctor",
    "provider": "Harbour Family Clinic",
    "at": datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
    "categories": ["Medication", "Laboratory reports"],
    "purpose": "to treat you",
    "because": "Allowed because you allowed Harbour Family Clinic to look, and they stated: you were there.",
    "reason": "",
}
_OWN_LOOK = {
    "who": "POON Lai Ha",
    "at": datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
    "categories": ["Medication"],
    "because": "Allowed because they decide for you, as a parent.",
}
_LONG = "Wutong Estate Community Rehabilitation and Family Medicine Centre of the Parasol Tree Foundation"
_DOCTORS = Group("Doctors", ["LEE Wai Ling", "HO Ka Man"], "", "They will see all parts.", [])
_PHARMACISTS = Group("Pharmacists", [_LONG] * 3, " and 12 more", f"They will see {_LONG}.", ["Diagnoses", _LONG])
_CHINESE = Group("醫生", ["李慧玲"], "", "他們可查閱全部資料。", [])
_PART = Part("Medication", 14, "Doctors, pharmacists")
_ALLOWED = {
    "is_given": True,
    "valid_until": date(2027, 11, 23),
    "stated_at": datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
    "version": 2,
}
_SAID = {
    "about": "Harbour Family Clinic",
    "consent": _ALLOWED,
    "by": "POON Lai Ha",
}
_WITHDRAWN = {**_SAID, "consent": {**_ALLOWED, "is_given": False, "version": 3}}
_CLOSING = {"is_closed": True, "stated_at": datetime(2026, 11, 23, 6, 5, tzinfo=UTC), "version": 1}
_ACT = {"who": "FUNG Oi Lin, as carer", "page": "the messages", "at": datetime(2026, 11, 23, 6, 5, tzinfo=UTC)}
_CLOSED = {"name": "Laboratory reports", "closing": _CLOSING, "by": "POON Lai Ha"}
_REQUEST = {
    "asked_at": datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
    "reason": "The last X-ray decides whether this medicine may be given",
    "is_open": True,
}
_ASKED = {
    "asked": _REQUEST,
    "who": "CHENG Ka Yan 鄭嘉欣",
    "profession": "a pharmacist",
    "provider": "Harbour Family Clinic",
    "categories": ["Radiology reports"],
    "purpose": "to avoid harm by a medicine or a treatment",
    "state": "Open to this professional until 23 November 2026, 14:40.",
}

_TOGETHER = {
    "name": "Harbour clinics",
    "kind": "A group of healthcare providers",
    "group": {"group_id": ""},
    "is_held": False,
    "has_ended": False,
    "consent": None,
}


class _Oneself:
    """Whoever looks at the gallery, who may decide."""

    may_decide = True

    def url(self, name: str, *_args: object) -> str:
        """A place on the same page."""
        return f"#{name}"


COMPONENTS = (
    *JOINING,
    Component(
        "list",
        "portal/looks_list.jinja",
        "Who looked at a record: who, where, when, at what and why. What nothing in the record explains is marked.",
        "an empty list: say so with `empty`.",
        {
            "filled": "{{ list([look, emergency, attested]) }}",
            "long": "{{ list([long]) }}",
            "chinese": "{{ list([chinese]) }}",
        },
        {
            "look": _LOOK,
            "attested": {
                **_LOOK,
                "is_attested": True,
                "because": "Allowed because they gave a reason of their own.",
                "reason": "She rang about her rash",
            },
            "emergency": {**_LOOK, "emergency": "A privacy officer reviews it."},
            "long": {**_LOOK, "categories": [], "reason": "She rang about the rash on both of her forearms. " * 6},
            "chinese": {**_LOOK, "profession": "醫生", "provider": "海港家庭診所", "categories": ["藥物"]},
        },
    ),
    Component(
        "asked_list",
        "portal/asked_list.jinja",
        "What professionals asked for with a one-time code, what for, and what became of it. Newest first.",
        "an empty list: say so with `empty`.",
        {
            "filled": "{{ asked_list([asked]) }}",
            "long": "{{ asked_list([long]) }}",
            "chinese": "{{ asked_list([chinese]) }}",
        },
        {
            "asked": _ASKED,
            "long": {**_ASKED, "provider": _LONG, "asked": {**_REQUEST, "reason": "The last X-ray decides. " * 20}},
            "chinese": {**_ASKED, "profession": "藥劑師", "provider": "海港家庭診所", "categories": ["放射報告"]},
        },
    ),
    Component(
        "own_list",
        "portal/looks_list.jinja",
        "Sessions in which the person, or who decides for them, read the record in the portal. Newest first.",
        "an empty list: leave its heading out.",
        {
            "filled": "{{ own_list([look]) }}",
            "long": "{{ own_list([long]) }}",
            "chinese": "{{ own_list([chinese]) }}",
        },
        {
            "look": _OWN_LOOK,
            "long": {**_OWN_LOOK, "who": _LONG, "categories": ["Medication", "Laboratory reports", _LONG]},
            "chinese": {
                **_OWN_LOOK,
                "who": "潘麗霞",
                "categories": ["藥物"],
                "because": "已獲准，因為這是你本人的紀錄。",
            },
        },
    ),
    Component(
        "statements",
        "portal/history_list.jinja",
        "What was said about consents: allowed or withdrawn, when and by whom. Newest first.",
        "what holds now: that stands in cards, with what can be done.",
        {
            "filled": "{{ statements([withdrawn, said]) }}",
            "long": "{{ statements([long]) }}",
            "chinese": "{{ statements([chinese]) }}",
        },
        {
            "said": _SAID,
            "withdrawn": _WITHDRAWN,
            "long": {**_SAID, "about": _LONG},
            "chinese": {**_SAID, "about": "海港家庭診所", "by": "潘麗霞"},
        },
    ),
    Component(
        "closing_statements",
        "portal/closing_parts.jinja",
        "What was said about closings: closed or opened again, when and by whom. Newest first.",
        "what is closed now: that stands in cards, with what can be done.",
        {
            "filled": "{{ closing_statements([opened, closed]) }}",
            "long": "{{ closing_statements([long]) }}",
            "chinese": "{{ closing_statements([chinese]) }}",
        },
        {
            "closed": _CLOSED,
            "opened": {**_CLOSED, "closing": {**_CLOSING, "is_closed": False, "version": 2}},
            "long": {**_CLOSED, "name": _LONG},
            "chinese": {**_CLOSED, "name": "化驗報告", "by": "潘麗霞"},
        },
    ),
    Component(
        "closing_outdated",
        "portal/closing_parts.jinja",
        "What is closed was changed after the page was shown, so nothing was changed now.",
        "an answer that is missing or wrong: the form says that itself.",
        {"error": "{{ closing_outdated() }}"},
    ),
    Component(
        "what_follows",
        "portal/closing_parts.jinja",
        "Before something is closed: who sees it no longer, who still has it, and that it may matter.",
        "what was done: the page that follows says that.",
        {"filled": '{{ what_follows("label") }} {{ what_follows("provider") }} {{ what_follows("professional") }}'},
    ),
    Component(
        "granted",
        "portal/carer_parts.jinja",
        "What a carer may see, and until when.",
        "what professionals may see: that is a consent.",
        {"filled": "{{ granted(functions, until) }}", "long": "{{ granted([long] * 3, until) }}"},
        {"functions": ["Who looked at my record"], "until": date(2027, 11, 23), "long": _LONG * 2},
    ),
    Component(
        "acts_list",
        "portal/carer_parts.jinja",
        "Pages of the portal that somebody opened for the person. Newest first.",
        "looks of professionals at a record: these are `list`.",
        {
            "filled": "{{ acts_list([act]) }}",
            "long": "{{ acts_list([long]) }}",
            "chinese": "{{ acts_list([chinese]) }}",
        },
        {
            "act": _ACT,
            "long": {**_ACT, "who": _LONG},
            "chinese": {**_ACT, "who": "馮愛蓮（以照顧者身份）", "page": "訊息"},
        },
    ),
    Component(
        "previewed",
        "portal/preview.jinja",
        "Before a consent is given or withdrawn: who gains or loses sight of which parts of the record.",
        "what was done: the page that follows says that.",
        {
            "filled": '{{ previewed(gains, "Harbour Family Clinic") }}',
            "empty": '{{ previewed(nobody, "Harbour Family Clinic") }} '
            '{{ previewed(closed, "Harbour Family Clinic") }}',
            "error": '{{ previewed(uncounted, "Harbour Family Clinic") }}',
            "long": "{{ previewed(long, long_name) }}",
            "chinese": '{{ previewed(chinese, "海港家庭診所") }}',
        },
        {
            "gains": Shown(GAINS, [_DOCTORS], [_PART], has_numbers=True, is_closed=False),
            "nobody": Shown(GAINS, [], [], has_numbers=True, is_closed=False),
            "closed": Shown(GAINS, [], [], has_numbers=True, is_closed=True),
            "uncounted": Shown(
                GAINS, [_DOCTORS], [Part("Medication", None, "Doctors")], has_numbers=False, is_closed=False
            ),
            "long": Shown(LOSES, [_PHARMACISTS], [Part(_LONG, 10**9, _LONG)], has_numbers=True, is_closed=False),
            "chinese": Shown(GAINS, [_CHINESE], [Part("藥物", 14, "醫生")], has_numbers=True, is_closed=False),
            "long_name": _LONG,
        },
    ),
    Component(
        "card",
        "portal/together.jinja",
        "Several healthcare providers who can be allowed together: a group, a programme, or whoever gives treatment.",
        "a single healthcare provider.",
        {
            "filled": '<ul class="wt-cards">{{ card(allowed, oneself) }}{{ card(not_yet, oneself) }}</ul>',
            "long": '<ul class="wt-cards">{{ card(long, oneself) }}</ul>',
            "chinese": '<ul class="wt-cards">{{ card(chinese, oneself) }}</ul>',
        },
        {
            "oneself": _Oneself(),
            "allowed": {**_TOGETHER, "is_held": True, "consent": {**_ALLOWED, "ends_soon": True}},
            "not_yet": _TOGETHER,
            "long": {**_TOGETHER, "name": _LONG},
            "chinese": {**_TOGETHER, "name": "地區康健計劃", "kind": "計劃及參與計劃的醫護提供者"},
        },
    ),
    Component(
        "what_it_means",
        "portal/together.jinja",
        "Before several healthcare providers are allowed together: what that means, also for who joins later.",
        "what was done: the page that follows says that.",
        {"filled": '{{ what_it_means({"is_whoever": false}) }} {{ what_it_means({"is_whoever": true}) }}'},
    ),
    Component(
        "reached",
        "portal/together.jinja",
        "Which healthcare providers gain or lose by a consent to several, and for whom nothing changes, and why.",
        "a single healthcare provider.",
        {"filled": "{{ reached(some) }}", "empty": "{{ reached(nobody) }}", "long": "{{ reached(long) }}"},
        {
            "some": Reach(
                "2 healthcare providers will be able to look",
                ["Harbour Family Clinic", "Peak Clinic"],
                [Reached("May look by a permission of their own", ["Lake Clinic"])],
            ),
            "nobody": Reach("0 healthcare providers will be able to look", [], []),
            "long": Reach("3 healthcare providers", [_LONG] * 3, [Reached(_LONG, [_LONG] * 2)]),
        },
    ),
    Component(
        "in_an_emergency",
        "portal/preview.jinja",
        "What no withdrawal ends: emergency access, where the policy has it. Within a paragraph.",
        "a page where nobody can look in an emergency.",
        {
            "filled": '<p class="nhsuk-body">{{ in_an_emergency(oneself) }}</p>'
            '<p class="nhsuk-body">{{ in_an_emergency(child) }}</p>'
        },
        {"oneself": {"is_self": True}, "child": {"is_self": False}},
    ),
    Component(
        "outdated",
        "portal/preview.jinja",
        "A consent was changed after its preview was shown, so nothing was changed now.",
        "an answer that is missing or wrong: the form says that itself.",
        {"error": "{{ outdated() }}"},
    ),
    Component(
        "shown_once",
        "portal/key_parts.jinja",
        "An access key, on the one page that ever shows it.",
        "a key that was made before: its digits are not kept.",
        {
            "filled": '{{ shown_once("1234 5678", ends, "one-year") }}',
            "chinese": '{{ shown_once("1234 5678", ends, "indefinite") }}',
        },
        {"ends": datetime(2026, 11, 23, 6, 5, tzinfo=UTC)},
    ),
    Component(
        "whose",
        "",
        "Whose pages these are, where somebody looks after another person, and the way from one to the other.",
        "pages about oneself alone.",
        {
            "filled": '<nav class="wt-section wt-section--whose" aria-labelledby="whose"><h3 class="nhsuk-heading-s" '
            'id="whose">{{ _("Home") }}</h3><ul class="wt-actions"><li><a href="#portal-whose">POON Tsz Yan</a></li>'
            '</ul></nav><section class="wt-banner wt-banner--whose" aria-label="{{ _("Whose pages these are") }}">'
            "<p><strong>POON Tsz Yan</strong></p></section>",
            "chinese": '<div class="wt-banner wt-banner--whose"><p><strong>潘子欣</strong></p></div>',
        },
    ),
    Component(
        "way_back",
        "",
        "In a `notificationBanner`: where what was just done can be taken back.",
        "pages without that banner, where a plain paragraph will do.",
        {"filled": '<p class="nhsuk-body"><a href="#portal-way_back">{{ _("Withdraw") }}</a></p>'},
    ),
)
