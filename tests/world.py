"""Everybody who may stand before a page, each with something to see: for tests that walk all pages."""

from dataclasses import dataclass, field
from functools import cached_property

from cast import HA, HARBOUR, Cast, Registered, Somebody
from pages.journeys.steps import somebody_ill
from roaming import Samples

from wutong.control.audit.append import HOST
from wutong.control.people.actions import accounts, persons
from wutong.control.people.queries.providers import provider_with_code

PEAK = "PEAK"


@dataclass(frozen=True)
class Role:
    """Somebody, and what they type into the fields of pages."""

    who: Somebody | None
    samples: Samples = field(default_factory=dict)


@dataclass
class World:
    """People whom nobody else's test touches. The open record has entries of every category."""

    cast: Cast

    @cached_property
    def open(self) -> Registered:
        """A long record that the clinic may open."""
        made = somebody_ill(self.cast)
        self.cast.allow(made)
        return made

    @cached_property
    def closed(self) -> Registered:
        """A record that nobody was allowed to open."""
        return self.cast.register(family="LEUNG", given="Siu Fong")

    def roles(self) -> dict[str, Role]:
        """Everybody, by what a table calls them."""
        at_clinic = {
            profession: self._clinician(profession) for profession in ("DOC", "PHA", "OPT", "NUR", "PT", "CHI")
        }
        return {
            "stranger": Role(None),
            "half-way": Role(None, self._password_of(self.cast.professional("DOC", HARBOUR))),
            **{f"clinic {profession}": role for profession, role in at_clinic.items()},
            "no consent": self._clinician("DOC", PEAK, self.closed),
            "hospital": self._clinician("DOC", HA),
            "two clinics": self._two_workplaces(),
            "administrator": Role(self.cast.professional("DOC", HARBOUR, role="administrator")),
            "office": Role(self.cast.officer()),
            "officer": Role(self.cast.officer(HARBOUR)),
            "officer peak": Role(self.cast.officer(PEAK)),
            "patient": self._patient(),
            "looked at": self._looked_at(),
            "parent": self._parent(),
        }

    def _clinician(self, profession: str, provider: str = HARBOUR, patient: Registered | None = None) -> Role:
        who = self.cast.professional(profession, provider)
        return Role(who, {"hkid": (patient or self.open).hkid, "code": who.code})

    def _password_of(self, who: Somebody) -> Samples:
        return {"name": who.name, "password": who.password, "code": "no code"}

    def _two_workplaces(self) -> Role:
        """Signs in as they roam, because the choice of a workplace stands between."""
        who = self.cast.professional("DOC", HARBOUR)
        other = provider_with_code(PEAK)
        assert other
        accounts.affiliate(actor=HOST, account_id=who.account_id, provider_id=other.provider_id, role="clinician")
        return Role(None, {**self._password_of(who), "code": who.code, "hkid": self.open.hkid})

    def _patient(self) -> Role:
        who = self.cast.patient_account(self.cast.register())
        return Role(who, {"code": who.code})

    def _looked_at(self) -> Role:
        made = self.cast.register()
        self.cast.allow(made)
        self.cast.open(self.cast.session_token(self.cast.professional("DOC", HARBOUR)), made.person_id)
        who = self.cast.patient_account(made)
        return Role(who, {"code": who.code})

    def _parent(self) -> Role:
        parent, child = self.cast.register(), self.cast.register(born="2019-05-31")
        persons.appoint_representative(
            actor=HOST, person_id=child.person_id, acting_person_id=parent.person_id, relation="parent"
        )
        who = self.cast.patient_account(parent)
        return Role(who, {"code": who.code})
