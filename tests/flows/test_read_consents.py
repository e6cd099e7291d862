"""Who reads what a person stated, as FHIR Consents: the person all of it, a provider what is about itself, nobody else."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from attack.attackers import Workplaces
from cast import HA, HARBOUR, Cast, Registered, patient
from registry import ACT_CODE, Registry, Tree, consent, deny, owner, permit

from wutong.control.consent.statements import VERSIONS
from wutong.control.flows.create_account import create_client
from wutong.core import clock

PEAK = "PEAK"
_NOBODY = "a0a8b6b2-4f0c-4b8e-9a52-1f9a3f0f7d11"  # an id that nothing has, the same in all workers
_LAB = {"class": [{"system": "urn:wutong:category", "code": "LAB"}]}


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has stated nothing yet."""
    return cast.register()


@pytest.fixture
def own(cast: Cast, who: Registered) -> Registry:
    """The registry, as they see it."""
    return owner(cast, who)


def _stated(own: Registry, who: Registered, provision: Tree) -> Tree:
    answer = own.create(consent(who.person_id, provision))
    assert answer.status_code == 201, answer.text
    made: Tree = answer.json()
    return made


def _doctor(cast: Cast, provider: str = HARBOUR) -> Registry:
    return Registry(cast, cast.session_token(cast.professional("DOC", provider)))


def _everything(own: Registry, who: Registered) -> dict[str, Tree]:
    said = {
        "harbour": permit(),
        "peak": permit(PEAK),
        "laboratory": deny(**_LAB),
        "mental health": deny(securityLabel=[{"system": ACT_CODE, "code": "PSY"}]),
    }
    return {name: _stated(own, who, each) for name, each in said.items()}


def test_r58_a_person_reads_all_that_they_stated(own: Registry, who: Registered) -> None:
    made = _everything(own, who)
    assert own.found() == own.found(f"patient={who.person_id}") == [*reversed(made.values())]
    for each in made.values():
        assert own.read(each["id"]) == each


def test_another_person_reads_nothing_of_it(cast: Cast, own: Registry, who: Registered) -> None:
    made, other = _everything(own, who), owner(cast, cast.register())
    assert other.found() == []
    assert other.ask("GET", f"Consent?patient={who.person_id}").status_code == 403
    for path in _paths(made["harbour"]):
        assert other.ask("GET", path).status_code == 404


def _paths(made: Tree) -> list[str]:
    one = f"Consent/{made['id']}"
    return [one, f"{one}/_history", f"{one}/_history/1"]


@pytest.mark.parametrize("provider", [HARBOUR, PEAK])
def test_a_clinician_reads_what_is_about_their_own_provider(
    cast: Cast, own: Registry, who: Registered, provider: str
) -> None:
    made, reader = _everything(own, who), _doctor(cast, provider)
    mine = made["harbour" if provider == HARBOUR else "peak"]
    assert reader.found(f"patient={who.person_id}") == [mine]
    for name, each in made.items():
        expected = 200 if each is mine else 404
        assert [reader.ask("GET", path).status_code for path in _paths(each)] == [expected] * 3, name


def test_a_system_reads_the_consent_to_its_provider_by_its_own_number_of_the_patient(
    cast: Cast, own: Registry, who: Registered
) -> None:
    made, token = _everything(own, who), _system(cast, HARBOUR)
    reader = Registry(cast, token)
    assert reader.found(f"patient={who.person_id}") == [made["harbour"]]
    known = cast.fhir(token, "POST", "Patient", json=patient(who.hkid)).json()["id"]
    assert reader.found(f"patient={known}") == [made["harbour"]]
    # The hospital group's number is not theirs to ask by; who knows it is told of no consent, as there is none.
    assert reader.found(f"patient={who.patient_id}") == []
    assert Registry(cast, cast.ha).found(f"patient={who.patient_id}") == []


def _system(cast: Cast, provider: str) -> str:
    client_id, secret = create_client(provider, "a clinic's system", may_register_patients=True)
    form = {"grant_type": "client_credentials"}
    answer = cast.http.post("/oauth/token", data=form, auth=(str(client_id), secret))
    token: str = answer.json()["access_token"]
    return token


def test_a_provider_learns_that_the_record_is_closed_to_it_and_nothing_else_that_is(
    cast: Cast, own: Registry, who: Registered
) -> None:
    made = _everything(own, who)
    closed = _stated(own, who, deny(code=HARBOUR))
    _stated(own, who, deny(code=PEAK))
    reader = _doctor(cast)
    assert reader.found(f"patient={who.person_id}") == [closed, made["harbour"]]
    assert reader.found(f"patient={who.person_id}&status=inactive") == []


def test_a_withdrawal_is_read_at_once(cast: Cast, own: Registry, who: Registered) -> None:
    made, reader = _stated(own, who, permit()), _doctor(cast)
    assert reader.read(made["id"])["status"] == "active"
    cast.withdraw(who)
    assert reader.read(made["id"])["status"] == "inactive"
    assert reader.found(f"patient={who.person_id}&status=active") == []


def test_a_provider_names_the_patient(cast: Cast, own: Registry, who: Registered) -> None:
    _everything(own, who)
    for reader in (_doctor(cast), Registry(cast, cast.ha)):
        answer = reader.ask("GET", "Consent")
        assert answer.status_code == 403
        assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "name-patient"


def test_of_whom_a_provider_does_not_know_there_is_nothing(cast: Cast) -> None:
    assert _doctor(cast).found(f"patient={uuid4()}") == []


def test_strangers_and_ended_tokens_read_nothing(
    cast: Cast, own: Registry, who: Registered, superuser: psycopg.Connection
) -> None:
    made = _stated(own, who, permit())
    suspended = Workplaces(cast, superuser)
    code = suspended.provider()
    cast.allow(who, code)
    reader, struck = _doctor(cast, code), cast.professional("DOC", HARBOUR)
    over = Registry(cast, cast.session_token(struck))
    superuser.execute(
        "update control.professional set registered_until = %s where account_id = %s",
        [clock.today() - timedelta(days=1), struck.account_id],
    )
    assert len(reader.found(f"patient={who.person_id}")) == 1
    suspended.suspend(code)
    late = _doctor(cast)
    asked = f"Consent?patient={who.person_id}"
    assert late.ask("GET", asked).status_code == 200
    with clock.travel(timedelta(minutes=6)):
        assert late.ask("GET", asked).status_code == 401
        assert own.ask("GET", "Consent").status_code == 401
    for other, status in ((Registry(cast, ""), 401), (Registry(cast, "x"), 401), (reader, 403), (over, 403)):
        assert other.ask("GET", asked).status_code == status
        assert other.ask("GET", f"Consent/{made['id']}").status_code == (401 if status == 401 else 404)


def test_a_session_that_ends_takes_its_token_along(cast: Cast, own: Registry, superuser: psycopg.Connection) -> None:
    assert own.found() == []
    superuser.execute(
        "update control.sign_in_session set ended_at = now() where session_id = "
        "(select session_id from control.access_token where token_hash = sha256(%s::bytea))",
        [own.token.encode()],
    )
    assert own.ask("GET", "Consent").status_code == 401


def test_reading_is_in_the_trail(cast: Cast, own: Registry, who: Registered, superuser: psycopg.Connection) -> None:
    made = _stated(own, who, permit())
    doctor = cast.professional("DOC", HARBOUR)
    Registry(cast, cast.session_token(doctor)).read(made["id"])
    stranger = owner(cast, cast.register())
    stranger.ask("GET", f"Consent/{made['id']}")
    query = (
        "select caller_kind, provider_id is not null, outcome, reason from audit.entry "
        "where person_id = %s and event = 'consent:read' order by at"
    )
    assert superuser.execute(query, [who.person_id]).fetchall() == [
        ("professional", True, "allowed", None),
        ("patient", False, "refused", "no-rule"),
    ]


def test_versions(cast: Cast, own: Registry, who: Registered) -> None:
    first = _stated(own, who, permit())
    second = own.update(first | {"status": "inactive"}).json()
    one = f"Consent/{first['id']}"
    assert [own.ask("GET", f"{one}/_history/{each}").json() for each in (1, 2)] == [first, second]
    assert own.ask("GET", f"{one}/_history/3").status_code == 404
    history = own.ask("GET", f"{one}/_history").json()
    assert [entry["resource"] for entry in history["entry"]] == [second, first]
    assert [entry["request"]["method"] for entry in history["entry"]] == ["PUT", "POST"]
    page = own.ask("GET", f"{one}/_history?_count=1").json()
    assert (page["total"], [each["relation"] for each in page["link"]]) == (2, ["self", "next"])
    assert _next(cast, own, page) == [first]


def _next(cast: Cast, own: Registry, page: Tree) -> list[Tree]:
    [url] = [each["url"] for each in page["link"] if each["relation"] == "next"]
    answer = own.ask("GET", url.removeprefix(f"{cast.server}/pcf/"))
    return [entry["resource"] for entry in answer.json()["entry"]]


def test_a_version_says_what_it_said(own: Registry, who: Registered) -> None:
    """Also when its time is over: a version never changes, so its period says so."""
    until = clock.same_date_next_year(clock.today()).isoformat()
    made = _stated(own, who, permit(period={"end": until}))
    assert (made["status"], made["provision"]["period"]["end"]) == ("active", until)
    assert own.ask("GET", f"Consent/{made['id']}", headers={"if-none-match": 'W/"1"'}).status_code == 304
    assert own.ask("GET", f"Consent/{made['id']}", headers={"if-none-match": 'W/"2"'}).status_code == 200
    assert own.ask("HEAD", f"Consent/{made['id']}").headers["etag"] == 'W/"1"'


def test_pages_of_a_search(cast: Cast, own: Registry, who: Registered) -> None:
    made = [*reversed(_everything(own, who).values())]
    page = own.ask("GET", f"Consent?patient=Patient/{who.person_id}&_count=3").json()
    assert (page["total"], len(page["entry"])) == (4, 3)
    assert [entry["resource"] for entry in page["entry"]] + _next(cast, own, page) == made


def test_a_search_by_what_there_is(own: Registry, who: Registered) -> None:
    made = _everything(own, who)
    own.update(made["peak"] | {"status": "inactive"})
    assert [each["id"] for each in own.found("status=inactive")] == [made["peak"]["id"]]
    assert len(own.found("status=active")) == 3
    assert len(own.found("status=active,inactive")) == 4
    assert own.found("status=draft") == []
    assert own.found(f"_id={made['harbour']['id']},{uuid4()},1") == [made["harbour"]]
    today, at = clock.today().isoformat(), made["harbour"]["meta"]["lastUpdated"].replace("+", "%2B")
    assert len(own.found(f"_lastUpdated={today}")) == 4
    assert own.found(f"_lastUpdated=lt{today}") == own.found(f"_lastUpdated=gt{today}") == []
    assert made["harbour"] in own.found(f"_lastUpdated=ge{at}&_lastUpdated=le{at}")
    assert len(own.found(f"_lastUpdated=gt{at}")) == 3


@pytest.mark.parametrize(
    "query",
    [
        "patient=1", "patient=Practitioner/1", "patient=", "status=maybe", "status=active&status=inactive", "_count=0",
        "_count=101", "_count=x", "_offset=-1", "_lastUpdated=2026", "_lastUpdated=ap2026-11-30", "_lastUpdated=ge",
        "_lastUpdated=2026-11-30T00:00:00", "actor=HARBOUR", "_include=Consent:patient", "_sort=date", "patient:missing=true",
    ],
)  # fmt: skip
def test_what_is_not_searched_by_is_not_passed_over(own: Registry, query: str) -> None:
    answer = own.ask("GET", f"Consent?{query}")
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["location"] == [f"http.{query.partition('=')[0]}"]


@pytest.mark.parametrize("path", ["Consent?status=maybe", "Consent?x=1", "Consent/1?x=1"])
def test_a_stranger_is_told_of_nothing_else_that_is_wrong(cast: Cast, path: str) -> None:
    assert Registry(cast, "").ask("GET", path).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "Consent/1"), ("PATCH", "Consent/1"), ("PUT", "Consent"), ("DELETE", "Consent"), ("POST", "Consent/1"),
     ("POST", "Consent/1/_history")],
)  # fmt: skip
def test_what_is_not_offered_is_refused(own: Registry, method: str, path: str) -> None:
    answer = own.ask(method, path)
    assert answer.status_code == 405
    assert method not in answer.headers["allow"]


@pytest.mark.parametrize("path", ["Patient", "Consent/1/2", "Consent/", "$validate", "metadata/"])
def test_there_is_nothing_else(own: Registry, path: str) -> None:
    answer = own.ask("GET", path)
    assert (answer.status_code, answer.json()["resourceType"]) == (404, "OperationOutcome")


@pytest.mark.parametrize("path", ["1", _NOBODY, "%00", "x" * 200, "..%2f..", "1/_history/1", f"{_NOBODY}/_history"])
def test_a_made_up_id_names_nothing(own: Registry, path: str) -> None:
    assert own.ask("GET", f"Consent/{path}").status_code == 404


def test_what_is_said_of_it_is_what_it_does(cast: Cast, own: Registry, who: Registered) -> None:
    """Each interaction of the CapabilityStatement and each operation of the OpenAPI description is carried out."""
    made = _stated(own, who, permit())
    one = f"Consent/{made['id']}"
    said = Registry(cast, "").ask("GET", "metadata").json()
    [resource] = said["rest"][0]["resource"]
    tried = {
        "search-type": own.ask("GET", "Consent"),
        "create": own.create(consent(who.person_id, permit(PEAK))),
        "read": own.ask("GET", one),
        "update": own.update(made | {"status": "inactive"}),
        "history-instance": own.ask("GET", f"{one}/_history"),
        "vread": own.ask("GET", f"{one}/_history/1"),
    }
    assert {each["code"] for each in resource["interaction"]} == set(tried)
    assert {each.status_code for each in tried.values()} == {200, 201}
    values = {
        "_id": made["id"],
        "_lastUpdated": "ge2020-01-01",
        "patient": str(who.person_id),
        "status": "active,inactive",
    }
    for each in resource["searchParam"]:
        assert own.found(f"{each['name']}={values[each['name']]}"), each
    described = Registry(cast, "").ask("GET", "openapi.json").json()
    operations = [each["operationId"] for path in described["paths"].values() for each in path.values()]
    assert sorted(operations) == sorted(tried)


_EXAMPLES = Path(os.environ.get("WUTONG_SAMPLES", "")) / "ihe" / "ihe-pcf"


@pytest.mark.skipif(not _EXAMPLES.is_dir(), reason="the examples of IHE PCF are not here")
@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("consent-expired-treat", permit(period={"end": "next year"})),
        ("consent-intermediate-not-data", deny(data=[{"meaning": "instance", "reference": {"reference": f"Observation/{uuid4()}"}}])),
        ("consent-advanced-normal-focused-psy", deny(securityLabel=[{"system": ACT_CODE, "code": "PSY"}])),
    ],
)  # fmt: skip
def test_ours_have_what_the_examples_of_ihe_have(own: Registry, who: Registered, name: str, ours: Tree) -> None:
    """All but narratives and where each says whence it comes: a form there, a signing in here."""
    if "period" in ours:
        ours = permit(period={"end": clock.same_date_next_year(clock.today()).isoformat()})
    example = json.loads((_EXAMPLES / f"Consent-ex-{name}.json").read_text())
    made = _stated(own, who, ours)
    assert example["meta"]["profile"] == made["meta"]["profile"]
    lost = example.keys() - made.keys() - {"text", "sourceReference"}
    assert lost == set()
    assert example["scope"] == made["scope"]
    assert {each["code"] for each in example["category"][0]["coding"]} == {"59284-0"}


@pytest.mark.skipif(not _EXAMPLES.is_dir(), reason="the profiles of IHE PCF are not here")
@pytest.mark.parametrize("kind", ["permit", "provider", "item", "episode", "label"])
def test_ours_keep_to_the_cardinalities_of_the_profile_that_they_name(
    own: Registry, who: Registered, kind: str
) -> None:
    data = {"item": ("instance", "Observation"), "episode": ("related", "Encounter")}
    provisions = {
        "permit": permit(),
        "provider": deny(code=HARBOUR),
        "label": deny(securityLabel=[{"system": ACT_CODE, "code": "PSY"}]),
        **{
            name: deny(data=[{"meaning": meaning, "reference": {"reference": f"{of}/{uuid4()}"}}])
            for name, (meaning, of) in data.items()
        },
    }
    made = _stated(own, who, provisions[kind])
    [profile] = made["meta"]["profile"]
    definition = json.loads((_EXAMPLES / f"StructureDefinition-{profile.rpartition('/')[2]}.json").read_text())
    for element in definition["differential"]["element"]:
        path = element["id"].split(".")[1:]
        found = _at(made, path)
        assert element.get("min", 0) <= len(found), element["id"]
        assert element.get("max") != "0" or not found, element["id"]


def _at(tree: Any, path: list[str]) -> list[Any]:
    """The values at a path of element names."""
    values = [tree]
    for name in path:
        values = [value for each in values if isinstance(each, dict) for value in _children(each, name)]
    return values


def _children(tree: Tree, name: str) -> list[Any]:
    if name.endswith("[x]"):
        return [value for key, value in tree.items() if key.startswith(name[:-3])]
    if ":" in name:
        return []
    value = tree.get(name, [])
    return value if isinstance(value, list) else [value]


def test_twin_worlds_what_is_stated_about_others_changes_no_answer_to_a_provider(
    cast: Cast, own: Registry, who: Registered
) -> None:
    """The provider asks twice, and between what was said about everybody else changes."""
    made = _everything(own, who)
    readers = [_doctor(cast), Registry(cast, _system(cast, HARBOUR))]

    def asked() -> list[tuple[int, bytes, str]]:
        paths = [
            f"Consent?patient={who.person_id}{more}" for more in ("", "&_count=1", "&status=inactive", "&_offset=1")
        ]
        paths += [path for each in made.values() for path in _paths(each)]
        answers = [reader.ask("GET", path) for reader in readers for path in paths]
        return [(each.status_code, each.content, each.headers.get("etag", "")) for each in answers]

    before = asked()
    own.update(made["peak"] | {"status": "inactive"})
    cast.allow(who, "PEAK")
    own.update(made["laboratory"] | {"status": "inactive"})
    for provision in (deny(code=PEAK), deny(securityLabel=[{"system": ACT_CODE, "code": "HIV"}])):
        _stated(own, who, provision)
    assert asked() == before
    own.update(made["harbour"] | {"status": "inactive"})
    assert asked() != before  # what would be seen is seen


def test_a_deemed_provider_has_no_consent_of_its_own(cast: Cast, who: Registered, own: Registry) -> None:
    assert cast.open(cast.session_token(cast.professional("DOC", HA)), who.person_id).status_code == 200
    assert own.found() == _doctor(cast, HA).found(f"patient={who.person_id}") == []


@pytest.mark.parametrize(
    "query",
    [
        "select * from ({versions}) v where consent_id = '00000000-0000-0000-0000-000000000000'",
        "select * from ({versions}) v where person_id = '00000000-0000-0000-0000-000000000000'",
    ],
    ids=["id", "person"],
)
def test_a_statement_is_found_by_an_index(superuser: psycopg.Connection, query: str) -> None:
    """Among millions, by its id or by whose it is: neither table is read from end to end, nor is an index."""
    with superuser.transaction(force_rollback=True):
        superuser.execute("set local enable_seqscan = off; set local plan_cache_mode = force_custom_plan")
        plan = "\n".join(row[0] for row in superuser.execute("explain " + query.format(versions=VERSIONS)))  # type: ignore[arg-type]
    assert "Seq Scan" not in plan
    assert plan.count("Index Cond") == VERSIONS.count("union all") + 1, plan
