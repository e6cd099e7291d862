"""Two screens at a desk: the clinic's and the patient's telephone; by code, by access key, on paper. By keyboard."""

import pytest
from cast import HARBOUR, Cast
from desks import code_on, registrar, signed
from doors import Page as Answer

from pages.journeys.steps import Walk, find
from pages.walker import Walker

pytestmark = pytest.mark.browser

_CLINIC = ("Harbour Family Clinic", "海港家庭診所")
_RECORDED = "It is recorded, and holds from now on. The person has been told."


def _enter(walker: Walker, *label: str) -> None:
    """As `press`, on a page that comes again by itself: axe is not to be in its way."""
    walker.tab_to(*label)
    with walker.page.expect_navigation():
        walker.page.keyboard.press("Enter")


def _code(walker: Walker) -> str:
    """What the telephone's camera sees."""
    address = walker.page.url.partition("?")[0]
    assert walker.page.locator("[role=img] svg").count() == 1
    return code_on(_At(address))


class _At(Answer):
    """A page as far as its address goes."""

    def __init__(self, address: str) -> None:
        self.address, self.source = address, ""


def test_a_telephone_answers_the_code_and_the_doctors_screen_goes_on_by_itself(
    cast: Cast, walk: Walk, server: str
) -> None:
    who = cast.register(family="POON", given="Lai Ha", chinese="潘麗霞")
    doctor = walk(cast.professional("DOC", HARBOUR))
    find(doctor, who)
    doctor.press("Take the patient's consent at the desk")
    assert doctor.reads("%(provider)s may not look: there is no sharing consent.", provider=_CLINIC)
    doctor.take_picture("journey/desk-person", also_in_chinese=True)
    _enter(doctor, "Show a code")
    doctor.press("Stop looking by itself")
    assert doctor.reads("Waiting for the telephone. The code works once, for 5 minutes.")
    doctor.take_picture("journey/desk-code", also_in_chinese=True)
    address = _code(doctor)

    phone = walk(cast.patient_account(who))
    phone.page.goto(server + address)
    assert phone.reads("You are at the desk of %(name)s", name=_CLINIC)
    phone.take_picture("journey/phone-at-a-desk", also_in_chinese=True)
    phone.press("Go on for my own record")
    phone.choose("For one year")
    phone.press("Continue")
    assert phone.reads("Check your answer")
    _enter(doctor, "Look by itself, every 5 seconds")
    phone.press("Allow")
    assert phone.reads("%(name)s may look at your record now.", name=_CLINIC)

    doctor.page.wait_for_url(f"**/clinic/patient/{who.person_id}/", timeout=60_000)
    doctor.choose("The patient is here now")
    doctor.press("Open the record")
    assert doctor.reads("POON Lai Ha")


def test_registration_staff_enter_an_access_key(cast: Cast, walk: Walk) -> None:
    who = cast.register()
    patient = walk(cast.patient_account(who))
    patient.press("Who may look")
    patient.press("Make an access key for a provider's desk")
    patient.choose("Until I withdraw it")
    patient.press("Make a key")
    assert patient.reads("Your key: write it down now")
    digits = patient.page.locator("main .wt-section [translate=no]").inner_text()
    patient.take_picture("journey/patient-access-key", also_in_chinese=True)

    desk = walk(registrar(cast))
    find(desk, who)
    desk.press("Enter the access key")
    desk.type_into("The person's access key", "0000 0000")
    desk.press("Give the consent")
    assert desk.reads("This key does not fit. Ask for it again: it works once, and a newer key ends it")
    desk.take_picture("journey/desk-key-wrong")
    desk.type_into("The person's access key", digits)
    desk.press("Give the consent")
    assert desk.reads(_RECORDED)
    assert desk.reads(
        "The person has given a sharing consent to %(provider)s, until it is withdrawn.", provider=_CLINIC
    )


def test_registration_staff_record_a_signed_form(cast: Cast, walk: Walk) -> None:
    who = cast.register()
    desk = walk(registrar(cast))
    find(desk, who)
    desk.press("Signed form")
    desk.take_picture("journey/desk-form", also_in_chinese=True)
    _record(desk, "31/5/2020")
    assert desk.reads("This form is older than 30 days. Ask the person to sign a new one")
    _record(desk)
    assert desk.reads("Check before you record it")
    desk.take_picture("journey/desk-form-check")
    desk.press("Record the form")
    assert desk.reads(_RECORDED)


def test_whoever_left_joins_again_by_a_signed_form(cast: Cast, walk: Walk) -> None:
    cast.leave(who := cast.register())
    desk = walk(registrar(cast))
    find(desk, who)
    assert desk.reads("Print the form, have it signed, and record it.")
    desk.press("Signed form to join again")
    _record(desk, says="They join again, and every permission of before is withdrawn")
    assert desk.reads("Check before you record it")
    desk.press("Record the form")
    assert desk.reads(_RECORDED)


def _record(desk: Walker, signed_on: str = "", says: str = "The provider may look, for one year") -> None:
    from wutong.core import clock

    desk.page.locator("section[aria-labelledby=record] input").first.focus()
    desk.page.keyboard.press("Shift+Tab")
    desk.choose(says)
    desk.choose("The person")
    for label, text in (
        ("Date on the form", signed_on or clock.today().isoformat()),
        ("Form reference", signed()["reference"]),
    ):
        desk.tab_to(label)
        desk.page.keyboard.press("Control+A")
        desk.page.keyboard.type(text)
    desk.press("Continue")
