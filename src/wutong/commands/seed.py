"""Loads the invented district into a fresh demo, once: registers, accounts, consents, and records by the FHIR door."""

import sys
import time

from wutong import district
from wutong.commands.folder import Folder
from wutong.control.audit.append import HOST, Actor
from wutong.control.flows import create_account as accounts
from wutong.control.flows.change_consent import give_consent
from wutong.control.flows.create_account import NewProfessional
from wutong.control.flows.issue_token import issue_client_token
from wutong.control.flows.register_provider import register_provider
from wutong.control.people.actions import persons
from wutong.control.people.queries.accounts import account_names
from wutong.control.people.queries.persons import PersonSummary, find_by_hkid
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock, env
from wutong.district import District, Progress

# The demo's password is known to everybody, and so is the town: nobody in it exists.
PASSWORD = "parasol-tree-2026"  # noqa: S105 - of invented people, on this machine alone
_REGISTERING, _OTHER = "HA", "HARBOUR"


def load_once(place: Folder, *, people: int) -> str:
    """Load the district if it is not in; the sign-in names for the `ready` line."""
    if not place.loaded.exists():
        _load(place, district.shipped(), first=True)
        place.loaded.write_text("the invented district is in\n")
    if people:
        _load_more(place, people)
    names = [name for name, _ in account_names()]
    return f"{', '.join(names)} (password {PASSWORD}; code: wutong otp <name>)"


def _load_more(place: Folder, people: int) -> None:
    marker = place.path / f"more-{people}-loaded"
    if marker.exists():
        return
    print(f"generating {people} more people", flush=True)
    _load(place, district.make_more(people, seed=people, taken=_Registered()), first=False)
    marker.write_text("in\n")


def _load(place: Folder, whole: District, *, first: bool) -> None:
    began = time.monotonic()
    if first:
        _providers(whole)
        _professionals(place, whole)
    base = env.read(env.RECORD_URL, env.safe_url)
    report = _Report()
    counts = district.load(base, {_REGISTERING: _token(_REGISTERING, registers=True)}, report, whole)
    known = _people(place, whole)
    _consents(whole, known)
    more = district.load(base, {_OTHER: _token(_OTHER, registers=False)}, report, whole)
    total = counts.resources + more.resources
    print(
        f"\rloaded {len(known)} people, {total:,} resources in {time.monotonic() - began:.0f} s" + " " * 20, flush=True
    )


class _Registered:
    """Every identity number that somebody has already."""

    def __contains__(self, number: object) -> bool:
        return find_by_hkid(str(number)) is not None


class _Report:
    """Progress on one line; where nobody watches a terminal, a line every few seconds."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        if sys.stdout.isatty():
            print(f"\rloading the district: {progress}   ", end="", flush=True)
        elif progress.seconds >= self._next:
            self._next = progress.seconds + 5
            print(f"loading the district: {progress}", flush=True)


def _providers(whole: District) -> None:
    for each in whole.providers:
        register_provider(each.code, each.name_en, name_zh=each.name_zh, kind=each.kind, is_deemed=each.is_deemed)


def _professionals(place: Folder, whole: District) -> None:
    for each in whole.professionals:
        new = NewProfessional(
            sign_in_name=each.sign_in_name,
            display_name=each.name_en,
            name_zh=each.name_zh,
            provider_code=each.provider_code,
            profession=each.profession if each.registered_until else "",
            registration_number=each.registration_number,
            registered_until=each.registered_until or clock.today(),
            role=each.role,
        )
        place.keep_seed(each.sign_in_name, accounts.create_professional(new, password=PASSWORD).seed)


def _people(place: Folder, whole: District) -> dict[str, PersonSummary]:
    """Contacts, portal accounts and representatives of the people whom the hospital group has registered."""
    known = {each.key: found for each in whole.people if (found := find_by_hkid(each.hkid))}
    for each in whole.people:
        person = known[each.key]
        persons.set_contact(
            actor=HOST,
            person_id=person.person_id,
            email=each.email,
            phone=each.phone,
            address=each.address,
            district=each.district,
            language="en",
            channel=each.channel,
        )
        if each.sign_in_name:
            made = accounts.create_patient(each.sign_in_name, each.spoken_name, person.person_id, password=PASSWORD)
            place.keep_seed(each.sign_in_name, made.seed)
    for link in whole.relations:
        persons.appoint_representative(
            actor=HOST,
            person_id=known[link.person_key].person_id,
            acting_person_id=known[link.acting_key].person_id,
            relation=link.relation,
        )
    return known


def _consents(whole: District, known: dict[str, PersonSummary]) -> None:
    for each in whole.consents:
        provider = provider_with_code(each.provider_code)
        person_id = known[each.person_key].person_id
        if provider:
            give_consent(Actor("district", person_id), person_id, provider.provider_id, each.kind)


def _token(provider: str, *, registers: bool) -> str:
    client_id, secret = accounts.create_client(provider, "the demo's loader", may_register_patients=registers)
    token = issue_client_token(client_id, secret)
    if token is None:
        raise RuntimeError("a client that was just made has no token")
    return token
