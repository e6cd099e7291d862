"""What a sender writes into a record is shown as it reads: it runs nowhere, and closes nobody's record."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cast import HARBOUR, Cast, Registered
from doors import Browser
from record.resources import of_category

_HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}\u202e'
_CODED = {"text": _HOSTILE, "coding": [{"system": "http://x", "code": "c", "display": _HOSTILE}]}
_AT_THE_END_OF_TIME = "9999-12-31T23:59:59Z"


@pytest.fixture
def doctor(cast: Cast, server: str) -> Iterator[Browser]:
    """A doctor of the clinic, signed in."""
    made = Browser(server, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with a hostile name, who allows the clinic."""
    made = cast.register(family=_HOSTILE, given=_HOSTILE)
    cast.allow(made)
    return made


def _upload(cast: Cast, who: Registered, category: str, **content: Any) -> None:
    sent = of_category(category, who.patient_id) | content
    answer = cast.fhir(cast.ha, "POST", sent["resourceType"], json=sent)
    assert answer.status_code == 201, answer.text


def _is_harmless(source: str) -> bool:
    return "<script>alert" not in source and "<img src=x" not in source and "}49" not in source


def test_hostile_text_is_only_text_on_the_clinics_and_the_patients_pages(
    cast: Cast, server: str, doctor: Browser, who: Registered
) -> None:
    _upload(cast, who, "ALG", code=_CODED, reaction=[{"manifestation": [_CODED]}], criticality="high")
    _upload(cast, who, "DX", code=_CODED, severity=_CODED)
    _upload(cast, who, "MED", medicationCodeableConcept=_CODED, dosageInstruction=[{"text": _HOSTILE}])
    _upload(
        cast,
        who,
        "LAB",
        code=_CODED,
        interpretation=[_CODED],
        valueString=_HOSTILE,
        referenceRange=[{"text": _HOSTILE}],
    )
    _upload(cast, who, "ENC", type=[_CODED], reasonCode=[_CODED])
    refused = doctor.open_record(who.person_id, common="other", reason=_HOSTILE)
    assert "Take out the characters that cannot be shown" in refused  # a text that runs the other way
    page = doctor.open_record(who.person_id, common="other", reason=_HOSTILE.rstrip("\u202e"))
    assert page.status == 200
    assert page.text.count("alert(1)") > 5  # it is there, as text
    assert _is_harmless(page.source)
    for code in ("allergies", "problems", "medicines", "results", "encounters"):
        section = doctor.get(f"{page.path}{code}/")
        assert "alert(1)" in section.text
        assert _is_harmless(section.source)
    patient = Browser(server, cast.patient_account(who))
    looks = patient.get("/portal/who-looked/")
    assert "alert(1)" in looks.text  # the reason that the doctor gave
    assert _is_harmless(looks.source)
    patient.close()


@pytest.mark.parametrize(
    ("category", "content", "section"),
    [
        ("LAB", {"effectiveDateTime": _AT_THE_END_OF_TIME}, "results"),
        ("LAB", {"effectiveDateTime": "0001-01-01"}, "results"),
        ("LAB", {"effectiveDateTime": "2016-12-31T23:59:60Z"}, "results"),
        ("MED", {"authoredOn": _AT_THE_END_OF_TIME}, "medicines"),
        ("DX", {"recordedDate": _AT_THE_END_OF_TIME}, "problems"),
        ("ENC", {"period": {"start": _AT_THE_END_OF_TIME}}, "encounters"),
    ],
)
def test_a_time_that_no_clock_shows_does_not_close_the_record(
    cast: Cast, doctor: Browser, who: Registered, category: str, content: dict[str, Any], section: str
) -> None:
    _upload(cast, who, category, **content)
    page = doctor.open_record(who.person_id)
    assert page.status == 200
    whole = doctor.get(f"{page.path}{section}/")
    assert whole.status == 200
    assert f"a {category} thing" in whole.text or section == "encounters"


def _measured(cast: Cast, who: Registered, number: str) -> Any:
    sent = json.dumps(of_category("LAB", who.patient_id) | {"valueQuantity": {"value": "here", "unit": "g"}})
    return cast.fhir(cast.ha, "POST", "Observation", content=sent.replace('"here"', number))


@pytest.mark.parametrize(
    "number", ["1e999999999", "1E+6144", "1e101", "-1e-101", "1e-9999999", "1e99999999999999999999"]
)
def test_a_number_that_no_machine_holds_is_refused(cast: Cast, who: Registered, number: str) -> None:
    answer = _measured(cast, who, number)
    assert answer.status_code == 422, answer.text
    told = answer.json()["issue"][0]
    assert told["expression"] == ["Observation.valueQuantity.value"]
    assert f"{number} is no decimal. Expected: a number, without quotes, from 1E-100 to 1E+100" in str(told)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("-0", "0 g"),
        ("72.50", "72.50 g"),
        ("1.234567890123456789e2", "123.5 g"),
        ("0.00000000000000000000000000000000001", "1E-35 g"),
        ("1e100", "1E+100 g"),
        ("9" * 60, "9" * 60 + " g"),
    ],
)
def test_a_number_is_shown_as_it_was_sent(
    cast: Cast, doctor: Browser, who: Registered, number: str, shown: str
) -> None:
    assert _measured(cast, who, number).status_code == 201
    page = doctor.open_record(who.person_id)
    assert f": {shown} " in page
    assert f" {shown} " in doctor.get(f"{page.path}results/")


def test_what_a_sender_wrote_at_length_is_begun_in_the_summary_and_whole_on_its_sections_page(
    cast: Cast, doctor: Browser, who: Registered
) -> None:
    endless, allergy = "Asthma " * 900, "Penicillin and its kin " * 40
    _upload(cast, who, "DX", code={"text": endless})
    _upload(cast, who, "ALG", code={"text": allergy})
    page = doctor.open_record(who.person_id)
    assert page.text.count("Asthma") < 40
    assert "…" in page
    assert page.text.count("Penicillin") == 40  # of allergies a reader must not miss a word
    assert f'href="{page.path}problems/"' in page.source
    assert doctor.get(f"{page.path}problems/").text.count("Asthma") == 900
