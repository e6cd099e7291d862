"""Writes one version of a statement as a Consent in the shape of IHE PCF: the same version, the same Consent."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from wutong.control.consent.statements import GROUP, SHARING, Statement
from wutong.control.pcf.words import (
    ACCOUNT,
    ADVANCED,
    BASIC,
    CATEGORY,
    INTERMEDIATE,
    POLICY,
    PORTAL,
    PROVIDER,
    PROVIDER_GROUP,
    RECIPIENT,
    RECORD,
    SCOPE,
    TREATMENT,
    URI,
    UUID_URI,
)
from wutong.control.people.queries.groups import GroupFacts, groups
from wutong.control.people.queries.providers import ProviderFacts, providers
from wutong.core import clock
from wutong.core.categories import CATEGORY_TAG
from wutong.core.labels import ACT_CODE

# Of each kind of statement, the profile that its shape is of; none speaks of data by class.
_PROFILES = {
    SHARING: BASIC,
    GROUP: BASIC,
    "provider": BASIC,
    "professional": BASIC,
    "item": INTERMEDIATE,
    "episode": INTERMEDIATE,
    "label": ADVANCED,
}


# By which way it was stated, for whoever reads it; no paper is kept here.
_SOURCES = {
    "portal": {"title": "Stated signed in", "url": PORTAL},
    "form": {"title": "Signed form, recorded at the provider's desk and kept there"},
    "key": {"title": "Access key, told at the provider's desk"},
    "qr": {"title": "Confirmed on the person's own telephone at the provider's desk"},
}

Known = Mapping[UUID, ProviderFacts | GroupFacts]


def consents(statements: Iterable[Statement]) -> list[dict[str, Any]]:
    """Consents. `status` says whether it was stated or taken back; whether a time is over, its period says."""
    known = _known()
    return [_consent(each, known) for each in statements]


def custodian() -> dict[str, Any]:
    """The eHR office, which keeps all statements."""
    return _custodian(_known())


def _known() -> Known:
    together = {each.group_id: each for each in groups()}
    return {each.provider_id: each for each in providers()} | together


def _consent(statement: Statement, known: Known) -> dict[str, Any]:
    meta: dict[str, Any] = {"versionId": str(statement.version), "lastUpdated": clock.written(statement.stated_at)}
    if profile := _PROFILES.get(statement.kind):
        meta["profile"] = [profile]
    patient = {"reference": f"{RECORD}/Patient/{statement.person_id}", "type": "Patient"}
    return {
        "resourceType": "Consent",
        "id": str(statement.consent_id),
        "meta": meta,
        "status": "active" if statement.holds else "inactive",
        "scope": {"coding": [SCOPE]},
        "category": [{"coding": [CATEGORY]}],
        "patient": patient,
        "dateTime": clock.written(statement.stated_at),
        "performer": [_related(statement.stated_as) if statement.stated_as else patient],
        "organization": [_custodian(known)],
        "sourceAttachment": _SOURCES[statement.way],
        "policy": [{"uri": POLICY}],
        "provision": _provision(statement, known),
    }


def _custodian(known: Known) -> dict[str, Any]:
    office = next((each for each in known.values() if each.kind == "office"), None)
    return _named(office) | {"display": "eHR office"}


def _related(relation: str) -> dict[str, Any]:
    """Who spoke for the person is told by the relation alone: whoever reads this need not know more."""
    return {"type": "RelatedPerson", "display": relation}


def _provision(statement: Statement, known: Known) -> dict[str, Any]:
    if statement.kind in {SHARING, GROUP}:
        return {
            "type": "permit",
            "period": _period(statement),
            **_of_provider(statement.value, known),
            "purpose": [TREATMENT],
        }
    return {"type": "deny", **_closed(statement, known)}


def _period(statement: Statement) -> dict[str, str]:
    until = statement.valid_until
    start = {"start": clock.local(statement.stated_at).date().isoformat()}
    return start | ({"end": until.isoformat()} if until else {})


def _closed(statement: Statement, known: Known) -> dict[str, Any]:
    value, title = statement.value, {"display": statement.title} if statement.title else {}
    match statement.kind:
        case "provider":
            return _of_provider(value, known)
        case "professional":
            return _actor({"type": "Practitioner", "identifier": {"system": ACCOUNT, "value": value}})
        case "label":
            return {"securityLabel": [{"system": ACT_CODE, "code": value}]}
        case "category":
            return {"class": [{"system": CATEGORY_TAG, "code": value}]}
        case "episode":
            reference = {"reference": f"{RECORD}/Encounter/{value}", "type": "Encounter", **title}
            return {"data": [{"meaning": "related", "reference": reference}]}
    # Of a single item no type is kept.
    item = {"identifier": {"system": URI, "value": f"{UUID_URI}{value}"}, **title}
    return {"data": [{"meaning": "instance", "reference": item}]}


def _of_provider(value: str, known: Known) -> dict[str, Any]:
    return _actor(_named(known.get(UUID(value))))


def _named(found: ProviderFacts | GroupFacts | None) -> dict[str, Any]:
    """By its code and name; neither is ever removed."""
    kind, system = ("Group", PROVIDER_GROUP) if isinstance(found, GroupFacts) else ("Organization", PROVIDER)
    identifier = {"identifier": {"system": system, "value": found.code}, "display": found.name_en} if found else {}
    return {"type": kind, **identifier}


def _actor(reference: dict[str, Any]) -> dict[str, Any]:
    return {"actor": [{"role": {"coding": [RECIPIENT]}, "reference": reference}]}
