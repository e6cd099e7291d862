"""Which provider's system uploads what of a person's record.

Hospital stays, emergencies and specialists belong to the public hospital group; visits to a family doctor belong to the
clinic, if the person allowed it. Whatever was recorded at an encounter goes with it; what names none goes with the
encounter before it. Insurance papers exist at the clinic only: a public hospital sends no claims.
"""

from bisect import bisect_right
from collections.abc import Mapping

from wutong.district.records import Resource
from wutong.district.references import encounter_of, targets
from wutong.district.staff import HA, HARBOUR
from wutong.district.years import began

PAPERS = frozenset({"Coverage", "Claim", "ExplanationOfBenefit"})
REGISTER = frozenset({"Organization", "Location", "Practitioner", "PractitionerRole"})
SHARED_OUT_ELSEWHERE = REGISTER | {"Patient", "Provenance"}

_FAMILY_DOCTOR = frozenset(
    {
        "162673000",  # general examination
        "185345009",  # encounter for symptom
        "185347001",  # encounter for problem
        "185349003",  # encounter for check up
        "308335008",  # patient encounter procedure
        "448337001",  # telemedicine consultation
    }
)


def senders(resources: Mapping[str, Resource], *, allows_clinic: bool) -> dict[str, str]:
    """The provider code for each resource (by fullUrl) of a person; what is left out is uploaded by nobody."""
    encounters = {url: each for url, each in resources.items() if each["resourceType"] == "Encounter"}
    clinic = {url for url, each in encounters.items() if allows_clinic and _is_family_doctors(each)}
    timeline = sorted((began(each), url) for url, each in encounters.items())
    found: dict[str, str] = {}
    for url, resource in resources.items():
        if resource["resourceType"] in SHARED_OUT_ELSEWHERE:
            continue
        home = url if url in encounters else _home(url, resource, resources) or _before(began(resource), timeline)
        found[url] = HARBOUR if home in clinic else HA
    return {url: code for url, code in found.items() if code == HARBOUR or not _is_paper(resources[url])} | {
        url: HARBOUR for url, each in resources.items() if clinic and each["resourceType"] == "Coverage"
    }


def _is_paper(resource: Resource) -> bool:
    return resource["resourceType"] in PAPERS


def _is_family_doctors(encounter: Resource) -> bool:
    codes = {coding.get("code") for kind in encounter.get("type", []) for coding in kind.get("coding", [])}
    return encounter["class"]["code"] == "AMB" and bool(codes & _FAMILY_DOCTOR)


def _home(url: str, resource: Resource, resources: Mapping[str, Resource]) -> str | None:
    if resource["resourceType"] == "ExplanationOfBenefit":
        claim = resources.get(next(targets(resource.get("claim")), ""))
        return encounter_of(claim) if claim else None
    if resource["resourceType"] == "Goal":
        plans = [each for each in resources.values() if each["resourceType"] == "CarePlan" and url in targets(each)]
        return encounter_of(plans[0]) if plans else None
    return encounter_of(resource)


def _before(moment: str, timeline: list[tuple[str, str]]) -> str | None:
    place = bisect_right(timeline, (moment, "~"))
    return timeline[place - 1][1] if place else None
