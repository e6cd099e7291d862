"""Media types and what they say besides: `application/fhir+json; fhirVersion=4.0`.

Source: HL7 FHIR R4, http page ("content types and encodings", "fhirVersion MIME type parameter"); RFC 9110, 8.3.
"""

_VERSIONS = frozenset({"", "4.0", "4.0.1"})


def parsed(text: str) -> tuple[str, dict[str, str]]:
    """The type and its parameters, in small letters and without quotation marks."""
    kind, *parameters = (each.strip().lower() for each in text.split(";"))
    pairs = (each.partition("=") for each in parameters)
    return kind, {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def is_utf8(parameters: dict[str, str]) -> bool:
    """Whether a text is in the one encoding that FHIR has, or says none (HL7 FHIR R4, http page)."""
    return parameters.get("charset", "utf-8") in {"utf-8", "utf8"}


def is_r4(parameters: dict[str, str]) -> bool:
    """Whether a type is of the version of FHIR that is spoken here, or says none."""
    return parameters.get("fhirversion", "") in _VERSIONS
