"""Valid resources with a fault in them, whatever it is: taken, or refused with a sentence that names the place."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

import pytest
from cast import Registered, patient
from examples import examples
from hypothesis import strategies as st
from record.least import least
from record.resources import of_category

from fuzz.effort import Effort, efforts
from fuzz.watched import Fault, Watched, told
from wutong.core import hkid
from wutong.record.definitions import r4

Way = tuple[str | int, ...]
_CATEGORIES = ("ALG", "DX", "PX", "MED", "ENC", "CNS", "IMM", "LAB", "RAD", "OBS", "BIRTH", "OIR", "REF")
_LONGEST_EXAMPLE = 20_000  # longer ones only take time
_NAMES = (
    "id",
    "extension",
    "_id",
    "resourceType",
    "contained",
    "value",
    "valueString",
    "reference",
    "\u202e",
    "a" * 300,
)
_ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "a", [], {}, [[]], [None], {"": {}}, "\U0010ffff", "\ufffe",
    "0000-00-00", "9999-12-31T23:59:60+14:00", "0001-01-01", "2024-02-30", "24:00:00", "#", "#a", "Patient/", "?", "a|b|c",
    "urn:uuid:", "Patient?identifier=x", "a" * 5_000, "(a+)+" * 50, "'; --", "%", "\\", "http://", {"resourceType": "Patient"},
    {"extension": []}, {"extension": [{"url": "a"}]}, {"reference": "#"}, {"value": 1e300}, {"coding": [None]},
]  # fmt: skip
# Numbers that Python's json would not write so.
_WRITTEN = (
    "1e999999999",
    "1E-999999999",
    "-0",
    "0e0",
    "1" * 64,
    "0." + "1" * 60,
    "1e400",
    "123456789012345678901234567890",
)


@cache
def _whole() -> list[dict[str, Any]]:
    """Valid resources: the official examples of each type that are no books, and ours."""
    official = (json.loads(body) for _, body in examples() if len(body) < _LONGEST_EXAMPLE)
    return [each for each in official if isinstance(each, dict) and r4().is_resource(each.get("resourceType", ""))]


@cache
def _own(patient_id: Any) -> list[dict[str, Any]]:
    """Resources that are taken as they stand; most faults in them reach the store."""
    made = [of_category(each, patient_id) for each in _CATEGORIES]
    return [*made, *(least(each, patient_id) for each in r4().resource_types() if each != "Patient"), patient(None)]


def _ways(tree: Any, way: Way = ()) -> Iterator[Way]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, value in inner:
        yield (*way, name)
        yield from _ways(value, (*way, name))


def _mutated(resource: dict[str, Any], dice: Random) -> bytes:
    tree = deepcopy(resource)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        _mutate(tree, dice)
    body = json.dumps(tree, ensure_ascii=bool(dice.randrange(2)))
    if not dice.randrange(6):
        body = body.replace(": 1", f": {dice.choice(_WRITTEN)}").replace(": true", f": {dice.choice(_WRITTEN)}")
    return body.encode("utf-8", "surrogatepass")


def _mutate(tree: dict[str, Any], dice: Random) -> None:
    """Drop, replace, wrap, repeat, rename or move one thing of a resource."""
    ways = list(_ways(tree))
    if not ways:
        return
    *upper, name = dice.choice(ways)
    holder: Any = tree
    for step in upper:
        holder = holder[step]
    value = deepcopy(holder[name])  # twice in one tree, the next change would be made in both places
    match dice.randrange(8):
        case 0:
            del holder[name]
        case 1:
            holder[name] = deepcopy(dice.choice(_ODD))
        case 2:
            holder[name] = dice.choice(
                ([value], [value, holder[name]], {"extension": value}, [[value]], {str(name): value})
            )
        case 3 if isinstance(holder, dict):
            holder[dice.choice((*_NAMES, f"_{name}", f"{name}x", str(name).capitalize()))] = holder.pop(name)
        case 4 if isinstance(holder, list):
            holder.extend(deepcopy(value) for _ in range(dice.choice((1, 50))))
        case 5:
            holder[name] = _elsewhere(tree, ways, dice)
        case 6 if isinstance(value, str):
            holder[name] = (
                value[: len(value) // 2] + dice.choice(("\x00", "\ud800", "\n", " ", "é", "\U0001f600")) + value[3:]
            )
        case _:
            holder[name] = deepcopy(dice.choice(_ODD))


def _elsewhere(tree: Any, ways: list[Way], dice: Random) -> Any:
    for step in dice.choice(ways):
        tree = tree[step]
    return deepcopy(tree)


@efforts
def test_a_resource_with_a_fault_is_taken_or_told_where(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], effort: Effort
) -> None:
    def act(seed: int) -> None:
        dice = Random(seed)
        resource = dice.choice(_own(whom.patient_id) if dice.randrange(3) else _whole())
        _send(server_apart, tokens["system"], resource, _mutated(resource, dice), dice)

    effort.spend(250, st.integers(0, 2**40), act)


def _send(server: Watched, token: str, resource: dict[str, Any], body: bytes, dice: Random) -> None:
    """By itself, in a Bundle, or to be validated alone."""
    kind = resource["resourceType"]
    path = dice.choice((kind, kind, f"{kind}/$validate", ""))
    if not path:
        entry = b'{"request": {"method": "POST", "url": "%s"}, "resource": %s}' % (kind.encode(), body)
        verb = dice.choice((b"batch", b"transaction"))
        body = b'{"resourceType": "Bundle", "type": "%s", "entry": [%s]}' % (verb, entry)
    answer = server.ask("POST", path, token=token, content=body, headers={"content-type": "application/fhir+json"})
    _refuse_placeless(answer)


def _refuse_placeless(answer: Any) -> None:
    if answer.status_code < 400:
        return
    for issue in answer.json()["issue"]:
        if not {"expression", "location", "diagnostics"} & issue.keys() and not issue["details"]["text"].startswith(
            _PLACELESS
        ):
            raise Fault(f"no place for {told(answer.request)}: {answer.text[:500]}")


# What is wrong with all of what was sent, and with no place in it.
_PLACELESS = ("The JSON ", "The body must be ", "FHIR R4 has no resource type")


@efforts
def test_a_bundle_with_a_fault_is_carried_out_or_told_where(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], effort: Effort
) -> None:
    def act(seed: int) -> None:
        dice = Random(seed)
        body = _mutated(_bundle(dice, whom), dice)
        _refuse_placeless(
            server_apart.ask(
                "POST", "", token=tokens["system"], content=body, headers={"content-type": "application/json"}
            )
        )

    effort.spend(80, st.integers(0, 2**40), act)


def _bundle(dice: Random, whom: Registered) -> dict[str, Any]:
    urls = (
        "Observation",
        f"Patient/{whom.patient_id}",
        "Observation?identifier=urn:a|1",
        "metadata",
        "Patient/$open",
        "%00",
    )
    headers = {
        "ifMatch": 'W/"1"',
        "ifNoneMatch": "*",
        "ifNoneExist": "identifier=a|1",
        "ifModifiedSince": "2024-01-01T00:00:00Z",
    }
    entries = []
    for _ in range(dice.randint(1, 4)):
        method = dice.choice(("POST", "PUT", "GET", "DELETE", "PATCH", "HEAD"))
        asked = {"method": method, "url": dice.choice(urls)} | ({} if dice.randrange(3) else headers)
        entry: dict[str, Any] = {
            "request": asked,
            "fullUrl": dice.choice(("urn:uuid:" + str(whom.patient_id), "http://a/b")),
        }
        if method in {"POST", "PUT"}:
            entry["resource"] = dice.choice(_own(whom.patient_id))
        if method == "PATCH":
            entry["resource"] = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": "W10="}
        entries.append(entry)
    return {"resourceType": "Bundle", "type": dice.choice(("batch", "transaction")), "entry": entries}


@efforts
def test_a_patch_is_applied_or_told_where(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], effort: Effort
) -> None:
    sent = of_category("LAB", whom.patient_id) | {"note": [{"text": "a"}], "valueQuantity": {"value": 1}}
    json_type = {"content-type": "application/fhir+json"}
    made = server_apart.ask("POST", "Observation", token=tokens["system"], headers=json_type, content=json.dumps(sent))
    kept = made.json()

    def act(seed: int) -> None:
        dice = Random(seed)
        ways = ["/" + "/".join(map(str, each)) for each in _ways(kept)] + [
            "",
            "/",
            "/-",
            "/note/-",
            "/note/9" + "9" * 9,
            "/~2",
            "a",
        ]
        patch = [
            {"op": dice.choice(_OPS), "path": dice.choice(ways), "from": dice.choice(ways), "value": dice.choice(_ODD)}
            for _ in range(dice.randint(0, 5))
        ]
        body = (
            _mutated({"": patch}, dice) if not dice.randrange(4) else json.dumps(patch).encode("utf-8", "surrogatepass")
        )
        headers = {"content-type": "application/json-patch+json"}
        path = f"Observation/{kept['id']}"
        _refuse_placeless(server_apart.ask("PATCH", path, token=tokens["system"], content=body, headers=headers))

    effort.spend(80, st.integers(0, 2**40), act)


_OPS = ("add", "remove", "replace", "move", "copy", "test", "x", None)


@efforts
def test_a_person_with_a_fault_is_registered_or_told_where(
    server_apart: Watched, tokens: Mapping[str, str], effort: Effort
) -> None:
    def act(seed: int) -> None:
        dice = Random(seed)
        number = f"QY{dice.randrange(10**6):06d}"
        body = _mutated(patient(number + hkid.check_digit(number)), dice)
        headers = {"content-type": "application/fhir+json"}
        _refuse_placeless(server_apart.ask("POST", "Patient", token=tokens["system"], content=body, headers=headers))

    effort.spend(80, st.integers(0, 2**40), act)


@pytest.mark.parametrize("text", ['{"resourceType":"OperationOutcome","issue":[{"details":{"text":"Wrong."}}]}'])
def test_the_judge_sees_an_issue_without_a_place(text: str) -> None:
    """The canary."""
    import httpx

    request = httpx.Request("POST", "http://127.0.0.1/fhir")
    with pytest.raises(Fault, match="no place"):
        _refuse_placeless(httpx.Response(422, text=text, request=request))
