"""Another officer approves or declines a change of the role matrix: docs/flows/decide_role_change.md."""

import re
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from cast import HARBOUR, OFFICE, PASSWORD, Cast, Somebody
from doors import Browser
from role_changes import DECISIONS, LAB, NOTE, address_of, decide, lab_today, propose_change

from wutong.control.audit.append import HOST
from wutong.control.flows.create_account import NewProfessional, create_professional
from wutong.control.people.actions import accounts as account_actions
from wutong.control.people.queries import accounts
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

pytestmark = pytest.mark.usefixtures("matrix_as_it_was")

_ENTRIES = """
select outcome, reason, caller_id, detail ->> 'outcome' from audit.event
 where event = 'roles:decide' and detail ->> 'change' = %s order by at
"""


def test_r05_two_officers_change_the_matrix_and_both_are_in_the_trail(
    second: Browser, author: Somebody, superuser: psycopg.Connection
) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    assert decide(second, change).path == address_of(change)
    assert second.who
    assert superuser.execute(DECISIONS, [change]).fetchall() == [("approved", second.who.account_id)]
    expected = [("allowed", None, second.who.account_id, "approved")]
    assert superuser.execute(_ENTRIES, [str(change)]).fetchall() == expected
    assert lab_today() == "R"


def _assert_refused(browser: Browser, change: UUID, superuser: psycopg.Connection, outcome: str = "approved") -> None:
    """Neither offered nor taken, and entered as refused."""
    assert "Do you approve this change?" not in browser.get(address_of(change))
    page = browser.send(address_of(change), outcome=outcome, note=NOTE)
    assert page.status == 403
    assert "Two officers change the matrix" in page
    assert browser.who
    expected = ("refused", "no-rule", browser.who.account_id, outcome)
    assert superuser.execute(_ENTRIES, [str(change)]).fetchall()[-1] == expected
    assert superuser.execute(DECISIONS, [change]).fetchall() == []


@pytest.mark.parametrize("outcome", ["approved", "declined"])
def test_r05_the_author_does_not_decide_and_another_officer_does(
    server: str, second: Browser, author: Somebody, superuser: psycopg.Connection, outcome: str
) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    browser = Browser(server, author)
    _assert_refused(browser, change, superuser, outcome)
    browser.close()
    assert decide(second, change, outcome, NOTE).status == 200
    assert second.who
    assert superuser.execute(DECISIONS, [change]).fetchall() == [(outcome, second.who.account_id)]


def _officer_called(name: str, email: str) -> Somebody:
    sign_in = f"privacy.{clock.now().timestamp()}"
    new = NewProfessional(sign_in, name, "", OFFICE, None, "", clock.today(), "privacy-officer", email)
    made = create_professional(new, password=PASSWORD)
    return Somebody(sign_in, made.password, made.seed)


ONE_HUMAN = {
    "the same name": ("MUI Kwan Yau", "one@example.org", "two@example.org"),
    "the same name, written otherwise": ("mui  kwan YAU", "one@example.org", ""),
    "the same address": ("MUI K Y", "Mui@example.org", "mui@example.org"),
}


@pytest.mark.parametrize("alike", ONE_HUMAN)
def test_r05_who_may_be_the_author_under_another_account_does_not_decide(
    server: str, second: Browser, superuser: psycopg.Connection, alike: str
) -> None:
    name, first_address, second_address = ONE_HUMAN[alike]
    change = propose_change(_officer_called("MUI Kwan Yau", first_address), {LAB: "R"}, clock.today())
    browser = Browser(server, _officer_called(name, second_address))
    _assert_refused(browser, change, superuser)
    assert "has your name or your e-mail address" in browser.page
    browser.close()
    assert decide(second, change).status == 200


def test_r05_officers_without_an_address_are_not_one_for_that(server: str) -> None:
    change = propose_change(_officer_called("AU Yeung", ""), {LAB: "R"}, clock.today())
    browser = Browser(server, _officer_called("YEUNG Au", ""))
    assert decide(browser, change).status == 200
    browser.close()
    assert lab_today() == "R"


def test_r05_one_person_has_one_account_and_one_registration_has_one(
    cast: Cast, author: Somebody, superuser: psycopg.Connection
) -> None:
    """What `is_one_human` need not look for."""
    patient = cast.patient_account(cast.register())
    doctor = cast.professional("DOC", HARBOUR)
    with pytest.raises(psycopg.errors.UniqueViolation):
        superuser.execute(
            "update control.account set person_id = %s where account_id = %s", [patient.person_id, author.account_id]
        )
    with pytest.raises(psycopg.errors.UniqueViolation):
        superuser.execute(
            "insert into control.professional select %s, profession, registration_number, registered_until, name_en,"
            " name_zh from control.professional where account_id = %s",
            [author.account_id, doctor.account_id],
        )


def test_r05_another_role_does_not_make_the_author_another_person(
    server: str, author: Somebody, superuser: psycopg.Connection
) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    office = provider_with_code(OFFICE)
    assert office
    superuser.execute("update control.affiliation set ended_at = now() where account_id = %s", [author.account_id])
    for role in ("registration", "privacy-officer"):
        account_actions.affiliate(actor=HOST, account_id=author.account_id, provider_id=office.provider_id, role=role)
    with clock.travel(timedelta(minutes=2)):
        browser = Browser(server, None)
        browser.send("/sign-in/", name=author.name, password=author.password)
        page = browser.send("/sign-in/code/", code=author.code())
        places = re.findall(r'name="(\w+)" type="radio" value="([^"]+)"', page.source)
        for name, value in places:
            browser.get("/sign-in/workplace/")
            browser.send("/sign-in/workplace/", **{name: value})
            if browser.get("/console/roles/changes/").path == "/console/roles/changes/":
                break
        browser.who = author
        _assert_refused(browser, change, superuser)
        browser.close()


def test_r05_an_officer_who_has_left_does_not_decide(
    second: Browser, author: Somebody, superuser: psycopg.Connection
) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    assert "Do you approve this change?" in second.get(address_of(change))
    assert second.who
    superuser.execute("update control.affiliation set ended_at = now() where account_id = %s", [second.who.account_id])
    assert second.send(address_of(change), outcome="approved", note="").path == "/sign-in/"
    assert superuser.execute(DECISIONS, [change]).fetchall() == []


def test_r05_a_check_that_forgets_who_the_author_is_would_be_seen(
    server: str, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canary: without the comparison the author's second account approves, and the test above is red."""
    change = propose_change(_officer_called("LO Wing", "lo@example.org"), {LAB: "R"}, clock.today())
    browser = Browser(server, _officer_called("Lo Wing", ""))
    monkeypatch.setattr(accounts, "is_one_human", lambda _first, _second: False)
    with pytest.raises(AssertionError):
        _assert_refused(browser, change, superuser)
    assert lab_today() == "R"
    browser.close()


def test_r05_even_without_the_check_the_database_refuses_the_author(
    server: str, author: Somebody, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    browser = Browser(server, author)
    monkeypatch.setattr(accounts, "is_one_human", lambda _first, _second: False)
    assert decide(browser, change).status == 500
    browser.close()
    assert superuser.execute(DECISIONS, [change]).fetchall() == []
    assert lab_today() == "G"
