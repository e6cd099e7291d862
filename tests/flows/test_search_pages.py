"""The pages of a search: one moment whatever is stored meanwhile, for one caller, while the same is open."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from record.resources import of_category

from wutong.core import clock


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic, with twelve laboratory results."""
    made = cast.register()
    cast.allow(made)
    for day in range(1, 13):
        _store(cast, made, day)
    return made


def _store(cast: Cast, who: Registered, day: int, *, value: str = "a") -> str:
    answer = cast.fhir(cast.ha, "POST", "Observation", json=_result(who, day, value))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _result(who: Registered, day: int, value: str) -> dict[str, Any]:
    return of_category("LAB", who.patient_id) | {"effectiveDateTime": f"2024-05-{day:02}", "valueString": value}


def _change(cast: Cast, who: Registered, key: str, day: int, *, value: str = "a") -> None:
    content = _result(who, day, value) | {"id": key}
    assert cast.fhir(cast.ha, "PUT", f"Observation/{key}", json=content).status_code == 200


def _next(page: dict[str, Any]) -> str:
    links = {link["relation"]: link["url"] for link in page["link"]}
    return str(links.get("next", "").partition("/fhir/")[2])


def _pages(cast: Cast, token: str, path: str) -> Iterator[dict[str, Any]]:
    while path:
        answer = cast.fhir(token, "GET", path)
        assert answer.status_code == 200, answer.text
        yield answer.json()
        path = _next(answer.json())


def _ids(page: dict[str, Any]) -> list[str]:
    return [entry["resource"]["id"] for entry in page.get("entry", [])]


@pytest.mark.parametrize(
    "order", ["-date", "date", "-_lastUpdated", "_lastUpdated", "value-string,-date", "code", "_id"]
)
def test_writes_between_pages_neither_repeat_nor_skip_a_hit(cast: Cast, who: Registered, order: str) -> None:
    dice = Random(order)
    path = f"Observation?patient={who.patient_id}&_sort={order}&_count=3"
    before = _ids(next(_pages(cast, cast.ha, path.replace("_count=3", "_count=100"))))
    assert len(before) == 12
    seen: list[str] = []
    for page in _pages(cast, cast.ha, path):
        assert page["total"] == 12
        seen += _ids(page)
        _store(cast, who, dice.randint(1, 28))
        for key in dice.sample(before, 3):
            _change(cast, who, key, dice.randint(1, 28), value=dice.choice("xyz"))
    assert seen == before


def test_a_hit_that_no_longer_fits_stays_on_its_page_as_it_was(cast: Cast, who: Registered) -> None:
    path = f"Observation?patient={who.patient_id}&value-string=a&_sort=date&_count=6"
    pages = _pages(cast, cast.ha, path)
    first = next(pages)
    last = _ids(next(_pages(cast, cast.ha, path.replace("_sort=date", "_sort=-date"))))[0]
    _change(cast, who, last, 1, value="b")
    second = next(pages)
    [held] = [entry["resource"] for entry in second["entry"] if entry["resource"]["id"] == last]
    assert (held["valueString"], held["meta"]["versionId"]) == ("a", "1")
    assert len({*_ids(first), *_ids(second)}) == 12
    assert next(_pages(cast, cast.ha, path))["total"] == 11


def test_a_write_that_began_before_the_first_page_and_ends_after_it_is_on_none(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    """A clock would say that it was there: what counts is what was committed."""
    path = f"Observation?patient={who.patient_id}&_sort=date&_count=6"
    copied = """
    insert into record.resource (patient_id, resource_type, resource_id, version, depositor_id, category, clinical_at,
                                 tokens, stored_at, body)
    select patient_id, resource_type, gen_random_uuid(), 1, depositor_id, category, '2024-06-01', tokens,
           %s::timestamptz, body
      from record.resource where patient_id = %s and resource_type = 'Observation' limit 1
    """
    with superuser.transaction():
        superuser.execute(copied, [clock.now() - timedelta(seconds=5), who.patient_id])
        pages = _pages(cast, cast.ha, path)
        first = next(pages)
    assert first["total"] == 12
    assert [len(_ids(page)) for page in pages] == [6]
    assert next(_pages(cast, cast.ha, path))["total"] == 13


def test_a_link_is_good_for_the_caller_who_got_it(cast: Cast, who: Registered) -> None:
    link = _next(next(_pages(cast, cast.ha, f"Observation?patient={who.patient_id}&_count=5")))
    assert cast.fhir(cast.ha, "GET", link).status_code == 200
    another = cast.client_token("HA")
    for token, path in (
        (another, link),
        (cast.ha, link[:-4] + "AAAA"),
        (cast.ha, "Observation?_page=x"),
        (cast.ha, link.replace("Observation?", "Condition?")),
    ):
        answer = cast.fhir(token, "GET", path)
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (410, "expired"), path
        assert "first page again" in answer.json()["issue"][0]["details"]["text"]
    assert cast.fhir("nobody's", "GET", link).status_code == 401


def test_a_link_tells_nothing_to_who_holds_it(cast: Cast, who: Registered) -> None:
    link = _next(next(_pages(cast, cast.ha, f"Observation?patient={who.patient_id}&code:missing=false&_count=5")))
    assert str(who.patient_id) not in link
    assert "code" not in link


def test_each_page_is_authorised_anew(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    token = cast.session_token(doctor)
    cast.open(token, who.person_id)
    link = _next(next(_pages(cast, token, f"Observation?patient={who.person_id}&_count=5")))
    assert cast.fhir(token, "GET", link).status_code == 200
    query = "select count(*) from audit.entry where caller_id = %s and event = 'record:search'"
    assert superuser.execute(query, [doctor.account_id]).fetchone() == (2,)
    cast.withdraw(who)
    refused = cast.fhir(token, "GET", link)
    assert refused.status_code == 403
    assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "sharing-consent-ended"
    # Given again, and opened anew: the link is of before, the first page can be asked for.
    cast.allow(who)
    cast.open(token, who.person_id)
    assert cast.fhir(token, "GET", link).status_code == 410
    assert cast.fhir(token, "GET", f"Observation?patient={who.person_id}&_count=5").status_code == 200


def test_a_systems_search_over_all_its_deposits_has_pages_too(cast: Cast) -> None:
    number = str(UUID(int=Random("ward").getrandbits(128)))
    made = []
    for _ in range(5):
        ward = {"resourceType": "Location", "name": "w", "identifier": [{"system": "urn:w", "value": number}]}
        made.append(cast.fhir(cast.ha, "POST", "Location", json=ward).json()["id"])
    seen: list[str] = []
    for page in _pages(cast, cast.ha, f"Location?identifier={number}&_count=2"):
        assert page["total"] == 5
        seen += _ids(page)
        changed = {"resourceType": "Location", "id": made[-1], "name": "another"}
        assert cast.fhir(cast.ha, "PUT", f"Location/{made[-1]}", json=changed).status_code == 200
    assert seen == made[::-1]


def test_without_a_total_nothing_is_counted(cast: Cast, who: Registered) -> None:
    pages = list(_pages(cast, cast.ha, f"Observation?patient={who.patient_id}&_count=5&_total=none"))
    assert [len(_ids(page)) for page in pages] == [5, 5, 2]
    assert all("total" not in page for page in pages)
