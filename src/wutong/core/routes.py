"""Every route of both planes says who may come to it. One that does not, stops the start."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from wutong.core.answers import Problem

View = TypeVar("View", bound=Callable[..., Any])
_NAME = "comers"


class Comers(StrEnum):
    """Who may come to a page; what they then see of whom is decided within."""

    ANYBODY = "anybody"
    CLIENT = "a provider's system, with its secret"
    BEARER = "whoever has a live bearer token: a person, a clinician or a provider's system"
    SIGNING_IN = "whoever has given a right password, until they are signed in"
    SIGNED_IN = "anybody signed in"
    PATIENT = "a person in their own portal"
    PROFESSIONAL = "a clinician at a workplace"
    DESK = "registration staff or a clinician at a workplace"
    OFFICER = "a privacy officer, of the eHR office or of an active provider"
    OFFICE = "a privacy officer of the eHR office"


class Undeclared(Problem):
    """A route that nobody has said a rule for."""

    def __init__(self, route: str) -> None:
        super().__init__(f"The route {route} does not say who may come to it. Declare its rule, and start again.")


def open_to(comers: Comers) -> Callable[[View], View]:
    """Declare who may come to a view. Whoever is not anybody is told apart within the view, or by its guard."""

    def declared(view: View) -> View:
        setattr(view, _NAME, comers)
        return view

    return declared


def comers_of(view: Callable[..., Any]) -> Comers | None:
    """What was declared; None: nothing."""
    found: Comers | None = getattr(view, _NAME, None)
    return found
