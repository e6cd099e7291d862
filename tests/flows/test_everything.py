"""Somebody reads all of a record: what is open to them, a page at a time, of one moment."""

import re
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered, patient
from psycopg import sql
from record.resources import of_category

from wutong.core import clock, ids
from wutong.core.access import Scope
from wutong.core.categories import CATEGORIES_OF_TYPE
from wutong.record.store.search import MOST_BYTES, Moment, Wanted
from wutong.record.store.search.everything import _Record
from wutong.record.store.search.order import Key
from wutong.record.store.search.rows import View
from wutong.record.store.search.values import Values

_CATEGORIES = ("ALG", "DX", "PX", "MED", "ENC", "CNS", "BIRTH", "IMM", "LAB", "RAD", "OIR", "REF", "OBS")


def _made(cast: Cast, token: str, content: dict[str, Any]) -> str:
    answer = cast.fhir(token, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text
    return f"{content['resourceType']}/{answer.json()['id']}"


def _goal(who: Registered) -> dict[str, Any]:
    """What is never shared."""
    subject = {"reference": f"Patient/{who.patient_id}"}
    return {"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "x"}, "subject": subject}


def _pages(cast: Cast, token: str, path: str) -> Iterator[dict[str, Any]]:
    while path:
        answer = cast.fhir(token, "GET", path)
        assert answer.status_code == 200, answer.text
        yield answer.json()
        path = _next(answer.json())


def _next(page: dict[str, Any]) -> str:
    told = {link["relation"]: link["url"] for link in page["link"]}
    return str(told.get("next", "").partition("/fhir/")[2])


def _names(page: dict[str, Any], mode: str = "match") -> list[str]:
    entries = [entry for entry in page.get("entry", []) if entry["search"]["mode"] == mode]
    return [entry["fullUrl"].partition("/fhir/")[2] for entry in entries]


def _path(who: Any, **parameters: str) -> str:
    query = urlencode(parameters)
    return f"Patient/{who}/$everything" + (f"?{query}" if query else "")


def _whole(cast: Cast, token: str, who: Any, **parameters: str) -> dict[str, Any]:
    [page] = _pages(cast, token, _path(who, **parameters))
    return page


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic, with one resource of each category."""
    made = cast.register()
    cast.allow(made)
    for category in _CATEGORIES:
        _made(cast, cast.ha, of_category(category, made.patient_id))
    _made(cast, cast.ha, _goal(made))
    return made


def _clinician(cast: Cast, who: Registered, profession: str = "DOC") -> str:
    token = cast.session_token(cast.professional(profession, HARBOUR))
    assert cast.open(token, who.person_id).status_code == 200
    return token


def _shown(page: dict[str, Any]) -> set[str]:
    tags = [entry["resource"].get("meta", {}).get("tag", []) for entry in page["entry"]]
    return {tag["code"] for each in tags for tag in each if tag["system"] == "urn:wutong:category"}


# Who sees what


@pytest.mark.parametrize("profession", ["DOC", "OT"])
def test_a_clinician_sees_what_the_role_opens_and_what_a_search_would_find(
    cast: Cast, who: Registered, profession: str
) -> None:
    token = _clinician(cast, who, profession)
    page = _whole(cast, token, who.person_id)
    parts = cast.fhir(token, "GET", f"Patient/{who.person_id}/$access").json()["parameter"]
    categories = [each["part"] for each in parts if each["name"] == "category"]
    opened = {part[0]["valueCode"] for part in categories if part[1]["valueBoolean"]}
    assert _shown(page) == opened
    types = {name.partition("/")[0] for name in _names(page)}
    for kind in types - {"Patient"}:
        found = cast.fhir(token, "GET", f"{kind}?patient={who.person_id}").json()
        assert {name for name in _names(page) if name.startswith(f"{kind}/")} == set(_names(found))
    assert "Goal" not in types
    assert page["total"] == len(page["entry"])
    assert ("LAB" in opened) is (profession == "DOC")


def test_bodies_are_what_a_read_gives(cast: Cast, who: Registered) -> None:
    for token in (cast.ha, _clinician(cast, who)):
        for entry in _whole(cast, token, who.person_id)["entry"][1:]:
            path = entry["fullUrl"].partition("/fhir/")[2]
            assert entry["resource"] == cast.fhir(token, "GET", path).json()


def test_the_person_comes_first_then_the_source_records(cast: Cast, who: Registered) -> None:
    other = _made(cast, cast.harbour, patient(who.hkid)).partition("/")[2]
    token = _clinician(cast, who)
    projection, *patients = [
        entry["resource"] for entry in _whole(cast, token, who.person_id, _type="Patient")["entry"]
    ]
    assert projection["meta"]["tag"] == [{"system": "urn:wutong:register", "code": "person"}]
    assert {each["id"] for each in patients} == {str(who.patient_id), other}
    for asked in (str(who.patient_id), other):
        names = _names(_whole(cast, token, asked))
        assert names[0] == f"Patient/{asked}"
        assert len({names[0], names[1]}) == 2
        assert names[1].startswith("Patient/")


def test_a_system_sees_its_own_deposits_and_the_numbers_it_sent(cast: Cast, who: Registered) -> None:
    theirs = _made(cast, cast.harbour, patient(who.hkid))
    subject = {"subject": {"reference": theirs}}
    note = _made(cast, cast.harbour, of_category("DX", who.patient_id) | subject)
    for asked in (who.person_id, theirs.partition("/")[2]):
        names = _names(_whole(cast, cast.harbour, asked))
        assert {theirs, note} <= set(names)
        assert f"Patient/{who.patient_id}" not in names
    mine = _whole(cast, cast.ha, who.patient_id)
    assert {name.partition("/")[0] for name in _names(mine)} >= {"Goal", "Patient", "Observation"}
    assert mine["entry"][0]["resource"]["identifier"][0]["value"] == who.hkid
    assert {theirs, note}.isdisjoint(_names(mine))


# Refusals, decided without looking at rows


def _refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"]


def test_each_refusal_says_its_reason(cast: Cast, superuser: psycopg.Connection) -> None:
    made = cast.register()
    doctor = cast.professional("DOC", HARBOUR)
    token = cast.session_token(doctor)
    assert _refusal(cast.fhir(token, "GET", _path(made.person_id))) == (403, "no-sharing-consent")
    cast.allow(made)
    assert _refusal(cast.fhir(token, "GET", _path(made.person_id))) == (403, "record-not-opened")
    cast.open(token, made.person_id)
    assert cast.fhir(token, "GET", _path(made.person_id)).status_code == 200
    assert _refusal(cast.fhir(token, "GET", _path(made.person_id, _type="Claim"))) == (403, "category-closed")
    assert _refusal(cast.fhir("nobody's", "GET", _path(made.person_id))) == (401, "no-token")
    assert _refusal(cast.fhir(token, "GET", _path(ids.new()))) == (403, "not-registered")
    assert _refusal(cast.fhir(token, "GET", _path("x"))) == (403, "not-registered")
    of_person = "select reason from audit.entry where caller_id = %s and event = 'record:everything' order by at"
    told = [reason for (reason,) in superuser.execute(of_person, [doctor.account_id]).fetchall()]
    assert told == ["no-sharing-consent", "record-not-opened", None, "category-closed"]
    of_nobody = "select reason from audit.event where caller_id = %s and event = 'record:everything'"
    assert superuser.execute(of_nobody, [doctor.account_id]).fetchall() == [("not-registered",)] * 2


def test_the_trail_holds_types_and_names_of_parameters(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    token = cast.session_token(doctor)
    cast.open(token, who.person_id)
    assert cast.fhir(token, "GET", _path(who.person_id, start="2024", _type="Observation")).status_code == 200
    query = "select detail, categories from audit.entry where caller_id = %s and event = 'record:everything'"
    [(detail, categories)] = superuser.execute(query, [doctor.account_id]).fetchall()
    assert detail == {"asked": ["Observation"], "by": ["_type", "start"], "consent": 1}
    assert set(categories) == CATEGORIES_OF_TYPE["Observation"]


def test_a_role_that_restricts_a_category_says_so(cast: Cast, who: Registered) -> None:
    token = _clinician(cast, who, "OT")
    assert cast.fhir(token, "GET", _path(who.person_id, _type="Observation")).status_code == 200
    refused = cast.fhir(token, "GET", _path(who.person_id, _type="Immunization"))
    assert refused.status_code == 403
    assert _refusal(refused)[1] in {"category-restricted", "category-closed"}


def test_a_system_learns_nothing_of_others(cast: Cast, who: Registered) -> None:
    """Of another's source record a refusal, of an id that nobody gave the usual 404; a person's own id shows its own."""
    refused = cast.fhir(cast.client_token("PEAK"), "GET", _path(who.patient_id))
    assert _refusal(refused) == (403, "not-your-deposit")
    assert cast.fhir(cast.ha, "GET", _path(ids.new())).status_code == 404
    assert cast.fhir(cast.ha, "GET", _path("x")).status_code == 404
    assert "entry" not in _whole(cast, cast.client_token("PEAK"), who.person_id)


def test_a_patient_reads_their_own_record_and_nobody_elses(cast: Cast, who: Registered) -> None:
    own, another = (cast.portal_token(cast.patient_account(each)) for each in (who, cast.register()))
    assert cast.fhir(own, "GET", _path(who.person_id)).status_code == 200
    assert _refusal(cast.fhir(another, "GET", _path(who.person_id))) == (403, "no-rule")


# What comes along


def test_what_open_rows_name_comes_along_once(cast: Cast) -> None:
    made = cast.register()
    cast.allow(made)
    names = [
        _made(cast, cast.ha, {"resourceType": "Practitioner", "name": [{"family": family}]})
        for family in ("Seen", "Hidden", "Unnamed")
    ]
    for category, element, name in (("OBS", "performer", names[0]), ("LAB", "performer", names[1])):
        for _ in range(2):
            _made(cast, cast.ha, of_category(category, made.patient_id) | {element: [{"reference": name}]})
    drug = _made(cast, cast.ha, {"resourceType": "Medication", "code": {"text": "x"}})
    order = of_category("MED", made.patient_id) | {"medicationReference": {"reference": drug}}
    del order["medicationCodeableConcept"]
    _made(cast, cast.ha, order)
    therapist = _clinician(cast, made, "OT")
    assert _names(_whole(cast, therapist, made.person_id), "include") == [names[0]]
    assert set(_names(_whole(cast, _clinician(cast, made), made.person_id), "include")) == set(names[:2])
    # What it may not read by id stays away; the depositor's own is all there.
    assert cast.fhir(therapist, "GET", names[1]).status_code == 404
    assert set(_names(_whole(cast, cast.ha, made.person_id), "include")) == {*names[:2], drug}
    page = _whole(cast, therapist, made.person_id, _type="Observation")
    assert (_names(page, "include"), page["total"]) == ([], 2)
    page = _whole(cast, therapist, made.person_id, _type="Practitioner")
    assert (_names(page), _names(page, "include"), page["total"]) == ([], [names[0]], 0)


def test_another_providers_directory_is_not_opened_by_naming_it(cast: Cast) -> None:
    made = cast.register()
    cast.allow(made)
    theirs = _made(cast, cast.harbour, {"resourceType": "Practitioner", "name": [{"family": "x"}]})
    _made(cast, cast.ha, of_category("DX", made.patient_id) | {"asserter": {"reference": theirs}})
    for token in (cast.ha, _clinician(cast, made)):
        assert _names(_whole(cast, token, made.person_id), "include") == []


def test_a_ticket_of_a_person_opens_what_the_open_rows_name_and_nothing_else(
    cast: Cast, superuser: psycopg.Connection, plane: psycopg.Connection
) -> None:
    """As an intruder in the record plane would try it."""
    made = cast.register()
    cast.allow(made)
    seen, hidden = (_made(cast, cast.ha, {"resourceType": "Practitioner", "name": [{"text": "x"}]}) for _ in "ab")
    for category, name in (("OBS", seen), ("LAB", hidden)):
        _made(cast, cast.ha, of_category(category, made.patient_id) | {"performer": [{"reference": name}]})
    therapist = _clinician(cast, made, "OT")
    cast.fhir(therapist, "GET", f"Observation?patient={made.person_id}")
    query = """
    select person_id || '|' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USOF') || '|' || entry_id
      from audit.entry where person_id = %s and event = 'record:search'
    """
    [ticket] = superuser.execute(query, [made.person_id]).fetchone() or ("",)
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        shown = plane.execute("select resource_type || '/' || resource_id from record.directory").fetchall()
        assert shown == [(seen,)]
    assert plane.execute("select count(*) from record.directory").fetchone() == (0,)


# What is asked for


@pytest.fixture(scope="module")
def dated(cast: Cast) -> Registered:
    """Laboratory results of three days, and an allergy without a date."""
    made = cast.register()
    for day in ("2023-12-31T23:59:59+08:00", "2024-01-01", "2024-02-01"):
        _made(cast, cast.ha, of_category("LAB", made.patient_id) | {"effectiveDateTime": day})
    _made(cast, cast.ha, of_category("ALG", made.patient_id))
    return made


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({}, ["2023-12", "2024-01", "2024-02"]),
        ({"start": "2024-01-01"}, ["2024-01", "2024-02"]),
        ({"end": "2024-01-01"}, ["2023-12", "2024-01"]),
        ({"end": "2023-12-31"}, ["2023-12"]),
        ({"start": "2024", "end": "2024-01"}, ["2024-01"]),
        ({"start": "2023-12-31T15:59:59Z", "end": "2023-12-31T15:59:59Z"}, ["2023-12"]),
        ({"start": "2024-03-01"}, []),
        ({"start": "2024-02-01", "end": "2024-01-01"}, []),
    ],
    ids=str,
)
def test_a_period_of_care_keeps_the_patient_and_what_has_no_date(
    cast: Cast, dated: Registered, asked: dict[str, str], days: list[str]
) -> None:
    page = _whole(cast, cast.ha, dated.patient_id, **asked)
    found = [entry["resource"] for entry in page["entry"]]
    assert sorted(each["effectiveDateTime"][:7] for each in found if "effectiveDateTime" in each) == days
    assert [each["resourceType"] for each in found if "effectiveDateTime" not in each] == [
        "Patient",
        "AllergyIntolerance",
    ]


def test_since_is_what_changed_after_it(cast: Cast) -> None:
    made = cast.register()
    old = _made(cast, cast.ha, of_category("DX", made.patient_id))
    changed = _made(cast, cast.ha, of_category("DX", made.patient_id))
    at = cast.fhir(cast.ha, "GET", changed).json()["meta"]["lastUpdated"]
    content = cast.fhir(cast.ha, "GET", changed).json() | {"onsetString": "then"}
    since = (clock.now() + timedelta(milliseconds=1)).isoformat()
    with clock.travel(timedelta(minutes=1)):
        assert cast.fhir(cast.ha, "PUT", changed, json=content).status_code == 200
    assert _names(_whole(cast, cast.ha, made.patient_id, _since=since)) == [changed]
    assert {old, changed} < set(_names(_whole(cast, cast.ha, made.patient_id, _since="2020-01-01T00:00:00Z")))
    assert at < since


def test_types_are_those_that_are_named(cast: Cast, who: Registered) -> None:
    for asked in ("Observation,Condition", "Condition,Observation,Observation"):
        names = _names(_whole(cast, cast.ha, who.patient_id, _type=asked))
        assert {name.partition("/")[0] for name in names} == {"Observation", "Condition"}
    path = f"Patient/{who.patient_id}/$everything?_type=Goal&_type=Patient"
    [page] = _pages(cast, cast.ha, path)
    assert [name.partition("/")[0] for name in _names(page)] == ["Patient", "Goal"]


def test_parameters_can_be_posted(cast: Cast, dated: Registered) -> None:
    parts = [{"name": "start", "valueDate": "2024-01-01"}, {"name": "_type", "valueCode": "Observation"}]
    parts += [{"name": "_type", "valueCode": "Patient"}, {"name": "_count", "valueInteger": 2}]
    body = {"resourceType": "Parameters", "parameter": parts}
    answer = cast.fhir(cast.ha, "POST", _path(dated.patient_id), json=body)
    assert answer.status_code == 200, answer.text
    names = _names(answer.json()) + [
        name for page in _pages(cast, cast.ha, _next(answer.json())) for name in _names(page)
    ]
    assert [name.partition("/")[0] for name in names] == ["Patient", "Observation", "Observation"]
    empty = cast.fhir(cast.ha, "POST", _path(dated.patient_id), json={"resourceType": "Parameters"})
    assert empty.json()["total"] == 5


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("start=yesterday", "start"),
        ("end=2024-02-30", "end"),
        ("_since=now", "_since"),
        ("_since=2024-01-01T00:00:00%00Z", "_since"),
        ("_type=Observations", "_type"),
        ("_type=Observation,%00", "_type"),
        ("_count=0", "_count"),
        ("_count=-1", "_count"),
        ("_count=%F0%9D%9F%97", "_count"),
        ("start=2024&start=2023", "start"),
        ("patient=x", "patient"),
        ("%00=x", "?"),
        ("_sort=date", "_sort"),
        ("_since=", "_since"),
        ("_type=", "_type"),
    ],
)
def test_a_parameter_that_is_none_is_told(cast: Cast, who: Registered, query: str, place: str) -> None:
    answer = cast.fhir(cast.ha, "GET", f"Patient/{who.patient_id}/$everything?{query}")
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["location"] == [f"http.{place}"]


def test_hostile_parameters_are_told_and_never_carried_out(cast: Cast, who: Registered) -> None:
    path = _path(who.patient_id)
    for body in (
        {"resourceType": "Patient"},
        {"resourceType": "Parameters", "parameter": [{"name": "start", "resource": {"resourceType": "Basic"}}]},
        {"resourceType": "Parameters", "parameter": [{"name": "start", "valuePeriod": {"start": "2024"}}]},
        {"resourceType": "Parameters", "parameter": [{"name": "start", "part": [{"name": "x", "valueDate": "2024"}]}]},
        {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueString": " "}]},
        {"resourceType": "Parameters", "parameter": [{"name": "_count", "valueDecimal": 2.5}]},
        {"resourceType": "Parameters", "parameter": [{"name": "_count", "valueBoolean": True}]},
    ):
        assert cast.fhir(cast.ha, "POST", path, json=body).status_code in {400, 422}, body
    assert cast.fhir(cast.ha, "GET", _path(who.patient_id, _type="Observation," * 900)).status_code == 413
    assert cast.fhir(cast.ha, "GET", f"Patient/{quote('../' * 5)}/$everything").status_code == 404
    assert cast.fhir(cast.ha, "GET", f"Condition/{who.patient_id}/$everything").status_code in {404, 405}


# Pages


@pytest.mark.parametrize("count", [1, 2, 7, 500])
def test_pages_are_the_whole_without_repeats(cast: Cast, who: Registered, count: int) -> None:
    practitioner = _made(cast, cast.ha, {"resourceType": "Practitioner", "name": [{"family": "x"}]})
    _made(cast, cast.ha, of_category("DX", who.patient_id) | {"asserter": {"reference": practitioner}})
    for token, asked in ((_clinician(cast, who), who.person_id), (cast.ha, who.patient_id)):
        [whole] = _pages(cast, token, _path(asked))
        seen: list[str] = []
        for page in _pages(cast, token, _path(asked, _count=str(count))):
            assert 0 < len(page["entry"]) <= count
            assert ("total" in page) is (count == 500)
            seen += _names(page) + _names(page, "include")
        assert seen == _names(whole) + _names(whole, "include")
        assert len(set(seen)) == len(seen)


def test_writes_between_pages_neither_repeat_nor_skip(cast: Cast) -> None:
    made, dice = cast.register(), Random(4)
    cast.allow(made)
    practitioner = _made(cast, cast.ha, {"resourceType": "Practitioner", "name": [{"family": "before"}]})
    naming = {"asserter": {"reference": practitioner}}
    for _ in range(9):
        _made(cast, cast.ha, of_category("DX", made.patient_id) | naming)
        _made(cast, cast.ha, of_category("LAB", made.patient_id))
    for token in (_clinician(cast, made), cast.ha):
        [whole] = _pages(cast, token, _path(made.person_id))
        before = _names(whole) + _names(whole, "include")
        held = {entry["fullUrl"]: entry["resource"].get("meta", {}).get("versionId") for entry in whole["entry"]}
        seen: list[str] = []
        for page in _pages(cast, token, _path(made.person_id, _count="3")):
            seen += _names(page) + _names(page, "include")
            assert all(entry["resource"]["meta"]["versionId"] == held[entry["fullUrl"]] for entry in page["entry"]), (
                "as it was when the first page was asked for"
            )
            _made(cast, cast.ha, of_category("OBS", made.patient_id))
            new = _made(cast, cast.ha, {"resourceType": "Practitioner", "name": [{"family": "new"}]})
            _made(cast, cast.ha, of_category("DX", made.patient_id) | {"asserter": {"reference": new}})
            for path in dice.sample([name for name in before if not name.startswith("Patient")], 3):
                content = cast.fhir(cast.ha, "GET", path).json() | {"language": dice.choice(["en", "fr", "de"])}
                assert cast.fhir(cast.ha, "PUT", path, json=content).status_code == 200
        assert seen == before


def test_a_further_page_begins_in_the_index_where_the_one_before_ended(plane: psycopg.Connection) -> None:
    """However long the record: under row security an index serves plain comparisons alone."""
    values, moment = Values(), Moment("1:1:", clock.now())
    scope = Scope((ids.new(),), frozenset({"LAB"}))
    view = View(scope, moment, "patients", scope.patient_ids)
    after = Key(("3", str(ids.new()), "Observation"), ids.new())
    statement = _Record(view, Wanted(view.scope.patient_ids[0]), 10, after, values).statement()
    with plane.transaction():
        plane.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        plan = "\n".join(line for (line,) in plane.execute(sql.SQL("explain ") + statement, values))
    for table in ("resource", "superseded"):
        begun = rf"Index Scan using {table}_pk on {table}\b.*\n +Index Cond: .*ROW\(patient_id, resource_type, resource_id\) >"
        assert re.search(begun, plan), plan


def test_a_page_ends_before_its_bodies_are_too_large(cast: Cast) -> None:
    made, large = cast.register(), MOST_BYTES * 2 // 5 // 4 * 4
    for size in (large, large, large):
        content = [{"attachment": {"contentType": "application/pdf", "data": "A" * size}}]
        _made(cast, cast.ha, of_category("CNS", made.patient_id) | {"content": content})
    pages = list(_pages(cast, cast.ha, _path(made.patient_id)))
    assert [len(page["entry"]) for page in pages] == [3, 1]


def test_a_link_is_good_for_its_caller_and_its_record(cast: Cast, who: Registered) -> None:
    first = next(_pages(cast, cast.ha, _path(who.patient_id, _count="3")))
    link, other = _next(first), cast.register()
    assert cast.fhir(cast.ha, "GET", link).status_code == 200
    assert str(who.person_id) not in link
    search = next(_pages(cast, cast.ha, f"Observation?patient={who.patient_id}&_count=1"))
    for token, path in (
        (cast.client_token(HA), link),
        (cast.ha, link.replace(str(who.patient_id), str(other.patient_id))),
        (cast.ha, link.replace(str(who.patient_id), str(who.person_id))),
        (cast.ha, link[:-4] + "AAAA"),
        (cast.ha, _path(who.patient_id, _page=_next(search).partition("_page=")[2])),
        (cast.ha, f"Observation?{link.partition('?')[2]}"),
    ):
        answer = cast.fhir(token, "GET", path)
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (410, "expired"), path
    assert cast.fhir("nobody's", "GET", link).status_code == 401


def test_a_withdrawn_consent_ends_the_pages(cast: Cast) -> None:
    made = cast.register()
    cast.allow(made)
    for _ in range(3):
        _made(cast, cast.ha, of_category("DX", made.patient_id))
    token = _clinician(cast, made)
    link = _next(next(_pages(cast, token, _path(made.person_id, _count="2"))))
    assert cast.fhir(token, "GET", link).status_code == 200
    cast.withdraw(made)
    assert _refusal(cast.fhir(token, "GET", link)) == (403, "sharing-consent-ended")
    cast.allow(made)
    cast.open(token, made.person_id)
    assert cast.fhir(token, "GET", link).status_code == 410
    assert cast.fhir(token, "GET", _path(made.person_id, _count="2")).status_code == 200


def test_what_was_withdrawn_from_sharing_is_on_no_later_page(cast: Cast) -> None:
    made = cast.register()
    cast.allow(made)
    names = sorted(_made(cast, cast.ha, of_category("DX", made.patient_id)) for _ in range(4))
    token = _clinician(cast, made)
    pages = _pages(cast, token, _path(made.person_id, _count="3", _type="Condition"))
    assert _names(next(pages)) == names[:3]
    assert cast.fhir(cast.ha, "DELETE", names[3]).status_code == 204
    assert [_names(page) for page in pages] == [[]]


def test_it_can_be_asked_in_a_batch(cast: Cast, who: Registered) -> None:
    entry = {"request": {"method": "GET", "url": _path(who.patient_id)}}
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    [answered] = cast.fhir(cast.ha, "POST", "", json=batch).json()["entry"]
    assert answered["response"]["status"] == "200 OK"
    assert answered["resource"]["entry"][0]["fullUrl"].endswith(f"Patient/{who.patient_id}")
