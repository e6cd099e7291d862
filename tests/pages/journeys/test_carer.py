"""A carer: is asked by number, accepts, sees what was granted and is seen; the person ends it."""

import pytest
from cast import Cast

from pages.journeys.steps import Walk

pytestmark = pytest.mark.browser

_OLD = ("LAM Sau Fong", "林秀芳")


def test_r66_a_person_lets_a_carer_see_something_and_ends_it(cast: Cast, walk: Walk) -> None:
    old = cast.register(family="LAM", given="Sau Fong", chinese="林秀芳", born="1944-02-01")
    friend = cast.register(family="FUNG", given="Oi Lin", chinese="馮愛蓮")
    hers = walk(cast.patient_account(old))
    hers.press("Carers")
    hers.take_picture("journey/carers-none")
    hers.press("Ask somebody to be my carer")
    hers.type_into("What you call them", "my friend")
    hers.type_into("Their HKID number or eHR number", friend.hkid)
    hers.choose("Who looked at my record")
    hers.take_picture("journey/carer-ask", also_in_chinese=True)
    hers.press("Continue")
    hers.take_picture("journey/carer-check")
    hers.press("Ask")
    assert hers.reads(
        "Asked. If the number belongs to somebody who is registered, they find it in their portal. You see here when they accept."
    )
    theirs = walk(cast.patient_account(friend))
    theirs.press("Carers")
    theirs.press("Answer")
    theirs.take_picture("journey/carer-answer", also_in_chinese=True)
    theirs.press("Accept")
    theirs.press("Home")
    theirs.press(theirs.say_of("%(name)s, whom I help", name=_OLD))
    assert theirs.reads("You help %(name)s, who let you see this.", name=_OLD)
    theirs.take_picture("journey/carer-home")
    theirs.press("Who looked")
    hers.press("Who looked")
    hers.take_picture("journey/carer-seen", also_in_chinese=True)
    assert hers.reads("Pages opened by who helps me")
    hers.press("Carers")
    hers.press("End")
    hers.press("End")
    assert hers.reads("Ended. From now on nothing is open to them.")
    hers.take_picture("journey/carer-ended")
