"""Identity-document numbers leave the stored body: masked there, sealed beside it, restored for the depositor alone.

An identifier counts as one by its system, or by its type (HL7 v2 table 0203), wherever in the resource it stands: also
where a reference names somebody by a number, in an extension, and in what is contained. Free text is not searched.
Source: house 6.1; domain dossier 5.2.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wutong.core import hkid
from wutong.core.sealing import Sealer

MASK = b"***"  # in every number that was masked
HKID_SYSTEM = "urn:wutong:hkid"
_KIND_OF_SYSTEM = {HKID_SYSTEM: "ID", "http://hl7.org/fhir/sid/us-ssn": "SS"}
_HOLDING = (dict, list)
_KINDS = frozenset({"NI", "SS", "PPN", "DL", "BC", "BCFN", "CZ", "NNHKG", "ID", "CD", "ECID", "ED"})
_NAMED = re.compile(rb'"(?:%s)"' % "|".join(map(re.escape, [*_KIND_OF_SYSTEM, *sorted(_KINDS)])).encode())


@dataclass(frozen=True)
class Value:
    """One identity number found in a resource: where, of which kind, and what it reads."""

    place: str
    kind: str
    number: str
    issuer: str  # its system: two issuers may give the same number; empty for an HKID, of which there is one


@dataclass(frozen=True)
class SealedValue:
    """The same as it is stored."""

    place: str
    trace: bytes
    sealed: bytes


def values(resource: Mapping[str, Any]) -> Iterator[tuple[Value, dict[str, Any]]]:
    """Each identity number that the resource has as its own, with the `identifier` object that holds it."""
    return _within(resource.get("identifier"), "identifier")


def all_values(resource: Mapping[str, Any]) -> Iterator[tuple[Value, dict[str, Any]]]:
    """Each identity number anywhere in the resource, with the object that holds it."""
    return _within(resource, "")


def may_hold(body: bytes) -> bool:
    """Whether the JSON text of a resource names a system or a kind of identity numbers; where not, it holds none."""
    return _NAMED.search(body) is not None


def take_out(resource: dict[str, Any], sealer: Sealer, *, resource_id: UUID) -> list[SealedValue]:
    """Mask every identity number of `resource` in place; returns what must be stored beside it."""
    taken = []
    for value, identifier in list(all_values(resource)):
        sealed = sealer.seal(identifier["value"], context=_context(resource_id, value.place))
        identifier["value"] = masked(value)
        taken.append(SealedValue(value.place, trace(value, sealer), sealed))
    return taken


def mask(resource: dict[str, Any]) -> bool:
    """Mask every identity number of `resource` in place; whether there is one."""
    found = list(all_values(resource))
    for value, identifier in found:
        identifier["value"] = masked(value)
    return bool(found)


def put_back(resource: dict[str, Any], taken: Mapping[str, bytes], sealer: Sealer, *, resource_id: UUID) -> None:
    """Restore the numbers of `taken` (place to sealed value) in place."""
    for place, sealed in taken.items():
        _at(resource, place)["value"] = sealer.open(sealed, context=_context(resource_id, place))


def masked(value: Value) -> str:
    """How others see the number: enough to recognise, too little to use."""
    return hkid.masked(value.number) if value.kind == "ID" else f"{value.number[:2]}***"


def trace(value: Value, sealer: Sealer) -> bytes:
    """The 32-byte keyed hash by which the same number, of the same kind and issuer, is found."""
    return sealer.trace(value.kind, f"{value.issuer}\x1f{value.number}" if value.issuer else value.number)


def token_suffixes(identifier: Mapping[str, Any], sealer: Sealer) -> list[str] | None:
    """What an identity number's tokens have in the place of what it reads; None where the identifier holds none.

    The first is found with the number's issuer, the second by its type and what it reads (`:of-type`); a third by its
    issuer alone, where it has one.
    """
    kind, number = _kind(identifier), identifier.get("value")
    if kind is None or not isinstance(number, str):
        return None
    value = Value("", kind, _normal(kind, number), _issuer(kind, identifier.get("system")))
    suffixes = [f"#{trace(value, sealer).hex()}", of_type_suffix(kind, number, sealer)]
    return [*suffixes, f"={identifier['system']}|"] if isinstance(identifier.get("system"), str) else suffixes


def of_type_suffix(kind: str, number: str, sealer: Sealer) -> str:
    """The same by its type alone, whoever issued it."""
    return f":of-type#{sealer.trace(kind, _normal(kind, number)).hex()}"


def suffixes_asked(system: str | None, number: str, sealer: Sealer) -> list[str]:
    """What a search for a number may mean, beside what it reads: of any kind, since the type is not asked for.

    `system` None: of any issuer; empty: of none, such as an HKID's.
    """
    if system is None:  # what each number has, with an issuer or without
        return [of_type_suffix(kind, number, sealer) for kind in sorted(_KINDS)]
    known = _KIND_OF_SYSTEM.get(system)
    kinds = [known] if known else sorted(_KINDS)
    asked = [Value("", kind, _normal(kind, number), _issuer(kind, system)) for kind in kinds]
    return [f"#{trace(value, sealer).hex()}" for value in asked]


def is_kind(code: str) -> bool:
    """Whether a code of HL7 v2 table 0203 is that of an identity document."""
    return code in _KINDS


def _within(tree: Any, place: str) -> Iterator[tuple[Value, dict[str, Any]]]:
    waiting = [(place, tree)]
    while waiting:
        place, node = waiting.pop()
        if type(node) is list:
            waiting += [(f"{place}/{position}", item) for position, item in enumerate(node) if type(item) in _HOLDING]
        elif type(node) is dict:
            if isinstance(number := node.get("value"), str) and (kind := _kind(node)):
                yield Value(place, kind, _normal(kind, number), _issuer(kind, node.get("system"))), node
            before = f"{place}/" if place else ""
            waiting += [(f"{before}{name}", item) for name, item in node.items() if type(item) in _HOLDING]


def _at(tree: Any, place: str) -> dict[str, Any]:
    node = tree
    for name in place.split("/"):
        node = node[int(name)] if type(node) is list else node[name]
    found: dict[str, Any] = node
    return found


def _kind(identifier: Mapping[str, Any]) -> str | None:
    known = _KIND_OF_SYSTEM.get(str(identifier.get("system")))
    if known:
        return known
    kind = identifier.get("type")
    codings = kind.get("coding") if isinstance(kind, dict) else None
    codes = [coding.get("code") for coding in codings or [] if isinstance(coding, dict)]
    return next((code for code in codes if code in _KINDS), None)


def _issuer(kind: str, system: object) -> str:
    return system.strip() if isinstance(system, str) and kind != "ID" else ""


def _normal(kind: str, number: str) -> str:
    return hkid.normalise(number) if kind == "ID" else number.strip().upper()


def _context(resource_id: UUID, place: str) -> str:
    return f"identity_value/{resource_id}/{place}"
