"""Checks what an officer proposes of the role matrix, and what another one decides; saves nothing."""

from collections.abc import Iterable
from datetime import date
from itertools import product
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wutong.control.console.role_words import SHORT
from wutong.control.console.trail_form import a_day
from wutong.control.pages.forms import Form
from wutong.control.people.queries.roles import Cell, Matrix, ProfessionRow
from wutong.core import clock, role_change
from wutong.core.access import RoleAccess
from wutong.core.categories import CATEGORY_NAMES

_TOO_LONG = _("Keep it within 500 characters")
OUTCOMES = {role_change.APPROVED: _("Approve"), role_change.DECLINED: _("Decline")}


class Professions(Form):
    """Whose rows of the matrix the proposal is about."""

    profession = forms.MultipleChoiceField(error_messages={"required": _("Choose at least one profession")})

    def __init__(self, data: Any, matrix: Matrix) -> None:
        super().__init__(data)
        field = self.fields["profession"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(row.profession, row.profession) for row in matrix.rows]


class Draft(Form):
    """What some cells shall say, from which day on, and why. A cell that nobody touches stays as it is on that day."""

    valid_from = a_day()
    reason = forms.CharField(
        max_length=role_change.MOST_WORDS,
        error_messages={"required": _("Say why, in at least 20 characters"), "max_length": _TOO_LONG},
    )

    def __init__(self, data: Any, rows: Iterable[ProfessionRow]) -> None:
        super().__init__(data)
        self._cells: dict[str, Cell] = {}
        for row, code in product(rows, CATEGORY_NAMES):
            self._cells[field_of(row.profession, code)] = row.profession, code
            self.add(field_of(row.profession, code), _cell(row.access_to(code)))

    @property
    def wanted(self) -> dict[Cell, RoleAccess]:
        """What the cells shall say, of a form that is valid."""
        return {self._cells[name]: RoleAccess.of(self.cleaned_data[name]) for name in self._touched()}

    def clean_valid_from(self) -> date:
        """Today or later."""
        day: date = self.cleaned_data["valid_from"]
        if not role_change.may_begin(day, today=clock.today()):
            raise forms.ValidationError(_("Enter a day from today on, at most two years ahead"))
        return day

    def clean_reason(self) -> str:
        """One that says something."""
        reason = str(self.cleaned_data["reason"])
        if not role_change.is_reason(reason):
            raise forms.ValidationError(_("Say why, in at least 20 characters"))
        return reason

    def clean(self) -> dict[str, Any]:
        """At least one cell."""
        data: dict[str, Any] = super().clean() or {}
        if not self._touched() and not set(self._cells) & set(self.errors):
            self.say_nothing_changes()
        return data

    def say_nothing_changes(self) -> None:
        """The refusal of a proposal that leaves everything as it is on its day."""
        self.add_error(
            next(iter(self._cells)), _("Choose at least one category that shall change, and what it becomes")
        )

    def _touched(self) -> list[str]:
        return [name for name in self._cells if self.cleaned_data.get(name)]


class Decision(Form):
    """How a second officer ends a proposal."""

    outcome = forms.ChoiceField(
        choices=tuple(OUTCOMES.items()), error_messages={"required": _("Choose whether you approve")}
    )
    note = forms.CharField(max_length=role_change.MOST_WORDS, required=False, error_messages={"max_length": _TOO_LONG})

    def clean(self) -> dict[str, str]:
        """Whoever declines says why."""
        data: dict[str, str] = super().clean() or {}
        if data.get("outcome") and "note" in data and not role_change.is_decision(data["outcome"], data["note"]):
            self.add_error("note", _("Say in a note why you decline, in at least 20 characters"))
        return data


def field_of(profession: str, category: str) -> str:
    """What a cell's field is called."""
    return f"{profession}-{category}".lower()


def _cell(today: RoleAccess) -> forms.ChoiceField:
    stays = gettext("%(access)s (unchanged)") % {"access": SHORT[today]}
    return forms.ChoiceField(
        choices=[("", stays), *((access.letter, said) for access, said in SHORT.items())], required=False
    )
