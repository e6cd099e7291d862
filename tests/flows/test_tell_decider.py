"""Who decides gets the code, by their channel and in their portal, and nobody else does (dossier 2.3, 2.4, R-46)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from authorising import WHY, Pharmacist, allowed_record, code_in, mailed_code, newest
from cast import Cast, Registered
from django.test import override_settings
from doors import Browser, bring_forward, mail_to, run_jobs
from sms import Gateway

from wutong.control.audit.append import HOST
from wutong.control.authorisation.codes import code_of
from wutong.control.people.actions.persons import set_contact
from wutong.core import clock


@pytest.fixture
def pharmacist(cast: Cast) -> Iterator[Pharmacist]:
    made = Pharmacist(cast)
    yield made
    made.close()


def asked(pharmacist: Pharmacist, who: Registered) -> None:
    pharmacist.open_record(who.person_id)
    page = pharmacist.ask(who.person_id, "RAD", "OIR")
    assert page.path.endswith("/code/"), page.text


def told(folder: Path, address: str) -> list[str]:
    run_jobs()
    return [message.get_content() for message in mail_to(folder, address)]


def test_a_mail_says_who_asks_for_what_and_what_for_and_not_in_whose_words(
    cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection, mail_folder: Path
) -> None:
    who = allowed_record(cast)
    asked(pharmacist, who)
    [text] = [each for each in told(mail_folder, who.email) if "Code:" in each]
    code = code_of(newest(superuser, who.person_id))
    for words in (
        "At Harbour Family Clinic, a pharmacist asks to see restricted parts of your health record.",
        "Parts: Radiology reports and Other investigation reports",
        "What for: to avoid harm by a medicine or a treatment",
        f"Code: {code[:4]} {code[4:]}",
        "Tell it to nobody else",
    ):
        assert words in " ".join(text.split()), text
    for kept_out in (WHY, "http", "CHAN"):
        assert kept_out not in text


def test_an_sms_brings_the_code_first(cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection) -> None:
    who = allowed_record(cast)
    set_contact(actor=HOST, person_id=who.person_id, phone="91234567", channel="sms", language="zh-hant")
    with Gateway(200) as gateway, override_settings(SMS_URL=gateway.url):
        run_jobs()
        gateway.asked.clear()
        asked(pharmacist, who)
        run_jobs()
        texts = [each["text"] for each in gateway.asked if each["to"] == "+85291234567"]
        [text] = [each for each in texts if "一次性密碼" in each]
        assert text.startswith("一次性密碼：")
        code = code_in(text)
        assert code == code_of(newest(superuser, who.person_id))
        pharmacist.enter(who.person_id, code)
        run_jobs()
        opened = [each["text"] for each in gateway.asked if "海港家庭診所" in each["text"]]
        assert any(each.startswith("憑你的密碼") for each in opened), opened


def test_when_the_code_opens_the_person_is_told_again_though_they_refused_access_notices(
    cast: Cast, pharmacist: Pharmacist, mail_folder: Path, superuser: psycopg.Connection
) -> None:
    who = allowed_record(cast)
    superuser.execute(
        "update control.contact set refuses_access_notices_since = now() where person_id = %s", [who.person_id]
    )
    asked(pharmacist, who)
    pharmacist.enter(who.person_id, mailed_code(mail_folder, who.email))
    [text] = [each for each in told(mail_folder, who.email) if "With your code" in each]
    assert "a pharmacist at Harbour Family Clinic can see restricted parts of your health record until" in " ".join(
        text.split()
    )


def test_the_portal_shows_the_code_while_it_is_good_and_their_reason(
    cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection
) -> None:
    """Who gave no address reads it there."""
    who = allowed_record(cast)
    set_contact(actor=HOST, person_id=who.person_id, email="", channel="post", address="Flat 1", language="en")
    patient = Browser(cast.server, cast.patient_account(who))
    asked(pharmacist, who)
    code = code_in(patient.get("/portal/messages/").text)
    assert code == code_of(newest(superuser, who.person_id))
    page = patient.get("/portal/who-looked/")
    for words in (WHY, "to avoid harm by a medicine or a treatment", "Radiology reports", "Waits for the code until"):
        assert words in page
    with clock.travel(timedelta(minutes=10, seconds=1)):
        page = patient.get("/portal/messages/")
        assert "Code: (over)" in page
        assert f"{code[:4]} {code[4:]}" not in page
        assert WHY not in patient.get("/portal/who-looked/")
        assert "The code was not told in time." in patient.get("/portal/who-looked/codes/")
    patient.close()


def test_a_carer_who_reads_the_messages_is_shown_no_code_and_no_reason(
    cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection
) -> None:
    """Whom the person lets read them; who tells the code decides."""
    who, carer = allowed_record(cast), cast.register()
    cast.let_care(who, carer, ["inventory", "looks", "messages"])
    asked(pharmacist, who)
    code = code_of(newest(superuser, who.person_id))
    own, theirs = (Browser(cast.server, cast.patient_account(each)) for each in (who, carer))
    assert code_in(own.get("/portal/messages/").text) == code
    page = theirs.get(f"/portal/for/{who.person_id}/messages/")
    assert "Code: (not shown here)" in page
    for address in ("", "messages/", "who-looked/", "who-looked/for-me/", "in-the-record/"):
        page = theirs.get(f"/portal/for/{who.person_id}/{address}")
        for kept in (code, f"{code[:4]} {code[4:]}", WHY, "/codes/"):
            assert kept not in page.source, address
    assert theirs.get("/portal/messages/").source.count("Code:") == 0
    assert theirs.get(f"/portal/for/{who.person_id}/who-looked/codes/").status == 404
    own.close()
    theirs.close()


def test_a_parents_carer_is_not_shown_the_code_for_the_child(
    cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection
) -> None:
    child = allowed_record(cast, born="2019-05-31")
    mother, carer = cast.register(), cast.register()
    cast.appoint(child, mother)
    cast.let_care(mother, carer, ["messages"])
    asked(pharmacist, child)
    code = code_of(newest(superuser, child.person_id))
    own, theirs = (Browser(cast.server, cast.patient_account(each)) for each in (mother, carer))
    assert code_in(own.get("/portal/messages/").text) == code
    page = theirs.get(f"/portal/for/{mother.person_id}/messages/")
    assert "Code: (not shown here)" in page
    assert f"{code[:4]} {code[4:]}" not in page.source
    own.close()
    theirs.close()


@pytest.mark.parametrize("channel", ["email", "sms", "post"])
def test_whom_no_code_can_reach_is_not_asked_and_the_professional_reads_why(
    cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection, channel: str
) -> None:
    """Neither an address of their channel, nor a portal account."""
    who = allowed_record(cast)
    particulars = {"email": "", "phone": "", "address": "Flat 1, Pei Ho Street"}
    set_contact(actor=HOST, person_id=who.person_id, channel=channel, language="en", **particulars)
    pharmacist.open_record(who.person_id)
    page = pharmacist.ask(who.person_id, "RAD")
    assert page.path.endswith("/authorisation/")
    assert "Nobody can be sent a code: there is no mobile number, e-mail address or portal account" in page
    query = "select reason from audit.entry where person_id = %s and event = 'authorisation:ask'"
    assert superuser.execute(query, [who.person_id]).fetchall() == [("nobody-to-authorise",)]
    set_contact(actor=HOST, person_id=who.person_id, channel="email", language="en", email=who.email)
    assert pharmacist.ask(who.person_id, "RAD").path.endswith("/code/")


def test_a_code_that_could_not_be_sent_in_time_is_not_sent(
    cast: Cast, pharmacist: Pharmacist, mail_folder: Path
) -> None:
    who = allowed_record(cast)
    run_jobs()
    before = len(told(mail_folder, who.email))
    asked(pharmacist, who)
    with clock.travel(timedelta(minutes=10, seconds=1)):
        run_jobs()
        patient = Browser(cast.server, cast.patient_account(who))
        assert "not sent: the code was over before it could be" in patient.get("/portal/messages/")
        patient.close()
    assert len([each for each in told(mail_folder, who.email)[before:] if "Code:" in each]) == 0


def test_of_a_child_each_parent_gets_the_code_and_the_child_does_not(
    cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection, mail_folder: Path
) -> None:
    child = allowed_record(cast, born="2019-05-31")  # allowed by a parent, who is appointed by that
    mother, guardian, carer, former = (cast.register() for _ in range(4))
    cast.appoint(child, mother)
    cast.appoint(child, guardian, "guardian")
    cast.appoint(child, carer, "carer")
    cast.appoint(child, former)
    cast.dismiss(child, former)
    asked(pharmacist, child)
    code = mailed_code(mail_folder, mother.email)
    assert code == code_of(newest(superuser, child.person_id))
    for other in (child, guardian, carer, former):
        assert not [each for each in told(mail_folder, other.email) if "Code:" in each]
    [text] = [each for each in told(mail_folder, mother.email) if "Code:" in each]
    assert "of the record of somebody for whom you decide" in text
    assert pharmacist.enter(child.person_id, code).path == f"/clinic/record/{child.person_id}/"


def test_of_a_child_for_whom_nobody_decides_nobody_is_asked(
    cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection
) -> None:
    child = allowed_record(cast, born="2019-05-31")
    pharmacist.open_record(child.person_id)
    superuser.execute("update control.representative set ended_at = now() where person_id = %s", [child.person_id])
    assert "or of who decides for them" in pharmacist.ask(child.person_id, "RAD")
    guardian = cast.register()
    cast.appoint(child, guardian, "guardian")
    assert pharmacist.ask(child.person_id, "RAD").path.endswith("/code/")


def test_from_sixteen_on_the_person_alone_gets_it(cast: Cast, pharmacist: Pharmacist, mail_folder: Path) -> None:
    today = clock.today()
    grown = allowed_record(cast, born=f"{today.year - 16}-{today:%m-%d}")
    parent = cast.register()
    cast.appoint(grown, parent)
    asked(pharmacist, grown)
    assert mailed_code(mail_folder, grown.email)
    assert not [each for each in told(mail_folder, parent.email) if "Code:" in each]


def test_while_the_relay_is_down_the_code_waits_and_comes_when_it_is_back(
    cast: Cast, pharmacist: Pharmacist, superuser: psycopg.Connection
) -> None:
    who = allowed_record(cast)
    set_contact(actor=HOST, person_id=who.person_id, phone="92345678", channel="sms", language="en")
    with Gateway(503, 503, 200) as gateway, override_settings(SMS_URL=gateway.url):
        asked(pharmacist, who)
        for _ in range(3):
            run_jobs()
            bring_forward()
        run_jobs()
        sent = {each["text"] for each in gateway.asked if "Code:" in each["text"]}
        assert {code_in(each) for each in sent} == {code_of(newest(superuser, who.person_id))}
