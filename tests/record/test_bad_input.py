"""Whatever comes in by the FHIR door: a clear OperationOutcome, nothing changed, never "something went wrong here"."""

from typing import Any

import psycopg
import pytest
from cast import Cast, patient
from starlette.requests import ClientDisconnect

from record.resources import of_category
from wutong.core import ids
from wutong.record.app import RecordPlane

# Each beside its like that is understood.
_ODD_SEARCHES = [
    ("code=a%00b", 400),
    ("category=%00", 400),
    ("identifier=%00", 400),
    ("_id=%00", 400),
    ("value-string=a,", 400),  # what is nothing would be found in everything
    ("value-string=", 400),
    ("value-string:missing=", 400),
    ("code=", 400),
    ("code=,", 400),
    ("code=|", 400),
    ("code=a|", 200),
    ("code=|a", 200),
    ("value-string=%CC%81", 400),
    ("value-string:contains=%20", 400),
    ("code-value-string=2345-7$", 400),
    ("value-string=a,b", 200),
    ("code-value-string=2345-7$a", 200),
    ("_count=%C2%B2", 400),
    ("_count=-1", 400),
    ("_count=1000000000", 400),
    ("_count=0", 200),
    ("date=ge0001-01-01", 400),
    ("date=ge0001-01-01T00:00:00%2B14:00", 400),
    ("date=le9999-12-31T23:59:59-14:00", 400),
    ("date=le9999-12-31T23:59:59Z", 200),
    ("date=le2999-12-31T23:59:59Z", 200),
    ("date=ge2024-13-45", 400),
    ("subject.name.x=x", 400),
    ("subject.name=x", 200),
    ("_has:Observation:subject:code=x", 400),  # an observation is nobody's subject
    ("_has:Observation:derived-from:code=x", 200),
    ("_include=Observation:subject", 200),
    ("_include=Observation:nothing", 400),
    ("_revinclude=*", 400),
    ("_revinclude=Provenance:target", 200),
    ("patient=a&patient=b", 400),
    ("patient:Patient=x", 400),
    ("identifier=" + ",".join("a" * 501), 400),
    ("identifier=" + ",".join("a" * 100), 200),
    ("&".join(["date=2024"] * 31), 400),
    ("&".join(["date=2024"] * 30), 200),
    ("date=" + ",".join(["2024"] * 31), 400),
    ("&".join(["value-string:missing=false"] * 31), 400),
    ("&".join(["value-string:contains=a"] * 31), 400),
    ("value-string:contains=" + ",".join("a" * 100), 200),
    ("&".join(["derived-from.code=x"] * 17), 400),
    ("&".join(["derived-from:Observation.code=x"] * 15), 200),
    ("&".join(["_has:Observation:derived-from:code=x"] * 17), 400),
]


@pytest.mark.parametrize(("question", "status"), _ODD_SEARCHES, ids=lambda each: str(each)[:60])
def test_an_odd_search_is_told_what_is_wrong(cast: Cast, question: str, status: int) -> None:
    answer = cast.fhir(cast.ha, "GET", f"Observation?{question}")
    assert answer.status_code == status, answer.text
    assert answer.json()["resourceType"] == ("Bundle" if status == 200 else "OperationOutcome")


_ODD_ADDRESSES = [
    "Patient/no-uuid",
    "Patient/no-uuid/_history",
    "Patient/no-uuid/_history/1",
    "Observation/%00",
    "Observation/%00/_history",
    "Observation/x/_history/%00",
    "Pa%00tient/x",
    "Nothing/00000000-0000-4000-8000-000000000000",
    "Observation/" + "a" * 20_000,
    "A" * 20_000 + "/x",
]


@pytest.mark.parametrize("address", _ODD_ADDRESSES, ids=lambda address: address[:30])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_odd_address_is_not_found(cast: Cast, superuser: psycopg.Connection, method: str, address: str) -> None:
    answer = cast.fhir(cast.ha, method, address)
    assert answer.status_code == 404
    assert method == "HEAD" or answer.json()["resourceType"] == "OperationOutcome"
    longest = superuser.execute("select max(length(detail::text)) from audit.event").fetchone()
    assert longest
    assert (longest[0] or 0) < 2_000  # the trail does not swell with what strangers make up


@pytest.mark.parametrize("when", ["0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_at_the_end_of_the_calendar_is_kept_as_sent(cast: Cast, when: str) -> None:
    who = cast.register()
    sent = of_category("LAB", who.patient_id) | {"effectiveDateTime": when}
    answer = cast.fhir(cast.ha, "POST", "Observation", json=sent)
    assert answer.status_code == 201, answer.text
    found = cast.fhir(cast.ha, "GET", f"Observation?patient={who.patient_id}").json()
    assert [each["resource"]["effectiveDateTime"] for each in found["entry"]] == [when]


@pytest.mark.parametrize("given", [[None], ["Tai", None]])
def test_a_name_with_a_gap_is_kept(cast: Cast, given: list[str | None]) -> None:
    nothing = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
    }
    name: dict[str, Any] = {
        "family": "CHAN",
        "given": given,
        "_given": [nothing if each is None else None for each in given],
    }
    answer = cast.fhir(cast.ha, "POST", "Patient", json={**patient(None), "name": [name]})
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"][0]["given"] == given


def test_a_search_by_form_has_a_bounded_body_of_its_kind(cast: Cast) -> None:
    who = cast.register()
    form = {"content-type": "application/x-www-form-urlencoded"}
    right = cast.fhir(cast.ha, "POST", "Patient/_search", headers=form, content=f"patient={who.patient_id}")
    assert (right.status_code, right.json()["total"]) == (200, 1)
    # Cut off in the middle, this would be a search over everything that the caller deposited.
    long = cast.fhir(
        cast.ha, "POST", "Patient/_search", headers=form, content=f"code={'x' * 70_000}&patient={ids.new()}"
    )
    assert long.status_code == 413
    wrong = cast.fhir(cast.ha, "POST", "Patient/_search", content=f"patient={who.patient_id}")
    assert wrong.status_code == 415


@pytest.mark.parametrize("address", ["/fhir/Patient/", "/fhir/metadata/", "/fhir/Patient/x/$access/"])
def test_no_answer_leads_to_the_host_that_the_caller_made_up(cast: Cast, address: str) -> None:
    answer = cast.http.get(address, headers={"host": "elsewhere.example"})
    assert "elsewhere" not in answer.headers.get("location", "")
    assert answer.status_code in {401, 404, 405}


@pytest.mark.parametrize("address", ["metadata", "Patient/x", "Nothing/x", "x/y/z/q", "Observation?_count=-1"])
def test_no_browser_takes_an_answer_for_a_page(cast: Cast, address: str) -> None:
    answer = cast.fhir(cast.ha, "GET", address)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("application/fhir+json")


def test_whoever_goes_away_while_sending_is_no_trouble_here(caplog: pytest.LogCaptureFixture) -> None:
    plane = RecordPlane("https://example.org/fhir")
    assert plane.told(ClientDisconnect()).status_code == 400
    assert not caplog.records
    assert plane.told(KeyError()).status_code == 500
    assert caplog.records


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b'{"resourceType":"Observation","code":{"text":"a","text":"b"}}', "Observation.code.text"),
        (b'{"resourceType":"Observation","valueQuantity":{"value":NaN}}', "Observation.valueQuantity.value"),
        (b'{"resourceType":"Observation","note":[{"text":"a"},{"text":"\\ud800"}]}', "Observation.note[1].text"),
        (b'{"resourceType":"Observation","note":[{"text":"a\\u0000"}]}', "Observation.note[0].text"),
    ],
)
def test_what_is_no_json_of_fhir_is_told_with_its_place(cast: Cast, text: bytes, place: str) -> None:
    for address in ("Observation", "Observation/$validate"):
        answer = cast.fhir(cast.ha, "POST", address, content=text, headers={"content-type": "application/fhir+json"})
        assert answer.status_code == 400, answer.text
        assert answer.json()["issue"][0]["expression"] == [place]
