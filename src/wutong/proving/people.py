"""Registers the people of a world, and says for them what they allow and what they keep to themselves."""

from random import Random
from typing import Any
from uuid import UUID

from wutong.core import hkid
from wutong.core.emergency import Stated
from wutong.core.labels import LABEL_NAMES
from wutong.proving import house as houses
from wutong.proving import rows
from wutong.proving.depositing import Depositor
from wutong.proving.house import HA, HARBOUR, LAKE, PASSWORD, UNSEEN, House
from wutong.proving.platform import Platform
from wutong.proving.who import GIVEN, Caller, Person

KEYS = ("own", "child", "third", "fourth")  # whose patient asks, whose parent does, and two of whom no patient asks
_REASON = "Found on the pavement and does not wake up"
SOURCES = (HARBOUR, LAKE, *UNSEEN)  # beside the hospital, which registers
# The most of what can be kept apart: rows in both worlds have it, so that a closing has something to hide.
_CLOSABLE = [*rows.CATEGORIES, *rows.CATEGORIES]


def number_of(order: int) -> str:
    """An identity card number that no other order has."""
    stem = f"QX{order:06d}"
    return stem + hkid.check_digit(stem)


def enter(depositor: Depositor, key: str, order: int) -> Person:
    """Registered by the hospital's upload."""
    from wutong.control.people.queries.persons import find_by_hkid

    number, born = number_of(order), "2018-05-31" if key == "child" else "1960-01-01"
    content = rows.patient(number, f"CHAN {key.upper()}", born)
    sources = {HA: depositor.stored(HA, [content])[0]}
    found = find_by_hkid(number)
    if found is None:
        raise RuntimeError("a deposit registered nobody")
    return Person(key, str(found.person_id), number, sources)


def known_to(depositor: Depositor, person: Person) -> None:
    """Each provider that deposits has a Patient of its own, found by the number; it needs the person's consent."""
    born = "2018-05-31" if person.key == "child" else "1960-01-01"
    content = rows.patient(person.hkid, f"CHAN {person.key.upper()}", born)
    for each in SOURCES:
        if person.words.get(each) in GIVEN:
            person.sources[each] = depositor.stored(each, [content])[0]


def account(person: Person) -> None:
    """Their own account in the portal."""
    from wutong.control.flows.create_account import create_patient
    from wutong.control.people.queries.accounts import account_named

    name = f"p.{person.hkid.lower()}"
    person.seed = create_patient(name, f"CHAN {person.key}", UUID(person.person_id), password=PASSWORD).seed
    found = account_named(name)
    person.account_id = str(found.account_id) if found else ""


def signed_in(platform: Platform, person: Person) -> Caller:
    """The person, at their own pages."""
    who = Caller(f"p.{person.hkid.lower()}", "patient", person=person.key, seed=person.seed)
    return houses.signed_in(platform, who, is_at_work=False)


def appoint(child: Person, parent: Person) -> None:
    """The one decides for the other."""
    from wutong.control.audit.append import HOST
    from wutong.control.people.actions.persons import appoint_representative

    ids = {"person_id": UUID(child.person_id), "acting_person_id": UUID(parent.person_id)}
    appoint_representative(actor=HOST, relation="parent", **ids)
    child.parent = parent.key


def allow(house: House, person: Person, speaker: Person, provider: str, kind: str) -> None:
    """The person's word, or a parent's. `kind`: one-year, indefinite; `withdrawn`: given, then taken back."""
    from wutong.control.flows.change_consent import give_consent, withdraw_consent

    named = _spoken(speaker), UUID(person.person_id), houses.ids_of(house, provider)
    said = _as(person, speaker)
    _must(give_consent(*named, kind if kind in GIVEN else "indefinite", stated_as=said))
    if kind not in GIVEN:
        _must(withdraw_consent(*named, stated_as=said))
    person.words[provider] = kind


def close(house: House, person: Person, speaker: Person, kind: str, value: str) -> None:
    """Keep something apart; a provider by its code."""
    from wutong.control.flows.change_closing import state_closing

    said = _as(person, speaker)
    told = house.provider_ids[value] if kind == "provider" else value
    _must(state_closing(_spoken(speaker), UUID(person.person_id), kind, told, stated_as=said))
    person.closed.add((kind, value))


def break_glass(house: House, person: Person, who: Caller, categories: frozenset[str]) -> None:
    """Emergency access, granted to somebody at work."""
    from wutong.control.audit.append import Actor
    from wutong.control.emergency.queries import Case
    from wutong.control.flows import break_glass as flow

    actor = Actor(
        "professional", UUID(who.account_id), UUID(who.session_id), houses.ids_of(house, who.provider), who.profession
    )
    stated = Stated("unconscious", _REASON, categories)
    # The code before it was spent at sign-in.
    answer = flow.break_glass(actor, UUID(person.person_id), stated, houses.code_of(who.seed, ahead=1))
    if isinstance(answer, Case):
        person.emergencies[who.account_id] = frozenset(categories)


def what_to_close(dice: Random, staff: list[Caller]) -> list[tuple[str, str]]:
    """Some categories and labels; seldom a provider or a professional. Items and episodes come with the rows."""
    chosen = [("category", each) for each in dice.sample(_CLOSABLE, dice.randrange(3)) if each != "PID"]
    chosen += [("label", each) for each in dice.sample(sorted(LABEL_NAMES), dice.randrange(4))]
    if not dice.randrange(5):
        chosen.append(("professional", dice.choice(staff).account_id))
    if not dice.randrange(8):
        chosen.append(("provider", LAKE))
    return sorted(set(chosen))


def _as(person: Person, speaker: Person) -> str:
    return "" if person is speaker else "parent"


def _spoken(speaker: Person) -> Any:
    from wutong.control.audit.append import Actor

    return Actor("patient", UUID(speaker.account_id))


def _must(answer: Any) -> None:
    if type(answer).__name__ not in {"Stated", "ClosingStated"}:
        raise RuntimeError(f"a statement was not taken: {answer}")
