"""Everybody who may stand before a page, each with something to see: for tests that walk all pages."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, partial
from typing import Any

import groups
import psycopg
from authorising import Pharmacist
from cast import HA, HARBOUR, Cast, Registered, Somebody
from desks import Desk, code_on, registrar
from doors import run_jobs
from emergencies import emergency_at, fresh_code
from pages.journeys.steps import somebody_ill
from record.resources import of_category
from roaming import Samples
from role_changes import propose_change

from wutong.control.audit.append import HOST
from wutong.control.authorisation.codes import code_of
from wutong.control.authorisation.queries import asked_of
from wutong.control.people.actions import accounts, persons
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

PEAK = "PEAK"
_YESTERDAY = timedelta(days=-1)
_TASK = "tell_patient_of_look"
_PDF = {"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQ="}}
# An officer asks the trail for the usual days and leaves everything else open.
_ANYTHING = dict.fromkeys(("patient", "caller", "provider", "event", "outcome", "ground", "purpose"), "")


@dataclass(frozen=True)
class Role:
    """Somebody, what they type into the fields of pages, and where they go besides their first page."""

    who: Somebody | None
    samples: Samples = field(default_factory=dict)
    starts: Callable[[], tuple[str, ...]] = tuple


@dataclass
class World:
    """People whom nobody else's test touches: the open record (`ill` makes it) has entries of every category.

    `language`: that in which people are told. The office has work where settings say `PRINTS_LETTERS`.
    """

    cast: Cast
    language: str = "en"
    ill: Callable[[Cast], Registered] = somebody_ill

    @cached_property
    def open(self) -> Registered:
        """A record that the clinic may open since yesterday; all that is in it came today."""
        made = self._told(self.ill(self.cast))
        letter = of_category("CNS", made.patient_id) | {"content": [_PDF]}
        assert self.cast.fhir(self.cast.ha, "POST", "DocumentReference", json=letter).status_code == 201
        with clock.travel(_YESTERDAY):
            self.cast.allow(made)
        return made

    @cached_property
    def closed(self) -> Registered:
        """A record that nobody was allowed to open."""
        return self._told(self.cast.register(family="LEUNG", given="Siu Fong"))

    def roles(self, *names: str) -> dict[str, Role]:
        """Those of these names, or everybody."""
        makers: dict[str, Callable[[], Role]] = {
            "stranger": lambda: Role(None),
            "half-way": lambda: Role(None, self._password_of(self.cast.professional("DOC", HARBOUR))),
            "clinic DOC": self._who_looked_before,
            **{f"clinic {each}": partial(self._clinician, each) for each in ("PHA", "OPT", "NUR", "PT", "CHI")},
            "no consent": lambda: self._clinician("DOC", PEAK, self.closed),
            "hospital": lambda: self._clinician("DOC", HA),
            "two clinics": self._two_workplaces,
            "desk": lambda: Role(registrar(self.cast), {"hkid": self.closed.hkid}),
            "administrator": lambda: Role(self.cast.professional("DOC", HARBOUR, role="administrator")),
            "office": self._office,
            "officer": lambda: Role(self.cast.officer(HARBOUR), _ANYTHING),
            "officer peak": lambda: Role(self.cast.officer(PEAK), _ANYTHING),
            "patient": lambda: self._patient(self.cast.register()),
            "looked at": self._looked_at,
            "parent": self._parent,
        }
        made = {name: makers[name]() for name in names or makers}
        self._leave_work_to_the_office()
        return made

    def _told(self, who: Registered, **contact: Any) -> Registered:
        persons.set_contact(actor=HOST, person_id=who.person_id, language=self.language, **contact)
        return who

    def _clinician(self, profession: str, provider: str = HARBOUR, patient: Registered | None = None) -> Role:
        """Enters a fresh code where one is asked for: in an emergency."""
        who = self.cast.professional(profession, provider)
        return Role(who, {"hkid": (patient or self.open).hkid, "code": lambda: fresh_code(who)})

    def _who_looked_before(self) -> Role:
        role = self._clinician("DOC")
        assert role.who
        with clock.travel(_YESTERDAY):
            self._look(role.who, self.open)
        return role

    def _look(self, who: Somebody, patient: Registered) -> None:
        assert self.cast.open(self.cast.session_token(who), patient.person_id).status_code == 200

    def _password_of(self, who: Somebody) -> Samples:
        return {"name": who.name, "password": who.password, "code": "no code"}

    def _two_workplaces(self) -> Role:
        """Signs in as they roam, because the choice of a workplace stands between."""
        who = self.cast.professional("DOC", HARBOUR)
        other = provider_with_code(PEAK)
        assert other
        accounts.affiliate(actor=HOST, account_id=who.account_id, provider_id=other.provider_id, role="clinician")
        return Role(None, {**self._password_of(who), "code": who.code, "hkid": self.open.hkid})

    def _patient(self, who: Registered) -> Role:
        account = self.cast.patient_account(self._told(who))
        return Role(account, {"code": account.code})

    def _office(self) -> Role:
        """Has proposed a change of the role matrix."""
        who = self.cast.officer()
        propose_change(who, {("CHI", "PID"): "R"}, clock.today() + timedelta(days=365))
        return Role(who, _ANYTHING)

    def _deposit(self, who: Registered) -> None:
        """An entry that a page of the record can close."""
        entry = of_category("DX", who.patient_id)
        assert self.cast.fhir(self.cast.ha, "POST", entry["resourceType"], json=entry).status_code == 201

    def _looked_at(self) -> Role:
        role = self._patient(made := self.cast.register())
        self._deposit(made)
        self.cast.allow(made)
        programme = groups.make("programme", HARBOUR, name="Chronic Care Programme", name_zh="慢性病護理計劃")
        programme.allow(made)
        self._look(self.cast.doctor, made)
        self._authorise(made)
        return replace(role, starts=lambda: (self._code_of_desk(made),))

    def _parent(self) -> Role:
        parent, child = self.cast.register(), self._told(self.cast.register(born="2019-05-31"))
        self.cast.appoint(child, parent)
        self._deposit(child)
        helper = self.cast.register()
        for person, carer in ((parent, helper), (helper, parent), (child, helper)):
            self.cast.let_care(person, carer, ["looks"])
        self.cast.allow(child)
        self._authorise(child)
        return replace(self._patient(parent), starts=lambda: (self._code_of_desk(child),))

    def _authorise(self, who: Registered) -> None:
        """A pharmacist has opened a restricted part by the code that was sent."""
        pharmacist = Pharmacist(self.cast)
        assert pharmacist.open_record(who.person_id).path == f"/clinic/record/{who.person_id}/"
        pharmacist.ask(who.person_id, "RAD")
        pharmacist.enter(who.person_id, code_of(asked_of(who.person_id, limit=1)[0].request_id))
        pharmacist.close()

    def _code_of_desk(self, who: Registered) -> str:
        """What a camera reads on the clinic's screen; it lasts for minutes."""
        desk = Desk(self.cast.server, registrar(self.cast))
        desk.browser.get(f"/clinic/desk/{who.person_id}/")
        code = code_on(desk.browser.send(f"/clinic/desk/{who.person_id}/code/"))
        desk.close()
        return code

    def _leave_work_to_the_office(self) -> None:
        """Letters to print, messages and other work that failed, an emergency to review, a change of roles to decide."""
        post = self._told(self.cast.register(), channel="post", address="Flat G, Lychee Court, Kowloon")
        for who in (post, self._told(self.cast.register(), email="no address@")):
            self.cast.allow(who)
            self.cast.withdraw(who)
        emergency_at(self.cast, self.closed, HARBOUR, "LAB")
        propose_change(self.cast.officer(), {("CHI", "ALG"): "R"}, clock.today() + timedelta(days=365))
        run_jobs()
        self._look(self.cast.doctor, self.open)
        with psycopg.connect(os.environ["WUTONG_JOBS_DSN"]) as queue:
            queue.execute(
                "update procrastinate_jobs set status = 'failed' where status = 'todo' and task_name = %s", [_TASK]
            )
