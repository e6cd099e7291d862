"""Writes one version of a statement as a Consent in the shape of IHE PCF: the same version, the same Consent."""

from typing import Any
from uuid import UUID

from wutong.control.consent.statements import SHARING, Statement
from wutong.control.pcf.words import (
    ACCOUNT,
    ADVANCED,
    BASIC,
    CATEGORY,
    INTERMEDIATE,
    POLICY,
    PORTAL,
    PROVIDER,
    RECIPIENT,
    RECORD,
    SCOPE,
    TREATMENT,
    URI,
    UUID_URI,
)
from wutong.control.people.queries.providers import office, provider
from wutong.core import clock
from wutong.core.categories import CATEGORY_TAG
from wutong.core.labels import ACT_CODE

# Of each kind of statement, the profile that its shape is of; none speaks of data by class.
_PROFILES = {
    SHARING: BASIC,
    "provider": BASIC,
    "professional": BASIC,
    "item": INTERMEDIATE,
    "episode": INTERMEDIATE,
    "label": ADVANCED,
}


def consent(statement: Statement) -> dict[str, Any]:
    """The Consent. `status` says whether it was stated or taken back; whether a time is over, its period says."""
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
        "organization": [custodian()],
        "sourceAttachment": {"title": "Stated by the person, signed in", "url": PORTAL},
        "policy": [{"uri": POLICY}],
        "provision": _provision(statement),
    }


def custodian() -> dict[str, Any]:
    """The eHR office, which keeps all statements."""
    found = office()
    identifier = {"identifier": {"system": PROVIDER, "value": found.code}} if found else {}
    return {"type": "Organization", **identifier, "display": "eHR office"}


def _related(relation: str) -> dict[str, Any]:
    """Who spoke for the person is told by the relation alone: whoever reads this need not know more."""
    return {"type": "RelatedPerson", "display": relation}


def _provision(statement: Statement) -> dict[str, Any]:
    if statement.kind == SHARING:
        return {"type": "permit", "period": _period(statement), **_of_provider(statement.value), "purpose": [TREATMENT]}
    return {"type": "deny", **_closed(statement)}


def _period(statement: Statement) -> dict[str, str]:
    until = statement.valid_until
    start = {"start": clock.local(statement.stated_at).date().isoformat()}
    return start | ({"end": until.isoformat()} if until else {})


def _closed(statement: Statement) -> dict[str, Any]:
    value, title = statement.value, {"display": statement.title} if statement.title else {}
    match statement.kind:
        case "provider":
            return _of_provider(value)
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


def _of_provider(value: str) -> dict[str, Any]:
    found = provider(UUID(value))
    identifier = {"identifier": {"system": PROVIDER, "value": found.code}} if found else {}
    display = {"display": found.name_en} if found else {}
    return _actor({"type": "Organization", **identifier, **display})


def _actor(reference: dict[str, Any]) -> dict[str, Any]:
    return {"actor": [{"role": {"coding": [RECIPIENT]}, "reference": reference}]}
