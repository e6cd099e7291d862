"""Every route of both planes declares who may come to it; one that does not stops the start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import free_port
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from starlette.requests import Request
from starlette.responses import Response

from wutong.control.project.rules import rules
from wutong.core.routes import Comers, Undeclared, open_to
from wutong.record import app
from wutong.record.fhir import interactions
from wutong.record.fhir.callers import ANYBODY
from wutong.record.fhir.interactions import Interaction, Level

_BROKEN = Path(__file__).parents[1] / "attack" / "broken.py"


async def _door(_: Request) -> Response:
    return Response()


def _page(_: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_every_door_and_every_page_has_its_rule() -> None:
    doors = list(app.create_app().doors.addresses)
    assert len(doors) == len(interactions.TABLE) + 2
    assert len(rules()) > 50


def test_what_is_open_to_anybody_at_the_record_plane_describes_it_and_no_more() -> None:
    """The table's own doors all ask for a live token at least: no rule there is `ANYBODY`."""
    assert all(each.rule not in {None, ANYBODY} for each in interactions.TABLE)


def test_a_door_without_a_rule_stops_the_plane(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = Interaction(Level.TYPE, ("read",), "GET", "/{type}/{id}/$all", _door)
    monkeypatch.setattr(interactions, "TABLE", (*interactions.TABLE, planted))
    with pytest.raises(Undeclared, match=r"The route GET /fhir/\{type\}/\{id\}/\$all does not say who may come to it"):
        app.create_app()


def test_a_page_without_a_rule_stops_the_plane() -> None:
    def planted(view: object) -> list[object]:
        return [path("console/", include([path("all/<uuid:person_id>/", view)]))]

    with pytest.raises(Undeclared, match=r"The route /console/all/<uuid:person_id>/ does not say who may come"):
        rules(planted(_page))
    declared = open_to(Comers.ANYBODY)(lambda request: HttpResponse())
    assert rules(planted(declared)) == {"console/all/<uuid:person_id>/": Comers.ANYBODY}


@pytest.mark.parametrize(("defect", "route"), [("door", "GET /fhir/Basic"), ("page", "/planted/")])
def test_the_server_says_so_and_does_not_start(defect: str, route: str) -> None:
    words = [sys.executable, str(_BROKEN), f"{defect}-without-rule", "serve", "--without-worker"]
    ended = subprocess.run([*words, "--port", str(free_port())], env=os.environ, capture_output=True, timeout=60)
    sentence = f"wutong: The route {route} does not say who may come to it. Declare its rule, and start again.\n"
    assert (ended.returncode, ended.stderr.decode()) == (1, sentence)
