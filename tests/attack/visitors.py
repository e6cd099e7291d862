"""Who comes to pages that are not theirs; and the addresses there, as those to whom they are shown were told them."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import groups
import psycopg
from authorising import Pharmacist
from cast import HARBOUR, OFFICE, Cast, Registered, Somebody
from desks import code_on, registrar
from django.urls import Resolver404, resolve
from doors import Browser, run_jobs
from emergencies import Clinician, emergency_at
from record.resources import of_category
from roaming import Roamer, Shown
from role_changes import LAB, propose_change

from attack.attackers import Seat, Workplaces
from attack.hidden import Hidden, hidden
from wutong.control.audit.append import HOST, Actor
from wutong.control.consent.actions import Stated
from wutong.control.consent.closing_actions import ClosingStated
from wutong.control.consent.key_actions import MadeKey
from wutong.control.flows.change_closing import state_closing
from wutong.control.flows.change_consent import give_group_consent
from wutong.control.flows.make_access_key import make_access_key
from wutong.control.people.actions import persons
from wutong.control.people.queries.accounts import account_named
from wutong.core import clock
from wutong.core.routes import Comers

_URLS = "wutong.control.project.urls"
_SESSION = "wutong_session"
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PDF = {"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQ="}}
_TRAIL, _ANYTHING = (
    "/console/trail/",
    dict.fromkeys(("patient", "caller", "provider", "event", "outcome", "ground", "purpose"), ""),
)
_TASK = "tell_patient_of_look"
ENTITLED = "clinician who opened nothing"
CARER = "carer for messages"


@dataclass(frozen=True)
class Visitor:
    """Somebody at a browser. `owns`: pages of which kind are theirs. `is_let_in`: to which their role lets them, where what
    they may see is decided within. `reason`: why it is refused there, in the trail under `account_id`; empty where the trail promises nothing.
    """

    name: str
    cookies: str
    token: str
    home: str = ""
    owns: frozenset[Comers] = frozenset()
    is_let_in: frozenset[Comers] = frozenset()
    account_id: Any = None
    reason: str = ""


def pattern_of(address: str) -> str:
    """Of an address that is none, nothing."""
    try:
        return str(resolve(urlsplit(address).path, _URLS).route)
    except Resolver404:
        return ""


@dataclass
class Office:
    """The hidden record with everything that pages may show of it, and who may see what of it."""

    cast: Cast
    superuser: psycopg.Connection
    addresses: dict[str, set[str]] = field(default_factory=dict)  # by their pattern
    leaving: list[Browser] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.places = Workplaces(self.cast, self.superuser)

    @cached_property
    def about(self) -> Hidden:
        """The record; an emergency opened it, the clinic may open it, and its child and its letters are told of."""
        made = hidden(self.cast)
        letter = of_category("CNS", made.who.patient_id) | {"content": [_PDF]}
        assert self.cast.fhir(self.cast.ha, "POST", "DocumentReference", json=letter).status_code == 201
        self.cast.allow(made.who)
        emergency_at(self.cast, made.who, HARBOUR, "LAB")
        self._leave_work(made)
        return made

    @cached_property
    def child(self) -> Registered:
        """A child of the hidden person's, with a diagnosis."""
        made = self.cast.register(born="2019-05-31", family=self._word, given=self._word)
        seen = of_category("DX", made.patient_id) | {"code": {"text": self._word}}
        assert self.cast.fhir(self.cast.ha, "POST", "Condition", json=seen).status_code == 201
        self.cast.appoint(made, self.about.who)
        self.cast.allow(made)
        return made

    @property
    def _word(self) -> str:
        return self.about.secrets[0]

    @property
    def secrets(self) -> tuple[str, ...]:
        """No word of which may stand on a page for anybody else."""
        rows = tuple(word for row in self.about.rows for word in row.secrets)
        return (*self.about.secrets, *rows, self.child.hkid)

    def _leave_work(self, made: Hidden) -> None:
        """Letters to print, a message and other work that failed."""
        for particulars in ({"channel": "post", "address": f"Flat {made.secrets[0]}"}, {"email": "no address@"}):
            who = self.cast.register(family=made.secrets[0], given=made.secrets[1])
            persons.set_contact(actor=HOST, person_id=who.person_id, language="en", **particulars)
            self.cast.allow(who)
        run_jobs()
        assert self.cast.open(self.cast.session_token(self.cast.doctor), made.who.person_id).status_code == 200
        with psycopg.connect(os.environ["WUTONG_JOBS_DSN"]) as queue:
            queue.execute(
                "update procrastinate_jobs set status = 'failed' where status = 'todo' and task_name = %s", [_TASK]
            )

    def walk(self) -> None:
        """Those who may look at everything, and the addresses are kept."""
        person, owner = self.about.who.person_id, self.cast.patient_account(self.about.who)
        author = self.cast.officer()
        self._leave_words(owner, author)
        doctor = Clinician(self.cast, self.cast.professional("DOC", HARBOUR))
        assert doctor.open_record(person).path == f"/clinic/record/{person}/"
        self._roam(
            doctor,
            "/",
            f"/clinic/record/{person}/",
            f"/clinic/record/{person}/new/",
            f"/clinic/patient/{person}/emergency/",
        )
        pharmacist = Pharmacist(self.cast)
        self.leaving.append(pharmacist)
        for each in (person, self.child.person_id):
            assert pharmacist.open_record(each).path == f"/clinic/record/{each}/"
            pharmacist.authorised(self.superuser, each, "RAD")
        ask = f"/clinic/patient/{person}/authorisation/"
        self._roam(pharmacist, ask, f"{ask}code/")
        for officer in (self.come(author), self.come(self.cast.officer(HARBOUR))):
            self._roam(officer, "/", *self._entries(officer))
        child, desk = self.child.person_id, self.come(registrar(self.cast))
        self._roam(desk, "/", f"/clinic/desk/{person}/")
        desk.get(f"/clinic/desk/{person}/")
        code = code_on(desk.send(f"/clinic/desk/{person}/code/"))
        self._roam(desk, desk.page.path)
        own = (code, "/portal/who-may-look/join-again/")  # where a code on a desk's screen leads, or having left
        of_child = [each.replace("portal/", f"portal/for/{child}/") for each in own]
        self._roam(self.come(owner), "/", *own, f"/portal/for/{child}/", *of_child)

    def _leave_words(self, owner: Somebody, author: Somebody) -> None:
        """What the person closed and allowed and a key, for herself and for the child, and a change of roles to decide."""
        said = Actor("patient", owner.account_id)
        for person_id, stated_as in ((self.about.who.person_id, ""), (self.child.person_id, "parent")):
            assert isinstance(state_closing(said, person_id, "label", "SDV", stated_as=stated_as), ClosingStated)
            assert isinstance(make_access_key(said, person_id, "one-year", stated_as=stated_as), MadeKey)
            wider = groups.make("programme").group_id
            assert isinstance(give_group_consent(said, person_id, wider, "one-year", stated_as=stated_as), Stated)
        helper = self.cast.register()
        for person, carer in ((self.about.who, helper), (helper, self.about.who), (self.child, helper)):
            self.cast.let_care(person, carer, ["looks"], 1)
        propose_change(author, {LAB: "R"}, clock.today() + timedelta(days=30))

    def _entries(self, officer: Browser) -> list[str]:
        """Of the trail, found with the questions as the page brings them, and nothing filled in."""
        form = next(each for each in Shown(officer.get(_TRAIL)).forms if urlsplit(each.action).path == _TRAIL)
        found = officer.post(_TRAIL, **{**form.fields, **_ANYTHING})
        return [urlsplit(each).path for each in Shown(found).links if "entry_id" in pattern_of(each)]

    def _roam(self, browser: Browser, *starts: str) -> None:
        self.leaving.append(browser)
        for visit in Roamer(browser, most=2).roam(*starts, sends_forms=False).visits:
            shown = Shown(visit.page)
            buttons = [button.action for form in shown.forms for button in form.buttons]
            for address in (visit.address, visit.page.address, *(form.action for form in shown.forms), *buttons):
                path = urlsplit(address).path
                if pattern_of(path) and len(kept := self.addresses.setdefault(pattern_of(path), set())) < 3:
                    kept.add(path)

    def come(self, who: Somebody | None) -> Browser:
        """Somebody at a browser."""
        browser = Browser(self.cast.server, who)
        self.leaving.append(browser)
        return browser

    def visitors(self) -> list[Visitor]:
        """All of them."""
        return [*self._strangers(), *self._others(), *self._clinicians(), *self._people()]

    def _visitor(
        self, name: str, who: Somebody | None, *, reason: str = "", let_in: tuple[Comers, ...] = ()
    ) -> Visitor:
        browser = self.come(who)
        home = browser.get("/").path
        token = _CSRF.search(browser.get("/sign-in/").source)
        assert token
        cookies = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
        account_id = who.account_id if who else None
        owns = {Comers.SIGNED_IN} if home == "/signed-in/" else set()
        return Visitor(name, cookies, token[1], home, frozenset(owns), frozenset(let_in), account_id, reason)

    def _strangers(self) -> Iterator[Visitor]:
        stranger = self._visitor("stranger", None)
        yield stranger
        yield Visitor("garbled session", f"{stranger.cookies}; {_SESSION}={'a' * 32}", stranger.token)
        for name, change in {
            "signed out": "update control.sign_in_session set ended_at = now() where account_id = %s",
            "idle": "update control.sign_in_session set last_seen_at = now() - interval '16 min' where account_id = %s",
            "too long": "update control.sign_in_session set started_at = now() - interval '13 h' where account_id = %s",
            "account closed": "update control.account set is_active = false where account_id = %s",
        }.items():
            who = self.cast.officer() if name != "idle" else self.cast.professional("DOC", HARBOUR)
            made = self._visitor(name, who)
            self.superuser.execute(change, [who.account_id])
            yield Visitor(name, made.cookies, made.token)

    def _others(self) -> Iterator[Visitor]:
        officers = (Comers.OFFICER,)
        other, suspended = self.places.provider(), self.places.provider()
        office = self._visitor("office", self.cast.officer(OFFICE))
        yield replace(office, owns=frozenset({Comers.OFFICER, Comers.OFFICE}))
        yield self._visitor("officer elsewhere", self.cast.officer(other), let_in=officers)
        administrator = self.cast.professional("DOC", HARBOUR, role="administrator")
        yield self._visitor("administrator", administrator)
        made = self._visitor(
            "officer suspended", self.cast.officer(suspended), let_in=officers, reason="provider-not-active"
        )
        self.places.suspend(suspended)
        yield made

    def _clinicians(self) -> Iterator[Visitor]:
        about, places = self.about, self.places
        let_in = (Comers.PROFESSIONAL, Comers.DESK)

        def allowed() -> str:
            self.cast.allow(about.who, provider := places.provider())
            return provider

        def opened(name: str, who: Somebody, reason: str) -> Visitor:
            visitor = self._visitor(name, who, reason=reason, let_in=let_in)
            session = account_session(self.superuser, who)
            assert self.cast.open(Seat(who, session).bearer().partition(" ")[2], about.who.person_id).status_code == 200
            return visitor

        nowhere = self.cast.professional("DOC", places.provider())
        yield self._visitor("clinician without consent", nowhere, reason="no-sharing-consent", let_in=let_in)
        # Asks what would open, as it may, and is shown nothing: there is no refusal to be entered.
        not_opened = self.cast.professional("DOC", allowed())
        yield self._visitor(ENTITLED, not_opened, let_in=let_in)
        withdrawn = opened(
            "clinician after withdrawal", self.cast.professional("DOC", code := allowed()), "sharing-consent-ended"
        )
        self.cast.withdraw(about.who, code)
        over = opened(
            "clinician struck off",
            doctor := self.cast.professional("DOC", allowed()),
            "professional-registration-ended",
        )
        yesterday = clock.today() - timedelta(days=1)
        self.superuser.execute(
            "update control.professional set registered_until = %s where account_id = %s",
            [yesterday, doctor.account_id],
        )
        suspended = opened(
            "clinician suspended", self.cast.professional("DOC", code := allowed()), "provider-not-active"
        )
        places.suspend(code)
        yield from (withdrawn, over, suspended)

    def _people(self) -> Iterator[Visitor]:
        acting = {name: self.cast.register() for name in ("another person", "carer", "former parent")}
        self.cast.appoint(self.child, acting["carer"], "carer")
        self.cast.appoint(self.child, acting["former parent"])
        self.cast.dismiss(self.child, acting["former parent"])
        for name, functions, until in (
            (CARER, ["messages"], 0),
            ("carer until yesterday", ["inventory", "looks", "messages"], -1),
        ):
            acting[name] = self.cast.register()
            self.cast.let_care(self.child, acting[name], functions, until)
        for name, who in acting.items():
            account = self.cast.patient_account(who)
            yield self._visitor(name, account, reason="no-rule", let_in=(Comers.PATIENT,))


def account_session(superuser: psycopg.Connection, who: Somebody) -> Any:
    """The newest session of an account."""
    query = "select session_id from control.sign_in_session where account_id = %s order by started_at desc limit 1"
    found = account_named(who.name)
    assert found
    [(session_id,)] = superuser.execute(query, [found.account_id]).fetchall()
    return session_id
