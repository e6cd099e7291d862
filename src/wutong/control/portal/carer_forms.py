"""Checks what a person grants to a carer; saves nothing, and finds out about nobody."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.control.consent.carer_actions import longest_until
from wutong.control.pages.forms import Form
from wutong.core import clock, hkid
from wutong.core.representation import Function

_EHR_DIGITS = 12


class Granted(Form):
    """Which functions, and until when: a year at most, which is offered first."""

    functions = forms.MultipleChoiceField(
        choices=[(each, each) for each in Function], error_messages={"required": _("Choose what they may see")}
    )
    until = forms.DateField(
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        error_messages={
            "required": _("Enter the last day"),
            "invalid": _("Enter the day as day/month/year, such as 31/5/2026"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = longest_until()

    def clean_until(self) -> date:
        """From today on, for a year at most."""
        until: date = self.cleaned_data["until"]
        if until < clock.today():
            raise forms.ValidationError(_("This day is over. Enter today or a later day"))
        if until > longest_until():
            raise forms.ValidationError(_("Enter a day within a year. You can grant it anew then"))
        return until


class Asked(Granted):
    """The same, and who: by a number that only they and those who know them well have."""

    called = forms.CharField(max_length=60, error_messages={"required": _("Enter what you call them")})
    number = forms.CharField(max_length=30, error_messages={"required": _("Enter their HKID number or eHR number")})

    def clean_number(self) -> str:
        """Whether it can be such a number; whose it is, is not looked up here."""
        number = hkid.normalise(str(self.cleaned_data["number"]))
        is_ehr_number = number.isascii() and number.isdigit() and len(number) == _EHR_DIGITS
        if not (is_ehr_number or hkid.is_valid(number)):
            raise forms.ValidationError(
                _("Check the number: an HKID number such as A123456(3), or an eHR number of 12 digits")
            )
        return number
