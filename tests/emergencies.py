"""How tests break glass: a clinician at the clinic's own page, and the same session's token at the record plane."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
from cast import Cast, Registered, Somebody
from doors import Browser, Page
from record.resources import of_category

from wutong.control.audit.append import Actor
from wutong.control.emergency.queries import Case
from wutong.control.flows.break_glass import break_glass
from wutong.control.flows.issue_token import issue_session_token
from wutong.control.flows.sign_in import begin, workplaces_of
from wutong.control.people import one_time_code
from wutong.core import clock
from wutong.core.emergency import Stated

REASON = "Found on the pavement and does not wake up"
CATEGORIES = ["ALG", "DX", "PX", "MED", "ENC", "CNS", "BIRTH", "IMM", "LAB", "RAD", "OIR", "REF", "OBS"]


def fresh_code(who: Somebody) -> str:
    """The code that comes after the one that was used to sign in; a clock a little behind would show it."""
    return one_time_code.code_at(who.seed, one_time_code.step_at(clock.now()) + 1)


class Clinician(Browser):
    """A professional at a browser, who can also carry the session's token to the record plane."""

    def __init__(self, cast: Cast, who: Somebody) -> None:
        super().__init__(cast.server, who)
        self.cast = cast
        self.who = who
        self.session_id = UUID(self._session())

    def break_glass(self, person_id: UUID, *categories: str, **changed: Any) -> Page:
        """Open the record in an emergency, with a right statement unless told otherwise."""
        address = f"/clinic/patient/{person_id}/emergency/"
        self.get(address)
        stated = {"kind": "unconscious", "reason": REASON, "categories": list(categories), "code": ""}
        stated["code"] = fresh_code(self.who)
        return self.send(address, **stated | changed)

    def fhir(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A request under a token of this very session."""
        return self.cast.fhir(issue_session_token(self.session_id), method, path, **more)

    def open(self, person_id: UUID, purpose: str = "ETREAT") -> httpx.Response:
        """`$open` with a purpose."""
        parts = [{"name": "purpose", "valueCode": purpose}]
        parts += [{"name": "reason", "valueString": "She is here now"}] if purpose == "TREAT" else []
        return self.fhir("POST", f"Patient/{person_id}/$open", json={"resourceType": "Parameters", "parameter": parts})

    def sees(self, person_id: UUID) -> set[str]:
        """The categories that searches and the projection show now, each asked for by its tag."""
        token = issue_session_token(self.session_id)
        seen = {each for each in CATEGORIES if self._total(token, person_id, each)}
        about = self.cast.fhir(token, "GET", f"Patient/{person_id}")
        return seen | ({"PID"} if about.status_code == 200 else set())

    def _total(self, token: str, person_id: UUID, category: str) -> int:
        kind = of_category(category, person_id)["resourceType"]
        asked = f"{kind}?patient={person_id}&_tag=urn:wutong:category|{category}"
        return int(self.cast.fhir(token, "GET", asked).json().get("total", 0))

    def _session(self) -> str:
        from wutong.control.people.models import SignInSession

        return str(SignInSession.objects.filter(account_id=self.who.account_id).latest("started_at").session_id)


def granted(cast: Cast, who: Registered, provider: str, *categories: str) -> tuple[Somebody, UUID, UUID]:
    """Emergency access that a doctor was granted and has not opened yet; who, the session's id, and the grant's."""
    somebody = cast.professional("DOC", provider)
    [place] = workplaces_of(somebody.account_id)
    session_id = begin(somebody.account_id, place.affiliation_id).session_id
    actor = Actor("professional", somebody.account_id, session_id, place.provider_id, "DOC")
    case = break_glass(actor, who.person_id, Stated("unconscious", REASON, frozenset(categories)), somebody.code())
    assert isinstance(case, Case), case
    return somebody, session_id, case.grant_id


def emergency_at(cast: Cast, who: Registered, provider: str, *categories: str) -> tuple[Somebody, UUID]:
    """The same, opened and read at the record plane; who, and the grant's id."""
    somebody, session_id, grant_id = granted(cast, who, provider, *categories)
    token = issue_session_token(session_id)
    body = {"resourceType": "Parameters", "parameter": [{"name": "purpose", "valueCode": "ETREAT"}]}
    assert cast.fhir(token, "POST", f"Patient/{who.person_id}/$open", json=body).status_code == 200
    for category in ("ALG", *categories):
        kind = of_category(category, who.person_id)["resourceType"]
        asked = f"{kind}?patient={who.person_id}&_tag=urn:wutong:category|{category}"
        assert cast.fhir(token, "GET", asked).status_code == 200
    return somebody, grant_id


def whole_record(cast: Cast, **particulars: Any) -> Registered:
    """A person with one resource of each category from the hospital group, and no consent to the clinic."""
    who = cast.register(**particulars)
    for category in CATEGORIES:
        content = of_category(category, who.patient_id)
        answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
        assert answer.status_code == 201, answer.text
    return who


def reason_of(answer: httpx.Response) -> str:
    """Why it was refused."""
    return str(answer.json()["issue"][0]["details"]["coding"][0]["code"])


def whole_queue(browser: Browser) -> str:
    """The whole list, all its pages: other tests have left cases that are due earlier."""
    sources, address = "", "/console/emergencies/"
    while address:
        sources += (page := browser.get(address)).source
        found = re.search(r'href="(/console/emergencies/\?from=\d+)">Older<', page.source)
        address = found[1] if found else ""
    return sources


HOUR = timedelta(minutes=60)


@contextmanager
def no_officer_reached(superuser: psycopg.Connection) -> Iterator[None]:
    """No account has an e-mail address inside the block."""
    reached = superuser.execute("select account_id, email from control.account where email <> ''").fetchall()
    superuser.execute("update control.account set email = ''")
    try:
        yield
    finally:
        for account_id, email in reached:
            superuser.execute("update control.account set email = %s where account_id = %s", [email, account_id])
