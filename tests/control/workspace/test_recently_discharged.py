"""Who was in a hospital of late: the stay and its summary first, for whoever follows up (R-12, R-89)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cast import HARBOUR, Cast, Registered
from doors import Browser
from record.resources import of_category

from wutong.core import clock

_KIND = {"coding": [{"system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary"}]}


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with an allergy, who allows the clinic."""
    cast.allow(made := cast.register())
    _upload(cast, made, **of_category("ALG", made.patient_id))
    return made


@pytest.fixture
def doctor(cast: Cast, server: str) -> Iterator[Browser]:
    """A doctor of the clinic, signed in."""
    made = Browser(server, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


def _upload(cast: Cast, who: Registered, **content: Any) -> str:
    answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _days_ago(days: int) -> datetime:
    return clock.local(clock.now()) - timedelta(days=days)


def _stay(cast: Cast, who: Registered, since: int, until: int | None, **more: Any) -> str:
    period = {"start": _days_ago(since).isoformat()}
    if until is not None:
        period["end"] = _days_ago(until).isoformat()
    content = of_category("ENC", who.patient_id) | {"class": {"code": "IMP"}, "period": period}
    place = {"serviceProvider": {"display": "Banyan Hill Hospital"}, "reasonCode": [{"text": "Pneumonia"}]}
    return _upload(cast, who, **(content | place | more))


def _summary(cast: Cast, who: Registered, **more: Any) -> str:
    return _upload(cast, who, **(of_category("CNS", who.patient_id) | {"type": _KIND} | more))


def test_r12_the_latest_stay_stands_first_after_the_allergies_with_its_summary(
    cast: Cast, doctor: Browser, who: Registered
) -> None:
    _stay(cast, who, 20, 15, reasonCode=[{"text": "Syncope"}])
    stay = _stay(cast, who, 9, 3)
    _summary(cast, who, context={"encounter": [{"reference": f"Encounter/{stay}"}]})
    page = doctor.open_record(who.person_id)
    ended = _days_ago(3)
    order = [page.text.index(each) for each in ("a ALG thing", f"Discharged on {ended.day} {ended:%B %Y}", "Problems")]
    assert order == sorted(order)
    block = page.text[order[1] : order[2]]
    for shown in ("Banyan Hill Hospital: Pneumonia", "Hospital Group", "Discharge summary"):
        assert shown in block
    assert "Syncope" not in block
    link = page.source.split('id="stay"')[1].split('href="')[1].split('"')[0]
    assert "a note" in doctor.get(link)


@pytest.mark.parametrize(("until", "is_first"), [(29, True), (31, False)])
def test_r12_after_thirty_days_it_is_a_visit_like_others(
    cast: Cast, doctor: Browser, who: Registered, until: int, *, is_first: bool
) -> None:
    _stay(cast, who, 40, until)
    page = doctor.open_record(who.person_id)
    assert ("Discharged on" in page.text) is is_first
    assert ("No discharge summary was uploaded yet." in page.text) is is_first
    assert "Pneumonia" in page


def test_r12_whoever_is_still_in_hospital_is_said_to_be(cast: Cast, doctor: Browser, who: Registered) -> None:
    _stay(cast, who, 50, None, status="in-progress")
    page = doctor.open_record(who.person_id)
    assert "In hospital since" in page
    assert "no discharge was recorded" in page
    assert "No discharge summary" not in page.text


def test_r12_a_summary_that_names_no_stay_is_found_by_its_day(cast: Cast, doctor: Browser, who: Registered) -> None:
    _stay(cast, who, 9, 3)
    composition = {"resourceType": "Composition", "status": "final", "title": "Discharge letter", "type": _KIND}
    told = {"date": _days_ago(2).isoformat(), "author": [{"display": "Ward 5"}]}
    _upload(cast, who, **composition, **told, subject={"reference": f"Patient/{who.patient_id}"})
    _summary(cast, who, date=_days_ago(200).isoformat(), description="another stay's")
    block = doctor.open_record(who.person_id).text.split("Discharged on")[1].split("Problems")[0]
    assert "Discharge letter" in block
    assert "another stay's" not in block


def test_r89_rehabilitation_staff_see_the_summary_and_whose_role_closes_it_reads_why(
    cast: Cast, server: str, who: Registered
) -> None:
    stay = _stay(cast, who, 9, 3)
    _summary(cast, who, context={"encounter": [{"reference": f"Encounter/{stay}"}]})
    for profession, told in (("PT", "Discharge summary"), ("MLT", "The discharge summary is not open to you.")):
        reader = Browser(server, cast.professional(profession, HARBOUR))
        block = reader.open_record(who.person_id).text.split("Discharged on")[1].split("Problems")[0]
        assert told in block
        assert "No discharge summary" not in block
        reader.close()


def test_a_visit_to_a_clinic_is_no_stay(cast: Cast, doctor: Browser, who: Registered) -> None:
    _stay(cast, who, 3, 3, **{"class": {"code": "AMB"}})
    assert "Discharged" not in doctor.open_record(who.person_id).text
