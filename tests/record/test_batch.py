"""A Bundle with entries of every kind: a batch answers each for itself, a transaction in FHIR's order, all or nothing."""

from typing import Any

import pytest
from cast import Cast, Registered

from record.resources import of_category
from wutong.core import ids


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


def _entry(method: str, url: str, resource: dict[str, Any] | None = None, **more: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"request": {"method": method, "url": url, **more}}
    return entry if resource is None else entry | {"resource": resource}


def _send(cast: Cast, kind: str, entries: list[Any], token: str = "", **headers: str) -> Any:
    bundle = {"resourceType": "Bundle", "type": kind, "entry": entries}
    return cast.fhir(token or cast.ha, "POST", "", json=bundle, headers=headers)


def _answers(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["entry"]
    return listed


def _statuses(answer: Any) -> list[str]:
    return [each["response"]["status"][:3] for each in _answers(answer)]


def _condition(cast: Cast, who: Registered) -> dict[str, Any]:
    made: dict[str, Any] = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    return made


def test_a_batch_answers_each_entry_for_itself_in_its_place(cast: Cast, who: Registered) -> None:
    made, other = _condition(cast, who), _condition(cast, who)
    path = f"Condition/{made['id']}"
    good = of_category("DX", who.patient_id)
    entries = [
        _entry("GET", path),
        _entry("GET", f"Condition?patient={who.patient_id}&_count=0"),
        _entry("POST", "Condition", good),
        _entry("POST", "Condition", good | {"colour": "green"}),
        _entry("PUT", path, made | {"code": {"text": "changed"}}),
        _entry("PUT", path, made, ifMatch='W/"9"'),
        _entry("DELETE", f"Condition/{other['id']}"),
        _entry("GET", f"Condition/{ids.new()}"),
        _entry("HEAD", path),
        _entry("GET", "Nothing/1"),
        _entry("GET", path, ifNoneMatch='W/"2"'),
        _entry("GET", f"{path}/_history"),
        "no entry",
        {},
        _entry("SPAM", path),
        _entry("POST", "", {"resourceType": "Bundle", "type": "batch"}),
        _entry("POST", "/", {"resourceType": "Bundle", "type": "batch"}),
        _entry("GET", "metadata"),
        _entry("POST", "Practitioner", {"resourceType": "Practitioner"}, ifNoneExist="identifier=x&_count=1"),
    ]
    answer = _send(cast, "batch", entries)
    assert answer.json()["type"] == "batch-response"
    assert _statuses(answer) == [
        "200", "200", "201", "422", "200", "412", "204", "404", "200", "404", "304", "200", "400", "400", "400", "400",
        "404", "200", "400",
    ]  # fmt: skip
    listed = _answers(answer)
    assert listed[0]["resource"]["code"] == {"text": "changed"}  # reading comes last
    assert listed[1]["resource"]["total"] == 2
    assert listed[2]["response"]["location"].startswith("Condition/")
    assert (listed[2]["response"]["etag"], "resource" in listed[2]) == ('W/"1"', False)
    assert listed[3]["response"]["outcome"]["issue"][0]["expression"] == ["Condition.colour"]
    assert "resource" not in listed[8]
    assert listed[11]["resource"]["total"] == 2


def test_an_entry_that_fails_in_a_batch_undoes_no_other(cast: Cast, who: Registered) -> None:
    good, bad = of_category("DX", who.patient_id), of_category("DX", ids.new())
    assert _statuses(_send(cast, "batch", [_entry("POST", "Condition", each) for each in (good, bad, good)])) == [
        "201", "403", "201",
    ]  # fmt: skip
    assert cast.fhir(cast.ha, "GET", f"Condition?patient={who.patient_id}").json()["total"] == 2


def test_entries_of_a_batch_do_not_refer_to_each_other(cast: Cast, who: Registered) -> None:
    url = f"urn:uuid:{ids.new()}"
    linked = of_category("DX", who.patient_id) | {"encounter": {"reference": url}}
    made = _entry("POST", "Encounter", of_category("ENC", who.patient_id)) | {"fullUrl": url}
    assert _statuses(_send(cast, "batch", [made, _entry("POST", "Condition", linked)])) == ["201", "422"]


def test_a_batch_is_cut_to_what_its_sender_may(cast: Cast, who: Registered) -> None:
    made = _condition(cast, who)
    cast.allow(who)
    doctor = cast.session_token(cast.doctor)
    entries = [
        _entry("GET", f"Condition/{made['id']}"),
        _entry("GET", f"Condition?patient={who.person_id}"),
        _entry("GET", "Condition"),
        _entry("DELETE", f"Condition/{made['id']}"),
    ]
    assert _statuses(_send(cast, "batch", entries, doctor)) == ["404", "403", "403", "404"]
    cast.open(doctor, who.person_id)
    assert _statuses(_send(cast, "batch", entries, doctor)) == ["200", "200", "403", "404"]
    assert _send(cast, "batch", entries, "nobody").status_code == 401


def test_a_preference_holds_for_each_entry(cast: Cast, who: Registered) -> None:
    entry = _entry("POST", "Condition", of_category("DX", who.patient_id))
    for kind in ("batch", "transaction"):
        [whole] = _answers(_send(cast, kind, [entry], prefer="return=representation"))
        assert whole["resource"]["resourceType"] == "Condition"
        [told] = _answers(_send(cast, kind, [entry], prefer="return=OperationOutcome"))
        assert told["response"]["outcome"]["issue"][0]["severity"] == "information"
        [short] = _answers(_send(cast, kind, [entry]))
        assert "resource" not in short
    assert _send(cast, "transaction", [entry], prefer="return=everything").status_code == 400


def test_a_transaction_works_in_the_order_of_the_specification(cast: Cast, who: Registered) -> None:
    """Reading last, and a deletion before the condition of a create at the same place."""
    made, other = _condition(cast, who), _condition(cast, who)
    path = f"Condition/{made['id']}"
    entries = [
        _entry("GET", path),
        _entry("GET", f"Condition?patient={who.patient_id}"),
        _entry("PUT", path, made | {"code": {"text": "changed"}}),
        _entry("POST", "Condition", of_category("DX", who.patient_id)),
        _entry("DELETE", f"Condition/{other['id']}"),
        _entry("HEAD", path),
        _entry("GET", f"Condition/{other['id']}"),
    ]
    answer = _send(cast, "transaction", entries)
    assert _statuses(answer) == ["200", "200", "200", "201", "204", "200", "410"]
    listed = _answers(answer)
    assert listed[0]["resource"]["code"] == {"text": "changed"}
    assert listed[1]["resource"]["total"] == 2


def test_a_transaction_that_only_reads_is_answered(cast: Cast, who: Registered) -> None:
    assert _statuses(_send(cast, "transaction", [_entry("GET", f"Patient/{who.patient_id}")])) == ["200"]


def test_a_transaction_that_cannot_be_done_whole_is_not_done(cast: Cast, who: Registered) -> None:
    good = _entry("POST", "Condition", of_category("DX", who.patient_id))
    odd = [
        _entry("GET", "no/such/address/here"),
        _entry("DELETE", f"Condition/{ids.new()}"),
        _entry("DELETE", "Condition"),
        _entry("DELETE", "Condition/x"),
        _entry("DELETE", f"Condition/{ids.new()}", of_category("DX", who.patient_id)),
        _entry("POST", "Condition/x", of_category("DX", who.patient_id)),
        _entry("PATCH", f"Condition/{ids.new()}"),
        _entry("PUT", f"Condition/{ids.new()}", ifMatch="x"),
        {"request": {"method": "GET", "url": 7}},
        {"request": {"method": ["GET"], "url": "Patient"}},
        {"request": {"method": "GET"}},
        _entry("POST", "Condition", {"resourceType": ["Condition"]}),
        _entry("POST", "Condition", {"resourceType": {"a": 1}}),
        _entry("PATCH", "Condition?identifier=1", {"resourceType": "Binary", "contentType": [1]}),
        _entry("PUT", "Condition?identifier=%00", of_category("DX", who.patient_id)),
        _entry("DELETE", "A" * 30_000),
        {"request": {"method": "POST", "url": "Condition"}, "resource": [1]},
    ]
    for each in odd:
        answer = _send(cast, "transaction", [good, each])
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.json()["resourceType"] == "OperationOutcome"
    assert cast.fhir(cast.ha, "GET", f"Condition?patient={who.patient_id}").json()["total"] == 0


def test_bundles_that_are_none_are_refused(cast: Cast) -> None:
    for kind in ("collection", "searchset", "history"):
        assert _send(cast, kind, [_entry("GET", "Patient")]).status_code == 422
    assert _send(cast, "batch", []).status_code == 422
    assert _send(cast, "batch", [_entry("GET", "metadata")] * 501).status_code == 413
    assert _send(cast, "transaction", [_entry("GET", "metadata")] * 501).status_code == 413
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [_entry("GET", "metadata")], "colour": "green"}
    assert cast.fhir(cast.ha, "POST", "", json=bundle).status_code == 422


def test_answers_that_are_too_large_together_are_cut_entry_by_entry(cast: Cast, who: Registered) -> None:
    text = {"contentType": "text/plain", "data": "QUFB" * 2_000_000}  # 8 MB
    document = of_category("CNS", who.patient_id) | {"content": [{"attachment": text}]}
    made = cast.fhir(cast.ha, "POST", "DocumentReference", json=document).json()
    entries = [_entry("GET", f"DocumentReference/{made['id']}")] * 8
    assert _statuses(_send(cast, "batch", entries)) == ["200"] * 5 + ["413"] * 3
