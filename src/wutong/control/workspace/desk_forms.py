"""Checks what somebody at a desk chose and typed, kindly; saves nothing."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from wutong.control.flows.take_form import WITHDRAWAL, SignedForm
from wutong.control.flows.take_joining_form import ANEW, KEEPS
from wutong.control.pages.forms import Form
from wutong.core import access_keys, clock, desk

SAYS = (
    ("one-year", _("The provider may look, for one year")),
    ("indefinite", _("The provider may look, until withdrawn")),
    (WITHDRAWAL, _("The provider may not look any more")),
)
JOINS = (
    (KEEPS, _("They join again, and the permissions of before hold again")),
    (ANEW, _("They join again, and every permission of before is withdrawn")),
)
LANGUAGES = (("en", "English"), ("zh-hant", "繁體中文"))
SIGNERS = {
    "parent": _("A parent"),
    "guardian": _("A guardian"),
    "statutory-guardian": _("A guardian under the Mental Health Ordinance"),
    "court-appointed": _("Somebody appointed by a court"),
    "family-member": _("A family member"),
    "co-resident": _("Somebody who lives in the same home"),
}
HERSELF = "self"
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{3,19}")


class KeyTyped(Form):
    """An access key."""

    key = forms.CharField(max_length=30, error_messages={"required": _("Enter the access key")})

    def clean_key(self) -> str:
        """Eight digits; spaces and hyphens are forgiven."""
        key = access_keys.typed(str(self.cleaned_data["key"]))
        if key is None:
            raise forms.ValidationError(_("The access key has 8 digits. Ask for it again"))
        return key


class FormToPrint(Form):
    """What the form shall say, and in which language."""

    wording = forms.ChoiceField(choices=SAYS + JOINS, error_messages={"required": _("Choose what the form shall say")})
    language = forms.ChoiceField(choices=LANGUAGES, error_messages={"required": _("Choose a language")})


class FormTaken(Form):
    """What stands on a signed form."""

    says = forms.ChoiceField(error_messages={"required": _("Choose what the form says")})
    signed_as = forms.ChoiceField(error_messages={"required": _("Choose who signed")})
    signed_on = forms.DateField(
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        error_messages={
            "required": _("Enter the date on the form"),
            "invalid": _("Enter the date on the form as day/month/year, such as 31/5/2026"),
        },
    )
    reference = forms.CharField(max_length=30, error_messages={"required": _("Enter the form reference")})

    def __init__(self, sent: QueryDict | None, signers: Sequence[str], says: Sequence[tuple[str, Any]] = SAYS) -> None:
        super().__init__(sent)
        for name, choices in (("signed_as", signers_of(signers)), ("says", says)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = choices

    def clean_signed_on(self) -> date:
        """Not to come, and not long ago."""
        day: date = self.cleaned_data["signed_on"]
        if day > clock.today():
            raise forms.ValidationError(_("This date is still to come. Enter the date on the form"))
        if not desk.is_day_of_form(day, today=clock.today()):
            raise forms.ValidationError(_("This form is older than 30 days. Ask the person to sign a new one"))
        return day

    def clean_reference(self) -> str:
        """As it is printed, however it was typed."""
        typed = "".join(str(self.cleaned_data["reference"]).split()).upper()
        if not _REFERENCE.fullmatch(typed):
            raise forms.ValidationError(
                _("The form reference has 4 to 20 letters, digits and hyphens, such as K7QM-2XWD")
            )
        return typed

    @property
    def signed(self) -> SignedForm:
        """The form, once it is valid."""
        given = self.cleaned_data
        signed_as = "" if given["signed_as"] == HERSELF else given["signed_as"]
        return SignedForm(given["says"], signed_as, given["signed_on"], given["reference"])


def signers_of(signers: Sequence[str]) -> list[tuple[str, str]]:
    """Who may have signed, in the order of the law."""
    return [(each or HERSELF, str(SIGNERS.get(each, _("The person")))) for each in signers]
