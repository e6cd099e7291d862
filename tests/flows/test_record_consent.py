"""A person states over FHIR what they state in the portal; the one shows in the other, and holds at the next read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered
from conftest import free_port
from desks import Desk, registrar
from django.test import override_settings
from doors import Browser
from registry import ACT_CODE, Registry, Tree, consent, deny, faults, owner, permit

from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has stated nothing yet."""
    return cast.register()


@pytest.fixture
def own(cast: Cast, who: Registered) -> Registry:
    """The registry, as they see it."""
    return owner(cast, who)


def _next_year() -> str:
    return clock.same_date_next_year(clock.today()).isoformat()


def _opens(cast: Cast, who: Registered, provider: str = HARBOUR) -> int:
    return cast.open(cast.session_token(cast.professional("DOC", provider)), who.person_id).status_code


def _given(own: Registry, who: Registered, **more: object) -> Tree:
    answer = own.create(consent(who.person_id, permit(**more)))
    assert answer.status_code == 201, answer.text
    made: Tree = answer.json()
    return made


def test_r58_a_consent_is_given_changed_and_withdrawn(cast: Cast, own: Registry, who: Registered) -> None:
    assert _opens(cast, who) == 403
    made = _given(own, who)
    assert (made["status"], made["meta"]["versionId"], made["provision"]["period"].get("end")) == ("active", "1", None)
    assert _opens(cast, who) == 200
    made["provision"]["period"]["end"] = _next_year()
    changed = own.update(made).json()
    assert (changed["id"], changed["meta"]["versionId"]) == (made["id"], "2")
    assert changed["provision"]["period"]["end"] == _next_year()
    assert _opens(cast, who) == 200
    withdrawn = own.update(changed | {"status": "inactive"}).json()
    assert (withdrawn["status"], withdrawn["meta"]["versionId"]) == ("inactive", "3")
    assert _opens(cast, who) == 403


def test_what_is_stated_shows_in_the_portal_and_the_reverse(cast: Cast, server: str, who: Registered) -> None:
    account = cast.patient_account(who)
    own, browser = Registry(cast, cast.portal_token(account)), Browser(server, account)
    made = _given(own, who, period={"end": _next_year()})
    shown = browser.get("/portal/who-may-look/")
    assert "Withdraw" in shown
    found = provider_with_code(HARBOUR)
    assert found
    address = f"/portal/who-may-look/{found.provider_id}/withdraw/"
    browser.get(address)
    assert "Harbour Family Clinic may not look at your record any more." in browser.confirm(address)
    browser.close()
    withdrawn = own.read(made["id"])
    assert (withdrawn["status"], withdrawn["meta"]["versionId"]) == ("inactive", "2")
    assert own.update(made | {"provision": permit()}, version=1).status_code == 412
    assert own.update(withdrawn | {"status": "active", "provision": permit()}).status_code == 200
    cast.allow(who)
    assert own.read(made["id"])["provision"]["period"]["end"] == _next_year()


def test_a_form_that_a_desk_records_is_a_version_that_says_so(
    cast: Cast, server: str, own: Registry, who: Registered
) -> None:
    made = _given(own, who)
    with closing(Desk(server, registrar(cast))) as desk:
        desk.record(who.person_id, says="withdrawal")
    newest = own.read(made["id"])
    assert (newest["status"], newest["meta"]["versionId"]) == ("inactive", "2")
    assert "Signed form" in newest["sourceAttachment"]["title"]
    assert own.update(made | {"provision": permit()}).status_code == 412
    assert own.update(newest | {"status": "active", "provision": permit()}).json()["sourceAttachment"]["url"]


def test_it_is_entered_and_told_as_in_the_portal(
    cast: Cast, own: Registry, who: Registered, superuser: psycopg.Connection
) -> None:
    other = cast.register()
    _given(own, who)
    cast.allow(other, kind="indefinite")
    entries = "select event, outcome, detail from audit.entry where person_id = %s and event = 'consent:change'"
    [(_, outcome, by_fhir)], [(_, _, in_portal)] = (
        superuser.execute(entries, [each.person_id]).fetchall() for each in (who, other)
    )
    assert (outcome, by_fhir) == ("allowed", in_portal)
    jobs = "select task_name, queue_name, lock from jobs.procrastinate_jobs where args ->> 'person_id' = %s"
    told = [superuser.execute(jobs, [str(each.person_id)]).fetchall() for each in (who, other)]
    assert [[(task, queue) for task, queue, _lock in each] for each in told] == [[("send_notice", "notices")]] * 2


def test_a_create_that_comes_twice_states_once(own: Registry, who: Registered) -> None:
    content = consent(who.person_id, permit())
    first, second = own.create(content), own.create(content)
    assert [first.status_code, second.status_code] == [201, 200]
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]


def test_a_create_of_what_was_stated_otherwise_is_a_conflict(own: Registry, who: Registered) -> None:
    made = _given(own, who)
    answer = own.create(consent(who.person_id, permit(period={"end": _next_year()})))
    assert answer.status_code == 409
    assert made["id"] in answer.text
    assert own.read(made["id"]) == made


def test_an_update_without_a_change_makes_no_version(own: Registry, who: Registered) -> None:
    made = _given(own, who, period={"end": _next_year()})
    answer = own.update(made)
    assert (answer.status_code, answer.json()) == (200, made)


def test_an_update_of_another_version_is_late(own: Registry, who: Registered) -> None:
    made = _given(own, who)
    withdrawn = own.update(made | {"status": "inactive"}).json()
    for content in (made, withdrawn):
        answer = own.update(content, version=1)
        assert (answer.status_code, faults(answer)) == (412, ["http.If-Match"])
    assert own.read(made["id"]) == withdrawn


@pytest.mark.parametrize("tag", ["", "*", 'W/"1", W/"2"'])
def test_an_update_names_the_version_that_was_shown(own: Registry, who: Registered, tag: str) -> None:
    made = _given(own, who)
    headers = {"if-match": tag} if tag else {}
    answer = own.ask("PUT", f"Consent/{made['id']}", json=made | {"status": "inactive"}, headers=headers)
    assert (answer.status_code, faults(answer)) == (428, ["http.If-Match"])


def test_of_updates_at_the_same_moment_one_wins(own: Registry, who: Registered) -> None:
    made = _given(own, who)
    changes = [made | {"status": "inactive"}, made | {"provision": permit(period={"end": _next_year()})}] * 4
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(each.status_code for each in pool.map(own.update, changes))
    assert statuses == [200] + [412] * 7
    assert own.read(made["id"])["meta"]["versionId"] == "2"


def test_of_creates_at_the_same_moment_one_states(own: Registry, who: Registered) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(own.create, [consent(who.person_id, permit())] * 6))
    assert sorted(each.status_code for each in answers) == [200] * 5 + [201]
    assert len({each.json()["id"] for each in answers}) == 1


CLOSINGS = {
    "category": (deny(**{"class": [{"system": "urn:wutong:category", "code": "LAB"}]}), ("category", "LAB")),
    "label": (deny(securityLabel=[{"system": ACT_CODE, "code": "PSY"}]), ("label", "PSY")),
    "provider": (deny(code=HARBOUR), ("provider", "")),
    "item": (
        deny(data=[{"meaning": "instance", "reference": {"reference": "Observation/6f9f8f6a-7f0a-4a27-9d2d-0d9d1a0c1d11"}}]),
        ("item", "6f9f8f6a-7f0a-4a27-9d2d-0d9d1a0c1d11"),
    ),
    "episode": (
        deny(data=[{"meaning": "related", "reference": {"reference": "Encounter/6f9f8f6a-7f0a-4a27-9d2d-0d9d1a0c1d12"}}]),
        ("episode", "6f9f8f6a-7f0a-4a27-9d2d-0d9d1a0c1d12"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSINGS)
def test_a_closing_is_stated_and_taken_back(
    own: Registry, who: Registered, superuser: psycopg.Connection, name: str
) -> None:
    provision, (kind, value) = CLOSINGS[name]
    answer = own.create(consent(who.person_id, provision))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    query = "select kind, value from gate.closed_v1 where person_id = %s"
    [(closed, what)] = superuser.execute(query, [who.person_id]).fetchall()
    assert (closed, what) == (kind, value or what)
    opened = own.update(made | {"status": "inactive"})
    assert (opened.status_code, opened.json()["status"]) == (200, "inactive")
    assert superuser.execute(query, [who.person_id]).fetchall() == []
    again = own.update(opened.json() | {"status": "active"})
    assert (again.status_code, again.json()["meta"]["versionId"]) == (200, "3")
    assert len(superuser.execute(query, [who.person_id]).fetchall()) == 1


def test_a_professional_is_closed_out(cast: Cast, own: Registry, who: Registered) -> None:
    cast.allow(who)
    doctor = cast.professional("DOC", HARBOUR)
    reference = {"identifier": {"system": "urn:wutong:account", "value": str(doctor.account_id)}}
    provision = permit() | {"type": "deny"}
    provision["actor"][0]["reference"] = reference
    token = cast.session_token(doctor)
    assert cast.open(token, who.person_id).status_code == 200
    assert own.create(consent(who.person_id, provision)).status_code == 201
    assert cast.open(token, who.person_id).status_code == 403


def test_a_provider_that_is_closed_is_not_allowed(own: Registry, who: Registered) -> None:
    assert own.create(consent(who.person_id, deny(code=HARBOUR))).status_code == 201
    answer = own.create(consent(who.person_id, permit()))
    assert (answer.status_code, faults(answer)) == (422, ["Consent.provision.actor[0].reference"])
    assert "closed" in answer.json()["issue"][0]["details"]["text"]


def test_a_past_end_takes_a_consent_back(cast: Cast, own: Registry, who: Registered) -> None:
    made = _given(own, who)
    made["provision"]["period"] = {"end": (clock.today() - timedelta(days=1)).isoformat()}
    answer = own.update(made)
    assert (answer.status_code, answer.json()["status"]) == (200, "inactive")
    assert _opens(cast, who) == 403


def _changed(content: Tree, **more: object) -> Tree:
    return content | more


_WRONG: dict[str, tuple[Callable[[Tree], Tree], str]] = {
    "another length": (
        lambda c: _changed(c, provision=permit(period={"end": (clock.today() + timedelta(days=30)).isoformat()})),
        "Consent.provision.period.end",
    ),
    "an end in the past": (
        lambda c: _changed(c, provision=permit(period={"end": "2020-01-01"})), "Consent.provision.period.end",
    ),
    "an end with a time": (
        lambda c: _changed(c, provision=permit(period={"end": "2027-01-01T00:00:00Z"})), "Consent.provision.period.end",
    ),
    "a later start": (
        lambda c: _changed(c, provision=permit(period={"start": "2999-01-01"})), "Consent.provision.period.start",
    ),
    "an unknown provider": (lambda c: _changed(c, provision=permit("NOBODY")), "Consent.provision.actor[0].reference"),
    "a deemed provider": (lambda c: _changed(c, provision=permit(HA)), "Consent.provision.actor[0].reference"),
    "the office": (lambda c: _changed(c, provision=permit("OFFICE")), "Consent.provision.actor[0].reference"),
    "two providers": (
        lambda c: _changed(c, provision=permit() | {"actor": permit()["actor"] * 2}), "Consent.provision.actor",
    ),
    "no provider": (lambda c: _changed(c, provision={"type": "permit"}), "Consent.provision.actor"),
    "research": (
        lambda c: _changed(
            c,
            provision=permit(
                purpose=[{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HRESCH"}]
            ),
        ),
        "Consent.provision.purpose[0]",
    ),
    "an exception within": (
        lambda c: _changed(c, provision=permit(provision=[deny(code=HARBOUR)])), "Consent.provision.provision[0]",
    ),
    "data within a permission": (
        lambda c: _changed(c, provision=permit(dataPeriod={"end": "2020-01-01"})), "Consent.provision.dataPeriod",
    ),
    "no provision": (lambda c: {k: v for k, v in c.items() if k != "provision"}, "Consent.provision"),
    "no type": (lambda c: _changed(c, provision={"actor": permit()["actor"]}), "Consent.provision.type"),
    "everything closed": (lambda c: _changed(c, provision={"type": "deny"}), "Consent.provision"),
    "a label of another system": (
        lambda c: _changed(c, provision=deny(securityLabel=[{"system": "urn:other", "code": "PSY"}])),
        "Consent.provision.securityLabel[0]",
    ),
    "an unknown label": (
        lambda c: _changed(c, provision=deny(securityLabel=[{"system": ACT_CODE, "code": "NOPE"}])), "Consent.provision",
    ),
    "who somebody is": (
        lambda c: _changed(c, provision=deny(**{"class": [{"system": "urn:wutong:category", "code": "PID"}]})),
        "Consent.provision",
    ),
    "a deemed provider closed": (lambda c: _changed(c, provision=deny(code=HA)), "Consent.provision"),
    "an item without an id": (
        lambda c: _changed(c, provision=deny(data=[{"meaning": "instance", "reference": {"reference": "Observation/1"}}])),
        "Consent.provision.data[0].reference",
    ),
    "authors": (
        lambda c: _changed(
            c,
            provision=deny(data=[{"meaning": "authoredby", "reference": {"reference": f"Practitioner/{uuid4()}"}}]),
        ),
        "Consent.provision.data[0].meaning",
    ),
    "a draft": (lambda c: _changed(c, status="draft"), "Consent.status"),
    "taken back at once": (lambda c: _changed(c, status="inactive"), "Consent.status"),
    "research scope": (
        lambda c: _changed(c, scope={"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}]}),
        "Consent.scope",
    ),
    "other terms": (lambda c: _changed(c, policy=[{"uri": "http://example.org/terms"}]), "Consent.policy[0].uri"),
    "another custodian": (
        lambda c: _changed(c, organization=[{"identifier": {"system": "urn:wutong:provider", "value": HARBOUR}}]),
        "Consent.organization[0]",
    ),
    "somebody else's word": (
        lambda c: _changed(c, performer=[{"reference": f"Patient/{uuid4()}"}]), "Consent.performer[0]",
    ),
    "a signed form": (
        lambda c: _changed(c, sourceAttachment={"contentType": "application/pdf", "data": "JVBERi0xLjQ="}),
        "Consent.source.data",
    ),
    "a verification": (lambda c: _changed(c, verification=[{"verified": True}]), "Consent.verification"),
    "an extension": (
        lambda c: _changed(c, extension=[{"url": "http://example.org/x", "valueBoolean": True}]), "Consent.extension",
    ),
    "no FHIR": (lambda c: _changed(c, status="maybe"), "Consent.status"),
    "no category": (lambda c: {k: v for k, v in c.items() if k != "category"}, "Consent.category"),
}  # fmt: skip


@pytest.mark.parametrize("name", _WRONG)
def test_what_cannot_be_kept_is_refused_with_its_place(
    own: Registry, who: Registered, superuser: psycopg.Connection, name: str
) -> None:
    change, place = _WRONG[name]
    answer = own.create(change(consent(who.person_id, permit())))
    assert (answer.status_code, faults(answer)) == (422, [place]), answer.text
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert answer.json()["issue"][0]["details"]["text"]
    assert own.found() == []


_NO_JSON: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "a list": (b"[]", 400),
    "another type": (b'{"resourceType":"Patient"}', 400),
    "twice": (b'{"resourceType":"Consent","status":"active","status":"inactive"}', 400),
    "too deep": (b'{"resourceType":"Consent","text":' + b"[" * 100 + b"]" * 100 + b"}", 400),
    "too long": (b'{"resourceType":"Consent","x":"' + b"a" * 70_000 + b'"}', 413),
    "far too long": (b'{"resourceType":"Consent","x":"' + b"a" * 1_100_000 + b'"}', 413),
    "a list for a person": (b'{"resourceType":"Consent","patient":[1],"status":{},"provision":[[]]}', 422),
}


@pytest.mark.parametrize("name", _NO_JSON)
def test_what_is_no_consent_is_refused(own: Registry, name: str) -> None:
    body, status = _NO_JSON[name]
    assert own.ask("POST", "Consent", content=body).status_code == status


def test_a_consent_goes_on_being_about_the_same(cast: Cast, own: Registry, who: Registered) -> None:
    made = _given(own, who)
    other = own.update(made | {"provision": permit("PEAK")})
    assert (other.status_code, faults(other)) == (422, ["Consent.provision"])
    child = own.update(made | {"patient": {"reference": f"Patient/{cast.register().person_id}"}, "performer": []})
    assert child.status_code == 422
    elsewhere = own.ask("PUT", f"Consent/{made['id']}", json=made | {"id": str(uuid4())}, headers={"if-match": 'W/"1"'})
    assert (elsewhere.status_code, faults(elsewhere)) == (400, ["Consent.id"])
    assert own.read(made["id"]) == made


def test_nobody_else_states_it(cast: Cast, who: Registered, own: Registry) -> None:
    made = _given(own, who)
    others = {
        "another person": (owner(cast, cast.register()), 403, 404),
        "the provider's doctor": (Registry(cast, cast.session_token(cast.doctor)), 403, 404),
        "a system": (Registry(cast, cast.ha), 403, 404),
        "a stranger": (Registry(cast, ""), 401, 401),
        "a made-up token": (Registry(cast, "a" * 43), 401, 401),
    }
    for name, (other, create, update) in others.items():
        assert other.create(consent(who.person_id, permit("PEAK"))).status_code == create, name
        assert other.update(made | {"status": "inactive"}).status_code == update, name
    assert [each["id"] for each in own.found()] == [made["id"]]
    assert own.read(made["id"]) == made


def test_a_refused_statement_is_in_the_trail(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    client = Registry(cast, cast.session_token(doctor := cast.professional("DOC", HARBOUR)))
    assert client.create(consent(who.person_id, permit())).status_code == 403
    query = "select event, outcome, reason from audit.event where caller_id = %s"
    assert ("consent:change", "refused", "no-rule") in superuser.execute(query, [doctor.account_id]).fetchall()


def test_a_parent_states_for_a_child_until_16(cast: Cast) -> None:
    parent, child = cast.register(), cast.register(born="2019-05-31")
    acting = owner(cast, parent)
    assert acting.create(consent(child.person_id, permit())).status_code == 403
    cast.appoint(child, parent)
    made = acting.create(consent(child.person_id, permit())).json()
    assert made["performer"] == [{"type": "RelatedPerson", "display": "parent"}]
    assert acting.found(f"patient={child.person_id}") == [made]
    young = owner(cast, child)
    assert young.read(made["id"]) == made
    assert young.update(made | {"status": "inactive"}).status_code == 404
    assert acting.update(made | {"status": "inactive"}).json()["status"] == "inactive"


def test_a_parent_of_somebody_over_16_states_nothing(cast: Cast) -> None:
    parent, grown = cast.register(), cast.register(born="2005-05-31")
    cast.appoint(grown, parent)
    acting, own = owner(cast, parent), owner(cast, grown)
    assert acting.create(consent(grown.person_id, permit())).status_code == 403
    made = own.create(consent(grown.person_id, permit())).json()
    assert acting.ask("GET", f"Consent/{made['id']}").status_code == 404
    assert acting.update(made | {"status": "inactive"}).status_code == 404


def test_the_answer_may_be_short(own: Registry, who: Registered) -> None:
    answer = own.create(consent(who.person_id, permit()), headers={"prefer": "return=minimal"})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (201, b"", 'W/"1"')


def test_no_condition_of_a_create_is_passed_over(own: Registry, who: Registered) -> None:
    content = consent(who.person_id, permit())
    assert own.create(content, headers={"if-none-exist": "status=active"}).status_code == 400
    assert own.ask("POST", "Consent?patient=1", json=content).status_code == 400
    assert own.found() == []


def test_while_the_validator_is_away_nothing_is_stated(own: Registry, who: Registered) -> None:
    with override_settings(RECORD_URL=f"http://127.0.0.1:{free_port()}/fhir"):
        answer = own.create(consent(who.person_id, permit()))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (503, "transient")
    assert own.found() == []


def test_a_cookie_is_no_token(cast: Cast, server: str, who: Registered) -> None:
    """A form of another site brings the browser's cookies: they open nothing here."""
    browser = Browser(server, cast.patient_account(who))
    for method in ("GET", "POST"):
        assert browser.knock(method, "/pcf/Consent")[0] == 401
    browser.close()


def test_a_document_of_a_system_is_never_in_force(cast: Cast, own: Registry, who: Registered) -> None:
    found = provider_with_code(HARBOUR)
    assert found
    reference = {"reference": f"Patient/{who.patient_id}"}
    document = consent(who.person_id, permit()) | {"patient": reference}
    answer = cast.fhir(cast.ha, "POST", "Consent", json=document)
    assert answer.status_code == 201
    assert _opens(cast, who) == 403
    assert own.found() == []
    assert own.ask("GET", f"Consent/{answer.json()['id']}").status_code == 404
    assert Registry(cast, cast.ha).ask("GET", f"Consent/{answer.json()['id']}").status_code == 404
    made = _given(own, who)
    assert cast.fhir(cast.ha, "GET", f"Consent/{made['id']}").status_code == 404
