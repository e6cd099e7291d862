"""Checks what an officer asks of the trail, kindly; finds nothing itself."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.control.audit.trail import Place
from wutong.control.console.words import EVENTS, GROUNDS, OUTCOMES, PURPOSES
from wutong.control.flows.inspect_trail import Asked
from wutong.control.pages.forms import Form
from wutong.control.pages.names import named
from wutong.control.people.queries.providers import ProviderFacts
from wutong.core import clock, hkid, ids

USUAL_DAYS = 30
_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]
_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)
_EHR_NUMBER = re.compile(r"[0-9]{12}")
_PLACE = re.compile(r"(\d{1,17})\.(.{36})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANY = ("", _("Any"))


def a_day() -> forms.DateField:
    """A day as the browser's date field sends it, or as people write one."""
    wrong = _("Enter a day between 2000 and 2199 as day/month/year, such as 31/5/2026")
    return forms.DateField(input_formats=_FORMATS, error_messages={"required": _("Enter a day"), "invalid": wrong})


def refuse_far_off(day: date) -> date:
    """`day`, or a kind refusal of one that no trail and no matrix has."""
    if not _EARLIEST <= day <= _LATEST:
        raise forms.ValidationError(_("Enter a day between 2000 and 2199"))
    return day


class TrailSearch(Form):
    """What to find. `providers` are those that the officer may choose among; none where the officer sees one alone."""

    first = a_day()
    last = a_day()
    patient = forms.CharField(max_length=30, required=False)
    caller = forms.CharField(max_length=100, required=False)
    provider = forms.ChoiceField(required=False)
    event = forms.ChoiceField(required=False)
    outcome = forms.ChoiceField(required=False)
    ground = forms.ChoiceField(required=False)
    purpose = forms.ChoiceField(required=False)

    def __init__(self, data: Any, providers: Iterable[ProviderFacts]) -> None:
        super().__init__(data, initial={"first": clock.today() - timedelta(days=USUAL_DAYS - 1), "last": clock.today()})
        self._choose("provider", [(str(each.provider_id), named(each.name_en, each.name_zh)) for each in providers])
        for name, words in (("event", EVENTS), ("outcome", OUTCOMES), ("ground", GROUNDS), ("purpose", PURPOSES)):
            self._choose(name, [(str(code), said) for code, said in words.items()])

    def clean_first(self) -> date:
        """Within what a trail can hold."""
        return refuse_far_off(self.cleaned_data["first"])

    def clean_last(self) -> date:
        """Within what a trail can hold."""
        return refuse_far_off(self.cleaned_data["last"])

    def clean_patient(self) -> str:
        """An HKID number with a right check digit, or the twelve digits of an eHR number."""
        number = hkid.normalise(str(self.cleaned_data["patient"]))
        if number and not (hkid.is_valid(number) or _EHR_NUMBER.fullmatch(number)):
            raise forms.ValidationError(_("Enter a right HKID number, or the 12 digits of an eHR number"))
        return number

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day must not be before the first"))
        return data

    def asked(self) -> Asked:
        """What was asked, of a form that is valid."""
        given: Mapping[str, Any] = self.cleaned_data
        return Asked(
            first=given["first"],
            last=given["last"],
            patient=given["patient"],
            who=given["caller"],
            provider_id=UUID(given["provider"]) if given["provider"] else None,
            event=given["event"],
            outcome=given["outcome"],
            ground=given["ground"],
            purpose=given["purpose"],
        )

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [_ANY, *choices]


def written(place: Place) -> str:
    """A place in the trail as a form carries it: microseconds since 1970, and the id."""
    return f"{microseconds(place.at)}.{place.entry_id}"


def read_place(text: str) -> Place | None:
    """The place that `written` wrote; None for anything else, which begins at the newest."""
    found = _PLACE.fullmatch(text)
    entry_id = ids.read(found[2]) if found else None
    at = instant(int(found[1])) if found else None
    return Place(at, entry_id) if at and entry_id else None


def microseconds(at: datetime) -> int:
    """An instant as a whole number that an address can hold."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant(count: int) -> datetime | None:
    """The instant of that many microseconds; None for what no trail holds."""
    try:
        return _EPOCH + timedelta(microseconds=count)
    except OverflowError:
        return None
