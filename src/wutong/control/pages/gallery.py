"""The gallery: one page with every component in all its states. It shows nobody's data, so anybody may open it.

A room's components stand in its own `fixtures.py`, as `COMPONENTS`; a new room's are found by themselves. The same
fixtures are the documentation, the pictures in docs/gallery and what axe reads (tests/pages/test_gallery.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from jinja2 import Template

STATES = ("filled", "empty", "error", "long", "chinese")


@dataclass(frozen=True)
class Component:
    """A macro, or a pattern that pages write out (then `source` is empty).

    `examples` has the Jinja call for each state that it can be in; `given` are the values that the calls name.
    """

    name: str
    source: str
    purpose: str
    not_for: str
    examples: Mapping[str, str]
    given: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """One example as the page shows it."""

    state: str
    call: str
    html: str


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component, by room."""
    shown = [(room, [(each, examples(each)) for each in held]) for room, held in by_room().items()]
    return render(request, "pages/gallery.jinja", {"rooms": shown})


@cache
def by_room() -> dict[str, tuple[Component, ...]]:
    """What each room of the people plane has, those that every page may use first."""
    names = [(each.label, f"{each.name}.fixtures") for each in apps.get_app_configs() if each.name.startswith("wutong")]
    return {label: import_module(name).COMPONENTS for label, name in names if find_spec(name)}


def examples(component: Component) -> list[Shown]:
    """The component in each of its states, in the language of the page."""
    return [
        Shown(_name_of(state), call, _compiled(component.source, component.name, call).render(component.given))
        for state, call in component.examples.items()
    ]


@cache
def _compiled(source: str, name: str, call: str) -> Template:
    pages = engines["jinja2"]
    assert isinstance(pages, Jinja2)  # noqa: S101 - tells the type checker what the settings say
    return pages.env.from_string((f'{{% from "{source}" import {name} %}}' if source else "") + call)


def _name_of(state: str) -> str:
    return {
        "filled": _("Filled"),
        "empty": _("Empty"),
        "error": _("With an error"),
        "long": _("With a long text"),
        "chinese": _("With Chinese"),
    }[state]
