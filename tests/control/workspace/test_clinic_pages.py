"""The clinic's pages: what is seen before, while and after a record is open."""

import itertools
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered
from django.test import override_settings
from doors import Browser, Page
from record.resources import ACTIVE_ALLERGY, of_category

from wutong.control.audit.append import HOST
from wutong.control.people.actions.providers import register_provider
from wutong.core import clock, hkid

_codes = itertools.count(secrets.randbelow(400_000))


@pytest.fixture
def doctor(cast: Cast, server: str) -> Iterator[Browser]:
    """A doctor of the clinic, signed in."""
    made = Browser(server, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with an allergy, who allows the clinic."""
    made = cast.register(family="WU", given="Mei Lan")
    _upload(cast, made, **of_category("ALG", made.patient_id))
    cast.allow(made)
    return made


def _upload(cast: Cast, who: Registered, **content: Any) -> None:
    answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text


def _find(doctor: Browser, **fields: str) -> Page:
    doctor.get("/clinic/")
    return doctor.send("/clinic/", **fields)


def _finds(superuser: psycopg.Connection, who: Registered) -> list[dict[str, Any]]:
    query = "select detail from audit.entry where person_id = %s and event = 'person:find' order by at"
    return [row[0] for row in superuser.execute(query, [who.person_id])]


def test_without_consent_a_search_tells_that_the_person_is_registered_and_nothing_else(
    cast: Cast, doctor: Browser, superuser: psycopg.Connection
) -> None:
    stranger = cast.register(family="SHUM", given="Ka Yan", born="1961-04-09")
    page = _find(doctor, hkid=stranger.hkid)
    assert page.status == 403
    assert "This person is registered." in page
    assert "The patient can allow your clinic in the portal" in page
    for secret in ("SHUM", "Ka Yan", "陳大文", "1961", "female", stranger.hkid[:5]):
        assert secret not in page.text
    assert _finds(superuser, stranger) == [{"by": "hkid", "found": 1}]


def test_a_person_is_found_by_name_in_either_script_and_birth_date(cast: Cast, doctor: Browser) -> None:
    made = cast.register(family="WU", given="Mei Lan", born="1921-03-04")
    for name in ("wu mei lan", "Mei Lan WU", "陳大文"):
        assert _find(doctor, name=name, born="4/3/1921").path == f"/clinic/patient/{made.person_id}/"
    for name, born in (("WU Mei", "4/3/1921"), ("陳大", "4/3/1921"), ("WU Mei Lan", "3/4/1921")):
        assert "Nobody with these particulars is registered" in _find(doctor, name=name, born=born)


@pytest.mark.parametrize(
    ("known", "shown", "within", "outside"),
    [("1921-07", "July 1921", "20/7", "20/8/1921"), ("1922", "1922", "20/8", "20/8/1921")],
)
def test_who_knows_no_more_than_a_year_or_month_of_birth_is_found_by_any_day_in_it(
    cast: Cast, doctor: Browser, known: str, shown: str, within: str, outside: str
) -> None:
    made = cast.register(family="FONG", given=f"Yat {known[:4]}", born=known)
    cast.allow(made)
    year = known[:4]
    page = _find(doctor, name=f"Fong Yat {year}", born=f"{within}/{year}")
    assert page.path == f"/clinic/patient/{made.person_id}/"
    assert "FONG" in page
    assert f"Born {shown}" in page  # no day that nobody stated
    assert "Nobody" in _find(doctor, name=f"Fong Yat {year}", born=outside)


def test_of_several_people_no_one_is_shown(cast: Cast, doctor: Browser) -> None:
    for _ in range(2):
        cast.register(family="YIK", given="Wai", born="1933-01-02")
    page = _find(doctor, name="Yik Wai", born="2/1/1933")
    assert "Several people have this name and date of birth." in page
    assert "QX" not in page.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"hkid": ""}, "Enter an HKID number"),
        ({"hkid": "A123456(0)"}, "This is not a right HKID number"),
        ({"name": "", "born": "31/5/1950"}, "Enter the whole name"),
        ({"name": "WU", "born": "yesterday"}, "Enter the date of birth as day/month/year"),
    ],
)
def test_a_slip_is_told_kindly(doctor: Browser, typed: dict[str, str], told: str) -> None:
    page = _find(doctor, **typed)
    assert told in page
    assert "There is a problem" in page


def test_nobody_is_found_by_a_number_that_is_not_registered(doctor: Browser) -> None:
    number = "QX999999"
    assert "Nobody with these particulars is registered" in _find(doctor, hkid=number + hkid.check_digit(number))


def _finds_nobody(page: Page, who: Registered, sentence: str) -> None:
    assert page.status == 403
    assert sentence in page
    for told in ("registered.", "Nobody with these", "WU Mei Lan", "Several people"):
        assert told not in page.text
    assert not page.path.endswith(f"{who.person_id}/")


def _refused_finds(superuser: psycopg.Connection, account_id: Any) -> list[Any]:
    query = (
        "select reason, detail from audit.event where caller_id = %s and event = 'person:find' and outcome = 'refused'"
    )
    return superuser.execute(query + " order by at", [account_id]).fetchall()


def test_a_suspended_clinic_does_not_learn_who_is_registered(
    cast: Cast, server: str, who: Registered, superuser: psycopg.Connection
) -> None:
    clinic = f"S{next(_codes)}"
    register_provider(actor=HOST, code=clinic, name_en="Peak Clinic", name_zh="", kind="clinic", is_deemed=False)
    somebody = cast.professional("DOC", clinic)
    doctor = Browser(server, somebody)
    assert _find(doctor, hkid=who.hkid).path == f"/clinic/patient/{who.person_id}/"
    superuser.execute("update control.provider set state = 'suspended' where code = %s", [clinic])
    for typed in ({"hkid": who.hkid}, {"name": "WU Mei Lan", "born": "31/5/1950"}):
        _finds_nobody(_find(doctor, **typed), who, "Your clinic's access is suspended. Ask the eHR office.")
    doctor.close()
    refused = [("provider-not-active", {"by": by}) for by in ("hkid", "name-and-birth")]
    assert _refused_finds(superuser, somebody.account_id) == refused


def test_who_is_not_registered_as_a_professional_any_more_does_not_learn_who_is_registered(
    cast: Cast, server: str, who: Registered, superuser: psycopg.Connection
) -> None:
    today = clock.today()
    last_day, over = (cast.professional("DOC", HARBOUR, until=today - timedelta(days=days)) for days in (0, 1))
    entitled, former = Browser(server, last_day), Browser(server, over)
    assert _find(entitled, hkid=who.hkid).path == f"/clinic/patient/{who.person_id}/"
    _finds_nobody(_find(former, hkid=who.hkid), who, "Your professional registration is not current.")
    for browser in (entitled, former):
        browser.close()
    assert _refused_finds(superuser, over.account_id) == [("professional-registration-ended", {"by": "hkid"})]
    assert _refused_finds(superuser, last_day.account_id) == []


def test_who_signed_in_too_weakly_does_not_learn_who_is_registered(
    cast: Cast, server: str, who: Registered, superuser: psycopg.Connection
) -> None:
    somebody = cast.professional("DOC", HARBOUR)
    doctor = Browser(server, somebody)
    weaker = "update control.sign_in_session set level = 'pwd' where account_id = %s"
    superuser.execute(weaker, [somebody.account_id])
    _finds_nobody(_find(doctor, hkid=who.hkid), who, "This needs a stronger sign-in")
    doctor.close()
    assert _refused_finds(superuser, somebody.account_id) == [("sign-in-too-weak", {"by": "hkid"})]


def test_r02_the_record_does_not_open_without_a_stated_ground(doctor: Browser, who: Registered) -> None:
    assert "State why you treat this person" in doctor.get(f"/clinic/record/{who.person_id}/")
    assert "Say why you are treating this person" in doctor.open_record(who.person_id, common="")
    assert "Tell the reason in a few words" in doctor.open_record(who.person_id, common="other")
    for path in (f"/clinic/record/{who.person_id}/", f"/clinic/record/{who.person_id}/allergies/"):
        page = doctor.get(path)
        assert page.status == 403
        assert "a ALG thing" not in page.text
    assert "a ALG thing" in doctor.open_record(who.person_id, common="appointment")


def test_the_record_shows_who_it_is_and_when_it_closes(doctor: Browser, who: Registered) -> None:
    page = doctor.open_record(who.person_id)
    closes = clock.local(clock.now() + timedelta(minutes=30))
    assert page.path == f"/clinic/record/{who.person_id}/"
    for shown in (
        "WU Mei Lan",
        "陳大文",
        "31 May 1950",
        f"{who.hkid[:5]}***(*)",
        "This record closes at",
        f"{closes:%B %Y}",
    ):
        assert shown in page
    assert "a ALG thing" in page
    assert "Hospital Group" in page


def test_thirty_minutes_later_it_is_stated_again(doctor: Browser, who: Registered) -> None:
    doctor.open_record(who.person_id)
    with clock.travel(timedelta(minutes=14)):
        assert doctor.get(f"/clinic/record/{who.person_id}/").status == 200
    with clock.travel(timedelta(minutes=28)):
        assert doctor.get(f"/clinic/record/{who.person_id}/").status == 200
    with clock.travel(timedelta(minutes=31)):
        page = doctor.get(f"/clinic/record/{who.person_id}/")
    assert page.status == 403
    assert "The record is not open any more." in page


def test_a_withdrawal_stops_the_open_page_at_its_next_click(cast: Cast, doctor: Browser, who: Registered) -> None:
    assert "a ALG thing" in doctor.open_record(who.person_id)
    cast.withdraw(who)
    for path in (f"/clinic/record/{who.person_id}/", f"/clinic/record/{who.person_id}/allergies/"):
        page = doctor.get(path)
        assert page.status == 403
        assert "The patient's permission for your clinic has ended." in page
        for secret in ("a ALG thing", "WU Mei Lan"):
            assert secret not in page.text


def test_none_known_and_not_recorded_are_two_things(cast: Cast, doctor: Browser) -> None:
    silent, told = cast.register(), cast.register()
    none_known = {"coding": [{"system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy"}]}
    subject = {"reference": f"Patient/{told.patient_id}"}
    allergy = {"resourceType": "AllergyIntolerance", "clinicalStatus": ACTIVE_ALLERGY, "patient": subject}
    _upload(cast, told, **allergy, code=none_known, recordedDate="2024-02-03")
    for person in (silent, told):
        cast.allow(person)
    assert "Not recorded: nobody has told whether there are allergies." in doctor.open_record(silent.person_id)
    page = doctor.open_record(told.person_id)
    assert "None known: stated by Hospital Group, 3 February 2024." in page
    assert "Not recorded" not in page.text


def test_what_the_profession_closes_is_closed_with_the_reason(cast: Cast, server: str, who: Registered) -> None:
    optometrist = Browser(server, cast.professional("OPT", HARBOUR))
    _upload(cast, who, **of_category("LAB", who.patient_id))
    page = optometrist.open_record(who.person_id)
    optometrist.close()
    assert "a ALG thing" in page
    assert "a LAB thing" not in page.text
    restricted = "Restricted for your profession: only the patient's extra consent opens this part."
    assert page.text.count(restricted) == 2  # LAB and IMM


def test_answers_to_questionnaires_are_no_laboratory_results(cast: Cast, doctor: Browser, who: Registered) -> None:
    result = of_category("LAB", who.patient_id)
    said = {"coding": [{"system": "http://loinc.org", "code": "76504-0", "display": "Total score [HARK]"}]}
    _upload(cast, who, **result)
    _upload(cast, who, **(result | {"code": said}))
    page = doctor.open_record(who.person_id)
    assert "a LAB thing" in page
    assert "HARK" not in page.text
    assert "HARK" not in doctor.get(f"/clinic/record/{who.person_id}/results/").text


def test_a_section_has_its_own_page_with_all_entries(cast: Cast, doctor: Browser, who: Registered) -> None:
    for year in range(2001, 2013):
        content = of_category("LAB", who.patient_id) | {"effectiveDateTime": f"{year}-03-01"}
        _upload(cast, who, **content, valueQuantity={"value": year / 100, "unit": "mmol/L"})
    summary = doctor.open_record(who.person_id)
    assert "20.12 mmol/L" in summary
    assert "20.11" not in summary.text
    assert "All 12 entries" in summary
    page = doctor.get(f"/clinic/record/{who.person_id}/results/")
    for shown in ("20.12 mmol/L", "1 March 2012", "Usual range", "Laboratory results", "Hospital Group", " 12 "):
        assert shown in page
    assert "20.11" not in page.text  # of each test the newest; its own page has all


def test_a_section_that_does_not_exist_is_not_found(doctor: Browser, who: Registered) -> None:
    assert doctor.get(f"/clinic/record/{who.person_id}/secrets/").status == 404


def test_a_patient_has_no_clinic(cast: Cast, server: str, who: Registered) -> None:
    patient = Browser(server, cast.patient_account(who))
    assert patient.get(f"/clinic/record/{who.person_id}/").path == "/portal/"
    patient.close()


def test_a_profession_without_a_role_sees_not_even_a_name(cast: Cast, server: str, who: Registered) -> None:
    hygienist = Browser(server, cast.professional("DHY", HARBOUR))
    page = _find(hygienist, hkid=who.hkid)
    hygienist.close()
    assert page.status == 403
    assert "Your profession's role opens no part of the record." in page
    assert "WU Mei Lan" not in page.text


def test_seeing_the_particulars_is_in_the_trail(
    doctor: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    doctor.open_record(who.person_id)
    query = "select distinct unnest(categories) from audit.entry where person_id = %s and act = 'read'"
    assert {"PID", "ALG"} <= {row[0] for row in superuser.execute(query, [who.person_id])}


def test_a_record_plane_that_does_not_answer_is_told_apart_from_a_refusal(doctor: Browser, who: Registered) -> None:
    doctor.open_record(who.person_id)
    with override_settings(RECORD_URL="http://127.0.0.1:9"):
        for path in (f"/clinic/record/{who.person_id}/", f"/clinic/record/{who.person_id}/allergies/"):
            page = doctor.get(path)
            assert page.status == 503
            assert "The record service does not answer." in page
            assert "WU Mei Lan" not in page.text
    assert "a ALG thing" in doctor.get(f"/clinic/record/{who.person_id}/")


@pytest.mark.parametrize(
    ("born", "shown"), [("1950-05-31", "Born 31 May 1950 ("), ("1950-05", "Born May 1950 ("), ("1950", "Born 1950 (")]
)
def test_a_birth_date_known_in_part_shows_that_part(cast: Cast, doctor: Browser, born: str, shown: str) -> None:
    made = cast.register(born=born)
    cast.allow(made)
    for page in (doctor.get(f"/clinic/patient/{made.person_id}/"), doctor.open_record(made.person_id)):
        assert shown in page


def test_an_entry_known_in_part_shows_that_part(cast: Cast, doctor: Browser, who: Registered) -> None:
    vaccine = of_category("IMM", who.patient_id)
    del vaccine["occurrenceDateTime"]
    for known in (
        {"occurrenceDateTime": "2019-03"},
        {"occurrenceDateTime": "2017"},
        {"occurrenceString": "as a child"},
    ):
        _upload(cast, who, **vaccine | known)
    doctor.open_record(who.person_id)
    page = doctor.get(f"/clinic/record/{who.person_id}/immunisations/")
    for shown in ("March 2019, Hospital Group", " 2017, Hospital Group", "as a child, Hospital Group"):
        assert shown in page


@pytest.mark.parametrize(
    ("provider", "told", "untold"),
    [
        (HARBOUR, "The patient has allowed Harbour Family Clinic to look.", "the law deems"),
        (HA, "Hospital Group may look without being allowed by the patient: the law deems", "The patient has allowed"),
    ],
)
def test_before_a_record_opens_it_is_told_what_entitles_the_provider(
    cast: Cast, server: str, who: Registered, provider: str, told: str, untold: str
) -> None:
    doctor = Browser(server, cast.professional("DOC", provider))
    page = doctor.get(f"/clinic/patient/{who.person_id}/")
    assert told in page
    assert untold not in page
    doctor.close()


def test_r02_the_page_says_what_in_the_record_shows_care_and_asks_nothing_then(
    cast: Cast, server: str, who: Registered
) -> None:
    browser = Browser(server, cast.professional("DOC", HA))
    address = f"/clinic/patient/{who.person_id}/"
    asked = browser.get(address)
    assert "Nothing in the record shows a visit, an appointment or a referral here in these days." in asked
    assert "Why are you treating this person?" in asked
    made = of_category("ENC", who.patient_id) | {"period": {"start": clock.today().isoformat()}}
    assert cast.fhir(cast.ha, "POST", "Encounter", json=made).status_code == 201
    shown = browser.get(address)
    today = clock.today()
    told = f"in your provider's care: the patient was there ({today.day} {today:%B %Y})."
    assert told in shown
    assert "Why are you treating this person?" not in shown
    assert browser.send(address).path == f"/clinic/record/{who.person_id}/"
    browser.close()


def test_r02_a_reason_that_cannot_be_read_is_refused_kindly(doctor: Browser, who: Registered) -> None:
    refused = doctor.open_record(who.person_id, common="other", reason="a \u202ehsar")
    assert "Take out the characters that cannot be shown" in refused
    assert "Shorten this to at most 400 characters" in doctor.open_record(
        who.person_id, common="other", reason="a" * 401
    )
    assert doctor.open_record(who.person_id, common="other", reason="a" * 400).path.startswith("/clinic/record/")
