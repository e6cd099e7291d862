"""Random searches over random resources find what a naive evaluator of the specification says, and nothing else.

WUTONG_SEARCHES: how many to try (the drill tries more).
"""

import json
import os
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from cast import Cast

from searching import made_up
from searching.naive import finds

SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
SEARCHES = int(os.environ.get("WUTONG_SEARCHES", "200"))
_OF_EACH = 60


@pytest.fixture(scope="module")
def stored(cast: Cast) -> tuple[str, dict[str, dict[str, Any]]]:
    """Somebody's patient id, and what is stored about them, by id."""
    who, dice = cast.register(), Random(SEED)
    subject = {"reference": f"Patient/{who.patient_id}"}
    makers = [made_up.observation] * _OF_EACH + [made_up.risk] * (_OF_EACH // 3)
    made = [make(dice, subject) for make in makers]
    entries = [{"resource": each, "request": {"method": "POST", "url": each["resourceType"]}} for each in made]
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    answer = cast.fhir(cast.ha, "POST", "", content=bundle)
    assert answer.status_code == 200, answer.text
    places = [entry["response"]["location"].split("/") for entry in answer.json()["entry"]]
    return str(who.patient_id), {place[1]: each for place, each in zip(places, made, strict=True)}


@pytest.mark.parametrize("number", range(SEARCHES))
def test_a_random_search_finds_what_the_specification_says(
    cast: Cast, stored: tuple[str, dict[str, dict[str, Any]]], number: int
) -> None:
    patient, resources = stored
    dice = Random(SEED * 1000 + number)
    kind = dice.choice(["Observation"] * 4 + ["RiskAssessment"])
    asked = [made_up.question(dice, kind) for _ in range(dice.choice([1, 1, 1, 2]))]
    query = urlencode([("patient", patient), ("_count", "500"), *asked])
    answer = cast.fhir(cast.ha, "GET", f"{kind}?{query}")
    assert answer.status_code == 200, (asked, answer.text)
    found = {entry["resource"]["id"] for entry in answer.json().get("entry", [])}
    wanted = {
        key
        for key, each in resources.items()
        if each["resourceType"] == kind and all(finds(each, name, text) for name, text in asked)
    }
    assert found == wanted, (asked, [resources[key] for key in (found ^ wanted)][:2])
    assert answer.json()["total"] == len(wanted)
