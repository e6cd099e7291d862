"""Texts as a search compares them: no case, no accents, single spaces. Source: HL7 FHIR R4, search page, string."""

import unicodedata
from collections.abc import Iterator
from typing import Any

# The parts of a name and of an address that a search by either one reads.
_PARTS = (
    "text", "family", "given", "prefix", "suffix",
    "line", "city", "district", "state", "postalCode", "country",
)  # fmt: skip


def folded(text: str) -> str:
    """What a search by text compares."""
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(text.casefold().split())


def texts_of(value: Any) -> Iterator[str]:
    """The texts of a string, a HumanName or an Address."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from texts_of(item)
        case dict():
            for part in _PARTS:
                yield from texts_of(value.get(part))
