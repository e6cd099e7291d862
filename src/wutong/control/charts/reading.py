"""Reads FHIR resources as lines: leniently, because senders differ, but never leaving an entry out for its form.

Source: HL7 FHIR R4, the pages of each resource; the two ways of Synthea to name a medicine.
"""

from django.utils.translation import gettext as _

from wutong.control.charts import asides, dosage, series, values
from wutong.control.charts.elements import Resource, code, codes, first_text, text
from wutong.control.charts.item import Item, make
from wutong.control.pages.names import joined

NONE_KNOWN = frozenset({"716186003", "160244002"})  # SNOMED CT: no known allergy, of any kind
_NONE_OF_A_KIND = frozenset({"409137002", "428607008", "429625007"})  # no known allergy to drugs, surroundings, food
_OPEN = {"", "active", "recurrence", "relapse"}


def says_none_known(resource: Resource) -> bool:
    """Whether an AllergyIntolerance states that there are no allergies."""
    return _is_open(resource) and bool(NONE_KNOWN.intersection(codes(resource.get("code"))))


def statement_of_none(resource: Resource) -> Item:
    """That statement, with its sender and time."""
    return make(resource, text(resource.get("code")), "")


def allergy(resource: Resource) -> Item | None:
    """An AllergyIntolerance: substance, reactions, risk."""
    if NONE_KNOWN.intersection(codes(resource.get("code"))):
        return None
    reactions = [text(m) for each in resource.get("reaction", []) for m in each.get("manifestation", [])]
    is_high = resource.get("criticality") == "high"
    kind = _("intolerance") if resource.get("type") == "intolerance" else ""
    parts = [*reactions, kind, _doubt(resource), _ended(resource)]
    return make(
        resource,
        text(resource.get("code")),
        joined(parts),
        mark=_("high risk") if is_high else "",
        is_past=not _is_open(resource),
        is_absence=bool(_NONE_OF_A_KIND.intersection(codes(resource.get("code")))),
    )


def problem(resource: Resource) -> Item:
    """A Condition."""
    detail = joined([text(resource.get("severity")), _doubt(resource), _ended(resource)])
    name = text(resource.get("code"))
    return make(resource, name, detail, is_past=not _is_open(resource), is_aside=asides.is_circumstance(name))


def procedure(resource: Resource) -> Item:
    """A Procedure: what was done, where on the body, why, how it went."""
    sites = [text(each) for each in resource.get("bodySite", [])]
    parts = [*sites, *_reasons(resource), text(resource.get("outcome")), _state(resource)]
    return make(resource, text(resource.get("code")), joined(parts))


def medicine(resource: Resource) -> Item:
    """A MedicationRequest or MedicationStatement: the medicine, how to take it."""
    status = resource.get("status", "")
    told = {
        "on-hold": _("on hold"),
        "stopped": _("stopped"),
        "completed": _("completed"),
        "unknown": _("status unknown"),
        "not-taken": _("not taken"),
    }
    instructions = [*resource.get("dosageInstruction", []), *resource.get("dosage", [])]
    parts = [*(dosage.text(each) for each in instructions), told.get(status, "")]
    is_past = status in {"stopped", "completed", "not-taken"}
    return make(resource, _medicine_name(resource), joined(parts), is_past=is_past)


def supply(resource: Resource) -> Item:
    """A MedicationDispense or MedicationAdministration: what was handed over, or given, on one day."""
    is_given = resource.get("resourceType") == "MedicationAdministration"
    amount = values.quantity(resource.get("quantity") or resource.get("dosage", {}).get("dose") or {})
    parts = [_("given") if is_given else _("dispensed"), amount, _state(resource)]
    return make(resource, _medicine_name(resource), joined(parts), is_past=True)


def result(resource: Resource) -> Item:
    """A laboratory Observation: value, unit, how it compares."""
    return make(
        resource,
        text(resource.get("code")),
        joined([values.value(resource), values.expected(resource)]),
        reference=values.usual(resource),
        mark=values.mark(resource),
        is_aside=not asides.NOT_FROM_A_LABORATORY.isdisjoint(codes(resource.get("code"))),
        test=series.key_of(resource),
    )


def immunisation(resource: Resource) -> Item:
    """An Immunization: the vaccine, its lot."""
    lot = resource.get("lotNumber", "")
    return make(resource, text(resource.get("vaccineCode")), _("lot %(number)s") % {"number": lot} if lot else "")


def encounter(resource: Resource) -> Item:
    """An Encounter: what kind, and why."""
    reasons = [each.replace("_", " ") for each in _reasons(resource)]
    name = first_text(resource.get("type")) or resource.get("class", {}).get("display", "") or _("Visit")
    return make(resource, name, joined(reasons))


def appointment(resource: Resource) -> Item:
    """An Appointment or EpisodeOfCare: for what, and how it stands."""
    name = first_text(resource.get("serviceType"), resource.get("appointmentType"), resource.get("type"))
    parts = [str(resource.get("description", "")), *_reasons(resource), _state(resource)]
    return make(resource, name or _("Appointment"), joined(parts))


def request(resource: Resource) -> Item:
    """A ServiceRequest or Task: what was asked for, why, how it stands."""
    parts = [text(resource.get("performerType")), *_reasons(resource), str(resource.get("description", ""))]
    notes = [str(each.get("text", "")) for each in resource.get("note", [])]
    name = first_text(resource.get("code"), resource.get("category")) or _("Referral")
    return make(resource, name, joined([*parts, *notes, _state(resource)]))


def study(resource: Resource) -> Item:
    """An ImagingStudy: what was taken. The images themselves are not kept here."""
    series_taken = resource.get("series", [])
    kinds = [each.get("modality", {}).get("display") or each.get("modality", {}).get("code") for each in series_taken]
    sites = [each.get("bodySite", {}).get("display", "") for each in series_taken]
    parts = [str(each or "") for each in (*kinds, *sites)]
    name = str(resource.get("description", "")) or first_text(resource.get("procedureCode"))
    return make(resource, name or _("Images"), joined([*parts, *_reasons(resource)]))


def _is_open(resource: Resource) -> bool:
    return code(resource.get("clinicalStatus")) in _OPEN


def _ended(resource: Resource) -> str:
    known = {"inactive": _("inactive"), "remission": _("in remission"), "resolved": _("resolved")}
    return known.get(code(resource.get("clinicalStatus")), "")


def _doubt(resource: Resource) -> str:
    sure = {"", "confirmed"}
    return "" if code(resource.get("verificationStatus")) in sure else _("not confirmed")


def _reasons(resource: Resource) -> list[str]:
    given = resource.get("reasonCode") or []
    return [text(each) for each in (given if isinstance(given, list) else [given])]


def _state(resource: Resource) -> str:
    """How it stands, where that is more than done; a state without a word of ours stays the sender's."""
    status = str(resource.get("status", ""))
    known = {
        "completed": "",
        "finished": "",
        "fulfilled": "",
        "available": "",
        "final": "",
        "active": _("open"),
        "requested": _("open"),
        "booked": _("booked"),
        "in-progress": _("in progress"),
        "stopped": _("stopped"),
        "on-hold": _("on hold"),
        "revoked": _("revoked"),
        "noshow": _("did not come"),
        "preparation": _("being prepared"),
    }
    return known.get(status, status)


def _medicine_name(resource: Resource) -> str:
    if "medicationCodeableConcept" in resource:
        return text(resource["medicationCodeableConcept"])
    reference = resource.get("medicationReference", {})
    contained = {f"#{each.get('id')}": each for each in resource.get("contained", [])}
    found = contained.get(reference.get("reference", ""), {})
    return text(found.get("code")) or str(reference.get("display", ""))
