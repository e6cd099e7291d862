"""Checks what an officer decided; saves nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.control.emergency.words import OUTCOMES
from wutong.control.pages.forms import Form
from wutong.core import emergency


class Review(Form):
    """How a case is closed."""

    outcome = forms.ChoiceField(choices=tuple(OUTCOMES.items()), error_messages={"required": _("Choose the outcome")})
    note = forms.CharField(
        max_length=emergency.MOST_WORDS,
        required=False,
        error_messages={"max_length": _("Keep the note within 500 characters")},
    )

    def clean(self) -> dict[str, str]:
        """Whoever does not find it justified says why."""
        data: dict[str, str] = super().clean() or {}
        if data.get("outcome") and "note" in data and not emergency.is_closing(data["outcome"], data["note"]):
            self.add_error("note", _("Say why in a note, in at least 20 characters"))
        return data
