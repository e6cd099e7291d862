"""`wutong` with defects that must not be, by their names: for the canaries alone, in a process of its own.

Usage: broken.py DEFECT[,DEFECT…] serve …
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from starlette.requests import Request
from starlette.responses import Response

from wutong import cli
from wutong.core import access
from wutong.core.sealing import token_hash
from wutong.record.fhir import answers, interactions, requests
from wutong.record.fhir.callers import Rule
from wutong.record.fhir.interactions import Interaction, Level
from wutong.record.gate import open as gate


def _door_without_rule() -> None:
    async def door(_: Request) -> Response:
        return Response()

    interactions.TABLE = (*interactions.TABLE, Interaction(Level.TYPE, ("read",), "GET", "/Basic", door))


def _page_without_rule() -> None:
    from django.urls import path

    from wutong.commands import start

    def page(_: HttpRequest) -> HttpResponse:
        return HttpResponse()

    start.set_up_django()
    from wutong.control.project import urls

    urls.urlpatterns.append(path("planted/", page))


def _consent_forgotten() -> None:
    access._consent_missing = lambda *_: None


def _suspension_forgotten() -> None:
    access._provider_closed = lambda _: None


def _roles_forgotten() -> None:
    access.open_categories = frozenset


def _caller_forgotten() -> None:
    """Whoever asks is the hospital group."""
    requests.token = lambda _: token_hash(os.environ["CANARY_TOKEN"])


def _refusals_not_entered() -> None:
    append = gate._append

    async def leaves_out(connection: Any, entries: Sequence[dict[str, Any]]) -> None:
        await append(connection, [each for each in entries if each["outcome"] == "allowed"])

    gate._append = leaves_out


def _rules_not_kept() -> None:
    Rule.before = lambda self, door: door  # type: ignore[method-assign]


def _refused_and_missing_differ() -> None:
    answers.hidden = lambda answer: answers.refused(answer)  # type: ignore[arg-type]


def _everybody_suits() -> None:
    from wutong.control.guard import sessions

    sessions._SUITS = dict.fromkeys(sessions._SUITS, lambda _: True)


def _forms_from_anywhere() -> None:
    from wutong.control.project import settings

    settings.MIDDLEWARE.remove("django.middleware.csrf.CsrfViewMiddleware")


def _anybody_is_a_parent() -> None:
    from wutong.control.flows import represent_person
    from wutong.control.people.queries import representatives

    def standing(_: UUID, person_id: UUID) -> Any:
        found = representatives.Person.objects.get(person_id=person_id)
        return representatives.Standing(representatives.summary(found), "parent")

    represent_person.standing = standing


def _after_setting_up(defect: Callable[[], None]) -> Callable[[], None]:
    def planted() -> None:
        from wutong.commands import start

        start.set_up_django()
        defect()

    return planted


DEFECTS: dict[str, Callable[[], None]] = {
    "door-without-rule": _door_without_rule,
    "page-without-rule": _page_without_rule,
    "consent": _consent_forgotten,
    "suspension": _suspension_forgotten,
    "roles": _roles_forgotten,
    "caller": _caller_forgotten,
    "trail": _refusals_not_entered,
    "rules": _rules_not_kept,
    "hiding": _refused_and_missing_differ,
    "forms": _forms_from_anywhere,
    "guard": _after_setting_up(_everybody_suits),
    "parents": _after_setting_up(_anybody_is_a_parent),
}

if __name__ == "__main__":
    for name in sys.argv.pop(1).split(","):
        DEFECTS[name]()
    sys.exit(cli.main())
