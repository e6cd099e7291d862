"""All official examples through the door: stored, read back as they were sent, and found by whatever they hold.

They are their depositor's, who reads and finds all of them. WUTONG_SEARCHES: how many searches by one value alone.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cast import Cast
from examples import examples, vendor
from examples.loaded import BASE, Example, Loaded, load
from searching.of_values import Wanted, searches, without_value

from record.profiles.test_examples import SLIPS
from wutong.record.definitions import r4

Json = dict[str, Any]
SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
SEARCHES = int(os.environ.get("WUTONG_SEARCHES", "200")) // 2
_SHARES = 8  # of the examples, so that none takes long on a busy machine
_AT_ONCE, _LONGEST = 25, 5_000  # conditions of one search, and their characters
_OURS = {"urn:wutong:provider", "urn:wutong:category"}


@pytest.fixture(scope="module")
def loaded(cast: Cast) -> Loaded:
    """All that are accepted, once for all of these tests."""
    return load(cast, but=set(SLIPS))


def test_each_is_read_back_as_it_was_sent(loaded: Loaded) -> None:
    assert len(loaded.stored) == 716 - len(SLIPS)
    kept = loaded.get([each.name for each in loaded.stored])
    different = [
        (each.file, sent, found)
        for each, tree in zip(loaded.stored, kept, strict=True)
        if (sent := _permitted(each, loaded)) != (found := _without_stamp(tree))
    ]
    assert different == []


def _permitted(example: Example, loaded: Loaded) -> Json:
    """The tree that was sent, with the id that the server gave and its references to what other examples became."""
    tree: Json = example.tree if example.is_alone else _led(example.tree, loaded.became)
    meta = {key: value for key, value in tree.get("meta", {}).items() if key not in {"versionId", "lastUpdated"}}
    return tree | {"id": example.name.partition("/")[2], "meta": meta}


def _led(value: Any, became: dict[str, str]) -> Any:
    """A copy whose references lead to what their targets became; what is in a Bundle is kept as it is."""
    if isinstance(value, list):
        return [_led(each, became) for each in value]
    if not isinstance(value, dict):
        return value
    kept = "entry" if value.get("resourceType") == "Bundle" else ""
    copy = {key: content if key == kept else _led(content, became) for key, content in value.items()}
    if isinstance(literal := value.get("reference"), str):
        copy["reference"] = became.get(literal) or became.get(BASE + literal) or literal
    if isinstance(address := value.get("url"), str):  # of an Attachment: no canonical address is a relative one
        copy["url"] = became.get(BASE + address) or address
    return copy


def _without_stamp(tree: Json) -> Json:
    """What was kept, without what the server says of it: version, time, and two tags."""
    meta = dict(tree["meta"])
    assert meta.pop("versionId") == "1"
    assert meta.pop("lastUpdated")
    assert {tag["system"] for tag in meta["tag"][-2:]} & _OURS
    own = [tag for tag in meta.pop("tag") if tag.get("system") not in _OURS]
    return tree | {"meta": meta | ({"tag": own} if own else {})}


def test_those_that_are_too_large_to_be_vendored_are_named_each_with_what_the_server_says() -> None:
    page = Path(vendor.__file__).with_name("README.md").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in page if line.startswith("| `")]
    told = {cells[1].strip(" `"): "accepts it" not in cells[3] for cells in rows}
    assert told == {name: bool(reason) for name, reason in vendor.LEFT_OUT.items()}
    assert len(told) == 11
    assert not told.keys() & {name for name, _ in examples()}


@pytest.mark.parametrize("share", range(_SHARES))
def test_each_is_found_by_what_it_holds(loaded: Loaded, share: int) -> None:
    """Whatever value an example has: asked for all of them at once, it is there; if not, one by one tells which fails."""
    asked = [
        (each, part) for each in loaded.stored[share::_SHARES] for part in _parts(searches(_permitted(each, loaded)))
    ]
    missed = [pair for pair, total in zip(asked, _totals(loaded, asked), strict=True) if total != 1]
    alone = [(example, [one]) for example, part in missed for one in part]
    told = [
        (e.file, part[0].query) for (e, part), total in zip(alone, _totals(loaded, alone), strict=True) if total != 1
    ]
    assert told == []
    assert missed == []


def test_what_is_asked_for_is_most_of_what_there_is(loaded: Loaded) -> None:
    """A canary: searches by value leave out few kinds of values; of those alone it is asked whether they are there."""
    asked = [each for example in loaded.stored for each in searches(_permitted(example, loaded))]
    assert len(asked) > 19_000
    assert len({(each.resource_type, each.parameter) for each in asked}) > 1_300
    left = {each for example in loaded.stored for each in without_value(_permitted(example, loaded))}
    assert {(sort, kind) for sort, kind in left if not r4().is_resource(kind)} == {
        ("reference", "Reference"),  # to what is contained, or by a text alone
        ("reference", "Attachment"),  # Consent.source
        ("token", "CodeableConcept"),  # of a text alone
        ("token", "Identifier"),  # without a value
        ("token", "ContactPoint"),
        ("date", "string"),  # "daily", "January 2012"
        ("date", "Timing"),  # without outer limits
        ("quantity", "SampledData"),
    }
    assert {sort for sort, kind in left if r4().is_resource(kind)} == {"reference"}  # the entries of a Bundle


@pytest.mark.parametrize("number", range(SEARCHES))
def test_a_search_by_one_value_alone_has_it_among_its_hits(loaded: Loaded, number: int) -> None:
    dice = Random(SEED + number)
    example = dice.choice(loaded.stored)
    one = dice.choice(list(searches(_permitted(example, loaded))))
    path: str | None = f"{example.resource_type}?{one.query}&_elements=id&_count=20"
    found = set[str]()
    while path:
        [bundle] = loaded.get([path])
        found |= {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in bundle.get("entry", [])}
        path = next((each["url"].partition("/fhir/")[2] for each in bundle["link"] if each["relation"] == "next"), None)
    assert example.name in found, one


def _parts(wanted: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    """What is asked for in one search."""
    part = list[Wanted]()
    for each in wanted:
        if part and (len(part) == _AT_ONCE or sum(len(one.query) for one in [*part, each]) > _LONGEST):
            yield part
            part = []
        part.append(each)
    yield part


def _totals(loaded: Loaded, asked: Sequence[tuple[Example, Sequence[Wanted]]]) -> Iterator[int]:
    paths = [
        f"{example.resource_type}?{'&'.join(each.query for each in part)}&_id={example.name.partition('/')[2]}"
        "&_summary=count"
        for example, part in asked
    ]
    return (bundle["total"] for bundle in loaded.get(paths))
