"""How a request is understood and an answer written: formats, subsets, conditions of a read, preferences, compression."""

import gzip
import json
import zlib
from typing import Any

import pytest
from cast import Cast, Registered

from record.resources import of_category
from wutong.core import ids


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


@pytest.fixture
def path(cast: Cast, who: Registered) -> str:
    """An observation of the hospital group."""
    return _observation(cast, who)


def _observation(cast: Cast, who: Registered) -> str:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>so</p></div>'
    observation = of_category("OBS", who.patient_id) | {
        "text": {"status": "generated", "div": div},
        "_status": {"extension": [{"url": "urn:ha:said", "valueString": "so"}]},
        "valueQuantity": {"value": 1, "unit": "kg"},
        "note": [{"text": "n" * 2000}],
        "component": [{"code": {"text": "c"}, "valueInteger": 3, "interpretation": [{"text": "high"}]}],
    }
    text = json.dumps(observation).replace('"value": 1,', '"value": 72.50,')
    made = cast.fhir(cast.ha, "POST", "Observation", content=text.encode())
    assert made.status_code == 201, made.text
    return f"Observation/{made.json()['id']}"


def _get(cast: Cast, path: str, **headers: str) -> Any:
    return cast.fhir(cast.ha, "GET", path, headers=headers)


_FORMATS = [
    ("", "application/fhir+json", 200),
    ("", "application/json", 200),
    ("", "application/fhir+json; fhirVersion=4.0", 200),
    ("", "application/fhir+xml, application/fhir+json;q=0.1", 200),
    ("", "text/html,application/xhtml+xml,*/*;q=0.8", 200),
    ("", "*/*", 200),
    ("", "", 200),
    ("", "application/fhir+xml", 406),
    ("", "text/html", 406),
    ("", "application/fhir+json;q=0", 406),
    ("", "application/fhir+json; fhirVersion=3.0", 406),
    ("", ";;,,=", 406),
    ("_format=json", "application/fhir+xml", 200),
    ("_format=application/fhir%2Bjson", "text/html", 200),
    ("_format=application/fhir+json", "", 200),
    ("_format=text/json", "", 200),
    ("_format=xml", "", 406),
    ("_format=application/fhir%2Bturtle", "*/*", 406),
    ("_format=", "*/*", 406),
]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/fhir+json", 201),
        ("application/fhir+json; fhirVersion=4.0; charset=utf-8", 201),
        ('application/json;fhirversion="4.0.1"', 201),
        ("application/fhir+json; fhirVersion=5.0", 415),
        ("application/fhir+json; fhirVersion=3.0", 415),
        ("application/fhir+xml", 415),
        ("application/fhir+json; charset=latin1", 415),
        ("application/fhir+json; charset=utf-16", 415),
        ("application/json; charset=UTF-8", 201),
        ("", 415),
    ],
)
def test_what_is_sent_is_json_of_r4(cast: Cast, kind: str, status: int) -> None:
    content = b'{"resourceType":"Organization","name":"A ward"}'
    answer = cast.fhir(cast.ha, "POST", "Organization", content=content, headers={"content-type": kind})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("charset", "is_read"), [("utf-8", True), ('"UTF-8"', True), ("latin1", False), ("x", False)])
def test_whatever_is_sent_is_in_utf_8(cast: Cast, who: Registered, path: str, charset: str, is_read: bool) -> None:
    kinds = {
        "application/json-patch+json": ("PATCH", path, b'[{"op":"test","path":"/resourceType","value":"Observation"}]'),
        "application/x-www-form-urlencoded": ("POST", "Observation/_search", f"patient={who.patient_id}".encode()),
    }
    for kind, (method, address, content) in kinds.items():
        headers = {"content-type": f"{kind}; charset={charset}"}
        answer = cast.fhir(cast.ha, method, address, content=content, headers=headers)
        assert answer.status_code == (200 if is_read else 415), answer.text
        assert is_read or answer.json()["issue"][0]["location"] == ["http.Content-Type"]


@pytest.mark.parametrize(("query", "accept", "status"), _FORMATS)
def test_answers_are_json_or_refused(cast: Cast, path: str, query: str, accept: str, status: int) -> None:
    for address in (f"{path}?{query}", f"{path}/_history?{query}", f"Observation?_id=x&{query}", f"metadata?{query}"):
        answer = _get(cast, address, accept=accept)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
        if status == 406:
            assert "JSON alone" in answer.text


def test_a_write_whose_answer_nobody_reads_is_not_done(cast: Cast, who: Registered) -> None:
    headers = {"accept": "application/fhir+xml"}
    condition = of_category("DX", who.patient_id)
    assert cast.fhir(cast.ha, "POST", "Condition", json=condition, headers=headers).status_code == 406
    assert _get(cast, f"Condition?patient={who.patient_id}").json()["total"] == 0


def test_pretty_is_for_people_and_keeps_digits(cast: Cast, path: str) -> None:
    plain, pretty = _get(cast, path), _get(cast, f"{path}?_pretty=true")
    assert plain.json() == pretty.json()
    assert (plain.text.count("\n"), '"value": 72.50' in pretty.text) == (0, True)
    assert pretty.text.startswith('{\n  "resourceType": "Observation"')
    found = _get(cast, f"Observation?_id={path.partition('/')[2]}&_pretty=true")
    assert found.text.startswith('{\n  "resourceType": "Bundle"')
    assert '"value": 72.50' in found.text


@pytest.mark.parametrize("summary", ["true", "text", "data", "false"])
def test_a_summary_says_that_it_is_one(cast: Cast, path: str, summary: str) -> None:
    whole = _get(cast, path).json()
    cut = _get(cast, f"{path}?_summary={summary}")
    shown = cut.json()
    if summary == "false":
        assert shown == whole
        return
    assert shown["meta"].pop("tag")[-1]["code"] == "SUBSETTED"
    assert (shown["id"], shown["status"], cut.headers["etag"]) == (whole["id"], "final", 'W/"1"')
    kept = {
        "true": {"code", "subject", "valueQuantity", "component", "_status"},
        "text": {"text", "code", "_status"},
        "data": {"category", "code", "subject", "valueQuantity", "component", "note", "_status"},
    }[summary]
    assert set(shown) == kept | {"resourceType", "id", "meta", "status"}
    if summary == "true":
        assert shown["component"] == [{"code": {"text": "c"}, "valueInteger": 3}]
    assert ("72.50" in cut.text) == (summary != "text")


def test_elements_are_named_and_what_must_be_there_stays(cast: Cast, path: str) -> None:
    shown = _get(cast, f"{path}?_elements=note,value").json()
    assert set(shown) == {"resourceType", "id", "meta", "status", "_status", "code", "note", "valueQuantity"}
    assert shown["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert set(_get(cast, f"{path}/_history/1?_elements=note").json()) == set(shown) - {"valueQuantity"}


@pytest.mark.parametrize(
    "query", ["_summary=count", "_summary=x", "_summary=", "_elements=colour", "_elements=" + "a," * 200, "_summary=true&_elements=code"]
)  # fmt: skip
def test_an_odd_subset_is_told(cast: Cast, path: str, query: str) -> None:
    assert _get(cast, f"{path}?{query}").status_code == 400


def test_a_reader_who_has_it_is_told_so(cast: Cast, path: str) -> None:
    first = _get(cast, path)
    modified = first.headers["last-modified"]
    for headers, status in (
        ({"if-none-match": 'W/"1"'}, 304),
        ({"if-none-match": '"1"'}, 304),
        ({"if-none-match": 'W/"7", W/"1"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": 'W/"2"'}, 200),
        ({"if-none-match": "x"}, 200),
        ({"if-modified-since": modified}, 304),
        ({"if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-modified-since": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, 200),
        ({"if-modified-since": modified, "if-none-match": 'W/"2"'}, 200),
    ):
        answer = _get(cast, path, **headers)
        assert answer.status_code == status, headers
        if status == 304:
            assert (answer.content, answer.headers["etag"]) == (b"", 'W/"1"')
    assert _get(cast, f"Observation/{ids.new()}", **{"if-none-match": "*"}).status_code == 404


def test_an_update_only_where_there_is_none(cast: Cast, path: str) -> None:
    resource, star = _get(cast, path).json(), {"if-none-match": "*"}
    assert cast.fhir(cast.ha, "PUT", path, json=resource, headers=star).status_code == 412
    odd = cast.fhir(cast.ha, "PUT", path, json=resource, headers={"if-none-match": 'W/"1"'})
    assert odd.status_code == 400
    cast.fhir(cast.ha, "DELETE", path)
    assert cast.fhir(cast.ha, "PUT", path, json=resource, headers=star).status_code == 201
    unknown = resource | {"id": str(ids.new())}  # this server gives the ids
    assert cast.fhir(cast.ha, "PUT", f"Observation/{unknown['id']}", json=unknown, headers=star).status_code == 404


def test_a_sender_says_what_the_answer_shall_hold(cast: Cast, who: Registered) -> None:
    condition = of_category("DX", who.patient_id)

    def create(prefer: str) -> Any:
        return cast.fhir(cast.ha, "POST", "Condition", json=condition, headers={"prefer": prefer})

    minimal = create("return=minimal")
    assert (minimal.status_code, minimal.content) == (201, b"")
    assert {"location", "etag", "last-modified"} <= set(minimal.headers)
    assert create("return=representation").json()["resourceType"] == "Condition"
    told = create("respond-async, return=OperationOutcome")
    assert told.json()["issue"][0]["severity"] == "information"
    assert create("handling=strict").status_code == 201
    assert create("return=presentation").json()["resourceType"] == "Condition"  # as SMART's fhirclient says it
    assert _get(cast, f"Condition?patient={who.patient_id}").json()["total"] == 5
    where = minimal.headers["location"].partition("/fhir/")[2].partition("/_history")[0]
    deleted = cast.fhir(cast.ha, "DELETE", where, headers={"prefer": "return=OperationOutcome"})
    assert (deleted.status_code, deleted.json()["resourceType"]) == (200, "OperationOutcome")


def test_head_tells_what_get_would_without_its_body(cast: Cast, who: Registered, path: str) -> None:
    for address in (path, f"{path}/_history", f"{path}/_history/1", "Observation", "Observation/_history", "metadata", f"Observation/{ids.new()}"):  # fmt: skip
        get, head = _get(cast, address), cast.fhir(cast.ha, "HEAD", address)
        assert (head.status_code, head.content) == (get.status_code, b""), address
        assert head.headers.get("etag") == get.headers.get("etag")
        assert head.headers["content-type"] == get.headers["content-type"]


def test_long_answers_are_compressed_for_who_asks(cast: Cast, path: str) -> None:
    plain = _get(cast, path, **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for asked in ("gzip", "br, gzip;q=0.5", "*"):
        packed = _get(cast, path, **{"accept-encoding": asked})
        assert packed.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["vary"]
        assert int(packed.headers["content-length"]) < len(plain.content)
        assert packed.content == plain.content
    assert "content-encoding" not in _get(cast, path, **{"accept-encoding": "gzip;q=0"}).headers
    short = _get(cast, "Nothing", **{"accept-encoding": "gzip"})
    assert "content-encoding" not in short.headers


def _packed(cast: Cast, body: bytes, coding: str = "gzip") -> Any:
    return cast.fhir(cast.ha, "POST", "Condition", content=body, headers={"content-encoding": coding})


def test_a_compressed_body_is_read_within_the_same_bounds(cast: Cast, who: Registered) -> None:
    plain = json.dumps(of_category("DX", who.patient_id)).encode()
    whole = gzip.compress(plain)
    assert _packed(cast, whole).status_code == 201
    assert _packed(cast, plain, "identity").status_code == 201
    for odd in (plain, whole[:-4], whole[:20], whole + b"x", whole + whole, b"", zlib.compress(plain)):
        assert _packed(cast, odd).status_code == 400
    for coding in ("br", "deflate", "gzip, gzip", "x"):
        assert _packed(cast, whole, coding).status_code == 415
    bomb = gzip.compress(b" " * (200 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    assert _packed(cast, bomb).status_code == 413
    assert _packed(cast, gzip.compress(b"[" * 100_000)).status_code == 400
    assert (
        cast.fhir("nobody", "POST", "Condition", content=bomb, headers={"content-encoding": "gzip"}).status_code == 401
    )
    assert _get(cast, f"Condition?patient={who.patient_id}").json()["total"] == 2


def test_what_nobody_knows_of_a_preference_is_passed_over(cast: Cast) -> None:
    """RFC 7240, 2: unknown values are not honoured, and are no error."""
    unknown = f"Practitioner?nothing={ids.new()}"
    for preference, status in (("handling=bogus", 400), ("handling", 400), ("handling=lenient", 200)):
        assert cast.fhir(cast.ha, "GET", unknown, headers={"prefer": preference}).status_code == status
    assert cast.fhir(cast.ha, "GET", "Practitioner?_count=0", headers={"prefer": "handling=bogus"}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ('W/"1"', 200),
        ('"1"', 200),
        ('W/"9", W/"1"', 200),
        ('"abc",W/"1"', 200),
        ('"a, b", , W/"1"', 200),
        ("*", 200),
        ('"abc"', 412),
        ('W/"abc"', 412),
        ('W/"2", "abc"', 412),
        ('""', 412),
        ('W/"01234567890"', 412),
        ("1", 400),
        ('W/"1" x', 400),
        ('W/"1', 400),
        ('*, W/"1"', 400),
        ("", 400),
        (",", 400),
    ],
)
def test_if_match_lists_what_would_do(cast: Cast, sent: str, status: int) -> None:
    """RFC 9110, 13.1.1: a list; what matches nothing is no error of form but a condition that does not hold."""
    made = cast.fhir(cast.ha, "POST", "Practitioner", json={"resourceType": "Practitioner"}).json()
    path = f"Practitioner/{made['id']}"
    answer = cast.fhir(cast.ha, "PUT", path, json=made, headers={"if-match": sent})
    assert answer.status_code == status, answer.text
    kept = cast.fhir(cast.ha, "GET", path).json()["meta"]["versionId"]
    assert kept == ("2" if status == 200 else "1")
    entry = {"request": {"method": "DELETE", "url": path, "ifMatch": sent.replace('"1"', f'"{kept}"')}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    assert cast.fhir(cast.ha, "POST", "", json=bundle).status_code == status


def test_if_match_may_come_in_several_lines(cast: Cast) -> None:
    made = cast.fhir(cast.ha, "POST", "Practitioner", json={"resourceType": "Practitioner"}).json()
    sent = [("authorization", f"Bearer {cast.ha}"), ("if-match", 'W/"7"'), ("if-match", 'W/"1"')]
    assert cast.http.delete(f"/fhir/Practitioner/{made['id']}", headers=sent[:2]).status_code == 412
    assert cast.http.delete(f"/fhir/Practitioner/{made['id']}", headers=sent).status_code == 204
