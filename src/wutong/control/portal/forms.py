"""Checks what a patient chose; saves nothing."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from wutong.control.pages.forms import Form

KINDS = (("one-year", _("For one year")), ("indefinite", _("Until I withdraw it")))


class KindChoice(Form):
    """For how long."""

    kind = forms.ChoiceField(choices=KINDS, error_messages={"required": _("Choose for how long")})


def kinds() -> list[dict[str, str]]:
    """The choices as the component takes them."""
    return [{"value": value, "text": str(text)} for value, text in KINDS]


def seen(sent: QueryDict) -> int:
    """Which version of the consent the page had shown; what no page of ours sends is none that there is."""
    text = sent.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1
