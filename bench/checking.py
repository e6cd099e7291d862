"""`make bench`: what it costs to check a resource, without and with the constraints of the base specification.

The resources are the demo district's, or those of the folder that WUTONG_SAMPLES names. Prints processor time of this
machine; asserts nothing. Compare figures of one run only.
"""

import os
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from wutong import district
from wutong.core import json_text
from wutong.record.profiles import check, invariants, structure

MOST_OF_A_TYPE = 400
TIMES = 3


def main() -> None:
    """Check each resource several times, and print the best."""
    by_type: dict[str, list[dict[str, Any]]] = {}
    for resource in _resources():
        by_type.setdefault(resource["resourceType"], []).append(resource)
    asked = invariants.of_type, invariants.of_element
    invariants.of_type, invariants.of_element = lambda _kind: (), lambda _path, _kind: None
    without = _measured(by_type)
    invariants.of_type, invariants.of_element = asked
    every = _measured(by_type)
    print(f"{'':24} {'without':>9} {'with':>9}  ms of processor time a resource")
    for kind in sorted(by_type, key=lambda each: -len(by_type[each])):
        print(f"{kind:24} {without[kind]:9.3f} {every[kind]:9.3f}")
    print(f"{'mean':24} {_mean(without, by_type):9.3f} {_mean(every, by_type):9.3f}")
    for size in (1, 4, 19):
        bundle, number = _bundle(by_type, size * 1024 * 1024)
        took = _took([bundle]) / 1000
        print(f"$validate of a Bundle of {size} MiB, {number} resources, without reading its JSON: {took:.2f} s")


def _resources() -> Iterator[dict[str, Any]]:
    folder = os.environ.get("WUTONG_SAMPLES")
    bundles = (
        [json_text.parse(path.read_bytes()) for path in sorted(Path(folder, "synthea").rglob("*.json"))]
        if folder
        else [upload.bundle for upload in district.shipped().uploads]
    )
    return (entry["resource"] for bundle in bundles for entry in bundle["entry"])


def _bundle(by_type: dict[str, list[dict[str, Any]]], most: int) -> tuple[dict[str, Any], int]:
    entries = list[dict[str, Any]]()
    for resource in cycle(each for group in by_type.values() for each in group):
        most -= len(json_text.dump(resource))
        if most < 0:
            break
        entries.append({"resource": resource})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}, len(entries)


def _measured(by_type: dict[str, list[dict[str, Any]]]) -> dict[str, float]:
    structure._compiled.clear()
    for resources in by_type.values():
        check(resources[0])
    rounds = [{kind: _took(resources[:MOST_OF_A_TYPE]) for kind, resources in by_type.items()} for _ in range(TIMES)]
    return {kind: min(each[kind] for each in rounds) for kind in by_type}


def _took(resources: list[dict[str, Any]]) -> float:
    began = time.process_time()
    for resource in resources:
        check(resource)
    return (time.process_time() - began) / len(resources) * 1000


def _mean(took: dict[str, float], by_type: dict[str, list[dict[str, Any]]]) -> float:
    return sum(took[kind] * len(by_type[kind]) for kind in by_type) / sum(map(len, by_type.values()))


if __name__ == "__main__":
    main()
