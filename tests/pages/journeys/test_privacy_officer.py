"""A privacy officer, of the eHR office and of a provider: reviews an emergency, reads the trail; opens no record."""

from typing import NamedTuple

import pytest
from cast import HARBOUR, OFFICE, Cast, Registered, Somebody
from emergencies import REASON, emergency_at, whole_record

from pages.journeys.steps import Walk
from pages.walker import Walker

pytestmark = pytest.mark.browser


class _Case(NamedTuple):
    who: Registered
    doctor: Somebody
    address: str  # the end of its page's


@pytest.fixture
def case(cast: Cast) -> _Case:
    """An emergency at the clinic, in which something was read."""
    who = whole_record(cast, family="POON", given="Lai Ha", chinese="潘麗霞")
    doctor, grant_id = emergency_at(cast, who, HARBOUR, "MED", "LAB")
    return _Case(who, doctor, str(grant_id))


@pytest.mark.parametrize(
    ("provider", "picture"), [(OFFICE, "journey/officer-of-the-office"), (HARBOUR, "journey/officer-of-a-clinic")]
)
def test_a_privacy_officer_sees_the_overview_and_no_record(
    cast: Cast, ill: Registered, walk: Walk, server: str, provider: str, picture: str
) -> None:
    officer = walk(cast.officer(provider))
    assert officer.reads("Privacy officer's overview")
    officer.take_picture(picture)
    officer.page.goto(f"{server}/clinic/record/{ill.person_id}/")
    assert officer.reads("Privacy officer's overview")
    assert not officer.reads("Penicillin")


def test_the_office_reviews_an_emergency_and_closes_it(cast: Cast, case: _Case, walk: Walk) -> None:
    officer = walk(cast.officer(OFFICE))
    officer.press("Review emergency access")
    _turn_to(officer, case)
    officer.follow(case.address)
    for told in (REASON, "The patient is unconscious or cannot speak", "What was really read", "Laboratory reports"):
        assert officer.reads(told)
    officer.choose("Not justified")
    officer.press("Close the case")
    assert officer.reads("Say why in a note, in at least 20 characters")
    officer.take_picture("journey/officer-case", also_in_chinese=True)
    officer.choose("Needs follow-up")
    officer.type_into("Note", "The clinic shall tell why the family was not rung up.")
    officer.press("Close the case")
    assert officer.reads("The clinic shall tell why the family was not rung up.")
    assert officer.page.locator("form[novalidate]").count() == 0


def test_the_office_reads_the_trail_the_matrix_and_what_waits(cast: Cast, case: _Case, walk: Walk) -> None:
    officer = walk(cast.officer(OFFICE))
    officer.press("Search the trail")
    officer.type_into("Patient", case.who.hkid)
    officer.type_into("Who acted", case.doctor.name)
    officer.press("Search")
    assert case.who.hkid not in officer.page.url
    assert officer.page.locator(".wt-trail tbody tr").count() == 5
    officer.take_picture("journey/officer-trail")
    officer.press("Role matrix")
    assert officer.page.locator(".wt-matrix tbody tr").count() == 13
    officer.take_picture("journey/officer-role-matrix")
    officer.press("Unsent messages")
    assert _lists_or_says(
        officer, "Every message went out, or is still being tried. What cannot be sent stands here, with its reason."
    )
    officer.press("Letters to print")
    assert _lists_or_says(
        officer,
        "No letter waits. When somebody who chose to be told by post is told something, the letter stands here.",
    )


def test_the_officer_of_a_clinic_sees_its_own_cases_and_no_letters(cast: Cast, case: _Case, walk: Walk) -> None:
    of_the_clinic, of_another = walk(cast.officer(HARBOUR)), walk(cast.officer("PEAK"))
    for officer in (of_the_clinic, of_another):
        assert not officer.reads("Letters to print")
        assert not officer.reads("Unsent messages")
        officer.press("Emergency access")
    _turn_to(of_the_clinic, case)
    of_the_clinic.follow(case.address)
    assert of_the_clinic.reads(REASON)
    refused = of_another.page.goto(of_the_clinic.page.url)
    assert refused
    assert refused.status == 404


def _turn_to(officer: Walker, case: _Case) -> None:
    """Turn the pages of the queue until the case stands there."""
    while not officer.page.locator(f"a[href*='{case.address}']").count():
        officer.press("Older")


def _lists_or_says(officer: Walker, empty: str) -> bool:
    """Whether the page has a list, or says that there is nothing to list: one of the two."""
    return officer.reads(empty) is (officer.page.locator("main .wt-cards").count() == 0)
