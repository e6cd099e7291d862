"""Who sees which category, through the HTTP door: a table written by hand from the domain dossier 4.2.

G: seen with the sharing consent. Anything else: closed (restricted access, R, is not offered yet).
"""

from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast

from record.resources import of_category
from wutong.core import clock
from wutong.core.categories import CATEGORY_NAMES, CATEGORY_TAG

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


def access_of(cast: Cast, token: str, person_id: Any) -> dict[str, dict[str, Any]]:
    """What `$access` says of each category."""
    answer = cast.fhir(token, "GET", f"Patient/{person_id}/$access")
    assert answer.status_code == 200, answer.text
    categories = [each["part"] for each in answer.json()["parameter"] if each["name"] == "category"]
    told = [{part["name"]: part.get("valueCode", part.get("valueBoolean")) for part in each} for each in categories]
    return {each.pop("code"): each for each in told}


# What $access says of a cell of the table: general access has no reason, since nothing is closed.
SAID = {
    "G": {"open": True, "access": "general"},
    "R": {"open": False, "access": "restricted", "reason": "category-restricted"},
    "-": {"open": False, "access": "none", "reason": "category-closed"},
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_r04_access_says_the_same_as_the_table_with_source_and_reason(
    cast: Cast, record: dict[str, Any], row: list[str]
) -> None:
    token = cast.session_token(cast.professional(row[0], HARBOUR))
    source = "published" if row[0] == "PHA" else "reconstructed"
    said = {category: SAID[cell] | {"source": source} for category, cell in zip(COLUMNS, row[1:], strict=True)}
    assert access_of(cast, token, record["who"].person_id) == said
    cast.open(token, record["who"].person_id)
    assert access_of(cast, token, record["who"].person_id) == said


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_r04_a_search_of_one_category_is_refused_for_the_reason_that_access_gives(
    cast: Cast, record: dict[str, Any], row: list[str]
) -> None:
    token = cast.session_token(cast.professional(row[0], HARBOUR))
    who = record["who"].person_id
    cast.open(token, who)
    for category, told in access_of(cast, token, who).items():
        kind = record["made"][category].partition("/")[0]
        answer = cast.fhir(token, "GET", f"{kind}?patient={who}&_tag={CATEGORY_TAG}|{category}")
        if told["open"]:
            assert answer.status_code == 200, (category, answer.text)
        else:
            assert answer.status_code == 403
            assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == told["reason"], category


@pytest.mark.parametrize("category", COLUMNS[1:])
def test_r42_what_is_deposited_has_its_class_and_opens_by_the_right_of_its_class(
    cast: Cast, record: dict[str, Any], category: str
) -> None:
    path = record["made"][category]
    tags = cast.fhir(cast.ha, "GET", path).json()["meta"]["tag"]
    assert [tag["code"] for tag in tags if tag["system"] == CATEGORY_TAG] == [category]
    for row in (row for row in ROWS if row[0] in {"DOC", "CMP", "DHY"}):  # all, some and none of the classes
        token = cast.session_token(cast.professional(row[0], HARBOUR))
        cast.open(token, record["who"].person_id)
        cell = row[1 + COLUMNS.index(category)]
        assert cast.fhir(token, "GET", path).status_code == (200 if cell == "G" else 404), (row[0], category)


def test_r42_every_class_has_a_right_for_every_profession(cast: Cast, superuser: psycopg.Connection) -> None:
    """Where one were missing, nobody would have decided, and the class would be closed."""
    query = """
    select distinct profession, category from control.role_category where valid_from <= %(day)s
    """
    decided = superuser.execute(query, {"day": clock.today()}).fetchall()
    assert sorted(decided) == sorted((row[0], category) for row in ROWS for category in COLUMNS)
    assert set(COLUMNS) == set(CATEGORY_NAMES)


def test_where_nothing_opens_access_says_why_and_nothing_of_the_role(cast: Cast) -> None:
    stranger = cast.register()
    told = access_of(cast, cast.session_token(cast.professional("PHA", HARBOUR)), stranger.person_id)
    assert list(told) == COLUMNS
    assert all(each == {"open": False, "reason": "no-sharing-consent"} for each in told.values())


# A search by FHIR's category shows all that is so labelled and open, whatever it is shared as; one by ours, that alone.
LABELLED = {  # what is shared as: FHIR category, LOINC code
    "OBS": ("laboratory", "76504-0"),
    "BIRTH": ("vital-signs", "8339-4"),
    "LAB": ("laboratory", "2345-7"),
}
SEARCHES = """
      category=laboratory   category=vital-signs   _tag=LAB   _tag=OBS   _tag=BIRTH
DOC   OBS,LAB               BIRTH                  LAB        OBS        BIRTH
OT    OBS                   -                      -          OBS        -
PHA   OBS,LAB               -                      LAB        OBS        -
MLT   LAB                   -                      LAB        -          -
"""


@pytest.fixture(scope="module")
def labelled(cast: Cast) -> tuple[Any, dict[str, str]]:
    """A person with one observation of each of the above, who allows the clinic; ids and what they are."""
    who = cast.register()
    made = {}
    for category, (label, code) in LABELLED.items():
        content = of_category("LAB", who.patient_id)
        content["category"][0]["coding"][0]["code"] = label
        content["code"] = {"coding": [{"system": "http://loinc.org", "code": code}]}
        answer = cast.fhir(cast.ha, "POST", "Observation", json=content)
        made[answer.json()["id"]] = category
        assert {"system": CATEGORY_TAG, "code": category} in answer.json()["meta"]["tag"]
    cast.allow(who)
    return who, made


@pytest.mark.parametrize("row", [line.split() for line in SEARCHES.strip().splitlines()[1:]], ids=lambda row: row[0])
def test_r04_a_label_opens_nothing_and_hides_nothing(cast: Cast, labelled: Any, row: list[str]) -> None:
    who, made = labelled
    token = cast.session_token(cast.professional(row[0], HARBOUR))
    cast.open(token, who.person_id)
    for search, cell in zip(SEARCHES.split()[:5], row[1:], strict=True):
        asked = search.replace("_tag=", f"_tag={CATEGORY_TAG}|")
        answer = cast.fhir(token, "GET", f"Observation?patient={who.person_id}&{asked}")
        found = {made[entry["resource"]["id"]] for entry in answer.json().get("entry", [])}
        assert found == set(cell.replace("-", "").split(",")) - {""}, (search, answer.text)


def test_a_sender_cannot_say_which_category_it_is(cast: Cast) -> None:
    who = cast.register()
    forged = {"tag": [{"system": CATEGORY_TAG, "code": "ALG"}, {"system": "urn:own", "code": "x"}]}
    answer = cast.fhir(cast.ha, "POST", "Condition", json={**of_category("DX", who.patient_id), "meta": forged})
    tags = [(tag["system"], tag["code"]) for tag in answer.json()["meta"]["tag"]]
    assert tags == [("urn:own", "x"), ("urn:wutong:provider", "HA"), (CATEGORY_TAG, "DX")]
