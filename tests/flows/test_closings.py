"""What a person closes is taken out of everything that professionals are shown, at the next request, on every path."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from cast import HARBOUR, Cast, Registered
from record.resources import of_category

from wutong.control.consent.models import ClosingVersion
from wutong.core import clock, ids

Close = Callable[[str, str], None]


@dataclass(frozen=True)
class Record:
    """A person with a visit, what belongs to it and what does not, open to a doctor."""

    who: Registered
    doctor: str
    visit: str
    within: str
    other: str
    low: str

    @property
    def all(self) -> set[str]:
        """The conditions."""
        return {self.within, self.other, self.low}


@pytest.fixture
def record(cast: Cast) -> Record:
    who = cast.register()
    cast.allow(who)
    doctor = cast.session_token(cast.doctor)
    cast.open(doctor, who.person_id)
    visit = _created(cast, of_category("ENC", who.patient_id))
    dx = of_category("DX", who.patient_id)
    low = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "F32.1"}]}
    return Record(
        who,
        doctor,
        visit,
        within=_created(cast, dx | {"encounter": {"reference": f"Encounter/{visit}"}}),
        other=_created(cast, dx),
        low=_created(cast, dx | {"code": low}),
    )


@pytest.fixture
def close(record: Record) -> Close:
    return lambda kind, value: state(record.who.person_id, kind, value)


def state(person_id: UUID, kind: str, value: str, *, is_closed: bool = True) -> None:
    """What the person says of one thing."""
    said = ClosingVersion.objects.filter(person_id=person_id, kind=kind, value=value).count()
    ClosingVersion.objects.create(
        person_id=person_id, kind=kind, value=value, version=said + 1, is_closed=is_closed, stated_at=clock.now(),
        stated_by=ids.new(),
    )  # fmt: skip


def _created(cast: Cast, resource: dict[str, Any]) -> str:
    answer = cast.fhir(cast.ha, "POST", resource["resourceType"], json=resource)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _found(cast: Cast, record: Record, kind: str = "Condition", more: str = "") -> set[str]:
    answer = cast.fhir(record.doctor, "GET", f"{kind}?patient={record.who.person_id}{more}")
    assert answer.status_code == 200, answer.text
    found = {each["resource"]["id"] for each in answer.json().get("entry", [])}
    assert more or answer.json()["total"] == len(found)
    return found


def _status(cast: Cast, record: Record, path: str) -> int:
    return cast.fhir(record.doctor, "GET", path).status_code


def test_an_item_that_is_closed_is_gone_from_every_path(cast: Cast, record: Record, close: Close) -> None:
    item = f"Condition/{record.other}"
    paths = [item, f"{item}/_history/1", f"{item}/_history"]
    assert [_status(cast, record, each) for each in paths] == [200, 200, 200]
    assert _found(cast, record) == record.all
    close("item", record.other)
    assert [_status(cast, record, each) for each in paths] == [404, 404, 404]
    assert _found(cast, record) == record.all - {record.other}
    everything = cast.fhir(record.doctor, "GET", f"Patient/{record.who.person_id}/$everything")
    assert record.visit in everything.text
    assert record.other not in everything.text
    history = cast.fhir(record.doctor, "GET", f"Condition/_history?patient={record.who.person_id}")
    assert record.within in history.text
    assert record.other not in history.text


def test_an_episode_closes_with_what_belongs_to_it(cast: Cast, record: Record, close: Close) -> None:
    assert _found(cast, record, "Encounter") == {record.visit}
    assert record.within in _found(cast, record, "Encounter", "&_revinclude=Condition:encounter")
    close("episode", record.visit)
    assert _found(cast, record, "Encounter") == set()
    assert _found(cast, record) == {record.other, record.low}
    assert _found(cast, record, more=f"&encounter=Encounter/{record.visit}") == set()


def test_a_label_closes_what_its_code_or_its_sender_says(cast: Cast, record: Record, close: Close) -> None:
    said = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}
    labelled = _created(cast, of_category("DX", record.who.patient_id) | {"meta": {"security": [said]}})
    assert _found(cast, record) == record.all | {labelled}
    close("label", "PSY")
    assert _found(cast, record) == {record.within, record.other}
    assert _status(cast, record, f"Condition/{record.low}") == 404


def test_a_version_that_was_labelled_stays_closed_when_a_later_one_is_not(
    cast: Cast, record: Record, close: Close
) -> None:
    path = f"Condition/{record.low}"
    plain = of_category("DX", record.who.patient_id) | {"id": record.low}
    assert cast.fhir(cast.ha, "PUT", path, json=plain).status_code == 200
    assert [_status(cast, record, f"{path}/_history/{number}") for number in (1, 2)] == [200, 200]
    close("label", "PSY")
    assert [_status(cast, record, f"{path}/_history/{number}") for number in (1, 2)] == [404, 200]
    assert cast.fhir(record.doctor, "GET", f"{path}/_history").json()["total"] == 1


def test_a_category_closes_and_says_so(cast: Cast, record: Record, close: Close) -> None:
    close("category", "DX")
    answer = cast.fhir(record.doctor, "GET", f"Condition?patient={record.who.person_id}")
    assert (answer.status_code, _why(answer)) == (403, "category-withheld")
    assert _status(cast, record, f"Condition/{record.other}") == 404
    assert _found(cast, record, "Encounter") == {record.visit}
    listed = cast.fhir(record.doctor, "GET", f"Patient/{record.who.person_id}/$access").json()["parameter"]
    parts = {part[0]["valueCode"]: part for part in (each["part"] for each in listed if "part" in each)}
    reasons = [each.get("valueCode") for each in parts["DX"] if each["name"] == "reason"]
    assert reasons == ["category-withheld"]


@pytest.mark.parametrize("kind", ["provider", "professional"])
def test_a_provider_or_a_professional_is_shut_out(cast: Cast, record: Record, close: Close, kind: str) -> None:
    colleague = cast.session_token(cast.professional("NUR", HARBOUR))
    cast.open(colleague, record.who.person_id)
    close(kind, str(_provider(HARBOUR) if kind == "provider" else cast.doctor.account_id))
    path = f"Condition?patient={record.who.person_id}"
    assert _why(cast.fhir(record.doctor, "GET", path)) == "withheld-by-person"
    assert _status(cast, record, f"Condition/{record.other}") == 404
    assert _why(cast.fhir(record.doctor, "GET", f"Patient/{record.who.person_id}/$everything")) == "withheld-by-person"
    assert cast.open(record.doctor, record.who.person_id).status_code == 403
    assert cast.fhir(colleague, "GET", path).status_code == (403 if kind == "provider" else 200)


def test_what_is_opened_again_is_shown_at_once(cast: Cast, record: Record, close: Close) -> None:
    close("item", record.other)
    assert _found(cast, record) == record.all - {record.other}
    state(record.who.person_id, "item", record.other, is_closed=False)
    assert _found(cast, record) == record.all


def test_its_depositor_has_what_is_closed(cast: Cast, record: Record, close: Close) -> None:
    close("item", record.other)
    close("label", "PSY")
    close("category", "DX")
    for each in record.all:
        assert cast.fhir(cast.ha, "GET", f"Condition/{each}").status_code == 200
    assert cast.fhir(cast.ha, "GET", f"Condition?patient={record.who.patient_id}").json()["total"] == 3


def test_one_persons_closing_is_not_anothers(cast: Cast, record: Record) -> None:
    state(cast.register().person_id, "item", record.other)
    assert _found(cast, record) == record.all


def test_a_further_page_is_not_that_of_before_a_closing(cast: Cast, record: Record, close: Close) -> None:
    answer = cast.fhir(record.doctor, "GET", f"Condition?patient={record.who.person_id}&_count=1").json()
    [following] = [each["url"] for each in answer["link"] if each["relation"] == "next"]
    path = following.partition("/fhir/")[2]
    assert _status(cast, record, path) == 200
    close("item", record.other)
    assert _status(cast, record, path) == 410


def test_a_directory_row_is_shown_where_an_open_row_names_it(cast: Cast, record: Record, close: Close) -> None:
    named = _created(cast, {"resourceType": "Practitioner", "name": [{"family": "WONG"}]})
    asserter = {"asserter": {"reference": f"Practitioner/{named}"}}
    only = _created(cast, of_category("DX", record.who.patient_id) | asserter)
    include = f"&_id={only}&_include=Condition:asserter"
    assert _status(cast, record, f"Practitioner/{named}") == 200
    close("item", record.other)  # something else
    assert _status(cast, record, f"Practitioner/{named}") == 200
    assert named in _found(cast, record, more=include)
    close("item", only)
    assert _status(cast, record, f"Practitioner/{named}") == 404
    assert _found(cast, record, more=include) == set()
    also = _created(cast, of_category("DX", record.who.patient_id) | asserter)
    assert _status(cast, record, f"Practitioner/{named}") == 200
    assert named in _found(cast, record, more=f"&_id={also}&_include=Condition:asserter")


def test_what_one_person_closes_hides_no_directory_row_that_anothers_record_names(
    cast: Cast, record: Record, close: Close
) -> None:
    named = _created(cast, {"resourceType": "Practitioner", "name": [{"family": "WONG"}]})
    asserter = {"asserter": {"reference": f"Practitioner/{named}"}}
    close("item", record.other)  # so that the rows are looked at, in both records
    _created(cast, of_category("DX", record.who.patient_id) | asserter)
    another = cast.register()
    cast.allow(another)
    kept = _created(cast, of_category("DX", another.patient_id) | asserter)
    state(another.person_id, "item", kept)
    assert cast.open(record.doctor, another.person_id).status_code == 200  # looked at last, so asked about first
    for path in ("", "/_history/1", "/_history"):
        assert _status(cast, record, f"Practitioner/{named}{path}") == 200, path
    assert _status(cast, record, f"Condition/{kept}") == 404


def _provider(code: str) -> UUID:
    from wutong.control.people.models import Provider

    return Provider.objects.get(code=code).provider_id


def _why(answer: Any) -> str:
    return str(answer.json()["issue"][0]["details"]["coding"][0]["code"])
