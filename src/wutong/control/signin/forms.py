"""Checks what a person typed at sign-in, kindly; saves nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.control.pages.forms import Form
from wutong.control.people.one_time_code import typed


class NameAndPassword(Form):
    """The first factor."""

    name = forms.CharField(max_length=60, error_messages={"required": _("Enter your sign-in name")})
    password = forms.CharField(max_length=200, strip=False, error_messages={"required": _("Enter your password")})


class OneTimeCode(Form):
    """The second factor; spaces inside the code are forgiven."""

    code = forms.CharField(max_length=20, error_messages={"required": _("Enter the 6-digit code")})

    def clean_code(self) -> str:
        """Six digits."""
        code = typed(str(self.cleaned_data["code"]))
        if code is None:
            raise forms.ValidationError(_("The code has 6 digits. Look at your code generator and enter it again"))
        return code


class WorkplaceChoice(Form):
    """Where the person works now."""

    workplace = forms.UUIDField(error_messages=dict.fromkeys(("required", "invalid"), _("Choose where you work now")))
