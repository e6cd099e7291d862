"""The invented district that the demo loads: its people, its providers, and their records, uploaded as systems do."""

from wutong.district.fresh_stay import with_fresh_stay
from wutong.district.more import make_more
from wutong.district.packed import shipped
from wutong.district.records import Consent, District, Person, Professional, Provider, Relation, Upload
from wutong.district.synthea import refuse_unless_installed
from wutong.district.upload import Counts, Names, NotLoaded, Progress, load

__all__ = [
    "Consent",
    "Counts",
    "District",
    "Names",
    "NotLoaded",
    "Person",
    "Professional",
    "Progress",
    "Provider",
    "Relation",
    "Upload",
    "consents",
    "load",
    "make_more",
    "people",
    "professionals",
    "providers",
    "refuse_unless_installed",
    "relations",
    "shipped",
    "with_fresh_stay",
]


def people() -> tuple[Person, ...]:
    """The shipped district's people."""
    return shipped().people


def relations() -> tuple[Relation, ...]:
    """Who of them may act for whom."""
    return shipped().relations


def consents() -> tuple[Consent, ...]:
    """What they have allowed; to be given before the clinic uploads."""
    return shipped().consents


def providers() -> tuple[Provider, ...]:
    """The providers and the office."""
    return shipped().providers


def professionals() -> tuple[Professional, ...]:
    """Who works for them and signs in."""
    return shipped().professionals
