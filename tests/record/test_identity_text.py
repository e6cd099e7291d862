"""Whether a text names what an identity number is known by is told before the resource is walked through."""

from typing import Any

import pytest
from examples import examples

from wutong.core import json_text
from wutong.record.store import identity


def test_no_official_example_holds_a_number_that_its_text_does_not_tell() -> None:
    trees = [json_text.parse(data) for _, data in examples()]
    holding = [tree for tree in trees if any(identity.all_values(tree))]
    assert len(holding) > 5
    assert [tree for tree in holding if not identity.may_hold(json_text.dump(tree))] == []
    assert sum(identity.may_hold(json_text.dump(tree)) for tree in trees) < len(trees) / 2


@pytest.mark.parametrize(
    ("content", "may"),
    [
        ({"system": identity.HKID_SYSTEM, "value": "A123456(3)"}, True),
        ({"type": {"coding": [{"code": "PPN"}]}, "value": "K1"}, True),
        ({"type": {"coding": [{"code": "MR"}]}, "value": "17"}, False),
        ({"value": "PPN 17"}, False),
    ],
)
def test_a_number_is_known_by_its_system_or_its_kind(content: dict[str, Any], may: bool) -> None:
    tree = {"resourceType": "Observation", "extension": [{"valueIdentifier": content}]}
    assert identity.may_hold(json_text.dump(tree)) is may
    assert any(identity.all_values(tree)) is may
