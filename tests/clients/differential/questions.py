"""Random questions about the population, of every kind of parameter, modifier and prefix that both servers read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from searching import made_up

from clients.differential import population as people


@dataclass(frozen=True)
class Question:
    """`[kind]?[asked]`; keys stand for ids."""

    kind: str
    asked: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.kind}?{urlencode(self.asked, safe=':|,/')}"


_Ask = Callable[[Random, str], tuple[str, str]]


def questions(dice: Random, count: int) -> list[Question]:
    """So many, no two alike."""
    made: dict[Question, None] = {}
    while len(made) < count:
        made[_question(dice)] = None
    return list(made)


def _question(dice: Random) -> Question:
    """Of one kind, by one parameter or two."""
    kind = dice.choices(list(_PARAMETERS), weights=[len(names) for names in _PARAMETERS.values()])[0]
    names = dice.sample(list(_PARAMETERS[kind]), dice.choice([1, 1, 2]))
    return Question(kind, tuple(_asked(dice, kind, name) for name in names))


def _asked(dice: Random, kind: str, name: str) -> tuple[str, str]:
    if not dice.randrange(8) and name.isidentifier() and not name.startswith("_"):
        return f"{name}:missing", dice.choice(["true", "false"])
    return _PARAMETERS[kind][name](dice, name)


def _token(system: str, codes: Sequence[str]) -> _Ask:
    def ask(dice: Random, name: str) -> tuple[str, str]:
        forms = [
            code if dice.randrange(2) else f"{system}|{code}" for code in dice.sample(codes, dice.choice([1, 1, 2]))
        ]
        return (f"{name}:not" if not dice.randrange(3) else name), ",".join(forms)

    return ask


def _string(texts: Sequence[str]) -> _Ask:
    def ask(dice: Random, name: str) -> tuple[str, str]:
        text = dice.choice(texts)
        cut = text[: dice.randint(1, len(text))].strip()
        return dice.choice([(name, cut), (name, text.lower()), (f"{name}:exact", text), (f"{name}:contains", text[1:])])

    return ask


def _date(moments: Sequence[str]) -> _Ask:
    def ask(dice: Random, name: str) -> tuple[str, str]:
        return name, dice.choice(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"]) + dice.choice(moments)

    return ask


def _number(numbers: Sequence[str]) -> _Ask:
    def ask(dice: Random, name: str) -> tuple[str, str]:
        return name, dice.choice(["", "gt", "lt", "ge", "le", "ne"]) + dice.choice(numbers)

    return ask


def _reference(kind: str, stem: str, count: int) -> _Ask:
    def ask(dice: Random, name: str) -> tuple[str, str]:
        key = f"{stem}-{dice.randrange(count):03}"
        return dice.choice([(name, key), (name, f"{kind}/{key}"), (f"{name}:{kind}", key)])

    return ask


def _known_reference(kind: str, stem: str, count: int) -> _Ask:
    """To a type that the parameter leaves open: written with it."""
    return lambda dice, name: (name, f"{kind}/{stem}-{dice.randrange(count):03}")


def _key(stem: str, count: int) -> _Ask:
    return lambda dice, name: (name, ",".join(f"{stem}-{dice.randrange(count):03}" for _ in range(2)))


_NAMES, _CITY = _string([*people.FAMILIES, *people.GIVENS]), _string(people.CITIES)
_SOME_DAYS = _date([*people.MOMENTS, "2023", "2023-06", "2024-01-01", "2024-01", "2022"])
_BIRTHDAYS = _date(["1950", "1960-04", "1942-07-07", "1988"])
_TO_PATIENT = _reference("Patient", "pat", people.PATIENTS)
_TO_ENCOUNTER = _reference("Encounter", "enc", people.PATIENTS)
_TO_PRACTITIONER = _known_reference("Practitioner", "pra", people.OTHERS)
_TO_ORGANIZATION = _known_reference("Organization", "org", people.OTHERS)
_CODES = _token("http://loinc.org", made_up.CODES[:3])
_CLINICAL = _token("http://terminology.hl7.org/CodeSystem/condition-clinical", ["active", "inactive"])
_CONDITION = _token(people.SNOMED, people.CONDITIONS)
_CLASS = _token("http://terminology.hl7.org/CodeSystem/v3-ActCode", ["AMB", "IMP", "EMER"])
_AMOUNT = _number(["100", "5.4", "0", "99.5||mg", "100|http://unitsofmeasure.org|mg"])

_PARAMETERS: dict[str, dict[str, _Ask]] = {
    "Organization": {"name": _CITY, "active": _token("", ["true", "false"]), "_id": _key("org", people.OTHERS)},
    "Practitioner": {"name": _NAMES, "identifier": _token(people.STAFF, ["S0", "S1", "S5"]), "given": _NAMES},
    "Patient": {
        "name": _NAMES,
        "family": _NAMES,
        "given": _NAMES,
        "gender": _token("", ["female", "male", "unknown"]),
        "birthdate": _BIRTHDAYS,
        "identifier": _token(people.MRN, ["M0", "M1", "M17", "M30"]),
        "address-city": _CITY,
        "active": _token("", ["true", "false"]),
        "general-practitioner": _TO_PRACTITIONER,
        "organization": _TO_ORGANIZATION,
        "organization.name": lambda dice, name: (name, dice.choice(people.CITIES)),
        "_id": _key("pat", people.PATIENTS),
        "_has:Condition:patient:code": lambda dice, name: (name, dice.choice(people.CONDITIONS)),
        "_has:Observation:patient:status": lambda dice, name: (name, "amended"),
    },
    "Encounter": {
        "status": _token("", ["finished", "in-progress", "cancelled"]),
        "class": _CLASS,
        "date": _SOME_DAYS,
        "subject": _TO_PATIENT,
        "service-provider": _TO_ORGANIZATION,
        "subject:Patient.gender": lambda dice, name: (name, dice.choice(["female", "male"])),
    },
    "Condition": {
        "code": _CONDITION,
        "clinical-status": _CLINICAL,
        "severity": _token(people.SNOMED, ["24484000", "255604002"]),
        "onset-date": _SOME_DAYS,
        "recorded-date": _SOME_DAYS,
        "patient": _TO_PATIENT,
        "encounter": _TO_ENCOUNTER,
        "asserter": _TO_PRACTITIONER,
        "patient.birthdate": lambda dice, name: (name, dice.choice(["lt", "ge"]) + "1960"),
        "encounter.class": lambda dice, name: (name, dice.choice(["AMB", "IMP"])),
        "asserter:Practitioner.identifier": lambda dice, name: (name, f"{people.STAFF}|S{dice.randrange(6)}"),
    },
    "MedicationRequest": {
        "status": _token("", ["active", "completed", "stopped"]),
        "intent": _token("", ["order", "plan"]),
        "code": _token(people.ATC, people.DRUGS),
        "authoredon": _SOME_DAYS,
        "patient": _TO_PATIENT,
        "encounter": _TO_ENCOUNTER,
        "requester": _TO_PRACTITIONER,
        "patient.gender": lambda dice, name: (name, dice.choice(["female", "male"])),
    },
    "Observation": {
        "status": _token("", ["final", "amended"]),
        "code": _CODES,
        "category": _CODES,
        "combo-code": _CODES,
        "value-concept": _CODES,
        "date": _SOME_DAYS,
        "value-date": _SOME_DAYS,
        "value-string": _string(made_up.TEXTS[:3]),
        "value-quantity": _AMOUNT,
        "component-value-quantity": _AMOUNT,
        "patient": _TO_PATIENT,
        "encounter": _TO_ENCOUNTER,
        "performer": _TO_PRACTITIONER,
        "patient.name": lambda dice, name: (name, dice.choice(people.FAMILIES)),
    },
    "RiskAssessment": {
        "probability": _number(["0.25", "0.5", "0.90"]),
        "method": _CODES,
        "date": _SOME_DAYS,
        "patient": _TO_PATIENT,
    },
}
