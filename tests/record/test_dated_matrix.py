"""A change of the role matrix has its day: not before it, from its first minute on, over FHIR and on the pages."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from calendar_days import at
from cast import HARBOUR, Cast, Registered
from doors import Browser
from role_changes import change_matrix, forgetting

from record.resources import of_category
from record.test_access_table import access_of
from wutong.core import clock

RESTRICTED = "Restricted for your profession: only the patient's extra consent opens this part."


@pytest.fixture
def day(cast: Cast, superuser: psycopg.Connection) -> Iterator[date]:
    """From that day optometrists see laboratory reports, and do not see medication without asking."""
    day = clock.today() + timedelta(days=10)
    with forgetting(superuser):
        change_matrix(cast, {("OPT", "LAB"): "G", ("OPT", "MED"): "R"}, day)
        yield day


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person with a laboratory result and a medicine, who allows the clinic."""
    made = cast.register()
    for category in ("LAB", "MED"):
        content = of_category(category, made.patient_id)
        if category == "LAB":
            content["valueQuantity"] = {"value": 5.1, "unit": "mmol/L"}
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    cast.allow(made)
    return made


def _seen(cast: Cast, who: Registered) -> tuple[Any, set[str]]:
    """What `$access` says of the two, and which of them searches show."""
    token = cast.session_token(cast.professional("OPT", HARBOUR))
    cast.open(token, who.person_id)
    told = access_of(cast, token, who.person_id)
    kinds = {"LAB": "Observation", "MED": "MedicationRequest"}
    answers = {
        code: cast.fhir(token, "GET", f"{kind}?patient={who.person_id}").json().get("total", 0)
        for code, kind in kinds.items()
    }
    said = {code: (told[code]["access"], told[code]["source"], told[code]["open"]) for code in kinds}
    return said, {code for code, total in answers.items() if total}


def test_r04_a_dated_change_takes_effect_on_its_day_over_fhir(cast: Cast, who: Registered, day: date) -> None:
    with at(f"{day - timedelta(days=1)}T23:58:00+08:00"):
        said, seen = _seen(cast, who)
        assert said == {"LAB": ("restricted", "reconstructed", False), "MED": ("general", "reconstructed", True)}
        assert seen == {"MED"}
    with at(f"{day}T00:00:00+08:00"):
        said, seen = _seen(cast, who)
        assert said == {"LAB": ("general", "decided", True), "MED": ("restricted", "decided", False)}
        assert seen == {"LAB"}


def test_r04_a_dated_change_takes_effect_on_its_day_on_the_pages(
    cast: Cast, server: str, who: Registered, day: date
) -> None:
    for instant, shown, hidden in (
        (f"{day - timedelta(days=1)}T23:58:00+08:00", "a MED thing", "a LAB thing"),
        (f"{day}T00:00:00+08:00", "a LAB thing", "a MED thing"),
    ):
        with at(instant):
            browser = Browser(server, cast.professional("OPT", HARBOUR))
            page = browser.open_record(who.person_id)
            assert shown in page
            assert hidden not in page
            assert RESTRICTED in page
            browser.close()


def test_r04_the_public_pages_show_the_matrix_of_their_day(cast: Cast, day: date) -> None:
    def restricted() -> str:
        return cast.http.get("/about/who-sees-what/opt/").text.partition("extra consent</h2>")[2]

    assert "Laboratory reports" in restricted()
    with at(f"{day}T00:00:00+08:00"):
        assert "Laboratory reports" not in restricted()
        assert "Medication" in restricted()
