"""Random searches of patients, encounters and conditions, and across them, without a patient: as the naive evaluator.

A system asks them of all that its provider deposited. WUTONG_SEARCHES: how many to try (the drill tries more).
"""

import json
import os
from random import Random
from urllib.parse import urlencode

import pytest
from cast import Cast, unused_hkid

from searching import kin
from searching.made_up import Json
from wutong.control.audit.append import HOST
from wutong.control.people.actions import providers

SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
SEARCHES = int(os.environ.get("WUTONG_SEARCHES", "200")) // 2
_PEOPLE, _VISITS, _CONDITIONS = 12, 30, 45


@pytest.fixture(scope="module")
def token(cast: Cast) -> str:
    """Of a system of a provider that deposited nothing else."""
    names = {"name_en": "Lone Hospital", "name_zh": "孤島醫院", "kind": "hospital-group"}
    providers.register_provider(actor=HOST, code="LONE", is_deemed=True, **names)
    return cast.client_token("LONE", may_register=True)


@pytest.fixture(scope="module")
def rows(cast: Cast, token: str) -> kin.Rows:
    """All that it deposited, by `Type/id`."""
    dice = Random(SEED)
    people = _stored(cast, token, [kin.person(dice, unused_hkid()) for _ in range(_PEOPLE)])
    subjects = [dice.choice(list(people)) for _ in range(_VISITS)]
    visits = _stored(cast, token, [kin.encounter(dice, each) for each in subjects])
    during = [dice.choice(list(visits)) for _ in range(_CONDITIONS)]
    made = [kin.condition(dice, visits[each]["subject"]["reference"], each) for each in during]
    return people | visits | _stored(cast, token, made)


def _stored(cast: Cast, token: str, made: list[Json]) -> dict[str, Json]:
    entries = [{"resource": each, "request": {"method": "POST", "url": each["resourceType"]}} for each in made]
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    answer = cast.fhir(token, "POST", "", content=bundle)
    assert answer.status_code == 200, answer.text
    places = ["/".join(each["response"]["location"].split("/")[:2]) for each in answer.json()["entry"]]
    return dict(zip(places, made, strict=True))


def _told(cast: Cast, token: str, kind: str, pairs: list[tuple[str, str]]) -> tuple[set[str], set[str], int]:
    answer = cast.fhir(token, "GET", f"{kind}?{urlencode([*pairs, ('_count', '500')])}")
    assert answer.status_code == 200, (pairs, answer.text)
    told: dict[str, set[str]] = {"match": set(), "include": set()}
    for entry in answer.json().get("entry", []):
        told[entry["search"]["mode"]].add(f"{entry['resource']['resourceType']}/{entry['resource']['id']}")
    return told["match"], told["include"], answer.json()["total"]


def _question(number: int) -> tuple[str, list[tuple[str, str]]]:
    dice = Random(SEED * 1000 + number)
    kind = dice.choice(list(kin.PARAMETERS))
    return kind, [dice.choice([kin.question, kin.across])(dice, kind) for _ in range(dice.choice([1, 1, 2]))]


@pytest.mark.parametrize("number", range(SEARCHES))
def test_a_random_search_across_types_finds_what_the_specification_says(
    cast: Cast, token: str, rows: kin.Rows, number: int
) -> None:
    kind, asked = _question(number)
    hits, _, total = _told(cast, token, kind, asked)
    wanted = kin.found(rows, kind, asked)
    assert hits == wanted, (kind, asked, [rows[each] for each in hits ^ wanted][:2])
    assert total == len(wanted)


def test_most_questions_find_some_rows_and_leave_others(rows: kin.Rows) -> None:
    numbers = [len(kin.found(rows, *_question(number))) for number in range(200)]
    assert sum(0 < each < _PEOPLE for each in numbers) > 80


@pytest.mark.parametrize(("source", "by", "target"), [(source, by, target) for source, by, _, target in kin.NAMED])
def test_what_comes_along_is_what_names_and_what_is_named(
    cast: Cast, token: str, rows: kin.Rows, source: str, by: str, target: str
) -> None:
    dice = Random(f"{source}{by}")
    for way, kind in (("_include", source), ("_revinclude", target)):
        for _ in range(10):
            asked = [kin.question(dice, kind)]
            hits, others, _ = _told(cast, token, kind, [*asked, (way, f"{source}:{by}")])
            assert hits == kin.found(rows, kind, asked)
            assert others == kin.along(rows, hits, source=source, by=by, is_reverse=way == "_revinclude"), asked
