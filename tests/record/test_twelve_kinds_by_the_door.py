"""Twelve kinds of fault, ten of each: by the door too each is refused at its place."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from cast import Cast

from record.profiles.test_twelve_kinds import ENOUGH, KINDS, Bad
from wutong.core import json_text

Kind = Callable[[], Iterator[Bad]]


def _ten(kind: Kind) -> list[Bad]:
    """From the first to the last, of other types and at other depths."""
    every = list(kind())
    return every[:: len(every) // ENOUGH][:ENOUGH]


def _issues(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(each["code"], each.get("expression", [""])[0]) for each in answer.json()["issue"]]


@pytest.mark.parametrize("kind", KINDS, ids=[each.__name__ for each in KINDS])
def test_a_resource_with_a_fault_of_each_kind_is_refused_with_its_place(cast: Cast, kind: Kind) -> None:
    bad = _ten(kind)
    assert len(bad) == ENOUGH
    for tree, code, json_place in bad:
        place = json_place.replace("._", ".")  # FHIRPath knows no name beside a name
        resource_type, body = tree["resourceType"], json_text.dump(tree)
        judged = cast.fhir(cast.ha, "POST", f"{resource_type}/$validate", content=body)
        assert judged.status_code == 200
        assert (code, place) in _issues(judged)
        stored = cast.fhir(cast.ha, "POST", resource_type, content=body)
        assert stored.status_code == 422, stored.text
        assert (code, place) in _issues(stored)
