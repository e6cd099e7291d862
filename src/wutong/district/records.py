"""What the invented district consists of: people, providers, professionals, consents, and bundles to upload."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class Provider:
    """A healthcare provider or the office; `kind` as in the register of providers."""

    code: str
    name_en: str
    name_zh: str
    kind: str
    is_deemed: bool
    phone: str


@dataclass(frozen=True)
class Group:
    """Providers that people can allow together: a group, or a programme; `members`: their codes."""

    code: str
    kind: str
    name_en: str
    name_zh: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Professional:
    """Someone who works for a provider; `profession` is empty for those who see no clinical data."""

    sign_in_name: str
    name_en: str
    name_zh: str
    provider_code: str
    role: str
    profession: str
    registration_number: str
    registered_until: date | None
    email: str = ""  # of those whom the platform itself writes to


@dataclass(frozen=True)
class Person:
    """An invented Hong Kong person. `key` is unique in the district and means nothing outside it.

    `sex` is M or F; `district` a code of `places.DISTRICTS`; `language` zh-HK or en; `channel` email, sms or post;
    `records_from` the first day of the uploaded record where older years were cut, else None.
    """

    key: str
    family_name: str
    given_name: str
    name_zh: str
    hkid: str
    birth_date: date
    sex: str
    district: str
    address: str
    phone: str
    email: str
    language: str
    channel: str
    sign_in_name: str | None = None
    records_from: date | None = None

    @property
    def name_en(self) -> str:
        """As the card prints it: CHAN, Tai Man."""
        return f"{self.family_name}, {self.given_name}" if self.given_name else self.family_name

    @property
    def spoken_name(self) -> str:
        """As a sentence has it: CHAN Tai Man."""
        return f"{self.family_name} {self.given_name}".strip()


@dataclass(frozen=True)
class Relation:
    """`acting_key` may act for `person_key`, as a parent or a carer."""

    person_key: str
    acting_key: str
    relation: str


@dataclass(frozen=True)
class Consent:
    """A sharing consent that the person has given before the demo begins; `kind` is one-year or indefinite."""

    person_key: str
    provider_code: str
    kind: str


@dataclass(frozen=True)
class Upload:
    """One transaction bundle of one provider's system.

    `person_key` is empty for a provider's own register of places and staff, which goes first. A person's bundles go
    in order of `number`: a later one may refer to what an earlier one brought.
    """

    provider_code: str
    person_key: str
    number: int
    bundle: Resource

    @property
    def size(self) -> int:
        """How many resources it brings."""
        return len(self.bundle["entry"])


@dataclass(frozen=True)
class District:
    """Everything that a demo needs to come to life."""

    people: tuple[Person, ...]
    uploads: tuple[Upload, ...]
    relations: tuple[Relation, ...] = ()
    consents: tuple[Consent, ...] = ()
    providers: tuple[Provider, ...] = ()
    professionals: tuple[Professional, ...] = ()
    groups: tuple[Group, ...] = ()

    def person(self, key: str) -> Person:
        """The person of that key; raises KeyError."""
        return {each.key: each for each in self.people}[key]

    def joined(self, other: "District") -> "District":
        """Both together; a provider's register, which both bring, once."""
        registers = {each.provider_code for each in self.uploads if not each.person_key}
        added = [each for each in other.uploads if each.person_key or each.provider_code not in registers]
        return replace(
            self,
            people=self.people + other.people,
            uploads=(*self.uploads, *added),
            relations=self.relations + other.relations,
            consents=self.consents + other.consents,
        )
