"""What every form of ours is: one whose refusals are our own sentences, in the language of the page.

Django's own stand only where a field has no better one: these are for what any field may be sent.
"""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wutong.control.pages.names import colon

_SENTENCES = {
    "max_length": _("Shorten this to at most %(limit_value)s characters"),
    "invalid_choice": _("Choose one of the list"),
    "null_characters_not_allowed": _("Take out the characters that cannot be shown, and type this again"),
}


class Form(forms.Form):
    """A form whose fields say it kindly; what a field says itself is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self.add(name, field)

    def add(self, name: str, field: forms.Field) -> None:
        """Take a field in, also one that only this form has."""
        for code, sentence in _SENTENCES.items():
            if field.error_messages.get(code) is _stock(field, code):
                field.error_messages[code] = sentence
        self.fields[name] = field


def problem(form: forms.Form, name: str) -> dict[str, Any] | None:
    """What is wrong with a field, as components take it: their own hidden word has an English colon."""
    if not form.errors.get(name):
        return None
    word = gettext("Error") + colon()
    html = format_html('<span class="nhsuk-u-visually-hidden">{}</span>{}', word, form.errors[name][0])
    return {"html": html, "visuallyHiddenText": ""}


def _stock(field: forms.Field, code: str) -> Any:
    """Django's own sentence of such a field; None where a validator has it."""
    kinds = (vars(each).get("default_error_messages", {}) for each in type(field).__mro__)
    return next((told[code] for told in kinds if code in told), None)
