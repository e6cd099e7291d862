"""A Bundle with entries of every kind: a batch answers each for itself, a transaction in FHIR's order, all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
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


def _send(cast: Cast, kind: Any, entries: list[Any], token: str = "", **headers: str) -> Any:
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


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_an_entry_reads_what_was_modified_since_an_instant(cast: Cast, who: Registered, kind: str) -> None:
    made = _condition(cast, who)
    path, stored = f"Condition/{made['id']}", made["meta"]["lastUpdated"]
    at = datetime.fromisoformat(stored)
    sinces = [stored, _written(at + timedelta(hours=1), 8), _written(at - timedelta(seconds=1), -5)]
    answer = _send(cast, kind, [_entry("GET", path, ifModifiedSince=each) for each in sinces])
    assert _statuses(answer) == ["304", "304", "200"]


def _written(at: datetime, hours: int) -> str:
    return at.astimezone(timezone(timedelta(hours=hours))).isoformat(timespec="milliseconds")


@pytest.mark.parametrize(
    "wrong",
    ["", "yesterday", "2026-01-31", "2026-01-31T08:00:00", "Sat, 31 Jan 2026 08:00:00 GMT", "2026-02-30T08:00:00Z"],
)
def test_what_is_no_instant_is_told_with_its_place(cast: Cast, who: Registered, wrong: str) -> None:
    entry = _entry("GET", f"Condition/{_condition(cast, who)['id']}", ifModifiedSince=wrong)
    [listed] = _answers(_send(cast, "batch", [entry]))
    refused = _send(cast, "transaction", [entry])
    assert (listed["response"]["status"][:3], refused.status_code) == ("400", 422)
    for outcome in (listed["response"]["outcome"], refused.json()):
        assert outcome["issue"][0]["expression"] == ["Bundle.entry[0].request.ifModifiedSince"]


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
        [other] = _answers(_send(cast, kind, [entry], prefer="return=everything"))
        assert other["response"]["status"] == "201 Created"


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
    ]
    answer = _send(cast, "transaction", entries)
    assert _statuses(answer) == ["200", "200", "200", "201", "204", "200"]
    listed = _answers(answer)
    assert listed[0]["resource"]["code"] == {"text": "changed"}
    assert listed[1]["resource"]["total"] == 2


def test_a_transaction_that_only_reads_is_answered(cast: Cast, who: Registered) -> None:
    known, unknown = _entry("GET", f"Patient/{who.patient_id}"), _entry("GET", f"Patient/{ids.new()}")
    assert _statuses(_send(cast, "transaction", [known])) == ["200"]
    assert _send(cast, "transaction", [known, unknown]).status_code == 404


def test_a_transaction_reads_what_it_writes_itself(cast: Cast, who: Registered) -> None:
    """By id, as a version, by search, in the history and with all of the record, in one transaction."""
    made, back = _condition(cast, who), _condition(cast, who)
    cast.fhir(cast.ha, "DELETE", f"Condition/{back['id']}")
    path = f"Condition/{made['id']}"
    entries = [
        _entry("PUT", path, made | {"code": {"text": "changed"}}),
        _entry("PUT", f"Condition/{back['id']}", back),
        _entry("GET", path),
        _entry("GET", f"{path}/_history/2"),
        _entry("GET", f"Condition?patient={who.patient_id}"),
        _entry("GET", f"{path}/_history"),
        _entry("GET", f"Patient/{who.patient_id}/$everything?_type=Condition"),
        _entry("GET", f"Condition/{back['id']}"),
        _entry("GET", path, ifNoneMatch='W/"2"'),
    ]
    answer = _send(cast, "transaction", entries)
    assert _statuses(answer) == ["200", "201", "200", "200", "200", "200", "200", "200", "304"]
    one, version, found, history, everything, *_ = (each["resource"] for each in _answers(answer)[2:8])
    assert one["code"] == version["code"] == {"text": "changed"}
    assert (found["total"], history["total"], len(everything["entry"])) == (2, 2, 2)


def test_a_transaction_with_an_entry_that_cannot_be_read_keeps_nothing(cast: Cast, who: Registered) -> None:
    """All is carried out, or nothing (FHIR R4, http): the refusal names the entry, and says what its own door says."""
    made, other = _condition(cast, who), _condition(cast, who)
    cast.fhir(cast.ha, "DELETE", f"Condition/{other['id']}")
    path = f"Condition/{made['id']}"
    written = [_entry("PUT", path, made | {"code": {"text": "changed"}}), _entry("DELETE", path)]
    for write, read, status, code in (
        (written[0], _entry("GET", f"Condition/{ids.new()}"), 404, "not-found"),
        (written[0], _entry("GET", f"Condition/{other['id']}"), 410, "deleted"),
        (written[1], _entry("GET", path), 410, "deleted"),
        (written[0], _entry("HEAD", f"Condition/{ids.new()}"), 404, "not-found"),
        (written[0], _entry("GET", "Condition?_count=x"), 400, "value"),
    ):
        answer = _send(cast, "transaction", [_entry("GET", "metadata"), write, read])
        assert answer.status_code == status, (read, answer.text)
        [issue] = answer.json()["issue"]
        assert (answer.status_code, issue["code"]) == (status, code), answer.text
        assert issue["expression"] == ["Bundle.entry[2].request.url"]
        assert cast.fhir(cast.ha, "GET", path).json()["meta"]["versionId"] == "1"


def test_a_transaction_that_is_sent_again_reads_what_is_there_by_then(cast: Cast, who: Registered) -> None:
    made = _condition(cast, who)
    entries = [
        _entry("POST", "Condition", of_category("DX", who.patient_id)),
        _entry("GET", f"Condition/{made['id']}"),
    ]
    sent = {"json": {"resourceType": "Bundle", "type": "transaction", "entry": entries}}
    sent["headers"] = {"idempotency-key": str(ids.new())}
    first = cast.fhir(cast.ha, "POST", "", **sent)
    cast.fhir(cast.ha, "DELETE", f"Condition/{made['id']}")
    again = cast.fhir(cast.ha, "POST", "", **sent)
    assert (_statuses(first), _statuses(again)) == (["201", "200"], ["201", "410"])
    assert _answers(first)[0]["response"]["location"] == _answers(again)[0]["response"]["location"]


def test_transactions_that_read_at_once_do_not_wait_for_each_other_in_vain(cast: Cast, who: Registered) -> None:
    """More of them than there are places and connections."""
    entries = [
        _entry("POST", "Condition", of_category("DX", who.patient_id)),
        _entry("GET", f"Condition?patient={who.patient_id}"),
        _entry("GET", f"Patient/{who.patient_id}"),
    ]
    with ThreadPoolExecutor(24) as threads:
        sent = list(threads.map(lambda _: _statuses(_send(cast, "transaction", entries)), range(48)))
    assert sent == [["201", "200", "200"]] * 48


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
    kinds: list[Any] = ["collection", "searchset", "history", ["batch"], {"batch": "transaction"}]
    for kind in kinds:
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


def test_a_transaction_names_the_entry_that_leads_nowhere(cast: Cast, who: Registered) -> None:
    entries = [_entry("GET", f"Condition?patient={who.patient_id}"), _entry("GET", "../oauth/token")]
    answer = _send(cast, "transaction", entries)
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].request.url"]
    assert _send(cast, "transaction", entries[:1]).status_code == 200
