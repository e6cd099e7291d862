"""Real input: the self-contained Synthea patients of the shared samples are uploaded whole and read back."""

import json
import os
from pathlib import Path

import pytest
from cast import Cast

SAMPLES = Path(os.environ.get("WUTONG_SAMPLES", "")) / "synthea"
FILES = sorted([*SAMPLES.glob("reference-v2.4/*.json"), *SAMPLES.glob("generated-pypi/*.json")])
needs_samples = pytest.mark.skipif(
    not os.environ.get("WUTONG_SAMPLES"), reason="WUTONG_SAMPLES names no folder of sample data"
)


@needs_samples
def test_the_samples_are_there() -> None:
    assert len(FILES) == 10


@needs_samples
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem[:30])
def test_a_synthea_patient_is_uploaded_whole_and_read_back(cast: Cast, file: Path) -> None:
    sent = json.loads(file.read_bytes())
    answer = cast.fhir(cast.ha, "POST", "", content=file.read_bytes())
    assert answer.status_code == 200, answer.text[:2000]
    locations = [entry["response"]["location"].partition("/_history")[0] for entry in answer.json()["entry"]]
    assert len(locations) == len(sent["entry"])
    assert [each.partition("/")[0] for each in locations] == [e["resource"]["resourceType"] for e in sent["entry"]]
    patient = next(each for each in locations if each.startswith("Patient/"))
    for kind in ("Observation", "Condition", "Encounter"):
        wanted = sum(entry["resource"]["resourceType"] == kind for entry in sent["entry"])
        found = cast.fhir(cast.ha, "GET", f"{kind}?patient={patient.partition('/')[2]}&_count=1").json()
        assert found["total"] == wanted
    last = cast.fhir(cast.ha, "GET", locations[-1]).json()
    assert last["resourceType"] == sent["entry"][-1]["resource"]["resourceType"]
