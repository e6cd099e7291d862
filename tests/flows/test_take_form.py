"""A desk records a signed form as a consent to its own provider; it holds at the next request, and the person is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from calendar_days import at
from cast import HA, HARBOUR, Cast, Registered, patient
from desks import Desk, registrar, signed
from doors import Browser

from wutong.control.audit.append import Actor
from wutong.control.consent.closing_actions import ClosingStated
from wutong.control.flows.change_closing import state_closing
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

RECORDED = "It is recorded, and holds from now on. The person has been told."


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has allowed nobody yet."""
    return cast.register()


@pytest.fixture
def desk(cast: Cast, server: str) -> Iterator[Desk]:
    """Registration staff of the clinic."""
    with closing(Desk(server, registrar(cast))) as made:
        yield made


def _id(code: str) -> UUID:
    found = provider_with_code(code)
    assert found
    return found.provider_id


def _opens(cast: Cast, who: Registered, provider: str = HARBOUR) -> int:
    return cast.open(cast.session_token(cast.professional("DOC", provider)), who.person_id).status_code


def _trail(superuser: psycopg.Connection, who: Registered, event: str = "consent:change") -> list[Any]:
    query = "select outcome, reason, detail, caller_id from audit.entry where person_id = %s and event = %s order by at"
    return superuser.execute(query, [who.person_id, event]).fetchall()


def _refused(superuser: psycopg.Connection, who: Registered) -> list[str]:
    return [reason for outcome, reason, *_ in _trail(superuser, who) if outcome == "refused"]


def test_r58_a_signed_form_opens_the_record_at_the_next_request(
    cast: Cast, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    assert _opens(cast, who) == 403
    assert RECORDED in desk.record(who.person_id, reference="K7QM-2XWD")
    assert _opens(cast, who) == 200
    assert _opens(cast, who, "PEAK") == 403
    [(outcome, _reason, detail, caller)] = _trail(superuser, who)
    assert outcome == "allowed"
    assert caller == desk.who.account_id
    assert detail["way"] == "form"
    assert detail["taken_by"] == str(desk.who.account_id)
    assert detail["form"] == "K7QM-2XWD"
    assert detail["signed"] == clock.today().isoformat()


def test_r58_a_form_renews_changes_and_withdraws(cast: Cast, desk: Desk, who: Registered) -> None:
    for says, status in (("one-year", 200), ("indefinite", 200), ("withdrawal", 403), ("indefinite", 200)):
        assert RECORDED in desk.record(who.person_id, says=says)
        assert _opens(cast, who) == status, says


def test_a_form_is_looked_at_again_before_it_is_recorded(cast: Cast, desk: Desk, who: Registered) -> None:
    address = f"/clinic/desk/{who.person_id}/form/"
    desk.browser.get(address)
    page = desk.browser.send(address, **signed(reference="ab cd-12"))
    assert "Check before you record it" in page
    assert "ABCD-12" in page
    assert _opens(cast, who) == 403


def test_the_person_is_told_at_once_and_sees_how_and_takes_it_back(
    cast: Cast, server: str, desk: Desk, who: Registered
) -> None:
    desk.record(who.person_id, reference="SEEN-1")
    patient = Browser(server, cast.patient_account(who))
    told = patient.get("/portal/messages/")
    assert "Who may look at your health record was changed by a signed form." in told
    assert "there you take it back, and it holds at once." in told
    assert f"on a signed form with the reference SEEN-1, recorded at the desk by Desk {desk.who.name}" in patient.get(
        "/portal/who-may-look/"
    )
    address = f"/portal/who-may-look/{_id(HARBOUR)}/withdraw/"
    patient.get(address)
    patient.confirm(address)
    assert _opens(cast, who) == 403
    patient.close()


def test_a_form_is_recorded_once(cast: Cast, desk: Desk, who: Registered, superuser: psycopg.Connection) -> None:
    other = cast.register()
    desk.record(other.person_id, reference="ONCE-1")
    page = desk.record(who.person_id, reference="once-1")
    assert "A form with this reference was recorded before." in page
    assert page.status == 409
    assert _opens(cast, who) == 403
    assert _refused(superuser, who) == ["form-known"]


def test_of_one_form_at_several_desks_at_the_same_moment_one_is_recorded(cast: Cast, server: str) -> None:
    people = [cast.register() for _ in range(4)]
    with ExitStack() as leaving, ThreadPoolExecutor(4) as threads:
        desks = [leaving.enter_context(closing(Desk(server, registrar(cast)))) for _ in people]
        sent = [
            threads.submit(desk.record, who.person_id, reference="RACE-1")
            for desk, who in zip(desks, people, strict=True)
        ]
        statuses = [each.result().status for each in sent]
    assert sorted(statuses) == [200, 409, 409, 409]
    assert sorted(_opens(cast, each) for each in people) == [200, 403, 403, 403]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(-1, "This date is still to come."), (31, "This form is older than 30 days."), (30, RECORDED), (0, RECORDED)],
    ids=["to-come", "too-old", "just-right", "today"],
)
def test_a_form_is_recorded_within_its_time(desk: Desk, who: Registered, days: int, sentence: str) -> None:
    signed_on = clock.today() - timedelta(days=days)
    assert sentence in desk.record(who.person_id, signed_on=signed_on.isoformat())


def test_what_the_person_said_since_the_form_was_signed_counts(
    cast: Cast, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    cast.allow(who)
    cast.withdraw(who)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert "The person has said something else since that day" in desk.record(who.person_id, signed_on=yesterday)
    assert _opens(cast, who) == 403
    assert _refused(superuser, who) == ["said-since"]
    assert RECORDED in desk.record(who.person_id)


def test_a_closing_wins_and_stays(cast: Cast, desk: Desk, who: Registered, superuser: psycopg.Connection) -> None:
    owner = cast.patient_account(who)
    closed = state_closing(Actor("patient", owner.account_id), who.person_id, "provider", str(_id(HARBOUR)))
    assert isinstance(closed, ClosingStated)
    assert "closed" not in desk.browser.get(f"/clinic/desk/{who.person_id}/")
    page = desk.record(who.person_id)
    assert page.status == 403
    assert "The person keeps the record closed to your clinic" in page
    assert _opens(cast, who) == 403
    assert _refused(superuser, who) == ["withheld-by-person"]


def test_of_a_child_whom_the_law_names_signs(
    cast: Cast, server: str, desk: Desk, superuser: psycopg.Connection
) -> None:
    child = cast.register(born="2019-05-31")
    asked = desk.browser.get(f"/clinic/desk/{child.person_id}/form/").text.partition("Who signed?")[2]
    assert "A parent" in asked
    assert "The person" not in asked.partition("Date on the form")[0]
    assert RECORDED not in desk.record(child.person_id)  # "self" is no answer that the page offers
    assert RECORDED in desk.record(child.person_id, signed_as="parent")
    assert _opens(cast, child) == 200
    [(_outcome, _reason, detail, _caller)] = _trail(superuser, child)
    assert detail["relation"] == "parent"
    parent = cast.register()
    cast.appoint(child, parent)
    portal = Browser(server, cast.patient_account(parent))
    assert "said by a parent, on paper" in portal.get(f"/portal/for/{child.person_id}/who-may-look/")
    portal.close()


def test_from_16_on_nobody_else_signs(cast: Cast, server: str) -> None:
    child = cast.register(born="2010-06-15")
    for moment, wrong, right in (
        ("2026-06-14T23:00+08:00", "self", "parent"),
        ("2026-06-15T01:00+08:00", "parent", "self"),
    ):
        with at(moment), closing(Desk(server, registrar(cast))) as desk:
            assert RECORDED not in desk.record(child.person_id, signed_as=wrong, says="indefinite")
            assert RECORDED in desk.record(
                child.person_id, signed_as=right, says="indefinite" if right == "self" else "one-year"
            )


def test_nothing_is_withdrawn_that_was_not_given(desk: Desk, who: Registered) -> None:
    assert "There is no consent to withdraw." in desk.record(who.person_id, says="withdrawal")


def test_where_the_law_deems_the_consent_given_none_is_taken(cast: Cast, server: str, who: Registered) -> None:
    with closing(Desk(server, registrar(cast, HA))) as desk:
        page = desk.browser.get(f"/clinic/desk/{who.person_id}/")
        assert "Hospital Group needs no sharing consent: whoever joins the system allows it to look." in page
        assert "Signed form" not in page
        address = f"/clinic/desk/{who.person_id}/form/"
        assert desk.browser.get(address).path == f"/clinic/desk/{who.person_id}/"
        desk.browser.get("/clinic/desk/")
        assert desk.browser.send(address, sure="yes", seen="0", **signed()).status == 404


def test_a_suspended_desk_records_nothing(
    cast: Cast, server: str, who: Registered, superuser: psycopg.Connection
) -> None:
    with closing(Desk(server, registrar(cast, "PEAK"))) as desk:
        address = f"/clinic/desk/{who.person_id}/form/"
        desk.browser.get(address)
        page = desk.browser.send(address, **signed())
        superuser.execute("update control.provider set state = 'suspended' where code = 'PEAK'")
        try:
            assert desk.browser.confirm(address).status == 403
            assert "Your clinic's access is suspended." in desk.browser.page
            assert desk.browser.get("/clinic/desk/").status == 200
            assert desk.browser.send("/clinic/desk/", hkid=who.hkid).status == 403
        finally:
            superuser.execute("update control.provider set state = 'active' where code = 'PEAK'")
        assert 'name="sure"' in page.source
    assert _opens(cast, who, "PEAK") == 403


def test_two_windows_the_second_is_shown_what_the_first_did(cast: Cast, desk: Desk, who: Registered) -> None:
    address = f"/clinic/desk/{who.person_id}/form/"
    desk.browser.get(address)
    checked = desk.browser.send(address, **signed())
    cast.allow(who, kind="indefinite")
    cast.withdraw(who)
    desk.browser.page = checked
    page = desk.browser.confirm(address)
    assert page.status == 409
    assert "The consent was changed after this page was shown." in page
    assert _opens(cast, who) == 403


def test_a_clinician_takes_a_form_and_goes_on_to_the_record(cast: Cast, server: str, who: Registered) -> None:
    with closing(Desk(server, cast.professional("DOC", HARBOUR))) as desk:
        refused = desk.browser.get(f"/clinic/patient/{who.person_id}/")
        assert "Take the patient's consent at the desk" in refused
        assert RECORDED in desk.record(who.person_id)
        assert f'href="/clinic/patient/{who.person_id}/"' in desk.browser.page.source
        assert desk.browser.open_record(who.person_id).path == f"/clinic/record/{who.person_id}/"


def test_registration_staff_have_the_desk_and_nothing_of_a_record(
    cast: Cast, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    desk.record(who.person_id)
    assert "Open the record" not in desk.browser.page
    for address in (f"/clinic/patient/{who.person_id}/", f"/clinic/record/{who.person_id}/", "/clinic/", "/portal/"):
        assert desk.browser.get(address).path == "/clinic/desk/"
    assert cast.open(cast.session_token(desk.who), who.person_id).status_code == 401
    assert [row[0] for row in _trail(superuser, who, "desk:serve")] == ["allowed"] * 4


@pytest.mark.parametrize("role", ["administrator", "privacy-officer"])
def test_others_at_the_provider_have_no_desk(cast: Cast, server: str, who: Registered, role: str) -> None:
    browser = Browser(server, cast.professional("DOC", HARBOUR, role=role))
    for address in ("/clinic/desk/", f"/clinic/desk/{who.person_id}/", f"/clinic/desk/{who.person_id}/form/"):
        assert not browser.get(address).path.startswith("/clinic")
    browser.close()


def test_the_desk_finds_by_number_and_shows_no_name(desk: Desk, who: Registered, superuser: psycopg.Connection) -> None:
    desk.browser.get("/clinic/desk/")
    page = desk.browser.send("/clinic/desk/", hkid=who.hkid)
    assert page.path == f"/clinic/desk/{who.person_id}/"
    for word in ("CHAN", "陳大文", "1950", who.hkid):
        assert word not in page.source
    assert "Identity document" in page
    found = _trail(superuser, who, "person:find")
    assert [row[3] for row in found] == [desk.who.account_id]


def test_whose_registration_is_over_serves_nobody(cast: Cast, server: str, who: Registered) -> None:
    over = cast.professional("DOC", HARBOUR, until=clock.today() - timedelta(days=1))
    with closing(Desk(server, over)) as desk:
        assert desk.browser.get(f"/clinic/desk/{who.person_id}/form/").status == 403
        assert "Your professional registration is not current." in desk.browser.page


@pytest.mark.parametrize("language", ["en", "zh-hant"])
@pytest.mark.parametrize("says", ["one-year", "indefinite", "withdrawal"])
def test_the_form_to_print_is_a_file_with_a_fresh_reference(
    desk: Desk, who: Registered, says: str, language: str
) -> None:
    address = f"/clinic/desk/{who.person_id}/form/print/?wording={says}&language={language}"
    answers = [desk.browser.fetch(address) for _ in range(2)]
    assert [each.headers["content-type"] for each in answers] == ["application/pdf"] * 2
    assert answers[0].content != answers[1].content
    assert answers[0].content.startswith(b"%PDF")


def test_a_form_lets_the_clinic_deposit(cast: Cast, desk: Desk, who: Registered) -> None:
    """Where a deposit needs the sharing consent, a form brings it."""
    content = patient(who.hkid)
    assert cast.fhir(cast.harbour, "POST", "Patient", json=content).status_code == 403
    desk.record(who.person_id)
    assert cast.fhir(cast.harbour, "POST", "Patient", json=content).status_code == 201
