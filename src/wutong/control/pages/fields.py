"""The components of longer forms and of searches."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.control.pages.gallery import Component

_LONG_FIELDS, _SEARCH = "pages/long_fields.jinja", "pages/search.jinja"
_LONG = "Wutong Estate Community Rehabilitation and Family Medicine Centre of the Parasol Tree Foundation"
_WRONG = {"required": _("Say why you are treating this person")}


class _Form(forms.Form):
    note = forms.CharField(error_messages=_WRONG)
    words = forms.CharField(required=False)
    told = forms.CharField(required=False)
    event = forms.ChoiceField(choices=(("", _("Any")), ("refused", _("refused"))), required=False)
    basis = forms.ChoiceField(choices=(("", _("Any")),), error_messages=_WRONG)
    place = forms.ChoiceField(choices=((_LONG, _LONG),), required=False)
    parts = forms.MultipleChoiceField(choices=(("MED", ""), ("LAB", "")), required=False)
    named = forms.MultipleChoiceField(choices=(("MED", ""), ("LAB", "")), error_messages=_WRONG)


class _Asked(forms.Form):
    first = forms.CharField()


_FORMS = {
    "form": _Form(
        {"words": f"{_LONG}. " * 6, "told": "病人昏迷，家人未能聯絡。", "event": "refused", "parts": ["MED"]}
    ),
    "fresh": _Form(),
    "asked": _Asked({"first": "2026-11-23"}),
}
_PARTS = [
    {"value": "MED", "text": _("Medication")},
    {"value": "LAB", "text": _LONG, "hint": {"text": _LONG}},
]

FIELDS = (
    Component(
        "text",
        _LONG_FIELDS,
        "A text of several lines. It owns its label, hint and error.",
        "what fits on one line: that is a `field`.",
        {
            "empty": '{{ text(fresh, "note", _("Note")) }}',
            "error": '{{ text(form, "note", _("Note"), hint=_("For example A123456(3)")) }}',
            "long": '{{ text(form, "words", _("In their words"), rows=6) }}',
            "chinese": '{{ text(form, "told", _("Reason")) }}',
        },
        _FORMS,
    ),
    Component(
        "choices",
        _LONG_FIELDS,
        "Any number of a few.",
        "one alone: that is a `choice`. Nor for a list of entries that something is done with.",
        {
            "filled": '{{ choices(form, "parts", _("Data categories"), parts) }}',
            "error": '{{ choices(form, "named", _("Parts that were named"), parts, '
            'hint=_("The patient is told that you opened the record, and sees this answer.")) }}',
        },
        {**_FORMS, "parts": _PARTS},
    ),
    Component(
        "pick",
        _SEARCH,
        "One of many, in a search. What may be chosen is the form's own.",
        "a question that somebody must think about: a `choice` shows all its answers.",
        {
            "filled": '{{ pick(form, "event", _("Outcome")) }}',
            "error": '{{ pick(form, "basis", _("Ground")) }}',
            "long": '{{ pick(fresh, "place", _("Healthcare provider")) }}',
        },
        _FORMS,
    ),
    Component(
        "carried",
        _SEARCH,
        "The same question once more, in a form of its own: older entries, or the file. Nothing of it is seen.",
        "keeping anything that the page was not asked.",
        {"filled": "<form>{{ carried(asked) }}</form>", "error": "<form>{{ carried(fresh_of_asked) }}</form>"},
        {**_FORMS, "fresh_of_asked": _Asked({})},
    ),
)
