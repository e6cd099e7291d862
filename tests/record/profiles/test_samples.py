"""Real input: what Synthea makes is accepted whole; IHE's examples too, but for a list with reasons.

The files lie outside the repository, where WUTONG_SAMPLES points.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from wutong.core import json_text
from wutong.core.categories import CATEGORIES_OF_TYPE, category_of
from wutong.record.profiles import check, patient_references

SAMPLES = Path(os.environ.get("WUTONG_SAMPLES") or "/nowhere")
WITHOUT = pytest.mark.skipif(not SAMPLES.is_dir(), reason="WUTONG_SAMPLES does not name a folder of sample data")

# IHE's own slips, each against the standard, by the place of the fault.
SLIPS = {
    "Binary-B-ink.json": "Binary.data",  # a file's name where base64 belongs
    "ImplementationGuide-": "ImplementationGuide.definition.parameter",  # its publisher's own parameters
    "ig-": "ImplementationGuide.",  # a template that is not filled in
}


def _trees(folder: str) -> list[tuple[str, Any]]:
    return [(path.name, json_text.parse(path.read_bytes())) for path in sorted((SAMPLES / folder).rglob("*.json"))]


@WITHOUT
def test_everything_that_synthea_makes_is_accepted() -> None:
    bundles = _trees("synthea")
    assert len(bundles) >= 12
    for name, bundle in bundles:
        assert check(bundle) == [], name
        for entry in bundle["entry"]:
            assert check(entry["resource"]) == [], name


@WITHOUT
def test_everything_that_synthea_makes_about_a_patient_names_one() -> None:
    without = {"Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "Provenance", "Medication"}
    for _, bundle in _trees("synthea"):
        for entry in bundle["entry"]:
            kind = entry["resource"]["resourceType"]
            assert len(patient_references(entry["resource"])) == (0 if kind in without else 1), kind


@WITHOUT
def test_everything_that_synthea_makes_has_a_category_its_type_can_have() -> None:
    for _, bundle in _trees("synthea"):
        for entry in bundle["entry"]:
            category = category_of(entry["resource"])
            assert category is None or category in CATEGORIES_OF_TYPE[entry["resource"]["resourceType"]]


@WITHOUT
def test_the_examples_of_ihe_are_accepted_but_for_known_slips() -> None:
    examples = [(name, tree) for name, tree in _trees("ihe") if "resourceType" in tree]
    assert len(examples) > 100
    for name, tree in examples:
        allowed = next((place for start, place in SLIPS.items() if name.startswith(start)), None)
        for issue in check(tree):
            assert allowed is not None, (name, issue)
            assert issue.place.startswith(allowed), (name, issue)
