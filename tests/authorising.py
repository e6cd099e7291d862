"""How tests have restricted parts opened: a professional at the clinic's own pages, and the code as its receiver reads it."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from cast import HARBOUR, Cast, Registered, Somebody
from doors import Page, mail_to, run_jobs
from emergencies import Clinician, whole_record

from wutong.control.authorisation.codes import code_of

WHY = "The last X-ray decides whether this medicine may be given"
RESTRICTED = {"BIRTH", "RAD", "OIR"}  # of a pharmacist (domain dossier 4.2, published)
GENERAL = {"PID", "ALG", "DX", "PX", "MED", "ENC", "CNS", "IMM", "LAB", "REF", "OBS"}
_CODE = re.compile(r"\b(\d{4}) (\d{4})\b")


class Pharmacist(Clinician):
    """A pharmacist of the clinic at a browser, for whom births, radiology and other investigations are restricted."""

    def __init__(self, cast: Cast, who: Somebody | None = None, *, provider: str = HARBOUR) -> None:
        super().__init__(cast, who or cast.professional("PHA", provider))

    def ask(self, person_id: UUID, *categories: str, **changed: Any) -> Page:
        """Ask for restricted parts, with a right statement unless told otherwise."""
        address = f"/clinic/patient/{person_id}/authorisation/"
        self.get(address)
        return self.send(address, **{"kind": "avoid-harm", "reason": WHY, "categories": list(categories)} | changed)

    def enter(self, person_id: UUID, code: str) -> Page:
        """Enter a code."""
        address = f"/clinic/patient/{person_id}/authorisation/code/"
        self.get(address)
        return self.send(address, code=code)

    def authorised(self, superuser: psycopg.Connection, person_id: UUID, *categories: str) -> UUID:
        """Ask, and enter the code at once; the authorisation's id."""
        page = self.ask(person_id, *categories)
        assert page.path.endswith("/code/"), page.text
        request_id = newest(superuser, person_id)
        page = self.enter(person_id, code_of(request_id))
        assert page.path == f"/clinic/record/{person_id}/", page.text
        return request_id


def newest(superuser: psycopg.Connection, person_id: UUID) -> UUID:
    """The id of the last request at a person."""
    query = "select request_id from control.authorisation_request where person_id = %s order by asked_at desc limit 1"
    [(request_id,)] = superuser.execute(query, [person_id]).fetchall()
    assert isinstance(request_id, UUID)
    return request_id


def code_in(text: str) -> str:
    """The one code that a message brings."""
    [groups] = _CODE.findall(text)
    return "".join(groups)


def mailed_code(folder: Path, address: str) -> str:
    """The code in the last message to an address, once the worker has sent it."""
    run_jobs()
    messages = [each.get_content() for each in mail_to(folder, address) if "Code:" in each.get_content()]
    return code_in(messages[-1])


def allowed_record(cast: Cast, **particulars: Any) -> Registered:
    """Somebody with an entry of each category, who allows the clinic."""
    who = whole_record(cast, **particulars)
    cast.allow(who)
    return who
