"""Checks what a clinician typed, kindly; saves nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.core import hkid

GROUNDS = (
    ("attendance", _("The patient is here now")),
    ("appointment", _("The patient has an appointment")),
    ("referral", _("The patient was referred to us")),
    ("encounter", _("I am following up a visit")),
    ("attestation", _("Another reason of care")),
)


class HkidSearch(forms.Form):
    """By identity card number."""

    hkid = forms.CharField(max_length=30, error_messages={"required": _("Enter an HKID number")})

    def clean_hkid(self) -> str:
        """A number with a right check digit."""
        number = str(self.cleaned_data["hkid"])
        if not hkid.is_valid(number):
            raise forms.ValidationError(
                _("This is not a right HKID number. Check each letter and digit, with the one in brackets")
            )
        return number


class NameSearch(forms.Form):
    """By name and birth date."""

    name = forms.CharField(max_length=100, error_messages={"required": _("Enter the whole name")})
    born = forms.DateField(
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        error_messages={
            "required": _("Enter the date of birth"),
            "invalid": _("Enter the date of birth as day/month/year, such as 31/5/1950"),
        },
    )


class Statement(forms.Form):
    """Why the record is opened (R-02)."""

    ground = forms.ChoiceField(choices=GROUNDS, error_messages={"required": _("Say why you are treating this person")})
    reason = forms.CharField(max_length=500, required=False)

    def clean(self) -> dict[str, str]:
        """Another reason must be told."""
        data: dict[str, str] = super().clean() or {}
        if data.get("ground") == "attestation" and not data.get("reason", "").strip():
            self.add_error("reason", _("Tell the reason in a few words"))
        return data
