"""A person's statements one after another, what the gate answered after each, and what the replay says of it later."""

import asyncio
import itertools
import os
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import groups
import psycopg
from calendar_days import at
from cast import HA, Cast, Registered, Somebody
from role_changes import change_matrix

from wutong.control.audit.append import HOST
from wutong.control.consent.closing_queries import closed_values
from wutong.control.consent.models import ClosingVersion
from wutong.control.consent.past import left_at
from wutong.control.flows.manage_group import GroupProblem
from wutong.control.flows.replay_access import Place, Replay, replay_access
from wutong.control.people.actions import accounts, providers
from wutong.control.people.queries.accounts import workplaces
from wutong.control.people.queries.providers import ProviderFacts, provider_with_code
from wutong.control.people.queries.roles import roles_on
from wutong.core import access, clock, ids, sealing
from wutong.core.access import Act, Allowed
from wutong.core.answers import Refused
from wutong.core.categories import CATEGORY_NAMES
from wutong.record.gate.facts import Policy, Target, load

_LINK = """
insert into control.source_record (patient_id, link_id, person_id, provider_id, linked_at, reason)
values (%s, %s, %s, %s, %s, 'by hand')
"""
_UNLINK = (
    "update control.source_record set ended_at = %s where person_id = %s and reason = 'by hand' and ended_at is null"
)
# Why somebody is refused wherever they ask: a replay counts them nowhere.
_OF_THEMSELVES = ("no-token", "professional-registration-ended")
_ANOTHER = {"-": "G", "G": "R", "R": "-"}  # what a change of the matrix makes of a cell


def close(person_id: UUID, kind: str, value: str, *, is_closed: bool = True) -> None:
    """What the person says of one thing, now."""
    said = ClosingVersion.objects.filter(person_id=person_id, kind=kind, value=value).count()
    ClosingVersion.objects.create(
        person_id=person_id, kind=kind, value=value, version=said + 1, is_closed=is_closed, stated_at=clock.now(),
        stated_by=ids.new(),
    )  # fmt: skip


def clinic(name: str = "Replay Clinic") -> ProviderFacts:
    """A fresh one."""
    code = f"Y{secrets.token_hex(4).upper()}"
    providers.register_provider(actor=HOST, code=code, name_en=name, name_zh="", kind="clinic")
    found = provider_with_code(code)
    assert found
    return found


@dataclass(frozen=True)
class Heard:
    """What the gate answered somebody, when: a reason, or what opened, what was taken out of it, and whose rows."""

    who: str
    asked_at: datetime
    reason: str = ""
    categories: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    patient_ids: frozenset[UUID] = frozenset()


@dataclass
class Story:
    """One person, those who may ask, and what they heard; steps are made in their order, each at its instant."""

    cast: Cast
    superuser: psycopg.Connection
    who: Registered
    clinic: ProviderFacts
    people: Mapping[str, tuple[Somebody, str, str]]  # name -> account, provider's code, profession
    programme: groups.Group
    now: datetime
    heard: list[Heard] = field(default_factory=list)
    _cells: Iterator[str] = field(default_factory=lambda: itertools.cycle(("LAB", "MED", "DX")))

    def go(self, step: str, wait: str) -> None:
        """Wait, do, and ask as everybody."""
        self.now = _later(self.now, wait)
        with at(self.now.isoformat()):
            getattr(self, f"_{step}")() if hasattr(self, f"_{step}") else self._say(*step.split())
            self.heard += [self._hear(name) for name in self.people]

    def _wait(self) -> None:
        pass

    def _say(self, verb: str, kind: str, value: str) -> None:
        named = {"clinic": str(self.clinic.provider_id), "doctor": str(self.people["doctor"][0].account_id)}
        value = named.get(value, value)
        close(self.who.person_id, kind, value, is_closed=verb == "close")

    def _year(self) -> None:
        self._allow("one-year")

    def _always(self) -> None:
        self._allow("indefinite")

    def _allow(self, kind: str) -> None:
        """Whom the record is closed to nobody can allow."""
        if str(self.clinic.provider_id) not in closed_values(self.who.person_id, "provider"):
            self.cast.allow(self.who, self.clinic.code, kind)

    def _withdraw(self) -> None:
        self.cast.withdraw(self.who, self.clinic.code)

    def _quit(self) -> None:
        if not left_at(self.who.person_id, None):
            self.cast.leave(self.who)

    def _rejoin(self) -> None:
        if left_at(self.who.person_id, None):
            self.cast.rejoin(self.who)

    def _afresh(self) -> None:
        if left_at(self.who.person_id, None):
            self.cast.rejoin(self.who, keeps_permissions=False)

    def _programme(self) -> None:
        self.programme.allow(self.who)

    def _whoever(self) -> None:
        groups.whoever().allow(self.who, "indefinite")

    def _narrower(self) -> None:
        groups.whoever().withdraw(self.who)
        self.programme.withdraw(self.who)

    def _join(self) -> None:
        with suppress(GroupProblem):
            self.programme.join(self.clinic.code)

    def _part(self) -> None:
        with suppress(GroupProblem):
            self.programme.leave(self.clinic.code)

    def _tell(self) -> None:
        self.programme.tell()

    def _role(self) -> None:
        """From tomorrow on: a day that has begun keeps its matrix."""
        cell, day = ("CHI", next(self._cells)), clock.today() + timedelta(days=1)
        said = roles_on(day)[cell[0]].get(cell[1], "-")
        change_matrix(self.cast, {cell: _ANOTHER[said]}, day)

    def _link(self) -> None:
        asked = [ids.new(), ids.new(), self.who.person_id, self.clinic.provider_id, clock.now()]
        self.superuser.execute(_LINK, asked)

    def _unlink(self) -> None:
        self.superuser.execute(_UNLINK, [clock.now(), self.who.person_id])

    def _leave(self) -> None:
        for place in workplaces(self.people["leaver"][0].account_id):
            accounts.end_affiliation(actor=HOST, affiliation_id=place.affiliation_id)

    def _hear(self, name: str) -> Heard:
        who = self.people[name][0]
        asked_at = clock.now()
        if not workplaces(who.account_id):
            return Heard(name, asked_at, "no-token")
        token = self.cast.session_token(who)
        self.cast.open(token, self.who.person_id)
        asked_at = clock.now()
        heard = _answer(token, self.who.person_id, asked_at)
        told = _told(self.cast.fhir(token, "GET", f"Patient/{self.who.person_id}/$access").json())
        assert told == heard.categories, (told, heard)
        return Heard(name, asked_at, heard.reason, heard.categories, heard.parts, heard.patient_ids)

    def differences(self) -> list[str]:
        """Where the replay says otherwise than the gate did; asked after everything."""
        with at((self.now + timedelta(days=800)).isoformat()):
            return [said for each in self.heard if (said := self._difference(each))]

    def _difference(self, heard: Heard) -> str:
        replayed = replay_access(self.who.person_id, heard.asked_at)
        assert isinstance(replayed, Replay)
        somebody, code, profession = self.people[heard.who]
        place = next((each for each in replayed.places if each.provider.code == code), None)
        told = _replayed(replayed, place, profession, somebody.account_id, heard)
        return "" if told == heard else f"{heard} but replayed {told}"


def _replayed(replayed: Replay, place: Place | None, profession: str, account_id: UUID, heard: Heard) -> Heard:
    """What the replay says that the person heard."""
    told = partial(Heard, heard.who, heard.asked_at)
    sight = next((each for each in place.sights if each.profession == profession), None) if place else None
    if heard.reason in _OF_THEMSELVES and sight is None:
        return heard
    if place is None:
        return told("person-not-active" if replayed.left_at else "no-sharing-consent")
    if place.refused:
        return told(place.refused.value)
    if sight is None:
        return told("nobody works there")
    if account_id in sight.shut_out:
        return told("withheld-by-person")
    if not sight.sees:
        return told(heard.reason if heard.reason.startswith("category-") else "nothing is seen")
    parts = {each.value for each in replayed.closings if each.kind in {"item", "episode", "label"}}
    return told("", frozenset(sight.sees), frozenset(parts), replayed.patient_ids)


def _answer(token: str, person_id: UUID, now: datetime) -> Heard:
    """The gate's own decision to show the whole record, on the facts as it loads them."""

    async def ask() -> Allowed | Refused:
        async with await psycopg.AsyncConnection.connect(os.environ["WUTONG_PDP_DSN"]) as connection:
            question = (sealing.token_hash(token), Target(patient_id=person_id))
            [[loaded]] = await load(connection, [question], now=now, policy=Policy())
            return access.decide(loaded.facts, act=Act.READ, categories=frozenset(CATEGORY_NAMES), now=now)

    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(asyncio.run, ask()).result()
    if isinstance(answer, Refused):
        return Heard("", now, answer.reason.value)
    scope = answer.scope
    return Heard("", now, "", scope.categories, scope.closed, frozenset(scope.patient_ids))


def _told(answer: dict[str, Any]) -> set[str]:
    """The categories that `$access` calls open."""
    parts = [{each["name"]: each for each in given["part"]} for given in answer.get("parameter", ()) if "part" in given]
    return {each["code"]["valueCode"] for each in parts if each["open"]["valueBoolean"]}


def _later(now: datetime, wait: str) -> datetime:
    local = clock.local(now)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=clock.TERRITORY)
    return {
        "minutes": local + timedelta(minutes=3),
        "evening": tomorrow - timedelta(minutes=2)
        if local < tomorrow - timedelta(minutes=5)
        else tomorrow + timedelta(minutes=4),
        "midnight": tomorrow,
        "month": local + timedelta(days=29),
        "year": datetime.combine(clock.same_date_next_year(local.date()), local.time(), tzinfo=clock.TERRITORY),
    }[wait]


def begin(cast: Cast, superuser: psycopg.Connection, start: datetime) -> Story:
    """Somebody registered today whose story begins at `start`, a clinic of theirs, and a doctor of the hospital group."""
    place = clinic()
    until = (start + timedelta(days=100)).date()
    people = {
        "doctor": (cast.professional("DOC", place.code), place.code, "DOC"),
        "other": (cast.professional("CHI", place.code), place.code, "CHI"),
        "leaver": (cast.professional("PHA", place.code), place.code, "PHA"),
        "expiring": (cast.professional("OPT", place.code, until=until), place.code, "OPT"),
        "hospital": (cast.professional("MID", HA), HA, "MID"),
    }
    return Story(cast, superuser, cast.register(), place, people, groups.make("programme"), start)
