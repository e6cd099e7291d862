"""Checks what a clinician typed, kindly; saves nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.control.emergency.words import KINDS
from wutong.control.pages.forms import Form
from wutong.control.people.one_time_code import typed
from wutong.core import emergency, hkid
from wutong.core.categories import CATEGORY_NAMES

GROUNDS = (
    ("attendance", _("The patient is here now")),
    ("appointment", _("The patient has an appointment")),
    ("referral", _("The patient was referred to us")),
    ("encounter", _("I am following up a visit")),
    ("attestation", _("Another reason of care")),
)


class HkidSearch(Form):
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


class NameSearch(Form):
    """By name and birth date."""

    name = forms.CharField(max_length=100, error_messages={"required": _("Enter the whole name")})
    born = forms.DateField(
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        error_messages={
            "required": _("Enter the date of birth"),
            "invalid": _("Enter the date of birth as day/month/year, such as 31/5/1950"),
        },
    )


class Statement(Form):
    """Why the record is opened (R-02)."""

    ground = forms.ChoiceField(choices=GROUNDS, error_messages={"required": _("Say why you are treating this person")})
    reason = forms.CharField(max_length=500, required=False)

    def clean(self) -> dict[str, str]:
        """Another reason must be told."""
        data: dict[str, str] = super().clean() or {}
        if data.get("ground") == "attestation" and not data.get("reason", "").strip():
            self.add_error("reason", _("Tell the reason in a few words"))
        return data


class EmergencyStatement(Form):
    """Why the record must open without the patient's permission, what of it, and a fresh one-time code."""

    kind = forms.ChoiceField(choices=tuple(KINDS.items()), error_messages={"required": _("Say why you cannot ask")})
    reason = forms.CharField(
        max_length=emergency.MOST_WORDS,
        error_messages={
            "required": _("Say in your own words what the emergency is"),
            "max_length": _("Keep the reason within 500 characters"),
        },
    )
    categories = forms.MultipleChoiceField(
        choices=[(code, code) for code in CATEGORY_NAMES],
        required=False,
        error_messages={"invalid_choice": _("Choose from the parts that are listed")},
    )
    code = forms.CharField(
        max_length=20, error_messages={"required": _("Enter the 6-digit code that your code generator shows now")}
    )

    def clean_reason(self) -> str:
        """Something that a reviewer can judge."""
        reason = str(self.cleaned_data["reason"])
        if not emergency.is_reason(reason):
            raise forms.ValidationError(
                _("Say in your own words what the emergency is, in at least 20 characters: a privacy officer reads it")
            )
        return reason

    def clean_code(self) -> str:
        """Six digits; spaces inside are forgiven."""
        code = typed(str(self.cleaned_data["code"]))
        if code is None:
            raise forms.ValidationError(_("The code has 6 digits. Look at your code generator and enter it again"))
        return code
