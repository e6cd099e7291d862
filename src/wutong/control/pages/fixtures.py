"""The components that every page may use, in all their states. Their texts are those of the pages: no new ones here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.control.pages.fields import FIELDS
from wutong.control.pages.gallery import Component
from wutong.control.pages.patterns import PATTERNS

PARTS = "pages/parts.jinja"
_LONG = "Wutong Estate Community Rehabilitation and Family Medicine Centre of the Parasol Tree Foundation"


class _Form(forms.Form):
    name = forms.CharField(required=False)
    hkid = forms.CharField(required=False)
    born = forms.DateField(
        error_messages={"invalid": _("Enter the date of birth as day/month/year, such as 31/5/1950")}
    )
    password = forms.CharField(required=False)
    reason = forms.CharField(required=False)
    code = forms.CharField(error_messages={"required": _("Enter the 6-digit code")})
    kind = forms.ChoiceField(choices=(("one-year", ""), ("indefinite", "")))
    ground = forms.ChoiceField(error_messages={"required": _("Say why you are treating this person")})


_TYPED = {"hkid": "QX166574(7)", "born": "31 May", "reason": _LONG, "kind": "one-year", "name": "潘麗霞"}
_FORMS = {"form": _Form(_TYPED), "fresh": _Form()}
_KINDS = [
    {"value": "one-year", "text": _("For one year")},
    {"value": "indefinite", "text": _("Until I withdraw it"), "hint": {"text": _LONG}},
]
_POON = {
    "name_en": "POON Lai Ha",
    "name_zh": "潘麗霞",
    "birth_date": "1971-03-28",
    "sex": "F",
    "masked_document": "QX16••••(•)",
}
_PEOPLE = {
    "poon": _POON,
    "unknown": {"name_en": "GURUNG Maya", "birth_date": "", "sex": ""},
    "long_name": _POON | {"name_en": "WIJAYAWICKRAMASINGHE APPUHAMILAGE Don Nirmala Sanjeewani Priyadarshini"},
}

COMPONENTS = (
    Component(
        "field",
        PARTS,
        "One line of text of a form. It owns its label, hint and error.",
        "a choice between few things: that is a `choice`. Nor for text that nobody will read.",
        {
            "empty": '{{ field(fresh, "password", _("Password"), type="password", autocomplete="current-password") }}',
            "filled": '{{ field(form, "hkid", _("HKID number"), hint=_("For example A123456(3)"), '
            'classes="nhsuk-input--width-10") }}',
            "error": '{{ field(form, "born", _("Date of birth"), hint=_("For example 31/5/1950"), '
            'classes="nhsuk-input--width-10") }}',
            "long": '{{ field(form, "reason", _("More about the reason (optional)")) }}',
            "chinese": '{{ field(form, "name", _("Whole name")) }}',
        },
        _FORMS,
    ),
    Component(
        "choice",
        PARTS,
        "One of a few. With `is_page` its question is the page's heading.",
        "more than seven choices, or several at once.",
        {
            "filled": '{{ choice(form, "kind", _("For how long"), kinds) }}',
            "error": '{{ choice(form, "ground", _("Why are you treating this person?"), kinds, '
            'hint=_("The patient is told that you opened the record, and sees this answer.")) }}',
        },
        {**_FORMS, "kinds": _KINDS},
    ),
    Component(
        "errors",
        PARTS,
        "Every problem of a form, first on the page, each a link to its field. `base.jinja` shows it by itself.",
        "problems that belong to no form: say them with `important`.",
        {"error": "{{ errors(form) }}"},
        _FORMS,
    ),
    Component(
        "submit",
        PARTS,
        "Sends the form. Its text says what happens: `Allow`, not `OK`.",
        "going to another page: that is a link.",
        {
            "filled": '{{ submit(_("Open the record")) }} {{ submit(_("Find by name"), kind="secondary") }} '
            '{{ submit(_("Withdraw"), kind="warning") }}',
            "long": "{{ submit(long) }}",
            "chinese": '{{ submit("授權") }}',
        },
        {"long": _LONG},
    ),
    Component(
        "token",
        PARTS,
        "Stands first in every form that is posted; nothing of it is seen.",
        "forms that only search by GET.",
        {"filled": '<form method="post">{{ token("as the view gives it") }}</form>'},
    ),
    Component(
        "banner",
        PARTS,
        "Whom the page is about, with what tells this person from another. Stands first.",
        "the person who is signed in: the header says who that is.",
        {
            "filled": '{{ banner(poon, _("Nothing recorded."), long) }}',
            "empty": "{{ banner(unknown) }}",
            "long": "{{ banner(long_name, long, long) }}",
        },
        {**_PEOPLE, "long": _LONG},
    ),
    Component(
        "more",
        PARTS,
        "What only some readers need, or only some of the time: one line, which opens to it. It works without scripts.",
        "what must be read before anything else, and what most people came for: that stands open.",
        {
            "filled": '{% call more(_("Why you see this"), is_open=true) %}<p>{{ long }}</p>{% endcall %}',
            "empty": '{% call more(_("Why you see this")) %}<p>{{ long }}</p>{% endcall %}',
        },
        {"long": _LONG},
    ),
    Component(
        "find",
        PARTS,
        "Looks for a name in a list that may be long. What is looked for stands in the address.",
        "finding people: whom somebody looks for is no part of an address.",
        {
            "filled": '{{ find(form, "name", _("Name of the healthcare provider"), '
            'hint=_("A part of it is enough")) }}',
            "error": '{{ find(form, "born", _("Name of the healthcare provider")) }}',
        },
        _FORMS,
    ),
    Component(
        "born",
        PARTS,
        "A birth date with the age, as exactly as it is known.",
        "any other date: use the filter `day`.",
        {"filled": '{{ born("1971-03-28") }}', "long": '{{ born("1971") }}', "empty": '{{ born("") }}'},
    ),
    Component(
        "sex",
        PARTS,
        "The sex on the identity card, in a word.",
        "anything that a person may say of themselves otherwise.",
        {"filled": '{{ sex("F") }}, {{ sex("M") }}', "empty": '{{ sex("") }}'},
    ),
    Component(
        "important",
        PARTS,
        "What must not be missed: why something is refused, and what to do.",
        "advice. Twice on a page it is read not even once.",
        {
            "filled": '{{ important(_("Why, and what to do"), _("Your clinic\'s access is suspended. Ask the eHR '
            'office.")) }}',
            "long": "{{ important(long, long) }}",
            "chinese": '{{ important("原因及處理方法", "病人尚未授權你的診所查閱其健康紀錄。") }}',
        },
        {"long": _LONG},
    ),
    Component(
        "information",
        PARTS,
        "What stands out without alarm.",
        "what is empty (that is `empty`), or what went wrong.",
        {
            "filled": '{{ information(_("Everybody in the examples is invented.")) }}',
            "long": "{{ information(long) }}",
            "chinese": '{{ information("沒有符合資料的登記人士。") }}',
        },
        {"long": _LONG},
    ),
    Component(
        "empty",
        PARTS,
        "What a list says while nothing is in it: why, and what one can do.",
        "a search that found nothing: that is `information`, beside the form.",
        {
            "empty": '{{ empty(_("Nobody has looked at your record yet. When somebody does, it stands here and you '
            'are told.")) }}',
            "filled": '{{ empty(_("There are no messages. When your record is opened or your permissions change, you '
            'are told here."), "#pages-empty", _("See who may look")) }}',
            "long": '{{ empty(long, "#pages-empty", long) }}',
            "chinese": '{{ empty("暫時沒有訊息。", "#pages-empty", "返回主頁") }}',
        },
        {"long": _LONG},
    ),
    Component(
        "menu",
        PARTS,
        "Where one can go in this door. The place where one is says so.",
        "more than six places, or places of another door.",
        {
            "filled": '<div class="wt-header">{{ menu(places, "#pages-menu") }}</div>',
            "long": '<div class="wt-header">{{ menu([("#pages-menu", long)], "") }}</div>',
        },
        {"places": [("#pages-menu", _("Home")), ("#pages-pages", _("Messages"))], "long": _LONG},
    ),
    Component(
        "pages",
        PARTS,
        "Earlier and later pages of a list that is long.",
        "steps of a task. Where there is one page alone it shows nothing.",
        {
            "filled": '{{ pages("#pages-pages", "#pages-pages") }}',
            "long": '{{ pages("", "#pages-pages") }}',
            "empty": '{{ pages("", "") }}',
        },
    ),
    *FIELDS,
    *PATTERNS,
)
