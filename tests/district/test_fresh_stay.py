"""Whatever the day of loading, somebody of the district was discharged of late, and allows the clinic."""

from datetime import date, datetime, timedelta

import pytest
from cast import Cast

from wutong import district
from wutong.core import clock
from wutong.district.fresh_stay import PERSON


@pytest.mark.parametrize("today", [date(2026, 11, 29), date(2028, 2, 29), date(2031, 1, 2)])
def test_the_stay_is_fresh_on_any_day(today: date) -> None:
    made = district.with_fresh_stay(district.shipped(), today).uploads[-1]
    [stay] = [each["resource"] for each in made.bundle["entry"] if each["resource"]["resourceType"] == "Encounter"]
    ended = datetime.fromisoformat(stay["period"]["end"]).date()
    assert today - timedelta(days=7) < ended < today
    assert any(each.person_key == PERSON and each.provider_code == "HARBOUR" for each in district.consents())


def test_it_goes_in_by_the_door_after_the_rest_of_the_persons_record(cast: Cast) -> None:
    whole = district.with_fresh_stay(district.shipped(), clock.today())
    uploads = tuple(each for each in whole.uploads if each.person_key in {"", PERSON} and each.provider_code == "HA")
    assert max(uploads, key=lambda each: each.number) == uploads[-1]
    part = district.District((whole.person(PERSON),), uploads)
    counts = district.load(f"{cast.server}/fhir", {"HA": cast.ha}, lambda progress: None, part)
    assert counts.resources == sum(each.size for each in uploads)
