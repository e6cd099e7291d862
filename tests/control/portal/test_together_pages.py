"""The pages on which a person allows several healthcare providers together."""

from collections.abc import Iterator
from datetime import timedelta

import groups
import psycopg
import pytest
from cast import Cast, Registered
from doors import Browser
from groups import Group

from wutong.core import clock

_LIST = "/portal/who-may-look/"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has allowed nobody yet."""
    return cast.register()


@pytest.fixture
def patient(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """Their browser, in the portal."""
    made = Browser(server, cast.patient_account(who))
    yield made
    made.close()


@pytest.fixture
def clinic() -> str:
    return groups.clinic()


def _address(about: Group, what: str, of: str = "") -> str:
    return f"/portal/{of}who-may-look/together/{about.group_id}/{what}/"


def _opens(cast: Cast, who: Registered, clinic: str) -> bool:
    return cast.open(groups.doctor_at(cast, clinic), who.person_id).status_code == 200


def _allow(patient: Browser, about: Group, kind: str = "one-year") -> None:
    assert "Check your answer" in patient.get(f"{_address(about, 'allow')}?kind={kind}")
    assert patient.confirm(_address(about, "allow")).path == _LIST


@pytest.mark.parametrize("kind", ["group", "programme", "whoever"])
def test_r58_a_patient_allows_several_and_withdraws(
    cast: Cast, patient: Browser, who: Registered, clinic: str, kind: str
) -> None:
    about = groups.of(kind, clinic)
    page = patient.get(_LIST)
    assert f'href="{_address(about, "allow")}"' in page.source
    assert "Choose for how long" in patient.get(f"{_address(about, 'allow')}?asked=yes")
    _allow(patient, about)
    assert "may look at your record now" in patient.page
    assert _opens(cast, who, clinic)
    page = patient.get(_address(about, "withdraw"))
    assert "will no longer be able to look" in page
    assert patient.confirm(_address(about, "withdraw")).path == _LIST
    assert "may not look at your record any more" in patient.page
    assert not _opens(cast, who, clinic)
    assert f'href="{_address(about, "allow")}?kind=one-year"' in patient.page.source  # the way back


def test_the_list_says_through_what_a_provider_may_look_and_one_can_be_taken_out(
    cast: Cast, patient: Browser, who: Registered, clinic: str
) -> None:
    about, other = groups.make("programme", clinic, name="Chronic care"), groups.clinic()
    about.join(other)
    _allow(patient, about, "indefinite")
    assert "May look until you withdraw it, through: Chronic care." in patient.get(_LIST)
    alone = f"{_LIST}{groups.id_of(clinic)}/withdraw/"
    page = patient.get(alone)
    assert "They may look through: Chronic care. You withdraw this for them alone" in page
    patient.confirm(alone)
    assert not _opens(cast, who, clinic)
    assert _opens(cast, who, other)
    page = patient.get(f"{_address(about, 'allow')}?kind=one-year")
    assert "May not look, as the permission was withdrawn for them alone" in page
    page = patient.get(f"{_LIST}{groups.id_of(other)}/allow/?kind=one-year")
    assert "Nobody gains or loses sight of anything" in page
    patient.confirm(f"{_LIST}{groups.id_of(other)}/allow/")
    groups.whoever().allow(who)
    about.withdraw(who)
    assert _opens(cast, who, other)  # by its own


def test_what_was_allowed_together_stands_open_and_the_rest_opens_where_its_name_is_looked_for(
    patient: Browser, who: Registered, clinic: str
) -> None:
    held, other = groups.make("programme", clinic, name="Chronic care"), groups.make("group", clinic, name="Lakeside")
    held.allow(who)
    closed, opened = patient.get(_LIST).source.split("</details>")
    assert _address(other, "allow") in closed.partition('<details class="wt-more">')[2]
    assert _address(held, "withdraw") in opened
    found = patient.get(f"{_LIST}?name=lakesi").source
    assert _address(other, "allow") in found.partition('<details class="wt-more" open>')[2]
    assert _address(held, "withdraw") not in found


def test_every_statement_stands_on_the_page_of_what_was_said(patient: Browser, who: Registered, clinic: str) -> None:
    about = groups.make("group", clinic, name="Lakeside clinics")
    about.allow(who)
    about.allow(who, "indefinite")
    about.withdraw(who)
    page = patient.get(f"{_LIST}said-before/")
    assert [page.source.count(f"version {number}") for number in (1, 2, 3)] == [1, 1, 1]
    assert page.source.count("Lakeside clinics") == 3


def test_who_was_shown_other_members_states_nothing_and_is_told(
    cast: Cast, patient: Browser, who: Registered, clinic: str
) -> None:
    about = groups.make("group", groups.clinic())
    patient.get(f"{_address(about, 'allow')}?kind=one-year")
    about.join(clinic)
    page = patient.confirm(_address(about, "allow"))
    assert page.status == 409
    assert "This was changed in the meantime" in page
    assert f"Clinic {clinic}" in page
    assert not _opens(cast, who, clinic)
    patient.confirm(_address(about, "allow"))
    assert _opens(cast, who, clinic)


def test_of_two_windows_the_second_is_shown_what_the_first_did(patient: Browser, who: Registered, clinic: str) -> None:
    about = groups.make("group", clinic)
    about.allow(who)
    patient.get(_address(about, "withdraw"))
    about.allow(who, "indefinite")
    assert patient.confirm(_address(about, "withdraw")).status == 409


def test_what_ends_soon_is_marked_and_renewed_and_told(
    cast: Cast, patient: Browser, who: Registered, clinic: str, superuser: psycopg.Connection
) -> None:
    from wutong.control.flows.remind_of_consent import remind_of_consent

    about = groups.make("programme", clinic, name="Chronic care")
    with clock.travel(timedelta(days=-350)):
        about.allow(who)
    page = patient.get(_LIST)
    assert "Ends within 30 days" in page
    assert f'href="{_address(about, "allow")}?kind=one-year"' in page.source
    assert remind_of_consent() >= 1
    told = "select body from control.notice where person_id = %s and kind = 'consent-ending'"
    [(body,)] = superuser.execute(told, [who.person_id]).fetchall()
    assert "Chronic care" in body
    _allow(patient, about)
    assert "Ends within 30 days" not in patient.get(_LIST)


def test_a_parent_allows_several_for_a_child_and_nobody_else_does(
    cast: Cast, server: str, patient: Browser, who: Registered, clinic: str
) -> None:
    child, about = cast.register(born="2020-05-31"), groups.make("group", clinic)
    of = f"for/{child.person_id}/"
    assert patient.get(f"{_address(about, 'allow', of)}?kind=one-year").status == 404
    cast.appoint(child, who)
    assert child.person_id != who.person_id
    patient.get(f"{_address(about, 'allow', of)}?kind=one-year")
    assert patient.confirm(_address(about, "allow", of)).path == f"/portal/{of}who-may-look/"
    assert _opens(cast, child, clinic)
    assert not _opens(cast, who, clinic)
    own = Browser(server, cast.patient_account(child))
    assert own.get(f"{_address(about, 'allow')}?kind=one-year").status == 404
    assert _address(about, "allow") not in own.get(_LIST).source
    own.close()


def test_there_is_no_page_of_what_there_is_not(patient: Browser, clinic: str) -> None:
    nothing = Group("", groups.id_of(clinic))
    assert patient.get(f"{_address(nothing, 'allow')}?kind=one-year").status == 404
    assert patient.get(_address(nothing, "withdraw")).status == 404
