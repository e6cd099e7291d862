"""Steps that several journeys take, and what every profession's must show."""

from collections.abc import Callable

from cast import Cast, Registered, Somebody
from playwright.sync_api import Browser
from record.resources import of_category

from pages import long_record
from pages.walker import Walker
from wutong.core.categories import CATEGORY_NAMES

Walk = Callable[[Somebody], Walker]

_CLOSED = (
    "Your profession's role does not open this part of the record.",
    "Restricted for your profession: only the patient's extra consent opens this part.",
    "Not opened in this emergency: this part was not named.",
)
_WHY = {
    "restricted": "Restricted for your profession: %(parts)s. Only the patient's extra consent opens them.",
    "never": "Not open to your profession: %(parts)s.",
    "not_named": "Not named in this emergency, and so not opened: %(parts)s.",
}


def sit_down(browser: Browser, server: str, width: int, language: str, who: Somebody) -> Walker:
    """Somebody before a screen, signed in by keyboard."""
    walker = Walker(browser, server, width, language)
    walker.sign_in(who)
    return walker


def somebody_ill(cast: Cast) -> Registered:
    """Somebody with entries of every category, whom nobody has asked yet."""
    made = cast.register(family="POON", given="Lai Ha", chinese="潘麗霞", born="1971-03-28")
    long_record.upload(cast, made)
    long_record.upload_earlier_results(cast, made)
    for category in ("PX", "CNS", "BIRTH", "RAD", "OIR", "REF", "OBS"):
        content = of_category(category, made.patient_id)
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    return made


def find(walker: Walker, who: Registered) -> None:
    """By identity card, from the first page."""
    walker.type_into("HKID number", who.hkid)
    walker.press("Find by HKID number")


def find_provider(walker: Walker, name: str) -> None:
    """In the list of who may look, which is long where many have joined."""
    walker.type_into("Name of the healthcare provider", name)
    walker.press("Find")


def open_record(walker: Walker, who: Registered) -> None:
    """Find the person, say that they are here, and open the record."""
    find(walker, who)
    walker.choose("The patient is here now")
    walker.press("Open the record")


def assert_closed(walker: Walker, **closed: str) -> None:
    """The summary names these categories as closed, each with its reason (`_WHY`), and no other."""
    told = walker.page.locator("[aria-labelledby=missing] p").all_inner_texts()
    assert told[:-1] == [
        walker.say_of(sentence, parts=[CATEGORY_NAMES[code] for code in closed[why].split()])
        for why, sentence in _WHY.items()
        if why in closed
    ]


def closed_sections(walker: Walker) -> set[str]:
    """The sections of the summary that say that they are closed; none of them shows an item."""
    found = set()
    for section in walker.page.locator(".wt-section").all():
        if any(walker.say(sentence) in section.inner_text() for sentence in _CLOSED):
            assert section.locator("li").count() == 0
            found.add(str(section.get_attribute("aria-labelledby")))
    return found
