"""Who is who in a world: plain facts, from which `sight` reads what is hidden from whom."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
GIVEN = frozenset({"one-year", "indefinite"})


@dataclass(frozen=True)
class Provider:
    """`is_deemed`: joining is consent to it. `is_suspended`: by the office."""

    code: str
    kind: str = "clinic"
    is_deemed: bool = False
    is_suspended: bool = False


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: a professional, a system, a patient, an officer, or nobody at all.

    `person`: whose own record a patient's is, by the key of the world. `is_over`: the registration ended yesterday.
    `bearer`: the header for the record plane. `cookies`: of a signed-in browser; empty where there is none.
    """

    name: str
    kind: str
    provider: str = ""
    profession: str = ""
    is_over: bool = False
    person: str = ""
    account_id: str = ""
    session_id: str = ""
    seed: str = ""
    bearer: str = ""
    cookies: str = ""


@dataclass
class Person:
    """`sources`: provider -> the id of its Patient. `words`: provider -> one-year, indefinite, withdrawn or nothing.

    `closed`: what the person keeps to themselves, each its kind and value. `parent`: of a child, the person's key.
    `emergencies`: account -> the categories that its emergency access names.
    """

    key: str
    person_id: str
    hkid: str
    sources: dict[str, str]
    words: dict[str, str] = field(default_factory=dict)
    closed: set[tuple[str, str]] = field(default_factory=set)
    parent: str = ""
    account_id: str = ""
    seed: str = ""
    emergencies: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """Something that a provider deposits about a person. `category`: empty where it is of a type that nobody shares.

    `episode`: the id of the Encounter that it names.
    """

    kind: str
    person: str
    depositor: str
    category: str
    label: str
    episode: str
    content: Json
    row_id: str = ""

    @property
    def address(self) -> str:
        """Its own."""
        return f"{self.kind}/{self.row_id}"


@dataclass
class World:
    """`callers`: who asks. `rows`: what is in both worlds. `hidden`: addresses of what one alone has.

    `statements`: ids of Consents that somebody may read.
    """

    callers: list[Caller]
    people: dict[str, Person]
    systems: dict[str, str]  # provider -> bearer, of all that deposit
    doctors: dict[str, str] = field(default_factory=dict)  # provider -> the id of its Practitioner
    visits: dict[str, list[str]] = field(default_factory=dict)  # person -> ids of Encounters
    rows: list[Row] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
