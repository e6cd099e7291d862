"""Twin worlds: two people alike but for what a caller may not see get equal answers, ids and times apart.

The one has further rows in categories that the caller's profession does not see, and rows that another provider
deposited which are never shared. Whatever is asked (rows, totals, order, pages, chains, what comes along), the answers
are the same. WUTONG_SEARCHES: how many to try.
"""

import json
import os
import re
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from cast import HARBOUR, Cast, Registered
from record.resources import of_category

from searching import made_up

SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
SEARCHES = int(os.environ.get("WUTONG_SEARCHES", "200"))
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r'"lastUpdated":"[^"]*"')
_LINK = re.compile(r"_page=[\w-]+")
_SEEN = {"coding": [{"code": "vital-signs"}]}  # an occupational therapist sees OBS ...
_HIDDEN = {"coding": [{"code": "laboratory"}]}  # ... and no laboratory results
_PROFESSION = "OT"


@dataclass
class World:
    """One of the twins, as one caller meets it."""

    cast: Cast
    who: Registered
    token: str
    ids: dict[str, str]

    def ask(self, path: str) -> list[str]:
        """Every page of a search, with ids by the order in which the rows were made, times and links taken out."""
        told, path = list[str](), path.replace("{person}", str(self.who.person_id))
        while path:
            answer = self.cast.fhir(self.token, "GET", path)
            told.append(f"{answer.status_code} {self.plain(answer.text)}")
            links = answer.json().get("link", [])
            path = next((each["url"].partition("/fhir/")[2] for each in links if each["relation"] == "next"), "")
        return told

    def plain(self, text: str) -> str:
        """A text in which nothing is left that differs from twin to twin."""
        text = _LINK.sub("_page=…", _TIME.sub('"lastUpdated":"…"', text))
        return _UUID.sub(lambda found: self.ids.get(found[0], "another"), text)


def _twin(cast: Cast, *, with_hidden: bool) -> World:
    dice, who = Random(SEED), cast.register(born="1960-01-01")
    cast.allow(who)
    ids = {str(who.person_id): "person", str(who.patient_id): "patient"}
    subject = {"reference": f"Patient/{who.patient_id}"}
    visit = _store(cast, [of_category("ENC", who.patient_id)])[0]
    ids[visit] = "visit"
    seen = [_dressed(made_up.observation(dice, subject), _SEEN, visit) for _ in range(25)]
    hidden = [_dressed(made_up.observation(dice, subject), _HIDDEN, visit) for _ in range(25)]
    for number in range(25):
        both = [seen[number], *([hidden[number]] if with_hidden else [])]
        stored = _store(cast, both)
        ids |= dict(zip(stored, [f"seen {number}", "hidden"], strict=False))
    if with_hidden:
        goal = {"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "x"}, "subject": subject}
        _store(cast, [of_category("LAB", who.patient_id), goal])
    token = cast.session_token(cast.professional(_PROFESSION, HARBOUR))
    assert cast.open(token, who.person_id).status_code == 200
    return World(cast, who, token, ids)


def _dressed(observation: dict[str, Any], category: dict[str, Any], visit: str) -> dict[str, Any]:
    return observation | {"category": [category], "encounter": {"reference": f"Encounter/{visit}"}}


def _store(cast: Cast, resources: list[dict[str, Any]]) -> list[str]:
    entries = [{"resource": each, "request": {"method": "POST", "url": each["resourceType"]}} for each in resources]
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    answer = cast.fhir(cast.ha, "POST", "", content=bundle)
    assert answer.status_code == 200, answer.text
    return [entry["response"]["location"].split("/")[1] for entry in answer.json()["entry"]]


@pytest.fixture(scope="module")
def twins(cast: Cast) -> tuple[World, World]:
    """The one with and the one without what the caller may not see."""
    return _twin(cast, with_hidden=True), _twin(cast, with_hidden=False)


def _path(dice: Random) -> str:
    if not dice.randrange(5):
        return _about_the_visit(dice)
    asked = [made_up.question(dice, "Observation") for _ in range(dice.randrange(3))]
    more = [("_count", dice.choice(["3", "10", "500", "0"])), ("_sort", dice.choice(_ORDERS))]
    more += [("_include", "Observation:encounter")] if not dice.randrange(4) else []
    more += [("_revinclude", "Observation:derived-from")] if not dice.randrange(4) else []
    more += [("encounter.class", "AMB")] if not dice.randrange(5) else []
    more += [("_total", "none")] if not dice.randrange(5) else []
    return f"Observation?patient={{person}}&{urlencode([*asked, *more])}"


def _about_the_visit(dice: Random) -> str:
    name, text = made_up.question(dice, "Observation")
    asked = [(f"_has:Observation:encounter:{name}", text)] if dice.randrange(2) else []
    along = [("_revinclude", "Observation:encounter")] if dice.randrange(2) else []
    return f"Encounter?patient={{person}}&{urlencode([*asked, *along])}"


_ORDERS = [
    "-date",
    "date",
    "code",
    "-status",
    "value-quantity",
    "-value-string",
    "category,_lastUpdated",
    "-clinical-date",
]


@pytest.mark.parametrize("number", range(SEARCHES))
def test_twins_give_the_same_answers(twins: tuple[World, World], number: int) -> None:
    path = _path(Random(SEED * 1000 + number))
    one, other = (_comparable(each.ask(path)) for each in twins)
    assert one == other, path


def _comparable(told: list[str]) -> tuple[list[Any], list[str]]:
    """Of each page its status, total and problem; and the entries of all pages.

    Ids are random, and decide between equals: pages are compared entry by entry in `test_order_tells_nothing_either`.
    """
    pages = [json.loads(each.partition(" ")[2]) for each in told]
    heads = [
        (each.partition(" ")[0], page.get("total"), page.get("issue")) for each, page in zip(told, pages, strict=True)
    ]
    entries = [
        (entry["search"]["mode"], json.dumps(entry, sort_keys=True)) for p in pages for entry in p.get("entry", [])
    ]
    along = {text for mode, text in entries if mode == "include"}  # it comes along with each page that it belongs to
    return heads, sorted([*(text for mode, text in entries if mode == "match"), *along])


def test_order_tells_nothing_either(twins: tuple[World, World]) -> None:
    """By an order that ids do not decide, page by page and byte by byte."""
    for order in ("-_lastUpdated", "_lastUpdated"):
        one, other = (each.ask(f"Observation?patient={{person}}&_sort={order}&_count=4") for each in twins)
        assert one == other
        assert len(one) == 7


def test_the_hidden_rows_are_there_for_who_may_see_them(cast: Cast, twins: tuple[World, World]) -> None:
    doctor = cast.session_token(cast.professional("DOC", HARBOUR))
    totals = []
    for world in twins:
        cast.open(doctor, world.who.person_id)
        totals.append(cast.fhir(doctor, "GET", f"Observation?patient={world.who.person_id}").json()["total"])
    assert totals == [51, 25]


def test_a_leaking_total_turns_the_comparison_red(twins: tuple[World, World], monkeypatch: pytest.MonkeyPatch) -> None:
    """The canary: with a count of rows that the caller may not see, the twins differ."""
    from wutong.record.fhir import search

    path = "Observation?patient={person}&_count=3"
    assert _comparable(twins[0].ask(path)) == _comparable(twins[1].ask(path))
    honest = search._bundle

    def leaking(*given: Any) -> dict[str, Any]:
        return {**honest(*given), "total": 51 if str(twins[0].who.person_id) in str(given) else 25}

    monkeypatch.setattr(search, "_bundle", leaking)
    assert _comparable(twins[0].ask(path)) != _comparable(twins[1].ask(path))
