"""Four professions of one clinic open the same record, each in a browser: what is closed is closed, and says why."""

from typing import Any

import pytest
from cast import HARBOUR, Cast, Registered
from doors import Browser
from record.resources import of_category

RESTRICTED = "Restricted for your profession: only the patient's extra consent opens this part."
EVERYTHING = ["ALG", "DX", "MED", "ENC", "CNS", "BIRTH", "IMM", "LAB", "RAD", "OIR", "REF", "OBS"]
# Written by hand from the domain dossier 4.2: what each sees only with the patient's extra consent.
CLOSED = {
    "PHA": {"BIRTH", "RAD", "OIR"},
    "OPT": {"BIRTH", "IMM", "LAB", "RAD"},
    "NUR": set[str](),
    "PT": {"BIRTH", "IMM", "LAB"},
}
ON_THE_PAGE = {"ALG", "DX", "MED", "IMM", "LAB"}  # what the summary shows by name


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """A person with one resource of each category, who allows the clinic."""
    made = cast.register()
    for category in EVERYTHING:
        content = of_category(category, made.patient_id)
        if content["resourceType"] == "Observation":
            content["valueQuantity"] = {"value": 5.1, "unit": "mmol/L"}
        answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
        assert answer.status_code == 201, answer.text
    cast.allow(made)
    return made


@pytest.mark.parametrize("profession", CLOSED)
def test_r04_each_profession_sees_its_closed_categories_closed_with_the_reason(
    cast: Cast, server: str, who: Any, profession: str
) -> None:
    browser = Browser(server, cast.professional(profession, HARBOUR))
    page = browser.open_record(who.person_id)
    assert page.status == 200
    closed = CLOSED[profession]
    for category in EVERYTHING:
        if category in closed:
            assert f"a {category} thing" not in page
        elif category in ON_THE_PAGE:
            assert f"a {category} thing" in page
    if closed & ON_THE_PAGE:
        assert page.text.count(RESTRICTED) >= len(closed & ON_THE_PAGE)
    if not closed:
        assert RESTRICTED not in page
    browser.close()
