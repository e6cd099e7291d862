"""Asks an expression of a resource, for the tests of this folder; and reads the official package."""

import json
import tarfile
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from wutong.record import definitions
from wutong.record.fhirpath import compile as compiled

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "active": True,
    "name": [
        {"use": "official", "family": "Chalmers", "given": ["Peter", "James"]},
        {"use": "usual", "given": ["Jim"]},
        {"use": "maiden", "family": "Windsor", "given": ["Peter", None], "_given": [None, {"id": "a"}]},
    ],
    "birthDate": "1974-12-25",
    "_birthDate": {"extension": [{"url": "http://example.org/time", "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
    "deceasedBoolean": False,
    "_gender": {"extension": [{"url": "http://example.org/unknown", "valueCode": "masked"}]},
    "managingOrganization": {"reference": "Organization/1"},
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Clinic"}],
    "generalPractitioner": [{"reference": "#o"}, {"reference": "http://example.org/fhir/Practitioner/9"}],
}


def ask(expression: str, resource: Any = PATIENT) -> list[Any]:
    """The JSON values that the expression gives at the resource."""
    return [value for value, _, _ in compiled(expression, resource["resourceType"]).values(resource, resource)]


def package(*prefixes: str) -> Iterator[dict[str, Any]]:
    """The resources of the official package whose file names begin so."""
    return map(json.loads, package_files(*prefixes))


def package_files(*prefixes: str) -> Iterator[bytes]:
    """The files of the official package whose names begin so."""
    with (files(definitions) / definitions.PACKAGE).open("rb") as stream, tarfile.open(fileobj=stream) as archive:
        for member in archive:
            if member.name.rpartition("/")[2].startswith(prefixes) and (file := archive.extractfile(member)):
                yield file.read()
