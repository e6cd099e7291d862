"""Cutting old years keeps what still matters, and leaves no reference to what went."""

from datetime import date
from typing import Any

from wutong.district.references import Target, redirected
from wutong.district.senders import senders
from wutong.district.years import recent

TODAY = date(2026, 11, 1)


def _encounter(day: str, kind: str = "162673000", place: str = "AMB") -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "class": {"code": place},
        "type": [{"coding": [{"code": kind}]}],
        "period": {"start": f"{day}T08:00:00+00:00"},
    }


def _at(encounter: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": kind, "encounter": {"reference": encounter}, **more}


def _coded(status: str, code: str) -> dict[str, Any]:
    return {"clinicalStatus": {"coding": [{"code": status}]}, "code": {"coding": [{"code": code}]}}


OLD, RECENT = "urn:uuid:old", "urn:uuid:recent"
LIFE = {
    OLD: _encounter("1990-05-01"),
    RECENT: _encounter("2026-05-01"),
    "asthma-1": _at(OLD, "Condition", onsetDateTime="1990-05-01", **_coded("active", "asthma")),
    "flu": _at(OLD, "Condition", onsetDateTime="1990-05-01", **_coded("resolved", "flu")),
    "asthma-2": _at(OLD, "Condition", onsetDateTime="1990-05-02", **_coded("active", "asthma")),
    "nuts": {"resourceType": "AllergyIntolerance", "recordedDate": "1980-01-01"},
    "measles": _at(OLD, "Immunization", occurrenceDateTime="1990-05-01"),
    "weight": _at(OLD, "Observation", effectiveDateTime="1990-05-01"),
    "height": _at(RECENT, "Observation", effectiveDateTime="2026-05-01"),
}


def test_a_short_record_is_not_cut() -> None:
    assert recent(LIFE, most=9, today=TODAY) == (set(LIFE), None)


def test_old_years_go_but_what_still_matters_stays() -> None:
    kept, since = recent(LIFE, most=6, today=TODAY)
    assert kept == {RECENT, "height", "asthma-2", "nuts", "measles"}
    assert since
    assert since < date(2026, 5, 1)


def test_one_year_stays_even_if_it_is_too_much() -> None:
    kept, since = recent(LIFE, most=1, today=TODAY)
    assert {RECENT, "height"} <= kept
    assert since == date(2025, 11, 1)


def test_a_reference_to_what_went_goes_with_it() -> None:
    shot = {"vaccineCode": {"text": "MMR"}, "encounter": {"reference": OLD}}
    assert redirected(shot, {}.get) == {"vaccineCode": {"text": "MMR"}}


def test_what_is_empty_without_its_reference_goes_too() -> None:
    stay = {"status": "finished", "location": [{"location": {"reference": OLD}}]}
    assert redirected(stay, {}.get) == {"status": "finished"}


def test_a_reference_follows_its_target_and_shows_no_old_name() -> None:
    about = {"subject": {"reference": OLD, "display": "Jane Doe"}, "count": 0, "is": False}
    found = redirected(about, {OLD: Target(RECENT, display="CHAN Tai Man")}.get)
    assert found == {"subject": {"reference": RECENT, "display": "CHAN Tai Man"}, "count": 0, "is": False}
    assert redirected(about, {OLD: Target(RECENT)}.get)["subject"] == {"reference": RECENT}


def test_the_family_doctor_is_the_clinics_and_the_emergency_the_hospitals() -> None:
    resources = {
        OLD: _encounter("2026-01-01"),
        RECENT: _encounter("2026-02-01", kind="50849002", place="EMER"),
        "pulse": _at(OLD, "Observation"),
        "x-ray": _at(RECENT, "Procedure"),
        "crutches": {"resourceType": "Device", "manufactureDate": "2026-02-03T00:00:00+00:00"},
        "childhood allergy": {"resourceType": "AllergyIntolerance", "recordedDate": "1990-01-01"},
    }
    clinic = {url for url, code in senders(resources, allows_clinic=True).items() if code == "HARBOUR"}
    assert clinic == {OLD, "pulse"}


def test_without_consent_all_of_it_is_the_hospitals_and_no_claim_is_sent() -> None:
    claim = {"resourceType": "Claim", "item": [{"encounter": [{"reference": OLD}]}]}
    resources = {OLD: _encounter("2026-01-01"), "claim": claim, "insurance": {"resourceType": "Coverage"}}
    assert senders(resources, allows_clinic=False) == {OLD: "HA"}
