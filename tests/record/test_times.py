"""Times in answers are UTC, whatever zone the database server has (the suite's is a quarter of an hour off)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import psycopg
from cast import Cast

from record.resources import of_category
from wutong.core import clock


def test_a_server_of_another_zone_shows_in_no_answer(superuser: psycopg.Connection, cast: Cast) -> None:
    assert superuser.execute("show timezone").fetchone() == ("Asia/Kathmandu",)
    made = cast.register()
    cast.allow(made)
    token = cast.session_token(cast.doctor)
    assert cast.open(token, made.person_id).status_code == 200
    _is_now(_closes_at(cast.open(token, made.person_id).json()), later=timedelta(minutes=30))
    _is_now(
        _closes_at(cast.fhir(token, "GET", f"Patient/{made.person_id}/$access").json()), later=timedelta(minutes=30)
    )


def test_the_last_change_is_told_in_greenwich_time(cast: Cast) -> None:
    made = cast.register()
    kept = cast.fhir(cast.ha, "POST", "AllergyIntolerance", json=of_category("ALG", made.patient_id)).json()
    answer = cast.fhir(cast.ha, "GET", f"AllergyIntolerance/{kept['id']}")
    assert answer.status_code == 200
    told = answer.headers["last-modified"]
    assert told.endswith(" GMT")
    assert abs(parsedate_to_datetime(told) - clock.now()) < timedelta(minutes=5)
    _is_now(answer.json()["meta"]["lastUpdated"])


def _closes_at(parameters: dict[str, list[dict[str, str]]]) -> str:
    [found] = [part["valueInstant"] for part in parameters["parameter"] if part["name"] == "closesAt"]
    return found


def _is_now(instant: str, *, later: timedelta = timedelta()) -> None:
    read = datetime.fromisoformat(instant)
    assert read.utcoffset() == UTC.utcoffset(None)
    assert abs(read - later - clock.now()) < timedelta(minutes=5)
