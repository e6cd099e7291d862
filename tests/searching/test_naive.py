"""Random searches over random resources find what a naive evaluator of the specification says, and nothing else.

WUTONG_SEARCHES: how many to try (the drill tries more).
"""

import json
import os
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from cast import Cast, Registered

from searching import made_up
from searching.naive import as_masked, finds

SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
SEARCHES = int(os.environ.get("WUTONG_SEARCHES", "200"))
_OF_EACH = 60


Stored = tuple[Registered, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def stored(cast: Cast) -> Stored:
    """Somebody who allows the clinic, and what is stored about them, by id."""
    who, dice = cast.register(), Random(SEED)
    cast.allow(who)
    subject = {"reference": f"Patient/{who.patient_id}"}
    makers = [made_up.observation] * _OF_EACH + [made_up.risk] * (_OF_EACH // 3)
    made = [make(dice, subject) for make in makers]
    entries = [{"resource": each, "request": {"method": "POST", "url": each["resourceType"]}} for each in made]
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    answer = cast.fhir(cast.ha, "POST", "", content=bundle)
    assert answer.status_code == 200, answer.text
    places = [entry["response"]["location"].split("/") for entry in answer.json()["entry"]]
    return who, {place[1]: each for place, each in zip(places, made, strict=True)}


@pytest.fixture(scope="module")
def doctor(cast: Cast, stored: Stored) -> str:
    """The token of one who opened the record."""
    token = cast.session_token(cast.doctor)
    assert cast.open(token, stored[0].person_id).status_code == 200
    return token


@pytest.mark.parametrize("number", range(SEARCHES))
def test_a_random_search_finds_what_the_specification_says(cast: Cast, stored: Stored, number: int) -> None:
    dice = Random(SEED * 1000 + number)
    kind = dice.choice(["Observation"] * 4 + ["RiskAssessment"])
    _ask(cast, stored[0], stored[1], kind, cast.ha, dice)


@pytest.mark.parametrize("number", range(SEARCHES // 4))
def test_a_professional_finds_the_same_but_by_masked_numbers(
    cast: Cast, stored: Stored, doctor: str, number: int
) -> None:
    masked = {key: as_masked(each) for key, each in stored[1].items()}
    _ask(cast, stored[0], masked, "Observation", doctor, Random(SEED * 1000 + number))


def _ask(
    cast: Cast, who: Registered, resources: dict[str, dict[str, Any]], kind: str, token: str, dice: Random
) -> None:
    asked = [made_up.question(dice, kind) for _ in range(dice.choice([1, 1, 1, 2]))]
    query = urlencode([("patient", str(who.patient_id)), ("_count", "500"), *asked])
    answer = cast.fhir(token, "GET", f"{kind}?{query}")
    assert answer.status_code == 200, (asked, answer.text)
    found = {entry["resource"]["id"] for entry in answer.json().get("entry", [])}
    wanted = {
        key
        for key, each in resources.items()
        if each["resourceType"] == kind and all(finds(each, name, text) for name, text in asked)
    }
    assert found == wanted, (asked, [resources[key] for key in (found ^ wanted)][:2])
    assert answer.json()["total"] == len(wanted)
