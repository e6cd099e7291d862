"""Which elements belong to the summary of a resource (`_summary=true`), compiled from the official definitions.

    python -m wutong.record.definitions.summary

Source: `isSummary`, `isModifier` and `min` in the StructureDefinitions of HL7 FHIR R4; search page, "summary".
"""

import gzip
import importlib.resources
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wutong.record.definitions import compile as package

SUMMARY = "summary.json.gz"


@dataclass(frozen=True)
class Summary:
    """Of each resource type and each element with elements of its own: the names that a summary keeps."""

    kept: Mapping[str, frozenset[str]]
    always: Mapping[str, frozenset[str]]  # of resource types: what must be there, or changes the meaning of the rest


@cache
def summary() -> Summary:
    """The compiled summaries of FHIR 4.0.1."""
    packed = (importlib.resources.files(__package__) / SUMMARY).read_bytes()
    content = json.loads(gzip.decompress(packed))
    return Summary(*({path: frozenset(names) for path, names in content[part].items()} for part in ("kept", "always")))


def compiled() -> bytes:
    """The compiled summaries, the same bytes every time."""
    content: dict[str, dict[str, list[str]]] = {"kept": {}, "always": {}}
    for structure in package.resources():
        for element in structure["snapshot"]["element"]:
            parent, _, _name = element["path"].rpartition(".")
            if not parent:
                continue
            is_needed = element["min"] > 0
            if element.get("isSummary") or is_needed:
                content["kept"].setdefault(parent, []).extend(_names(element))
            if parent == structure["type"] and (is_needed or element.get("isModifier")):
                content["always"].setdefault(parent, []).extend(_names(element))
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


def _names(element: dict[str, Any]) -> Iterator[str]:
    """What JSON calls it: of a choice, a name for each type."""
    name = element["path"].rpartition(".")[2]
    if not name.endswith("[x]"):
        yield name
        return
    for kind in element["type"]:
        yield name.removesuffix("[x]") + kind["code"][0].upper() + kind["code"][1:]


def main() -> None:
    """Write the compiled file beside this module."""
    target = Path(__file__).with_name(SUMMARY)
    target.write_bytes(compiled())
    print(f"{target.name}: {target.stat().st_size} bytes")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
