"""Checks what a patient chose; saves nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

KINDS = (("one-year", _("For one year")), ("indefinite", _("Until I withdraw it")))


class KindChoice(forms.Form):
    """For how long."""

    kind = forms.ChoiceField(choices=KINDS, error_messages={"required": _("Choose for how long")})
