"""Random patients, encounters and conditions that name each other, and what a search across them must find.

By a simple reading of HL7 FHIR R4's search page: a chain looks at what is named, `_has` at what names.
"""

from collections.abc import Mapping
from random import Random

from cast import patient

from searching import made_up
from searching.made_up import Json
from searching.naive import Parameters, any_of, at, finds

NAMES = ["CHAN", "Chan Wong", "O'Neil", "Café", "LEE", "Mc Lee"]
BIRTHS = ["1950-05-31", "1950-06", "1951", "1960-12-31"]
ORGANIZATIONS = [f"Organization/{each}" for each in made_up.IDS]
PARAMETERS: Parameters = {
    "Patient": {
        "family": ("string", at("name", "family")),
        "given": ("string", at("name", "given")),
        "name": ("string", any_of(at("name", "family"), at("name", "given"), at("name", "text"))),
        "gender": ("token", at("gender")),
        "active": ("token", at("active")),
        "birthdate": ("date", at("birthDate")),
        "organization": ("reference", at("managingOrganization")),
    },
    "Encounter": {
        "status": ("token", at("status")),
        "class": ("token", at("class")),
        "type": ("token", at("type")),
        "reason-code": ("token", at("reasonCode")),
        "date": ("date", at("period")),
        "service-provider": ("reference", at("serviceProvider")),
        "identifier": ("token", at("identifier")),
    },
    "Condition": {
        "code": ("token", at("code")),
        "severity": ("token", at("severity")),
        "body-site": ("token", at("bodySite")),
        "recorded-date": ("date", at("recordedDate")),
        "onset-date": ("date", any_of(at("onsetDateTime"), at("onsetPeriod"))),
        "abatement-string": ("string", at("abatementString")),
        "identifier": ("token", at("identifier")),
    },
}
# con-4: of what has an end.
_RESOLVED = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}]}
# Who names whom by what: type, parameter, element, the type that is named.
NAMED = (
    ("Encounter", "patient", "subject", "Patient"),
    ("Encounter", "subject", "subject", "Patient"),
    ("Condition", "patient", "subject", "Patient"),
    ("Condition", "subject", "subject", "Patient"),
    ("Condition", "encounter", "encounter", "Encounter"),
)
Rows = Mapping[str, Json]  # by `Type/id`


def person(dice: Random, number: str) -> Json:
    """A Patient with an identity card's number."""
    made = patient(number, family=dice.choice(NAMES), given="Tai Man", born=dice.choice(BIRTHS))
    made |= {"gender": dice.choice(["female", "male"])} | _some(dice, active=bool(dice.randrange(2)))
    return made | _some(dice, managingOrganization={"reference": dice.choice(ORGANIZATIONS)})


def encounter(dice: Random, subject: str) -> Json:
    """An Encounter of somebody."""
    period = {"start": "2023-12-31T10:00:00+08:00", "end": dice.choice(["2023-12-31", "2024-01-01"])}
    made: Json = {"resourceType": "Encounter", "status": dice.choice(["planned", "finished"])}
    made |= {"class": made_up.coding(dice), "subject": {"reference": subject}}
    made |= _some(dice, type=[made_up.concept(dice)], reasonCode=[made_up.concept(dice)], period=period)
    return made | _some(dice, serviceProvider={"reference": dice.choice(ORGANIZATIONS)}, identifier=[_number(dice)])


def condition(dice: Random, subject: str, during: str) -> Json:
    """A Condition of somebody, during an encounter or not."""
    made: Json = {"resourceType": "Condition", "subject": {"reference": subject}, "code": made_up.concept(dice)}
    made |= (
        {"clinicalStatus": _RESOLVED}
        | made_up.time(dice, "onset")
        | _some(dice, recordedDate=dice.choice(made_up.DAYS), identifier=[_number(dice)])
    )
    made |= _some(dice, encounter={"reference": during}, severity=made_up.concept(dice))
    return made | _some(dice, bodySite=[made_up.concept(dice)], abatementString=dice.choice(made_up.TEXTS))


def _number(dice: Random) -> Json:
    return {"system": dice.choice(["urn:a", "urn:b"]), "value": dice.choice(made_up.CODES)}


def _some(dice: Random, **elements: object) -> Json:
    return {name: value for name, value in elements.items() if dice.randrange(3)}


def question(dice: Random, kind: str) -> tuple[str, str]:
    """One parameter of the type itself."""
    name = dice.choice(list(PARAMETERS[kind]))
    sort = PARAMETERS[kind][name][0]
    if not dice.randrange(8):
        return f"{name}:missing", dice.choice(["true", "false"])
    match name, sort:
        case (("gender" | "active" | "status"), _):
            return name, dice.choice(["female", "male", "true", "false", "planned", "finished", "planned,finished"])
        case "birthdate", _:
            return name, dice.choice(["", "ge", "lt", "ne", "sa"]) + dice.choice(BIRTHS)
        case _, "string":
            text = dice.choice(NAMES if kind == "Patient" else made_up.TEXTS).replace(",", "\\,")
            return dice.choice([name, f"{name}:exact", f"{name}:contains"]), text
        case _, "reference":
            return name, dice.choice(ORGANIZATIONS)
    return made_up.asked(dice, name, sort)


def across(dice: Random, kind: str) -> tuple[str, str]:
    """A chain to what the type names, or a condition on what names it."""
    chains = [(name, target) for source, name, _, target in NAMED if source == kind]
    has = [(source, name) for source, name, _, target in NAMED if target == kind]
    if chains and (not has or dice.randrange(2)):
        name, target = dice.choice(chains)
        asked, text = question(dice, target)
        return f"{name}{dice.choice(['', f':{target}'])}.{asked}", text
    source, name = dice.choice(has)
    asked, text = question(dice, source)
    return f"_has:{source}:{name}:{asked}", text


def found(rows: Rows, kind: str, asked: list[tuple[str, str]]) -> set[str]:
    """The rows of a type of which all that is asked holds."""
    return {
        key for key, row in rows.items() if row["resourceType"] == kind and all(_holds(rows, key, *a) for a in asked)
    }


def _holds(rows: Rows, key: str, name: str, text: str) -> bool:
    kind = rows[key]["resourceType"]
    if name.startswith("_has:"):
        _, source, by, asked = name.split(":", 3)
        return any(key == _named(rows[each], by) for each in found(rows, source, [(asked, text)]))
    link, dot, asked = name.partition(".")
    if not dot:
        return finds(rows[key], name, text, PARAMETERS)
    by, _, _ = link.partition(":")
    target = next(target for source, each, _, target in NAMED if (source, each) == (kind, by))
    return _named(rows[key], by) in found(rows, target, [(asked, text)])


def _named(row: Json, by: str) -> str:
    element = next(element for source, name, element, _ in NAMED if (source, name) == (row["resourceType"], by))
    return str(row.get(element, {}).get("reference", ""))


def along(rows: Rows, hits: set[str], *, source: str, by: str, is_reverse: bool) -> set[str]:
    """What comes along with the hits by one reference."""
    naming = {key: _named(row, by) for key, row in rows.items() if row["resourceType"] == source}
    if is_reverse:
        return {key for key, named in naming.items() if named in hits}
    return {naming[key] for key in hits if naming.get(key)} - hits
