"""Checks what a patient chose; saves nothing."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from wutong.control.consent.closing_actions import Kind as ClosingKind
from wutong.control.pages.forms import Form
from wutong.core import clock

KINDS = (("one-year", _("For one year")), ("indefinite", _("Until I withdraw it")))

KEEP = "keep"
PERMISSIONS = (
    (KEEP, _("They hold again, as they stand here")),
    ("withdraw", _("They are withdrawn. I allow each again, if I wish to")),
)


class KindChoice(Form):
    """For how long."""

    kind = forms.ChoiceField(choices=KINDS, error_messages={"required": _("Choose for how long")})


class Sought(Form):
    """A part of a name in a list that may be long; nothing: the whole list."""

    name = forms.CharField(required=False, max_length=100)


class PermissionsChoice(Form):
    """Whether who was allowed before may look again."""

    permissions = forms.ChoiceField(
        choices=PERMISSIONS, error_messages={"required": _("Choose what becomes of the permissions of before")}
    )


class DayChoice(Form):
    """On which day, until today."""

    day = forms.DateField(
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        error_messages={
            "required": _("Enter a day"),
            "invalid": _("Enter the day as day/month/year, such as 31/5/2026"),
        },
    )

    def clean_day(self) -> date:
        """A day that has begun: what will be allowed then, nobody knows."""
        day: date = self.cleaned_data["day"]
        if day > clock.today():
            raise forms.ValidationError(_("This day is still to come. Enter today or an earlier day"))
        return day


class ToClose(Form):
    """Which one of those that can be closed."""

    value = forms.ChoiceField(error_messages={"required": _("Choose what to close")})

    def __init__(self, sent: QueryDict | None, values: Iterable[str]) -> None:
        super().__init__(sent)
        field = self.fields["value"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(each, each) for each in values]


class Closed(Form):
    """One thing that was closed once, as addresses name it."""

    kind = forms.ChoiceField(choices=ClosingKind.choices)
    value = forms.CharField(max_length=64)


def kinds() -> list[dict[str, str]]:
    """The choices as the component takes them."""
    return [{"value": value, "text": str(text)} for value, text in KINDS]


def what_becomes_of_permissions() -> list[dict[str, str]]:
    """The same of permissions of before."""
    return [{"value": value, "text": str(text)} for value, text in PERMISSIONS]


def seen(sent: QueryDict, name: str = "seen") -> int:
    """Which version of the consent or closing (or roster of members) the page had shown; what no page of ours sends is
    none that there is.
    """
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1
