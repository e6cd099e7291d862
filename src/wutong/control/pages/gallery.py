"""The gallery: every component in all its states, a page a room. It shows nobody's data, so anybody may open it.

A room's components stand in its own `fixtures.py`, as `COMPONENTS`; a new room's are found by themselves. The same
fixtures are the documentation, the pictures in docs/gallery and what axe reads (tests/pages/test_gallery.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from jinja2 import Template

from wutong.core.routes import Comers, open_to

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


@open_to(Comers.ANYBODY)
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """What there is, by room."""
    return render(request, "pages/gallery.jinja", {"rooms": by_room()})


@open_to(Comers.ANYBODY)
@require_safe
def room(request: HttpRequest, label: str) -> HttpResponse:
    """Every component of one room."""
    held = by_room().get(label)
    if held is None:
        raise Http404
    shown = [(each, examples(each)) for each in held]
    return render(request, "pages/gallery_room.jinja", {"room": label, "held": shown})


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
