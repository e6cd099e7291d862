"""Who is who in every test: two providers, professionals, system clients; people are registered through the door."""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx

from wutong.control.audit.append import HOST
from wutong.control.flows import create_account as accounts
from wutong.control.flows.create_account import NewProfessional
from wutong.control.people import one_time_code
from wutong.control.people.actions import persons, providers
from wutong.control.people.queries.accounts import account_named
from wutong.control.people.queries.persons import find_by_hkid
from wutong.core import clock, hkid

PASSWORD = "parasol tree in the rain 26"
HA, HARBOUR, OFFICE = "HA", "HARBOUR", "OFFICE"
_numbers = itertools.count(secrets.randbelow(400_000) + 1)


@dataclass
class Somebody:
    """An account with what its owner knows and holds."""

    name: str
    password: str
    seed: str
    person_id: UUID | None = None

    def code(self) -> str:
        """What the code generator shows now."""
        return one_time_code.code_at(self.seed, one_time_code.step_at(clock.now()))

    @property
    def account_id(self) -> UUID:
        """The account."""
        found = account_named(self.name)
        assert found
        return found.account_id


@dataclass
class Registered:
    """A registered person as their hospital knows them."""

    person_id: UUID
    patient_id: UUID
    hkid: str
    email: str


@dataclass
class Cast:
    """The standing cast; sessions and tokens are made on demand, through the door."""

    server: str
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, name, zh, kind, deemed in (
            (HA, "Hospital Group", "醫院聯網", "hospital-group", True),
            (HARBOUR, "Harbour Family Clinic", "海港家庭診所", "clinic", False),
            ("PEAK", "Peak Clinic", "山頂診所", "clinic", False),
            (OFFICE, "Health Record Sharing Office", "健康紀錄互通辦事處", "office", False),
        ):
            providers.register_provider(actor=HOST, code=code, name_en=name, name_zh=zh, kind=kind, is_deemed=deemed)
        self.http = httpx.Client(base_url=self.server, timeout=30, trust_env=False)
        self.ha = self.client_token(HA, may_register=True)
        self.harbour = self.client_token(HARBOUR)
        self.officer(email="office@example.org")  # somebody is told of emergencies
        # Never signs in by the door: a code works once, and the tests of a worker share him, some at another day's clock.
        self.doctor = self.professional("DOC", HARBOUR)

    def client_token(self, provider: str, *, may_register: bool = False) -> str:
        """A bearer token of a fresh system client, from the token door."""
        client_id, secret = accounts.create_client(provider, "test", may_register_patients=may_register)
        form = {"grant_type": "client_credentials"}
        answer = self.http.post("/oauth/token", data=form, auth=(str(client_id), secret))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def professional(
        self,
        profession: str,
        provider: str,
        *,
        until: date = date(2099, 12, 31),
        role: str = "clinician",
        name_en: str = "",
        name_zh: str = "李",
    ) -> Somebody:
        """A fresh professional; one whose registration is over was entered while it was in force."""
        number = next(_numbers)
        name = f"{profession.lower()}.{provider.lower()}.{number}"
        new = NewProfessional(
            name, name_en or f"Professional {number}", name_zh, provider, profession, f"R{number}", until, role
        )
        with clock.travel(min(until - clock.today(), timedelta())):
            made = accounts.create_professional(new, password=PASSWORD)
        return Somebody(name, made.password, made.seed)

    def officer(self, provider: str = OFFICE, *, email: str = "") -> Somebody:
        """A fresh privacy officer, of the office or of a provider."""
        name = f"privacy.{provider.lower()}.{next(_numbers)}"
        new = NewProfessional(
            name, f"Officer {name}", "葉", provider, None, "", clock.today(), "privacy-officer", email
        )
        made = accounts.create_professional(new, password=PASSWORD)
        return Somebody(name, made.password, made.seed)

    def session_token(self, who: Somebody) -> str:
        """What the pages carry to the record plane for a signed-in professional."""
        from wutong.control.flows.issue_token import issue_session_token
        from wutong.control.flows.sign_in import begin, workplaces_of

        place = workplaces_of(who.account_id)[0]
        return issue_session_token(begin(who.account_id, place.affiliation_id).session_id)

    def portal_token(self, who: Somebody) -> str:
        """The same for a person signed in to their own portal."""
        from wutong.control.flows.issue_token import issue_session_token
        from wutong.control.flows.sign_in import begin

        return issue_session_token(begin(who.account_id, None).session_id)

    def appoint(self, child: Registered, acting: Registered, relation: str = "parent") -> None:
        """Record who stands in which relation to whom."""
        persons.appoint_representative(
            actor=HOST, person_id=child.person_id, acting_person_id=acting.person_id, relation=relation
        )

    def dismiss(self, child: Registered, acting: Registered, relation: str = "parent") -> None:
        """End it."""
        persons.end_representative(
            actor=HOST, person_id=child.person_id, acting_person_id=acting.person_id, relation=relation
        )

    def let_care(self, person: Registered, carer: Registered, functions: list[str], days: int = 90) -> None:
        """A grant to a carer that they accepted; the strictest to try on is a child's, who makes none."""
        from wutong.control.audit.append import Actor
        from wutong.control.consent import carer_actions
        from wutong.control.consent.carer_queries import ACCEPTED, CarerFacts

        said, until = Actor("patient", person.person_id), clock.today() + timedelta(days=days)
        made = carer_actions.offer(
            actor=said,
            person_id=person.person_id,
            carer_id=carer.person_id,
            called="",
            functions=functions,
            until=until,
        )
        assert isinstance(made, CarerFacts)
        carer_actions.restate(actor=said, before=made, state=ACCEPTED)

    def register(self, **particulars: Any) -> Registered:
        """Register a fresh person by a deposit of the hospital group."""
        number = unused_hkid()
        answer = self.fhir(self.ha, "POST", "Patient", json=patient(number, **particulars))
        assert answer.status_code == 201, answer.text
        found = find_by_hkid(number)
        assert found
        address = f"{number.lower()}@example.org"
        persons.set_contact(actor=HOST, person_id=found.person_id, email=address, channel="email", language="en")
        return Registered(found.person_id, UUID(answer.json()["id"]), number, address)

    def patient_account(self, who: Registered) -> Somebody:
        """The portal account of a registered person."""
        made = accounts.create_patient(f"p.{who.hkid.lower()}", "CHAN Tai Man", who.person_id, password=PASSWORD)
        return Somebody(f"p.{who.hkid.lower()}", made.password, made.seed, who.person_id)

    def allow(self, who: Registered, provider: str = HARBOUR, kind: str = "one-year") -> None:
        """The person's own statement, by the flow that the portal calls; of a child a parent's."""
        self._consent(who, provider, kind)

    def withdraw(self, who: Registered, provider: str = HARBOUR) -> None:
        """The same, withdrawn."""
        self._consent(who, provider, None)

    def _consent(self, who: Registered, provider: str, kind: str | None) -> None:
        from wutong.control.audit.append import Actor
        from wutong.control.consent.actions import Stated
        from wutong.control.flows.change_consent import give_consent, withdraw_consent
        from wutong.control.people.queries.providers import provider_with_code
        from wutong.control.people.queries.representatives import decided_for_until

        found = provider_with_code(provider)
        assert found
        speaker, relation = who.person_id, ""
        if decided_for_until(who.person_id):
            self.appoint(who, parent := self.register())
            speaker, relation = self.patient_account(parent).account_id, "parent"
        actor = Actor("patient", speaker)
        if kind:
            given = give_consent(actor, who.person_id, found.provider_id, kind, stated_as=relation)
            assert isinstance(given, Stated), given
        else:
            withdraw_consent(actor, who.person_id, found.provider_id, stated_as=relation)

    def leave(self, who: Registered) -> None:
        """The person leaves the system, by the flow that the portal calls."""
        from wutong.control.consent.joining_queries import JoiningFacts
        from wutong.control.flows.change_joining import leave_system

        stated = leave_system(self.portal_actor(who), who.person_id)
        assert isinstance(stated, JoiningFacts), stated

    def rejoin(self, who: Registered, *, keeps_permissions: bool = True) -> None:
        """The same, joining again."""
        from wutong.control.consent.joining_queries import JoiningFacts
        from wutong.control.flows.change_joining import join_again

        stated = join_again(self.portal_actor(who), who.person_id, keeps_permissions=keeps_permissions)
        assert isinstance(stated, JoiningFacts), stated

    def portal_actor(self, who: Registered) -> Any:
        """The person at their own portal, whose account is made where there is none yet."""
        from wutong.control.audit.append import Actor

        found = account_named(f"p.{who.hkid.lower()}")
        return Actor("patient", found.account_id if found else self.patient_account(who).account_id)

    def close(self, who: Registered, kind: str, value: str) -> None:
        """The person's own statement, by the flow that the portal calls: this is closed."""
        from wutong.control.audit.append import Actor
        from wutong.control.consent.closing_actions import ClosingStated
        from wutong.control.flows.change_closing import state_closing

        known = account_named(f"p.{who.hkid.lower()}")
        speaker = known.account_id if known else self.patient_account(who).account_id
        stated = state_closing(Actor("patient", speaker), who.person_id, kind, value)
        assert isinstance(stated, ClosingStated), stated

    def open(self, token: str, person_id: UUID, *, reason: str = "The patient is here now") -> httpx.Response:
        """State treatment and a reason, and open the record; an empty reason is not stated."""
        parts = [{"name": "purpose", "valueCode": "TREAT"}]
        parts += [{"name": "reason", "valueString": reason}] if reason else []
        body = {"resourceType": "Parameters", "parameter": parts}
        return self.fhir(token, "POST", f"Patient/{person_id}/$open", json=body)

    def fhir(self, token: str, method: str, path: str, **more: Any) -> httpx.Response:
        """One request to the record plane."""
        headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"} | more.pop(
            "headers", {}
        )
        return self.http.request(method, f"/fhir/{path}" if path else "/fhir/", headers=headers, **more)


def unused_hkid() -> str:
    """A number that nobody has yet."""
    number = f"QX{next(_numbers):06d}"
    return number + hkid.check_digit(number)


def patient(
    number: str | None,
    *,
    family: str = "CHAN",
    given: str = "Tai Man",
    chinese: str = "陳大文",
    born: str = "1950-05-31",
) -> dict[str, Any]:
    """A hospital's Patient."""
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:wutong:hkid", "value": number}]
        if number
        else [{"system": "urn:ha:mrn", "value": "1"}],
        "name": [{"use": "official", "family": family, "given": given.split()}, {"text": chinese}],
        "gender": "female",
        "birthDate": born,
    }
