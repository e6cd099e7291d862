"""What is shared, and nothing else: the nine categories, and what is outside them (house 6.1, "Scope")."""

from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered

from wutong.core.categories import CATEGORIES_OF_TYPE, CATEGORY_NAMES, FIRST_STAGE, LATER_STAGE

# By hand from the domain dossier 3.1.
NINE = [
    (1, {"PID"}, "個人資料"),
    (2, {"ALG"}, "敏感及藥物不良反應"),
    (3, {"DX", "PX", "MED"}, "診斷、手術及其他醫療程序、藥物"),
    (4, {"ENC"}, "住院、到診及預約資料"),
    (5, {"CNS"}, "臨床摘要"),
    (6, {"BIRTH", "IMM"}, "出生紀錄、防疫接種紀錄"),
    (7, {"LAB", "RAD"}, "化驗報告、放射報告"),
    (8, {"OIR"}, "其他檢查報告"),
    (9, {"REF"}, "醫療轉介資料"),
]


def test_r06_there_are_exactly_nine_first_stage_categories() -> None:
    assert [(each.number, set(each.codes), each.chinese) for each in FIRST_STAGE] == NINE
    assert [(each.number, each.codes) for each in LATER_STAGE] == [(10, ("OBS",))]
    told = [code for each in (*FIRST_STAGE, *LATER_STAGE) for code in each.codes]
    assert sorted(told) == sorted(CATEGORY_NAMES)  # each finer code in one category, and none besides


def _outside(patient_id: Any) -> list[dict[str, Any]]:
    subject = {"reference": f"Patient/{patient_id}"}
    payor = {"display": "Lantern Mutual"}
    coverage = {"resourceType": "Coverage", "status": "active", "beneficiary": subject, "payor": [payor]}
    claim = {
        "resourceType": "Claim",
        "status": "active",
        "type": {"text": "a bill"},
        "use": "claim",
        "patient": subject,
        "created": "2026-01-02",
        "provider": {"display": "Hospital Group"},
        "priority": {"text": "normal"},
        "insurance": [{"sequence": 1, "focal": True, "coverage": payor}],
    }
    return [coverage, claim]


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """A person who allows the clinic."""
    made = cast.register()
    cast.allow(made)
    return made


@pytest.mark.parametrize("kind", ["Coverage", "Claim"])
def test_r06_what_is_outside_the_scope_is_kept_for_its_depositor_and_never_shared(
    cast: Cast, who: Registered, superuser: psycopg.Connection, kind: str
) -> None:
    [content] = [each for each in _outside(who.patient_id) if each["resourceType"] == kind]
    made = cast.fhir(cast.ha, "POST", kind, json=content)
    assert made.status_code == 201, made.text
    path = f"{kind}/{made.json()['id']}"
    assert cast.fhir(cast.ha, "GET", path).status_code == 200
    assert cast.fhir(cast.ha, "GET", f"{kind}?patient={who.patient_id}").json()["total"] == 1
    assert cast.fhir(cast.harbour, "GET", path).status_code == 404
    professions = [row[0] for row in superuser.execute("select distinct profession from control.role_category")]
    assert len(professions) == 13
    for profession in professions:
        token = cast.session_token(cast.professional(profession, HARBOUR))
        assert cast.open(token, who.person_id).status_code == 200
        for hidden in (path, f"{path}/_history", f"{path}/_history/1"):
            assert cast.fhir(token, "GET", hidden).status_code == 404, (profession, hidden)
        for search in (f"{kind}?patient={who.person_id}", f"{kind}?patient={who.person_id}&_id={made.json()['id']}"):
            answer = cast.fhir(token, "GET", search)
            assert answer.status_code == 403, (profession, answer.text)
            assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "category-closed"


def test_r06_no_type_outside_the_nine_has_a_category() -> None:
    assert not {"Coverage", "Claim", "Consent", "AuditEvent", "Binary"} & set(CATEGORIES_OF_TYPE)


def test_r06_the_leaflet_is_made_from_the_same_table(cast: Cast) -> None:
    page = cast.http.get("/about/what-is-shared/")
    assert page.status_code == 200
    for each in (*FIRST_STAGE, *LATER_STAGE):
        assert f'<li value="{each.number}"><strong>{each.english}</strong>' in page.text
    assert page.text.count("<li value=") == 10
    first = page.text.partition("Added later")[0]
    assert first.count("<li value=") == 9
    assert "Observation and lifestyle records" not in first
    for outside in ("Coverage", "Claim"):
        assert outside not in page.text
