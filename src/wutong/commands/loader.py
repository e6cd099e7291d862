"""Uploads a part of the invented district as two providers' systems, and registers what the people plane keeps."""

import sys
import time
from collections.abc import Mapping
from uuid import UUID

from wutong import district
from wutong.commands import ending
from wutong.commands.folder import Folder
from wutong.control.audit.append import HOST, Actor
from wutong.control.consent import actions
from wutong.control.consent.actions import Stated
from wutong.control.flows import create_account as accounts
from wutong.control.flows.change_consent import give_consent
from wutong.control.flows.issue_token import issue_client_token
from wutong.control.people.actions import persons
from wutong.control.people.queries.accounts import account_named
from wutong.control.people.queries.persons import PersonSummary, find_by_hkid
from wutong.control.people.queries.providers import provider_with_code
from wutong.control.people.queries.representatives import decided_for_until
from wutong.core import env
from wutong.district import Consent, District, Names, Progress

# The demo's password is known to everybody, and so is the town: nobody in it exists.
PASSWORD = "parasol-tree-2026"  # noqa: S105 - of invented people, on this machine alone
_REGISTERING, _OTHER = "HA", "HARBOUR"


class Loader:
    """The two systems. `registers`: what the server calls the places and staff that they have uploaded."""

    def __init__(self, place: Folder, registers: Mapping[str, Names]) -> None:
        self.registers = dict(registers)
        self._place = place
        self._clients = {
            code: accounts.create_client(code, "the demo's loader", may_register_patients=code == _REGISTERING)
            for code in (_REGISTERING, _OTHER)
        }

    def load(self, part: District) -> None:
        """Bring the part's people in, their consents before what the clinic knows of them."""
        began = time.monotonic()
        resources = self._upload(_REGISTERING, part)
        known = {each.key: found for each in part.people if (found := find_by_hkid(each.hkid))}
        _set_contacts(self._place, part, known)
        _give_consents(part, known)
        resources += self._upload(_OTHER, part)
        seconds = time.monotonic() - began
        progress(f"loaded {len(known)} people, {resources:,} resources in {seconds:.0f} s", ends=True)

    def _upload(self, code: str, part: District) -> int:
        token = issue_client_token(*self._clients[code])
        if token is None:
            raise RuntimeError("a client that was just made has no token")
        base = env.read(env.RECORD_URL, env.safe_url)
        counts = district.load(base, {code: token}, _Report(), part, registers=self.registers)
        self.registers |= counts.registers
        return counts.resources


def progress(text: str, *, ends: bool = False) -> None:
    """Say how far it has come, at a terminal on one line until it `ends`."""
    if sys.stdout.isatty():
        ending.announce(f"\r{text:<70}", end="\n" if ends else "")
    else:
        ending.announce(text)


class _Report:
    """Progress of an upload; where nobody watches a terminal, a line every few seconds."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, made: Progress) -> None:
        if sys.stdout.isatty() or made.seconds >= self._next:
            self._next = made.seconds + 5
            progress(f"loading the district: {made}")


def _set_contacts(place: Folder, part: District, known: Mapping[str, PersonSummary]) -> None:
    """Contacts, portal accounts and representatives of the people whom the hospital group has registered."""
    for each in part.people:
        person = known[each.key]
        persons.set_contact(
            actor=HOST,
            person_id=person.person_id,
            email=each.email,
            phone=each.phone,
            address=each.address,
            district=each.district,
            language=each.language,
            channel=each.channel,
        )
        if each.sign_in_name:
            made = accounts.create_patient(each.sign_in_name, each.spoken_name, person.person_id, password=PASSWORD)
            place.keep_seed(each.sign_in_name, made.seed)
    for link in part.relations:
        persons.appoint_representative(
            actor=HOST,
            person_id=known[link.person_key].person_id,
            acting_person_id=known[link.acting_key].person_id,
            relation=link.relation,
        )


def _give_consents(part: District, known: Mapping[str, PersonSummary]) -> None:
    for each in part.consents:
        provider = provider_with_code(each.provider_code)
        if provider:
            given = _give(part, known, each, provider.provider_id)
            if not isinstance(given, Stated):
                raise RuntimeError(f"the consent of {each.person_key} was not stated: {given}")


def _give(part: District, known: Mapping[str, PersonSummary], consent: Consent, provider_id: UUID) -> object:
    """The word of a parent who has an account, else the person's; for a child without either, the form on paper."""
    key, kind, person_id = consent.person_key, consent.kind, known[consent.person_key].person_id
    if speaker := _parent_with_account(part, key):
        return give_consent(speaker, person_id, provider_id, kind, stated_as="parent")
    itself = Actor("district", person_id)
    if decided_for_until(person_id) is None:
        return give_consent(itself, person_id, provider_id, kind)
    # A parent outside the invented town signed before the demo began; nobody in the register stands for that word.
    return actions.give(actor=itself, person_id=person_id, provider_id=provider_id, kind=kind, stated_as="parent")


def _parent_with_account(part: District, key: str) -> Actor | None:
    names = {each.key: each.sign_in_name for each in part.people if each.sign_in_name}
    for link in part.relations:
        if link.person_key == key and link.relation == "parent" and link.acting_key in names:
            account = account_named(names[link.acting_key])
            if account:
                return Actor("patient", account.account_id)
    return None
