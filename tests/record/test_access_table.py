"""Who sees which category, through the HTTP door: a table written by hand from the domain dossier 4.2.

G: seen with the sharing consent. Anything else: closed (restricted access comes with a later release).
"""

from typing import Any

import pytest
from cast import HARBOUR, Cast

from record.resources import of_category

# PID is the person's own projection; the others are one resource each.
COLUMNS = ["PID", "ALG", "DX", "PX", "MED", "ENC", "CNS", "BIRTH", "IMM", "LAB", "RAD", "OIR", "REF", "OBS"]
TABLE = """
PHA   G   G   G   G   G   G   G   R   G   G   R   R   G   G
DEN   G   G   G   G   G   G   G   G   G   G   G   G   G   G
DOC   G   G   G   G   G   G   G   G   G   G   G   G   G   G
NUR   G   G   G   G   G   G   G   G   G   G   G   G   G   G
MID   G   G   G   G   G   G   G   G   G   G   G   G   G   G
OT    G   G   G   G   G   G   G   R   R   R   G   G   G   G
PT    G   G   G   G   G   G   G   R   R   R   G   G   G   G
OPT   G   G   G   G   G   G   G   R   R   R   R   G   G   G
RAD   G   G   G   G   R   G   G   R   R   G   G   G   G   R
MLT   G   G   G   G   G   G   R   R   R   G   R   R   G   R
CMP   G   G   R   R   R   G   R   -   R   R   R   R   G   R
DHY   -   -   -   -   -   -   -   -   -   -   -   -   -   -
CHI   -   -   -   -   -   -   -   -   -   -   -   -   -   -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.fixture(scope="module")
def record(cast: Cast) -> dict[str, Any]:
    """A person with one resource of each category from the hospital group, who allows the clinic."""
    who = cast.register()
    made = {}
    for category in COLUMNS[1:]:
        content = of_category(category, who.patient_id)
        answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
        assert answer.status_code == 201, answer.text
        made[category] = f"{content['resourceType']}/{answer.json()['id']}"
    made["PID"] = f"Patient/{who.person_id}"
    cast.allow(who)
    return {"who": who, "made": made}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_r04_each_profession_sees_what_its_row_says(cast: Cast, record: dict[str, Any], row: list[str]) -> None:
    token = cast.session_token(cast.professional(row[0], HARBOUR))
    who = record["who"]
    cast.open(token, who.person_id)
    for category, cell in zip(COLUMNS, row[1:], strict=True):
        path = record["made"][category]
        by_id = cast.fhir(token, "GET", path)
        assert by_id.status_code == (200 if cell == "G" else 404), (row[0], category, by_id.text)
        if category == "PID":
            continue
        kind, _, resource_id = path.partition("/")
        hits = cast.fhir(token, "GET", f"{kind}?patient={who.person_id}")
        found = [entry["resource"]["id"] for entry in hits.json().get("entry", [])]
        assert (resource_id in found) == (cell == "G"), (row[0], category, hits.text)
        assert hits.json().get("total", 0) == len(found)


@pytest.mark.parametrize("row", ROWS[:11], ids=lambda row: row[0])
def test_access_lists_the_same_as_the_table(cast: Cast, record: dict[str, Any], row: list[str]) -> None:
    token = cast.session_token(cast.professional(row[0], HARBOUR))
    answer = cast.fhir(token, "GET", f"Patient/{record['who'].person_id}/$access")
    opened = {}
    for parameter in answer.json()["parameter"]:
        if parameter["name"] == "category":
            parts = {part["name"]: part for part in parameter["part"]}
            opened[parts["code"]["valueCode"]] = parts["open"]["valueBoolean"]
    assert opened == {category: cell == "G" for category, cell in zip(COLUMNS, row[1:], strict=True)}
