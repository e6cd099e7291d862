"""The house's own search parameters, beside the official ones.

- `patient` (also `subject`, where it names a patient) opens one person's record, on every type that has a patient.
- `clinical-date`: the one time that a record is put in order by, on the same types. Where R4 defines no `date`, `date`
  is another name of it.
"""

from collections.abc import Mapping
from functools import cache

from wutong.record.definitions import r4
from wutong.record.definitions.search_parameters import Parameter, parameters

CLINICAL_DATE = "clinical-date"
OWN_URL = "urn:wutong:search-parameter:"


def in_compartment(resource_type: str) -> bool:
    """Whether rows of a type can belong to a patient, whom `patient` then names."""
    return resource_type == "Patient" or resource_type in r4().patients


@cache
def with_own(resource_type: str) -> Mapping[str, Parameter]:
    """All parameters of a type by name; those that read no element have no expression."""
    if not in_compartment(resource_type):
        return parameters(resource_type)
    own = {
        CLINICAL_DATE: Parameter(CLINICAL_DATE, "date", "", (), (), OWN_URL + CLINICAL_DATE),
        "patient": _patient(resource_type),
        "date": Parameter("date", "date", "", (), (), OWN_URL + CLINICAL_DATE),
    }
    return {**own, **parameters(resource_type)}


@cache
def says_whose(resource_type: str, name: str) -> bool:
    """Whether a reference parameter reads nothing but what says to which patient a resource belongs.

    A Patient that such a reference names is the one whose record the resource is in (flows/settling.py): `subject` of
    an Observation, and not `performer`, though the Patient compartment has both; `actor` of an Appointment, which
    names others too.
    """
    paths = {f"{resource_type}.{path}" for path in r4().patients.get(resource_type, ())}
    read = with_own(resource_type)[name].expression.split("|")
    return {each.strip().removesuffix(".where(resolve() is Patient)") for each in read} <= paths


def _patient(resource_type: str) -> Parameter:
    """Of a Patient another name of its id."""
    if resource_type == "Patient":
        return Parameter("patient", "token", "", (), (), OWN_URL + "patient")
    paths = [f"{resource_type}.{path}.where(resolve() is Patient)" for path in r4().patients[resource_type]]
    return Parameter("patient", "reference", " | ".join(paths), ("Patient",), (), OWN_URL + "patient")
