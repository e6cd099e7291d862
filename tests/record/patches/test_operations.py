"""What the operations of a FHIRPath Patch do to a resource, and what each says where it cannot be done."""

import json
from typing import Any

import pytest

from wutong.core import json_text
from wutong.core.json_patch import PatchProblem
from wutong.record import patches
from wutong.record.patches.draft import Draft

_PATIENT = b"""{
  "resourceType": "Patient", "id": "p", "active": true,
  "birthDate": "1950-05-31", "_birthDate": {"extension": [{"url": "urn:x", "valueString": "about noon"}]},
  "identifier": [{"system": "urn:a", "value": "1"}, {"system": "urn:a", "value": "2"}, {"system": "urn:b", "value": "3"}],
  "name": [{"family": "Chan", "given": ["Tai", null, "Man"], "_given": [null, {"id": "g"}, null]}, {"text": "x"}],
  "contact": [{"name": {"text": "kin"}, "gender": "male"}],
  "contained": [{"resourceType": "Organization", "id": "o", "name": "within"}],
  "multipleBirthInteger": 2
}"""


def _operation(kind: str, path: str, **more: Any) -> dict[str, Any]:
    """`value` as (name, content), such as ("valueCode", "male"), or as parts by name; the rest as it is said."""
    parts: list[dict[str, Any]] = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    for name, given in more.items():
        if name == "name":
            parts.append({"name": name, "valueString": given})
        elif name == "value":
            parts.append({"name": name, **given})
        else:
            parts.append({"name": name, "valueInteger": given})
    return {"name": "operation", "part": parts}


def _patched(*operations: dict[str, Any], body: bytes = _PATIENT) -> Any:
    """The resource after the operations; the numbers of all of it as they are written."""
    patch = patches.read({"resourceType": "Parameters", "parameter": list(operations)}, "Parameters")
    once, again = (json_text.dump(patch.apply(json_text.parse(body))) for _ in range(2))
    assert once == again, "a patch can be applied again"
    return json.loads(once, parse_float=str)


def _but(**changed: Any) -> Any:
    """The Patient with other elements; None: without."""
    whole = json.loads(_PATIENT) | changed
    return {name: value for name, value in whole.items() if value is not None}


def _problem(*operations: dict[str, Any], body: bytes = _PATIENT) -> PatchProblem:
    with pytest.raises(PatchProblem) as raised:
        _patched(*operations, body=body)
    return raised.value


_THREE = json.loads(_PATIENT)["identifier"]
_NEW = {"system": "urn:c", "value": "9"}
_EXTENSION = {"part": [{"name": "url", "valueUri": "u"}, {"name": "value", "valueCode": "c"}]}  # no value[x] of R4
_NAMES = json.loads(_PATIENT)["name"]


def test_nothing_asked_for_changes_nothing() -> None:
    assert _patched() == _but()


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        (_operation("add", "Patient", name="maritalStatus", value={"valueCodeableConcept": {"text": "m"}}),
         {"maritalStatus": {"text": "m"}}),
        (_operation("add", "Patient", name="identifier", value={"valueIdentifier": _NEW}), {"identifier": [*_THREE, _NEW]}),
        (_operation("add", "Patient", name="photo", value={"valueAttachment": {"title": "t"}}), {"photo": [{"title": "t"}]}),
        (_operation("add", "Patient", name="deceased", value={"valueBoolean": False}), {"deceasedBoolean": False}),
        (_operation("add", "Patient", name="deceasedDateTime", value={"valueDateTime": "2020"}), {"deceasedDateTime": "2020"}),
        (_operation("add", "Patient.contact[0]", name="relationship", value={"valueCodeableConcept": {"text": "r"}}),
         {"contact": [{"name": {"text": "kin"}, "gender": "male", "relationship": [{"text": "r"}]}]}),
        (_operation("add", "Patient", name="contact", value={"part": [
            {"name": "gender", "valueCode": "female"}, {"name": "name", "valueHumanName": {"text": "n"}},
            {"name": "telecom", "valueContactPoint": {"value": "1"}}, {"name": "telecom", "valueContactPoint": {"value": "2"}}]}),
         {"contact": [{"name": {"text": "kin"}, "gender": "male"},
                      {"gender": "female", "name": {"text": "n"}, "telecom": [{"value": "1"}, {"value": "2"}]}]}),
        (_operation("add", "Patient", name="contained", value={"resource": {"resourceType": "Basic", "id": "b"}}),
         {"contained": [{"resourceType": "Organization", "id": "o", "name": "within"}, {"resourceType": "Basic", "id": "b"}]}),
        (_operation("add", "Patient.contained[0]", name="alias", value={"valueString": "a"}),
         {"contained": [{"resourceType": "Organization", "id": "o", "name": "within", "alias": ["a"]}]}),
        (_operation("add", "Patient.name[0]", name="given", value={"valueString": "last"}),
         {"name": [{"family": "Chan", "given": ["Tai", None, "Man", "last"], "_given": [None, {"id": "g"}, None, None]},
                   {"text": "x"}]}),
        (_operation("add", "Patient.active", name="extension", value=_EXTENSION),
         {"_active": {"extension": [{"url": "u", "valueCode": "c"}]}}),
        (_operation("add", "Patient", name="gender", value={"_valueCode": {"extension": [{"url": "u", "valueCode": "c"}]}}),
         {"_gender": {"extension": [{"url": "u", "valueCode": "c"}]}}),
    ],
)  # fmt: skip
def test_add(operation: dict[str, Any], changed: dict[str, Any]) -> None:
    assert _patched(operation) == _but(**changed)


@pytest.mark.parametrize(
    ("path", "index", "value", "changed"),
    [
        ("Patient.identifier", 0, {"valueIdentifier": _NEW}, {"identifier": [_NEW, *_THREE]}),
        ("Patient.identifier", 1, {"valueIdentifier": _NEW}, {"identifier": [_THREE[0], _NEW, *_THREE[1:]]}),
        ("Patient.identifier", 3, {"valueIdentifier": _NEW}, {"identifier": [*_THREE, _NEW]}),
        ("identifier", 3, {"valueIdentifier": _NEW}, {"identifier": [*_THREE, _NEW]}),
        ("Patient.photo", 0, {"valueAttachment": {"title": "t"}}, {"photo": [{"title": "t"}]}),
        ("Patient.name.where(family = 'Chan').given", 1, {"valueString": "b"},
         {"name": [{"family": "Chan", "given": ["Tai", "b", None, "Man"], "_given": [None, None, {"id": "g"}, None]},
                   {"text": "x"}]}),
        ("Patient.name[1].given", 0, {"valueString": "b"}, {"name": [_NAMES[0], {"text": "x", "given": ["b"]}]}),
    ],
)  # fmt: skip
def test_insert(path: str, index: int, value: dict[str, Any], changed: dict[str, Any]) -> None:
    assert _patched(_operation("insert", path, index=index, value=value)) == _but(**changed)


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("Patient.birthDate", {"birthDate": None, "_birthDate": None}),
        ("Patient.birthDate.extension", {"_birthDate": None}),
        ("Patient.active", {"active": None}),
        ("Patient.identifier[1]", {"identifier": [_THREE[0], _THREE[2]]}),
        ("Patient.identifier.where(system = 'urn:b')", {"identifier": _THREE[:2]}),
        ("Patient.identifier.last().value", {"identifier": [*_THREE[:2], {"system": "urn:b"}]}),
        ("Patient.contact.name.text", {"contact": [{"gender": "male"}]}),
        ("Patient.contact", {"contact": None}),
        ("Patient.name[0].given[0]",
         {"name": [{"family": "Chan", "given": [None, "Man"], "_given": [{"id": "g"}, None]}, {"text": "x"}]}),
        ("Patient.name[0].given[1]", {"name": [{"family": "Chan", "given": ["Tai", "Man"]}, {"text": "x"}]}),
        ("Patient.name[1].text", {"name": [_NAMES[0]]}),
        ("Patient.multipleBirth", {"multipleBirthInteger": None}),
        ("Patient.contained.where(id = 'o').name", {"contained": [{"resourceType": "Organization", "id": "o"}]}),
        ("Patient.gender", {}),
        ("Patient.contact[1]", {}),
        ("Patient.name.where(family = 'Wong')", {}),
        ("Observation.status", {}),
    ],
)  # fmt: skip
def test_delete(path: str, changed: dict[str, Any]) -> None:
    assert _patched(_operation("delete", path)) == _but(**changed)


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        ("Patient.birthDate", {"valueDate": "1960"}, {"birthDate": "1960", "_birthDate": None}),
        ("Patient.active", {"valueBoolean": False}, {"active": False}),
        ("Patient.multipleBirth", {"valueBoolean": True}, {"multipleBirthInteger": None, "multipleBirthBoolean": True}),
        ("Patient.multipleBirth", {"valueInteger": 3}, {"multipleBirthInteger": 3}),
        ("Patient.contact.name", {"valueHumanName": {"family": "f"}}, {"contact": [{"name": {"family": "f"}, "gender": "male"}]}),
        ("Patient.contact[0]", {"part": [{"name": "gender", "valueCode": "other"}]}, {"contact": [{"gender": "other"}]}),
        ("Patient.identifier[1]", {"valueIdentifier": _NEW}, {"identifier": [_THREE[0], _NEW, _THREE[2]]}),
        ("Patient.identifier.where(value = '3').system", {"valueUri": "urn:d"},
         {"identifier": [*_THREE[:2], {"system": "urn:d", "value": "3"}]}),
        ("Patient.name[0].given[2]", {"valueString": "Ming"},
         {"name": [{"family": "Chan", "given": ["Tai", None, "Ming"], "_given": [None, {"id": "g"}, None]}, {"text": "x"}]}),
        ("Patient.birthDate.extension.value", {"valueDecimal": 1},
         {"_birthDate": {"extension": [{"url": "urn:x", "valueDecimal": 1}]}}),
    ],
)  # fmt: skip
def test_replace(path: str, value: dict[str, Any], changed: dict[str, Any]) -> None:
    assert _patched(_operation("replace", path, value=value)) == _but(**changed)


@pytest.mark.parametrize(
    ("source", "destination", "order"), [(0, 2, "231"), (2, 0, "312"), (1, 1, "123"), (0, 1, "213"), (2, 1, "132")]
)
def test_move(source: int, destination: int, order: str) -> None:
    moved = _patched(_operation("move", "Patient.identifier", source=source, destination=destination))
    assert moved == _but(identifier=[_THREE[int(each) - 1] for each in order])


def test_moved_primitives_keep_what_stands_beside_them() -> None:
    moved = _patched(_operation("move", "Patient.name[0].given", source=1, destination=0))
    assert moved["name"][0] == {"family": "Chan", "given": [None, "Tai", "Man"], "_given": [{"id": "g"}, None, None]}


def test_operations_follow_each_other() -> None:
    patched = _patched(
        _operation("add", "Patient", name="contact", value={"part": [{"name": "gender", "valueCode": "female"}]}),
        _operation("add", "Patient.contact[1]", name="name", value={"valueHumanName": {"text": "new"}}),
        _operation("replace", "Patient.contact[1].name.text", value={"valueString": "newer"}),
        _operation("move", "Patient.contact", source=1, destination=0),
        _operation("delete", "Patient.contact[1]"),
        _operation("delete", "Patient.name"[:7] + ".name[0]"),
        _operation("replace", "Patient.name.text", value={"valueString": "y"}),
    )
    assert patched == _but(contact=[{"gender": "female", "name": {"text": "newer"}}], name=[{"text": "y"}])


def test_decimals_keep_their_digits() -> None:
    body = b'{"resourceType":"Observation","valueQuantity":{"value":72.50},"referenceRange":[{"low":{"value":1.0}}]}'
    value = json_text.parse(b'{"valueQuantity": {"value": 80.00, "unit": "kg"}}')
    add = _operation("replace", "Observation.referenceRange[0].low", value=value)
    assert _patched(add, body=body) == {
        "resourceType": "Observation",
        "valueQuantity": {"value": "72.50"},
        "referenceRange": [{"low": {"value": "80.00", "unit": "kg"}}],
    }


_TEXT = {"valueString": "x"}


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (_operation("add", "Patient.maritalStatus", name="text", value=_TEXT), "selects nothing"),
        (_operation("add", "Patient.identifier", name="use", value={"valueCode": "old"}), "selects 3 elements"),
        (_operation("add", "Patient", name="colour", value=_TEXT), "Patient has no element 'colour'"),
        (_operation("add", "Patient", name="_active", value=_TEXT), "no element '_active'"),
        (_operation("add", "Patient", name="resourceType", value=_TEXT), "no element 'resourceType'"),
        (_operation("add", "Patient", name="active", value={"valueBoolean": True}), "there already"),
        (_operation("add", "Patient", name="multipleBirth", value={"valueBoolean": True}), "there already"),
        (_operation("add", "Patient", name="deceased", value={"valueInteger": 1}), "can be boolean, dateTime"),
        (_operation("add", "Patient", name="contact", value={"part": [{"name": "x", "valueCode": "y"}]}), "no element 'x'"),
        (_operation("add", "'Patient'", name="contact", value=_TEXT), "no element within the resource"),
        (_operation("add", "Patient.identifier.count()", name="id", value=_TEXT), "no element within the resource"),
        (_operation("insert", "Patient.identifier", index=4, value={"valueIdentifier": _NEW}), "0 to 3"),
        (_operation("insert", "Patient.identifier[0]", index=0, value={"valueIdentifier": _NEW}), "end with the name"),
        (_operation("insert", "Patient.birthDate", index=0, value={"valueDate": "1"}), "no list 'birthDate'"),
        (_operation("insert", "Patient.multipleBirth", index=0, value=_TEXT), "no list 'multipleBirth'"),
        (_operation("insert", "Patient.contact[4].telecom", index=0, value=_TEXT), "selects nothing"),
        (_operation("insert", "Patient.name.given", index=0, value=_TEXT), "selects 2 elements"),
        (_operation("delete", "Patient.identifier"), "selects 3 elements"),
        (_operation("delete", "Patient.name.given"), "selects 3 elements"),
        (_operation("delete", "Patient"), "no element within the resource"),
        (_operation("replace", "Patient", value={"valueHumanName": {}}), "no element within the resource"),
        (_operation("replace", "Patient.gender", value={"valueCode": "male"}), "selects nothing"),
        (_operation("replace", "Patient.identifier.value", value=_TEXT), "selects 3 elements"),
        (_operation("replace", "Patient.multipleBirth", value={"valueDate": "1"}), "can be boolean, integer"),
        (_operation("move", "Patient.identifier", source=3, destination=0), "below 3"),
        (_operation("move", "Patient.identifier", source=0, destination=3), "below 3"),
        (_operation("move", "Patient.photo", source=0, destination=0), "below 0"),
        (_operation("delete", "Patient.name["), "cannot be followed"),
        (_operation("delete", "Patient.name.where(given = 1 + 'x')"), "cannot be followed"),
        (_operation("delete", "Patient.name.where(text.matches('(a+)+$'))"), "There is no function matches()"),
        (_operation("delete", "Patient.name.text.replaceMatches('(a+)+$', '')"), "There is no function replaceMatches()"),
        (_operation("delete", "Patient.repeat($this)"), "take too long"),
        (_operation("delete", "(" * 500 + "Patient" + ")" * 500), "nested deeper"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_of_its_operation(operation: dict[str, Any], said: str) -> None:
    first = _operation("replace", "Patient.active", value={"valueBoolean": False})
    problem = _problem(first, operation)
    assert problem.place == "Parameters.parameter[1]"
    assert said in problem.message


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ({"name": "patch"}, "name `operation` alone"),
        ({"name": "operation"}, "needs `type`"),
        (_operation("copy", "Patient"), "needs `type`"),
        (_operation("add", "Patient", value=_TEXT), "needs `name`"),
        (_operation("add", "Patient", name="active"), "needs `value`"),
        (_operation("move", "Patient.name", source=0), "needs `destination`"),
        (_operation("insert", "Patient.name", value=_TEXT), "needs `index`"),
        (_operation("insert", "Patient.name", index=-1, value=_TEXT), "whole number from 0"),
        (_operation("delete", "Patient.name", index=1), "has no `index`"),
        (_operation("delete", ""), "needs `path`"),
        (_operation("delete", "x" * 2_001), "needs `path`"),
        ({"name": "operation", "part": [{"name": "type", "valueInteger": 1}]}, "must be text"),
        ({"name": "operation", "part": [{"name": "type", "valueCode": "add"}] * 2}, "stands twice"),
        ({"name": "operation", "part": [{"name": "from", "valueCode": "add"}]}, "no part 'from'"),
    ],
)
def test_what_is_no_operation_is_said(parameter: dict[str, Any], said: str) -> None:
    problem = _problem(_operation("delete", "Patient.active"), parameter)
    assert problem.place == "Parameters.parameter[1]"
    assert said in problem.message


def test_a_patch_has_bounds() -> None:
    deeper = [
        _operation("add", "Patient" + ".extension[0]" * level, name="extension", value=_EXTENSION)
        for level in range(66)
    ]
    assert "nested deeper" in _problem(*deeper).message
    assert "1000 operations" in _problem(*[_operation("delete", "Patient.active")] * 1_001).message
    assert (
        "100000 values"
        in _problem(body=json.dumps({"resourceType": "Patient", "name": [{"text": "x"}] * 60_000}).encode()).message
    )


def test_an_insertion_looks_at_no_other_element(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, hold = [], Draft._hold
    monkeypatch.setattr(Draft, "_hold", lambda *given: (looked.append(1), hold(*given)))
    many = json.dumps({"resourceType": "Patient", "name": [{"text": "x"}] * 1_000}).encode()
    value = {"part": [{"name": "text", "valueString": "y"}]}
    found = _patched(*[_operation("insert", "name", index=0, value=value)] * 100, body=many)
    assert [each["text"] for each in found["name"]] == ["y"] * 100 + ["x"] * 1_000
    assert len(looked) < 2 * (2 * 1_000 + 5 * 100)  # two patches; a name and its text


_MANY = json.dumps({"resourceType": "Patient", "language": "x" * 900_000, "name": [{"text": "x"}] * 3_000}).encode()


@pytest.mark.parametrize(
    "path",
    [
        "Patient.name.where(text = 'y')",
        "Patient.name.where(%resource.name.text contains 'y')",
        "Patient.name.where(%resource.descendants().ofType(HumanName).empty())",
        "Patient.name.where(%resource.name = %resource.name.tail())",
        "Patient.name.where(%resource = %context and $this = %resource)",
        "Patient.name.where(%resource.language.contains('y'))",
        "Patient.name.select(%resource.descendants())",
        "Patient.name.where(%resource.name.combine(%resource.name).count() = 1)",
    ],
)
def test_paths_come_to_an_end(path: str) -> None:
    """Though each step of some is a long one."""
    assert "take too long" in _problem(*[_operation("delete", path)] * 900, body=_MANY).message
