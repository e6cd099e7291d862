"""Checks what a clinician typed, kindly; saves nothing."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wutong.control.audit.words import COMMON_REASONS
from wutong.control.authorisation import words as authorisation_words
from wutong.control.authorisation.codes import DIGITS
from wutong.control.emergency.words import KINDS
from wutong.control.pages.forms import Form
from wutong.control.pages.names import colon
from wutong.control.people.one_time_code import typed
from wutong.core import care, emergency, hkid
from wutong.core.categories import CATEGORY_NAMES

_OTHER = "other"
REASONS = (*((code, _(said)) for code, said in COMMON_REASONS.items()), (_OTHER, _("Another reason of care")))


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
    """Why the record is opened, where it does not show itself that the clinic cares for the patient (R-02)."""

    common = forms.ChoiceField(choices=REASONS, required=False)
    reason = forms.CharField(max_length=400, required=False)

    def clean_reason(self) -> str:
        """What the patient can read."""
        reason = care.tidy(self.cleaned_data["reason"])
        if reason and not care.is_reason(reason):
            raise forms.ValidationError(_("Take out the characters that cannot be shown, and type this again"))
        return reason

    @property
    def said(self) -> str:
        """The reason as the record's gate takes it; empty where none is given."""
        common, words = self.cleaned_data["common"], str(self.cleaned_data["reason"])
        if common in COMMON_REASONS and words:
            return f"{gettext(COMMON_REASONS[common])}{colon()}{words}"
        return words or COMMON_REASONS.get(common, "")

    def ask(self) -> None:
        """A reason is needed, and none was given."""
        if self.cleaned_data["common"] == _OTHER:
            self.add_error("reason", _("Tell the reason in a few words"))
        else:
            self.add_error("common", _("Say why you are treating this person"))


class AuthorisationWish(Form):
    """Which restricted parts the patient is asked to open, what for, and why."""

    categories = forms.MultipleChoiceField(
        choices=[(code, code) for code in CATEGORY_NAMES],
        error_messages={
            "required": _("Choose the parts that you need"),
            "invalid_choice": _("Choose from the parts that are listed"),
        },
    )
    kind = forms.ChoiceField(
        choices=tuple(authorisation_words.KINDS.items()), error_messages={"required": _("Say what you need them for")}
    )
    reason = forms.CharField(
        max_length=emergency.MOST_WORDS,
        error_messages={
            "required": _("Say in your own words why you need them"),
            "max_length": _("Keep the reason within 500 characters"),
        },
    )

    def clean_reason(self) -> str:
        """Something that the patient can judge."""
        reason = str(self.cleaned_data["reason"])
        if not emergency.is_reason(reason):
            raise forms.ValidationError(
                _("Say in your own words why you need them, in at least 20 characters: the patient reads it")
            )
        return reason


class SentCode(Form):
    """The code that the patient was sent, and tells."""

    code = forms.CharField(max_length=20, error_messages={"required": _("Enter the code that the patient tells you")})

    def clean_code(self) -> str:
        """Eight digits; spaces inside are forgiven."""
        code = typed(str(self.cleaned_data["code"]), digits=DIGITS)
        if code is None:
            raise forms.ValidationError(_("The code has 8 digits. Ask the patient to read it to you again"))
        return code


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
