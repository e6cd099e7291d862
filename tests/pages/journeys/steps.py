"""Steps that several journeys take, and what every profession's must show."""

from collections.abc import Callable

from cast import Cast, Registered, Somebody
from playwright.sync_api import Browser
from record.resources import of_category

from pages import long_record
from pages.walker import Walker

Walk = Callable[[Somebody], Walker]

_CLOSED = (
    "Your profession's role does not open this part of the record.",
    "Restricted for your profession: only the patient's extra consent opens this part.",
)


def sit_down(browser: Browser, server: str, width: int, language: str, who: Somebody) -> Walker:
    """Somebody before a screen, signed in by keyboard."""
    walker = Walker(browser, server, width, language)
    walker.sign_in(who)
    return walker


def somebody_ill(cast: Cast) -> Registered:
    """Somebody with entries of every category, who allows the clinic."""
    made = cast.register(family="POON", given="Lai Ha", born="1971-03-28")
    long_record.upload(cast, made)
    for category in ("PX", "CNS", "BIRTH", "RAD", "OIR", "REF", "OBS"):
        content = of_category(category, made.patient_id)
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    cast.allow(made)
    return made


def find(walker: Walker, who: Registered) -> None:
    """By identity card, from the first page."""
    walker.type_into("HKID number", who.hkid)
    walker.press("Find by HKID number")


def open_record(walker: Walker, who: Registered) -> None:
    """Find the person, say that they are here, and open the record."""
    find(walker, who)
    walker.choose("The patient is here now")
    walker.press("Open the record")


def closed_sections(walker: Walker) -> set[str]:
    """The sections of the summary that say that they are closed; none of them shows an item."""
    found = set()
    for section in walker.page.locator(".wt-section").all():
        if any(walker.say(sentence) in section.inner_text() for sentence in _CLOSED):
            assert section.locator("li").count() == 0
            found.add(str(section.get_attribute("aria-labelledby")))
    return found
