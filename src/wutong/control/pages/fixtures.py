"""The components that every page may use, in all their states. Their texts are those of the pages: no new ones here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.control.pages.gallery import Component

PARTS = "pages/parts.jinja"
_NHSUK = "nhsuk/components"
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
            "filled": '{{ banner(poon, _("Nothing recorded.")) }}',
            "empty": "{{ banner(unknown) }}",
            "long": "{{ banner(long_name, long) }}",
        },
        {**_PEOPLE, "long": _LONG},
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
