"""Compiles the search parameters of the official package hl7.fhir.r4.core 4.0.1 into `search.json.gz`.

    python -m wutong.record.definitions.compile_search

Source: the SearchParameters and StructureDefinitions of HL7 FHIR R4; its search page.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wutong.record.definitions.compile import _package
from wutong.record.definitions.search_parameters import COMPILED
from wutong.record.definitions.systems import implied_systems

_TYPE = "http://hl7.org/fhir/StructureDefinition/"
# The definitions of this one's components are named the wrong way round in 4.0.1: `relatesto` is the target.
_SWAPPED = "http://hl7.org/fhir/SearchParameter/DocumentReference-relationship"
_EXAMPLES = "http://hl7.org/fhir/SearchParameter/example"  # of the resource type SearchParameter itself
_ABSTRACT = ("Resource", "DomainResource")


def compiled() -> bytes:
    """The compiled parameters, the same content every time."""
    package = {each["url"]: each for each in _package() if "url" in each}
    types = sorted(
        each["type"]
        for each in package.values()
        if each["resourceType"] == "StructureDefinition"
        and each["kind"] == "resource"
        and not each["abstract"]
        and each.get("derivation") != "constraint"
    )
    systems = implied_systems(package)
    content = {
        "parameters": {kind: dict(sorted(_parameters(kind, package, systems))) for kind in types},
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


def _parameters(
    kind: str, package: Mapping[str, dict[str, Any]], systems: Mapping[str, str]
) -> Iterator[tuple[str, list[Any]]]:
    """Of one type: [type, expression, targets, components as [type, expression, system], canonical address, system]."""
    for each in package.values():
        if each["resourceType"] != "SearchParameter" or not {kind, *_ABSTRACT} & set(each.get("base", [])):
            continue
        if each["url"].startswith(_EXAMPLES):
            continue
        expression = " | ".join(_own_parts(kind, each.get("expression", "")))
        if expression and each["type"] != "special":
            components = [[*part, systems.get(f"{expression}.{part[1]}", "")] for part in _components(each, package)]
            told = [each["type"], expression, sorted(each.get("target", [])), components, each["url"]]
            yield each["code"], [*told, systems.get(expression, "")]


def _components(parameter: dict[str, Any], package: Mapping[str, dict[str, Any]]) -> Iterator[list[str]]:
    components = parameter.get("component", [])
    named = [each["definition"] for each in components]
    for definition, each in zip(named[::-1] if parameter["url"] == _SWAPPED else named, components, strict=True):
        yield [package[definition]["type"], each["expression"]]


def _own_parts(kind: str, expression: str) -> Iterator[str]:
    """Of an expression that several types share, the parts that begin at this one."""
    begins = re.compile(rf"\(*(?:{'|'.join([kind, *_ABSTRACT])})\b")
    for part in map(str.strip, _parts(expression)):
        if begins.match(part):
            yield re.sub(r"\b(Resource|DomainResource)\.", f"{kind}.", part)
        elif part[:1].islower():  # InsurancePlan's `name` does not say where it begins
            yield f"{kind}.{part}"


def _parts(expression: str) -> Iterator[str]:
    """What stands between the outermost `|`."""
    depth, begin, is_quoted = 0, 0, False
    for place, character in enumerate(expression):
        if character == "'":
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if character == "|" and not depth:
                yield expression[begin:place]
                begin = place + 1
    yield expression[begin:]


def main() -> None:
    """Write the compiled file beside this module."""
    target = Path(__file__).with_name(COMPILED)
    target.write_bytes(compiled())
    print(f"{target.name}: {target.stat().st_size} bytes")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
