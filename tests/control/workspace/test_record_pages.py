"""The pages of an open record beyond its summary: every category by a click, a test over time, what is new, vaccines."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from doors import Browser
from record.resources import of_category

from wutong.control.charts.chart import MORE, SECTIONS, SUMMARY
from wutong.core import clock
from wutong.core.categories import CATEGORIES_OF_TYPE, CATEGORY_NAMES

_LINK = re.compile(r'<a href="([^"]+)"[^>]*>([^<]*)</a>')


@pytest.fixture
def doctor(cast: Cast, server: str) -> Iterator[Browser]:
    """A doctor of the clinic, signed in."""
    made = Browser(server, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic."""
    cast.allow(made := cast.register())
    return made


def _upload(cast: Cast, who: Registered, category: str, **content: Any) -> str:
    sent = of_category(category, who.patient_id) | content
    answer = cast.fhir(cast.ha, "POST", sent["resourceType"], json=sent)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _opened(superuser: psycopg.Connection, who: Registered) -> set[str]:
    query = "select distinct unnest(categories) from audit.entry where person_id = %s and act = 'read' and look_id is not null"
    return {row[0] for row in superuser.execute(query, [who.person_id])}


def _link(source: str, text: str) -> str:
    return next(address for address, words in _LINK.findall(source) if words == text)


def test_large_documents_are_all_listed(cast: Cast, doctor: Browser, who: Registered) -> None:
    attachment = {"contentType": "application/pdf", "data": "A" * 15_000_000}
    for number in range(5):  # more than one answer may have together
        _upload(cast, who, "CNS", type={"text": f"Scan {number}"}, content=[{"attachment": attachment}])
    doctor.open_record(who.person_id)
    page = doctor.get(f"/clinic/record/{who.person_id}/documents/").text
    assert [number for number in range(5) if f"Scan {number}" in page] == list(range(5))
    assert "could not be loaded" not in page


def test_every_category_has_its_place_and_every_shared_type_is_asked_for() -> None:
    assert {plan.category for plan in SECTIONS.values()} == CATEGORY_NAMES.keys() - {"PID"}  # PID: the banner
    asked = {(plan.category, kind) for plan in SECTIONS.values() for kind in plan.types}
    shared = {(each, kind) for kind, several in CATEGORIES_OF_TYPE.items() for each in several} - {
        ("PID", "Patient"),
        ("PID", "RelatedPerson"),
        ("LAB", "Specimen"),  # what a result was made from, and what was ordered: the result itself tells
        ("LAB", "ServiceRequest"),
        ("OBS", "Observation"),
    }
    assert shared <= asked


def test_r03_the_viewer_opens_category_by_category_and_each_is_in_the_trail(
    cast: Cast, doctor: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    for category in CATEGORY_NAMES.keys() - {"PID"}:
        _upload(cast, who, category)
    summary = doctor.open_record(who.person_id)
    shown = {"PID", *(SECTIONS[code].category for code in SUMMARY)}
    assert _opened(superuser, who) == shown
    for code in MORE:
        page = doctor.get(_link(summary.source, _title(code)))
        assert page.status == 200
        assert "Hospital Group" in page, code
        shown |= {SECTIONS[code].category}
        assert _opened(superuser, who) == shown
    query = "select distinct purpose from audit.entry where person_id = %s and act = 'read' and look_id is not null"
    assert superuser.execute(query, [who.person_id]).fetchall() == [("TREAT",)]
    patient = Browser(cast.server, cast.patient_account(who))
    looks = patient.get("/portal/who-looked/")
    patient.close()
    assert "Birth records" in looks
    assert "Healthcare referrals" in looks


def test_r03_a_category_that_the_role_does_not_open_is_shown_closed_and_stays_closed(
    cast: Cast, server: str, who: Registered, superuser: psycopg.Connection
) -> None:
    for category in ("BIRTH", "RAD", "PX"):
        _upload(cast, who, category)
    optometrist = Browser(server, cast.professional("OPT", HARBOUR))
    page = optometrist.open_record(who.person_id)
    assert (
        "Restricted for your profession: Birth records, Immunisation records, Laboratory reports and Radiology reports."
        in page
    )
    links = {text: address for address, text in _LINK.findall(page.source)}
    assert {"Procedures", "Referrals"} <= links.keys()
    assert not {"Radiology", "Birth record"} & links.keys()
    for code in ("radiology", "birth"):
        closed = optometrist.get(f"{page.path}{code}/")
        assert closed.status == 200
        assert "Restricted for your profession: only the patient's extra consent opens this part." in closed
        assert "Hospital Group" not in closed.text.split("Something looks wrong")[0].split("HKID")[1]
    assert not _opened(superuser, who) & {"BIRTH", "RAD"}
    optometrist.close()


def _title(code: str) -> str:
    from wutong.control.workspace.cards import title

    return title(code)


def _measure(cast: Cast, who: Registered, day: str, value: Any, unit: str = "mmol/L", **more: Any) -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "2951-2"}], "text": "Sodium"}
    told = {"valueString": value} if isinstance(value, str) else {"valueQuantity": {"value": value, "unit": unit}}
    _upload(cast, who, "LAB", code=code, effectiveDateTime=day, **told, **more)


def test_a_test_over_time_is_a_plot_and_a_table_beside_it(cast: Cast, doctor: Browser, who: Registered) -> None:
    high = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "H"}]}]
    usual = [{"low": {"value": 136}, "high": {"value": 145}}]
    _measure(cast, who, "2024-05-01", 139.50, referenceRange=usual)
    _measure(cast, who, "2025-05-01", 151, referenceRange=usual, interpretation=high)
    _measure(cast, who, "2023-05-01", 3.2, "g/L")
    _measure(cast, who, "2022-05-01", "haemolysed")
    summary = doctor.open_record(who.person_id)
    page = doctor.get(_link(summary.source, "Sodium"))
    assert _link(doctor.get(f"{summary.path}results/").source, "Sodium") == page.path
    assert page.source.count('role="img"') == 1  # the single value in g/L has no plot
    assert page.source.count("wt-plot__mark--high") == 2  # the point, and what the sign means
    assert "2 values from 1 May 2024 to 1 May 2025; the lowest is 139.5, the highest 151." in page
    assert "style=" not in page.source
    for shown in (
        "139.5 mmol/L",
        "151 mmol/L",
        "high",
        "3.2 g/L",
        "haemolysed",
        "136–145",
        "1 May 2022",
        "Hospital Group",
    ):
        assert shown in page
    times = re.findall(r"1 May (20\d\d)", page.text.split("Sender", 1)[1])
    assert times == ["2025", "2024", "2023", "2022"]


def test_a_test_that_nobody_made_is_not_found(cast: Cast, doctor: Browser, who: Registered) -> None:
    path = doctor.open_record(who.person_id).path
    assert doctor.get(f"{path}results/test/0123456789abcdef/").status == 404
    assert doctor.get(f"{path}problems/test/0123456789abcdef/").status == 404
    cast.withdraw(who)
    assert doctor.get(f"{path}results/test/0123456789abcdef/").status == 403


def test_a_closed_category_has_no_tests(cast: Cast, server: str, who: Registered) -> None:
    _measure(cast, who, "2024-05-01", 139)
    optometrist = Browser(server, cast.professional("OPT", HARBOUR))
    path = optometrist.open_record(who.person_id).path
    page = optometrist.get(f"{path}results/test/0123456789abcdef/")
    optometrist.close()
    assert "Restricted for your profession" in page
    assert "Sodium" not in page.text


def test_what_was_stored_since_the_last_look_is_marked(cast: Cast, doctor: Browser, who: Registered) -> None:
    _upload(cast, who, "DX", code={"text": "Gout"}, recordedDate="2020-01-01")
    first = doctor.open_record(who.person_id)
    assert "since you last looked" not in first.text
    assert "new" not in first.text.split("What is missing")[0].split()
    _upload(cast, who, "DX", code={"text": "Asthma"}, recordedDate="2019-01-01")
    _upload(cast, who, "PX", code={"text": "Biopsy"})
    looked_on = clock.local(clock.now())
    day = f"{looked_on.day} {looked_on:%B %Y}"
    with clock.travel(timedelta(minutes=31)):
        again = Browser(cast.server, doctor.who)
        page = again.open_record(who.person_id)
        assert f"1 new since you last looked on {day}" in page
        assert "Asthma new" in page
        assert "Gout new" not in page.text
        listed = again.get(f"{page.path}new/")
        assert "Asthma" in listed
        assert "Gout" not in listed.text
        assert "Biopsy new" in again.get(f"{page.path}procedures/")
        again.close()
        stranger = Browser(cast.server, cast.professional("DOC", HARBOUR))
        assert "since you last looked" not in stranger.open_record(who.person_id).text
        assert "nothing is marked as new" in stranger.get(f"{page.path}new/")
        stranger.close()


def test_a_look_that_a_new_consent_cut_short_is_the_last_one(cast: Cast, doctor: Browser, who: Registered) -> None:
    doctor.open_record(who.person_id)
    _upload(cast, who, "DX", code={"text": "Asthma"})
    cast.withdraw(who)
    cast.allow(who, kind="indefinite")
    page = doctor.open_record(who.person_id)
    assert "1 new since you last looked" in page
    assert "Asthma new" in page


def test_the_look_that_is_open_is_not_the_last_one(cast: Cast, doctor: Browser, who: Registered) -> None:
    doctor.open_record(who.person_id)
    _upload(cast, who, "DX", code={"text": "Asthma"})
    page = doctor.open_record(who.person_id)
    assert "Asthma" in page
    assert "since you last looked" not in page.text


def test_a_childs_vaccines_stand_beside_the_programme(cast: Cast, doctor: Browser) -> None:
    born = clock.today().replace(day=1) - timedelta(days=200)
    cast.allow(child := cast.register(born=born.isoformat()))
    for name, day in (("BCG vaccine", born), ("乙型肝炎疫苗", born), ("Influenza", born + timedelta(days=190))):
        _upload(cast, child, "IMM", vaccineCode={"text": name}, occurrenceDateTime=day.isoformat())
    doctor.open_record(child.person_id)
    page = doctor.get(f"/clinic/record/{child.person_id}/immunisations/")
    day = f"{born.day} {born:%B %Y}"
    for shown in (
        f"BCG (tuberculosis) State Given: {day}, Hospital Group",
        f"Hepatitis B, dose 1 State Given: {day}, Hospital Group",
        "not recorded here",
        "may have been given elsewhere",
        "Due on",
        "Other vaccines recorded here: Influenza.",
        "All immunisations recorded here",
        "乙型肝炎疫苗",
    ):
        assert shown in page
    assert "missing" not in page.text


def test_an_adults_vaccines_are_a_list(cast: Cast, doctor: Browser, who: Registered) -> None:
    _upload(cast, who, "IMM", vaccineCode={"text": "Influenza"})
    doctor.open_record(who.person_id)
    page = doctor.get(f"/clinic/record/{who.person_id}/immunisations/")
    assert "The programme for children is shown up to the age of 18." in page
    assert "Influenza" in page
    assert "Due" not in page.text


def test_medicines_that_only_a_statement_names_are_on_the_summary(cast: Cast, doctor: Browser, who: Registered) -> None:
    subject = {"reference": f"Patient/{who.patient_id}"}
    told = {"status": "active", "subject": subject, "medicationCodeableConcept": {"text": "St John's wort"}}
    for kind, status in (("MedicationStatement", "active"), ("MedicationDispense", "completed")):
        sent = told | {"resourceType": kind, "status": status}
        assert cast.fhir(cast.ha, "POST", kind, json=sent).status_code == 201
    page = doctor.open_record(who.person_id)
    assert "St John's wort" in page
    assert "dispensed" not in page.text
    assert "dispensed" in doctor.get(f"{page.path}medicines/")


def test_names_of_senders_are_in_the_language_of_the_page(cast: Cast, who: Registered) -> None:
    from django.utils import translation

    from wutong.control.workspace.cards import Writer

    with translation.override("zh-hant"):
        assert Writer(None).sender("HA") == "醫院聯網"
    with translation.override("en"):
        assert Writer(None).sender("HA") == "Hospital Group"
