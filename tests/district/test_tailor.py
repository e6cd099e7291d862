"""Dressing: a Synthea patient goes in, an invented Hong Kong person comes out, and nothing of the old name is left."""

import json
import os
import re
import sys
from base64 import b64decode
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from wutong import district
from wutong.core import hkid
from wutong.district import dress, more, places, synthea
from wutong.district.dress import NotDressed
from wutong.district.records import Person
from wutong.district.synthea import NoGenerator
from wutong.district.tailor import tailored

SAMPLES = os.environ.get("WUTONG_SAMPLES")
PERSON = Person(
    key="chan.tai.man",
    family_name="CHAN",
    given_name="Tai Man",
    name_zh="陳大文",
    hkid="QX1234561",
    birth_date=date(2000, 1, 1),
    sex="M",
    district="ST",
    address=places.in_one_line(["Flat A, 1/F, Block 1", "Lychee Court"], "ST"),
    phone="+852 0123 4567",
    email="chan.tai.man@example.org",
    language="zh-HK",
    channel="sms",
)
OLD = {
    "resourceType": "Patient",
    "name": [{"family": "Doe", "given": ["Jane"]}],
    "identifier": [{"value": "999-91-6595"}],
    "gender": "female",
    "birthDate": "1990-02-03",
    "extension": [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"}],
}


def _texts(bundle: dict[str, Any]) -> str:
    notes = [
        b64decode(content["attachment"]["data"]).decode()
        for entry in bundle["entry"]
        for content in entry["resource"].get("content", [])
    ]
    return "\n".join([json.dumps(bundle, ensure_ascii=False), *notes])


def test_a_patient_keeps_birth_and_sex_and_nothing_american() -> None:
    made = dress.patient(OLD, PERSON, "HA")
    assert (made["birthDate"], made["gender"]) == ("1990-02-03", "female")
    assert "Doe" not in json.dumps(made)
    assert "999-91-6595" not in json.dumps(made)
    assert "extension" not in made
    assert made["address"][0]["district"] == "Sha Tin"
    assert made["address"][0]["line"] == ["Flat A, 1/F, Block 1", "Lychee Court"]


def test_each_sender_has_its_own_number_for_the_person() -> None:
    numbers = {dress.patient(OLD, PERSON, code)["identifier"][1]["value"] for code in ("HA", "HARBOUR")}
    assert len(numbers) == 2


def test_a_name_that_is_left_somewhere_stops_the_making() -> None:
    with pytest.raises(NotDressed, match="'Doe' of the Synthea patient is left in a Goal"):
        dress.refuse_traces(OLD, [{"resourceType": "Goal", "description": {"text": "Walk with Mr Doe"}}])


def test_a_part_of_a_longer_word_is_no_trace() -> None:
    dress.refuse_traces(OLD, [{"resourceType": "Goal", "description": {"text": "Doesn't smoke"}}])


@pytest.mark.skipif(SAMPLES is None, reason="WUTONG_SAMPLES does not name the folder of sample data")
@pytest.mark.parametrize("allows_clinic", [True, False])
@pytest.mark.parametrize("name", ["Josette_Kihn", "Trudy_Balistreri", "Wilfredo_Corkery"])
def test_a_generated_patient_is_dressed_from_head_to_foot(name: str, allows_clinic: bool) -> None:
    file = next(Path(str(SAMPLES)).glob(f"synthea/generated-pypi/{name}_*.json"))
    bundle = json.loads(file.read_text())
    made = tailored(bundle, PERSON, allows_clinic=allows_clinic, most=10_000, today=date(2026, 1, 1))
    text = "\n".join(_texts(upload.bundle) for upload in made.uploads)
    assert PERSON.spoken_name in text
    assert not re.search("|".join(rf"\b{word}\b" for word in name.split("_")), text)
    assert {upload.provider_code for upload in made.uploads} == ({"HA", "HARBOUR"} if allows_clinic else {"HA"})
    assert _clinical(made.uploads) == _clinical_of(bundle)


def _clinical(uploads: tuple[district.Upload, ...]) -> list[str]:
    return sorted(code for upload in uploads for code in _clinical_of(upload.bundle))


def _clinical_of(bundle: dict[str, Any]) -> list[str]:
    """What is said, without who says it of whom: codes, values and statuses."""
    kinds = {"AllergyIntolerance", "Condition", "Observation", "Immunization", "Procedure", "MedicationRequest"}
    resources = [entry["resource"] for entry in bundle["entry"]]
    return sorted(_without_names(each) for each in resources if each["resourceType"] in kinds)


def _without_names(resource: dict[str, Any]) -> str:
    return json.dumps(
        {
            name: value
            for name, value in resource.items()
            if name not in {"id", "subject", "patient", "encounter", "reasonReference"}
        },
        sort_keys=True,
    )


def test_making_more_without_synthea_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "synthea", None)  # as if it were not installed
    with pytest.raises(NoGenerator, match=r"pip install 'wutong\[generate\]'"):
        district.make_more(1, seed=1)


def test_more_people_are_new_people() -> None:
    made = district.make_more(2, seed=7)
    numbers = {person.hkid for person in made.people}
    assert len(numbers) == 2
    assert not numbers & {person.hkid for person in district.people()}
    whole = district.shipped().joined(made)
    assert sum(not upload.person_key for upload in whole.uploads) == 2


def test_the_same_seed_gives_the_same_person() -> None:
    first, second = (next(synthea.generate(seed=1007, ages="0", sex="F", today=date(2026, 11, 1))) for _ in "12")
    assert first == second


def test_no_identity_number_is_given_twice() -> None:
    first = more._free_number(Random(7), used=(), taken=())
    assert more._free_number(Random(7), used=(), taken={first}) != first
    assert more._free_number(Random(7), used={first}, taken=()) != first
    assert hkid.is_valid(first)
