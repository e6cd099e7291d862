"""Which search parameters each type offers: the official ones, and few of the house's own.

- `patient` (also `subject`, where it names a patient) opens one person's record, on every type that has a patient.
- `clinical-date`: the one time that a record is put in order by, on the same types. Where R4 defines no `date`, `date`
  is another name of it.
"""

from collections.abc import Mapping
from functools import cache

from wutong.record.definitions import r4
from wutong.record.definitions.search_parameters import Parameter, parameters
from wutong.record.searching.extract import is_indexed

CLINICAL_DATE = "clinical-date"
OWN_URL = "urn:wutong:search-parameter:"


@cache
def offered(resource_type: str) -> Mapping[str, Parameter]:
    """All parameters of a type by name, with those that are columns of the row (`_id`, `_lastUpdated`)."""
    official = {name: each for name, each in parameters(resource_type).items() if is_indexed(each)}
    if not in_compartment(resource_type):
        return official
    own = {
        CLINICAL_DATE: Parameter(CLINICAL_DATE, "date", "", (), (), OWN_URL + CLINICAL_DATE),
        "patient": Parameter("patient", "reference", "", ("Patient",), (), OWN_URL + "patient"),
        "date": Parameter("date", "date", "", (), (), OWN_URL + CLINICAL_DATE),
    }
    return own | official


def in_compartment(resource_type: str) -> bool:
    """Whether rows of a type can belong to a patient, whom `patient` then names."""
    return resource_type == "Patient" or resource_type in r4().patients


def is_clinical_date(resource_type: str, name: str) -> bool:
    """Whether a parameter asks for the column and not for an element."""
    return name in {CLINICAL_DATE, "date"} and not offered(resource_type)[name].expression
