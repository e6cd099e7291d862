"""Where the two servers may differ, and what the specification says there.

What we find must be what the specification says, by the naive evaluator's reading, whether the two agree or not: a known
fault of theirs must not become ours. A difference is excused only where one of these concerns the question.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clients.differential import specification
from clients.differential.questions import Question

_SEARCH = "https://hl7.org/fhir/R4/search.html"


@dataclass(frozen=True)
class Difference:
    """`example`: a question that meets it. `concerns`: a parameter, its kind, and the text asked for. `rule`: the specification's."""

    name: str
    example: Question
    concerns: Callable[[str, str, str], bool]
    rule: str
    source: str


KNOWN = [
    Difference(
        "a string is looked for anywhere",
        Question("Patient", (("family", "E"),)),
        lambda name, kind, text: kind == "string" and not name.endswith(":contains"),
        "A string matches from its beginning; with :exact as a whole, with capitals; anywhere with :contains alone.",
        f"{_SEARCH}#string",
    ),
    Difference(
        "a name is read as one text",
        Question("Patient", (("name:contains", "i M"),)),
        lambda name, kind, text: kind == "string" and name == "name:contains" and " " in text,
        "A name matches by any of its parts: each given name is one.",
        "https://hl7.org/fhir/R4/patient.html#search",
    ),
    Difference(
        "a date matches what it touches",
        Question("Encounter", (("date", "2023-01-06"),)),
        lambda name, kind, text: kind == "date" and text[:2] not in {"gt", "lt", "sa", "eb"},
        "A date without prefix, or with eq, finds what lies wholly within it; ne what does not; ge and le what lies "
        "within it or beyond. Where no zone is written, the server's own holds.",
        f"{_SEARCH}#prefix",
    ),
    Difference(
        "a bare id is found where one type alone can be meant",
        Question("Encounter", (("subject", "pat-000"),)),
        lambda name, kind, text: kind == "reference" and "/" not in text,
        "A reference is found by the id alone, or by the id with the type as the modifier.",
        f"{_SEARCH}#reference",
    ),
    Difference(
        "numbers and quantities find nothing",
        Question("RiskAssessment", (("probability", "gt0.1"),)),
        lambda name, kind, text: kind in {"number", "quantity"},
        "A number is a range by its digits, and a quantity has a unit beside it; both take prefixes.",
        f"{_SEARCH}#quantity",
    ),
    Difference(
        "_has finds nothing",
        Question("Patient", (("_has:Observation:patient:status", "final"),)),
        lambda name, kind, text: kind == "has",
        "A resource is found by what refers to it.",
        f"{_SEARCH}#has",
    ),
]
AGREED, UNEXPLAINED = "agreed", "unexplained"


def judge(question: Question, ours: set[str], theirs: set[str], resources: Mapping[str, Any]) -> str:
    """`agreed`, the name of a known difference, or `unexplained`."""
    if ours != specification.found(question, resources):
        return UNEXPLAINED
    if ours == theirs:
        return AGREED
    return next(iter(known_for(question)), UNEXPLAINED)


def known_for(question: Question) -> list[str]:
    """The names of the differences that concern a question."""
    asked = [
        (name, specification.kind_of(question, name), text)
        for name, text in question.asked
        if not name.endswith(":missing")
    ]
    return [each.name for each in KNOWN if any(each.concerns(*one) for one in asked)]
