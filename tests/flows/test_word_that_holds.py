"""Whatever a person says of providers, groups, programmes and whoever, and whoever joins and leaves: the gate's answer is that
of a slow model that was written from the decision's page (docs/decisions/0042), and not from the statement of the facts.
"""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import groups
import psycopg
import pytest
from calendar_days import at
from cast import Cast, Registered
from groups import Group
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from replays import close

from wutong.control.audit.append import Actor
from wutong.control.flows.change_consent import give_consent, withdraw_consent
from wutong.core import access, clock, sealing
from wutong.core.access import Act
from wutong.core.answers import Refused
from wutong.record.gate.facts import Loaded, Policy, Target, load

pytestmark = pytest.mark.timeout(300)

_START = datetime.fromisoformat("2027-03-01T10:00:00+08:00")
_TELLING = timedelta(days=14)
_CLINICS, _GROUPS = ("one", "two", "three"), ("group", "programme")
_ABOUT = (*_CLINICS, *_GROUPS, "whoever")
_STEPS = (
    *(f"{verb} {about}" for verb in ("year", "always", "withdraw") for about in _ABOUT),
    *(f"{verb} {clinic} {group}" for verb in ("join", "leave") for clinic in _CLINICS for group in _GROUPS),
    *(f"{verb} {clinic}" for verb in ("close", "open") for clinic in _CLINICS[:1]),
    "tell", "tell",
)  # fmt: skip
_WAITS = ("minutes", "minutes", "week", "fortnight", "year")
Steps = list[tuple[str, str]]


@dataclass
class _Said:
    """One statement: when, of what, whether given, and its last day."""

    at: datetime
    about: str
    is_given: bool
    until: date | None


@dataclass
class _Member:
    """A membership, and when the person was told of it."""

    clinic: str
    group: str
    since: datetime
    until: datetime | None = None
    told: datetime | None = None


@dataclass
class Model:
    """Everything that happened, in its order; each answer is worked out from all of it."""

    said: list[_Said] = field(default_factory=list)
    members: list[_Member] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    def answer(self, clinic: str, now: datetime) -> str:
        """Empty: the clinic may look; else why not."""
        words = [word for words in self._by_width(clinic, now) for word in words]
        today = clock.local(now).date()
        lasting = [word for word in words if not (word.is_given and word.until and word.until < today)]
        holding = (lasting or words or [None])[0]
        if holding is None:
            return "no-sharing-consent"
        if holding not in lasting or not holding.is_given:
            return "sharing-consent-ended"
        return "withheld-by-person" if clinic in self.closed else ""

    def _by_width(self, clinic: str, now: datetime) -> list[list[_Said]]:
        """The last word on each thing that concerns the clinic: its own, those of its groups (last said first), all."""
        own, everybody = self._last(clinic), self._last("whoever")
        wider = [word for group in _GROUPS if (word := self._last(group)) and self._is_meant(clinic, word, now)]
        wider.sort(key=lambda word: word.at, reverse=True)
        return [[own] if own else [], wider, [everybody] if everybody else []]

    def _is_meant(self, clinic: str, word: _Said, now: datetime) -> bool:
        for member in self.members:
            if (member.clinic, member.group, member.until) == (clinic, word.about, None):
                is_told = member.told is not None and member.told + _TELLING <= now
                return member.since <= word.at or not word.is_given or is_told
        return False

    def _last(self, about: str) -> _Said | None:
        return next((word for word in reversed(self.said) if word.about == about), None)


@dataclass
class Story:
    """The same in the product: by its flows, and by the gate's own statement and rules."""

    cast: Cast
    who: Registered
    clinics: dict[str, str]
    groups: dict[str, Group]
    tokens: dict[str, bytes]
    model: Model = field(default_factory=Model)
    now: datetime = _START

    def go(self, step: str, wait: str) -> None:
        """Wait, do, and compare what each clinic is answered."""
        self.now = _later(self.now, wait)
        with at(self.now.isoformat()):
            verb, *about = step.split()
            getattr(self, f"_{verb}")(*about)
            asked_at = clock.now()
            self.now = asked_at
            told = dict(
                zip(_CLINICS, _answers([self.tokens[name] for name in _CLINICS], self.who, asked_at), strict=True)
            )
            expected = {name: self.model.answer(name, asked_at) for name in _CLINICS}
        assert told == expected, (step, self.model)

    def _year(self, about: str) -> None:
        self._give(about, "one-year")

    def _always(self, about: str) -> None:
        self._give(about, "indefinite")

    def _give(self, about: str, kind: str) -> None:
        if about in self.model.closed:
            return  # it is opened again first
        until = clock.same_date_next_year(clock.today()) if kind == "one-year" else None
        last = self.model._last(about)
        if last and (last.is_given, last.until) == (True, until):
            return  # it holds already: nothing new is stated
        self.model.said.append(_Said(clock.now(), about, True, until))
        if about in _CLINICS:
            give_consent(self._actor, self.who.person_id, groups.id_of(self.clinics[about]), kind)
        else:
            self.groups[about].allow(self.who, kind)

    def _withdraw(self, about: str) -> None:
        last, now = self.model._last(about), clock.now()
        held = last.is_given if last else about in _CLINICS and self._is_reached(about, now)
        if held:
            self.model.said.append(_Said(now, about, False, None))
        if about in _CLINICS:
            withdraw_consent(self._actor, self.who.person_id, groups.id_of(self.clinics[about]))
        else:
            self.groups[about].withdraw(self.who)

    def _is_reached(self, clinic: str, now: datetime) -> bool:
        return self.model.answer(clinic, now) in {"", "withheld-by-person"}

    def _join(self, clinic: str, group: str) -> None:
        if not self._membership(clinic, group):
            self.model.members.append(_Member(clinic, group, clock.now()))
            self.groups[group].join(self.clinics[clinic])

    def _leave(self, clinic: str, group: str) -> None:
        if member := self._membership(clinic, group):
            member.until = clock.now()
            self.groups[group].leave(self.clinics[clinic])

    def _membership(self, clinic: str, group: str) -> _Member | None:
        held = (each for each in self.model.members if (each.clinic, each.group, each.until) == (clinic, group, None))
        return next(held, None)

    def _tell(self) -> None:
        """Who allows a group when its worker works is told of all that joined after they said so."""
        now, today = clock.now(), clock.today()
        for member in self.model.members:
            word = self.model._last(member.group)
            holds = word and word.is_given and (word.until is None or today <= word.until)
            if member.until is None and member.told is None and holds and word and word.at < member.since:
                member.told = now
        for group in _GROUPS:
            self.groups[group].tell()

    def _close(self, clinic: str) -> None:
        self.model.closed.add(clinic)
        close(self.who.person_id, "provider", str(groups.id_of(self.clinics[clinic])))

    def _open(self, clinic: str) -> None:
        self.model.closed.discard(clinic)
        close(self.who.person_id, "provider", str(groups.id_of(self.clinics[clinic])), is_closed=False)

    @property
    def _actor(self) -> Actor:
        return Actor("patient", self.who.person_id)


def _later(now: datetime, wait: str) -> datetime:
    days = {"minutes": 0, "week": 7, "fortnight": 14, "year": 366}[wait]
    return now + timedelta(days=days, minutes=5)


def _answers(tokens: Sequence[bytes], who: Registered, now: datetime) -> list[str]:
    """The gate's own decisions, on the facts as it loads them."""

    async def ask() -> list[str]:
        async with await psycopg.AsyncConnection.connect(os.environ["WUTONG_PDP_DSN"]) as connection:
            questions = [(token, Target(patient_id=who.person_id)) for token in tokens]
            found = await load(connection, questions, now=now, policy=Policy())
            return [_decided(loaded, now) for [loaded] in found]

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()


def _decided(loaded: Loaded, now: datetime) -> str:
    answer = access.decide(loaded.facts, act=Act.ACCESS, categories=frozenset({"DX"}), now=now)
    return answer.reason.value if isinstance(answer, Refused) else ""


@pytest.fixture(scope="module")
def clinics(cast: Cast, superuser: psycopg.Connection) -> dict[str, tuple[str, bytes]]:
    """Three, each with the token of a doctor; a token that lasts for the years of the stories."""
    found = {}
    for name in _CLINICS:
        code = groups.clinic()
        token = sealing.token_hash(groups.doctor_at(cast, code))
        superuser.execute("update control.access_token set expires_at = '2300-01-01' where token_hash = %s", [token])
        found[name] = (code, token)
    return found


def _begin(cast: Cast, clinics: dict[str, tuple[str, bytes]]) -> Story:
    made = {kind: groups.make(kind) for kind in _GROUPS} | {"whoever": groups.whoever()}
    codes = {name: code for name, (code, _) in clinics.items()}
    return Story(cast, cast.register(), codes, made, {name: token for name, (_, token) in clinics.items()})


@settings(max_examples=25, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(_STEPS), st.sampled_from(_WAITS)), min_size=6, max_size=16))
def test_r58_the_gate_answers_as_the_slow_model(
    cast: Cast, clinics: dict[str, tuple[str, bytes]], steps: Steps
) -> None:
    story = _begin(cast, clinics)
    for step, wait in steps:
        story.go(step, wait)


# One in which each rule decides something.
_EVERYTHING = [
    ("join one group", "minutes"), ("join one programme", "minutes"), ("join two programme", "minutes"),
    ("year group", "minutes"), ("always whoever", "minutes"), ("withdraw group", "minutes"),
    ("always programme", "minutes"), ("withdraw two", "minutes"), ("join three programme", "minutes"),
    ("withdraw whoever", "minutes"), ("tell", "minutes"), ("withdraw whoever", "week"), ("year one", "week"),
    ("leave one programme", "minutes"), ("close one", "minutes"), ("open one", "minutes"), ("always group", "minutes"),
    ("leave three programme", "year"), ("join three programme", "minutes"), ("year programme", "minutes"),
]  # fmt: skip


def test_the_long_story_too(cast: Cast, clinics: dict[str, tuple[str, bytes]]) -> None:
    story, heard = _begin(cast, clinics), set()
    for step, wait in _EVERYTHING:
        story.go(step, wait)
        heard |= {(name, story.model.answer(name, story.now)) for name in _CLINICS}
    assert {answer for _, answer in heard} == {
        "", "no-sharing-consent", "sharing-consent-ended", "withheld-by-person",
    }  # fmt: skip


def _tell(story: Story) -> None:
    for step, wait in _EVERYTHING:
        story.go(step, wait)


# Slips of the model: each tells another story than the gate, so that whoever makes one in the gate is found.
_SLIPS = {
    "a group's word before a provider's own": ("_by_width", lambda self, clinic, now, of=Model._by_width: of(self, clinic, now)[1::-1] + of(self, clinic, now)[2:]),
    "whoever's before a group's": ("_by_width", lambda self, clinic, now, of=Model._by_width: [of(self, clinic, now)[index] for index in (0, 2, 1)]),
    "the older of two": ("_by_width", lambda self, clinic, now, of=Model._by_width: [words[::-1] for words in of(self, clinic, now)]),
    "everybody of a group, told or not": ("_is_meant", lambda self, clinic, word, _now: any((each.clinic, each.group, each.until) == (clinic, word.about, None) for each in self.members)),
    "nobody who joins later": ("_is_meant", lambda self, clinic, word, _now: any((each.clinic, each.group, each.until) == (clinic, word.about, None) and each.since <= word.at for each in self.members)),
}  # fmt: skip


@pytest.mark.parametrize("slip", _SLIPS)
def test_a_slip_is_found(
    cast: Cast, clinics: dict[str, tuple[str, bytes]], slip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, wrong = _SLIPS[slip]
    monkeypatch.setattr(Model, name, wrong)
    with pytest.raises(AssertionError):
        _tell(_begin(cast, clinics))
