"""Random resources of few words, so that random searches find some of them and not others."""

from random import Random
from typing import Any

from searching.naive import COMPOSITES, PARAMETERS

Json = dict[str, Any]
SYSTEMS = ["http://loinc.org", "urn:a", ""]
CODES = ["1-8", "2-6", "final", "x y", "50%", "a_b", "aXb"]
TEXTS = ["Café au lait", "cafe", "CAFETERIA", "tea, green", "50% off", "a_b", "陳大文", "陳", "O'Neil"]
DAYS = ["2023", "2023-12", "2023-12-31", "2024-01-01", "2023-12-31T23:30:00+08:00", "2023-12-31T15:30:00Z", "2024"]
NUMBERS = ["100", "99.5", "100.4", "5.40", "5.4", "-3", "0", "0.25", "1000"]
UNITS = [("http://unitsofmeasure.org", "mg", "milligram"), ("urn:a", "mg", "mg"), ("", "", "cups")]
IDS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(4)]
PASSPORTS = ["K7654321", "K7612345"]
PROFILES = ["http://example.org/p", "http://example.org/p/2"]


def coding(dice: Random) -> Json:
    """A code, with or without a system."""
    system = dice.choice(SYSTEMS)
    return {"code": dice.choice(CODES), **({"system": system} if system else {})}


def concept(dice: Random) -> Json:
    """Of one or two codes, or of a text alone."""
    if not dice.randrange(6):
        return {"text": dice.choice(TEXTS)}
    return {"coding": [coding(dice) for _ in range(dice.randint(1, 2))]}


def quantity(dice: Random) -> Json:
    """With a unit of some system or none, seldom with a comparator."""
    system, code, unit = dice.choice(UNITS)
    made: Json = {"value": float(dice.choice(NUMBERS)), "unit": unit}
    made |= {"system": system, "code": code} if system else {}
    return made | ({"comparator": dice.choice(["<", ">="])} if not dice.randrange(5) else {})


def time(dice: Random, stem: str) -> Json:
    """A dateTime or a period, open or closed; or nothing."""
    match dice.randrange(5):
        case 0:
            return {}
        case 1:
            ends = sorted(dice.sample(["2023-01-05", "2023-12-31", "2024-01-01", "2024-03-01"], 2))
            both = {"start": ends[0], "end": ends[1]}
            return {f"{stem}Period": {k: v for k, v in both.items() if dice.randrange(4)} or both}
    return {f"{stem}DateTime": dice.choice(DAYS)}


def identifier(dice: Random) -> Json:
    """A sender's own number, with or without system and type; seldom a passport's."""
    if not dice.randrange(5):
        passport = {"coding": [{"system": "urn:t", "code": "PPN"}]}
        return {"value": dice.choice(PASSPORTS), "system": "urn:a", "type": passport}
    made: Json = {"value": dice.choice(CODES)}
    system = dice.choice(SYSTEMS)
    made |= {"system": system} if system else {}
    return made | ({"type": {"coding": [{"system": "urn:t", "code": "MR"}]}} if dice.randrange(2) else {})


def observation(dice: Random, subject: Json) -> Json:
    """An Observation about somebody."""
    made: Json = {"resourceType": "Observation", "status": dice.choice(["final", "amended"]), "subject": subject}
    made |= {"code": concept(dice), "category": [concept(dice)]} | time(dice, "effective") | _value(dice)
    if not dice.randrange(3):
        # obs-7: what stands beside a value has another code than the whole.
        parts = [{"code": concept(dice), "valueQuantity": quantity(dice)} for _ in range(2)]
        codes = {each.get("code") for each in made["code"].get("coding", [])}
        made["component"] = [
            each for each in parts if codes.isdisjoint(c.get("code") for c in each["code"].get("coding", []))
        ]
        if not made["component"]:
            del made["component"]
    if dice.randrange(2):
        made["encounter"] = {"reference": f"Encounter/{dice.choice(IDS)}"}
    if dice.randrange(2):
        made["performer"] = [_performer(dice)]
    if dice.randrange(2):
        made["identifier"] = [identifier(dice) for _ in range(dice.randint(1, 2))]
    if dice.randrange(2):
        made["meta"] = {"profile": [dice.choice(PROFILES)]}
    return made


def risk(dice: Random, subject: Json) -> Json:
    """A RiskAssessment about somebody."""
    predictions = [{"probabilityDecimal": float(dice.choice(["0.25", "0.5", "0.9"]))} for _ in range(dice.randrange(3))]
    made: Json = {"resourceType": "RiskAssessment", "status": "final", "subject": subject, "method": concept(dice)}
    made |= time(dice, "occurrence")
    if predictions:
        made["prediction"] = predictions
    return made | ({"identifier": [identifier(dice)]} if dice.randrange(2) else {})


def _performer(dice: Random) -> Json:
    match dice.randrange(3):
        case 0:
            return {"reference": f"Organization/{dice.choice(IDS)}"}
        case 1:
            return {"identifier": identifier(dice)}
    return {"reference": f"Practitioner/{dice.choice(IDS)}"}


def _value(dice: Random) -> Json:
    match dice.randrange(6):
        case 0:
            return {"valueString": dice.choice(TEXTS)}
        case 1:
            return {"valueCodeableConcept": {**concept(dice), "text": dice.choice(TEXTS)}}
        case 2:
            return time(dice, "value")
        case 3:
            return {"dataAbsentReason": concept(dice)}
    return {"valueQuantity": quantity(dice)}


def question(dice: Random, kind: str) -> tuple[str, str]:
    """One search parameter with a value."""
    names = [*PARAMETERS[kind], *(COMPOSITES if kind == "Observation" else ())]
    name = dice.choice(names)
    if name in COMPOSITES:
        return name, f"{_token_text(dice, whole=True)}${_amount_text(dice, with_unit=True)}"
    sort = PARAMETERS[kind][name][0]
    if not dice.randrange(8):
        return f"{name}:missing", dice.choice(["true", "false"])
    return asked(dice, name, sort)


def asked(dice: Random, name: str, sort: str) -> tuple[str, str]:
    """The same of a parameter of that type."""
    match sort:
        case "token" if name == "identifier" and not dice.randrange(3):
            kind, numbers = dice.choice([("MR", CODES), ("PPN", PASSPORTS)])
            return f"{name}:of-type", f"urn:t|{kind}|{dice.choice(numbers)}"
        case "token" if name == "identifier" and not dice.randrange(3):
            return name, dice.choice(["", "urn:a|", "|"]) + dice.choice(PASSPORTS)
        case "token":
            several = ",".join(_token_text(dice) for _ in range(dice.randint(1, 2)))
            return (f"{name}:not" if not dice.randrange(4) else name), several
        case "string":
            text = dice.choice(TEXTS)
            text = text if dice.randrange(2) else text[: dice.randint(1, len(text))]
            return dice.choice([name, f"{name}:exact", f"{name}:contains"]), text.replace(",", "\\,")
        case "date":
            return name, _prefix(dice, ap=False) + dice.choice(DAYS)
        case "number":
            return name, _prefix(dice) + dice.choice(["0.25", "0.3", "0.2", "1"])
        case "quantity":
            return name, _amount_text(dice, with_unit=bool(dice.randrange(2)))
        case "uri":
            return name, dice.choice(PROFILES)
    if not dice.randrange(3) and name == "performer":
        return f"{name}:identifier", dice.choice([_token_text(dice), dice.choice(PASSPORTS)])
    kind = {"encounter": "Encounter"}.get(name) or dice.choice(["Organization", "Practitioner"])
    wanted = dice.choice(IDS)
    return dice.choice([(name, f"{kind}/{wanted}"), (name, wanted), (f"{name}:{kind}", wanted)])


def _token_text(dice: Random, *, whole: bool = False) -> str:
    code, system = dice.choice(CODES), dice.choice(SYSTEMS)
    forms = [code, f"{system}|{code}"] + ([] if whole or not system else [f"{system}|"])
    return dice.choice(forms)


def _amount_text(dice: Random, *, with_unit: bool) -> str:
    system, code, unit = dice.choice(UNITS)
    more = dice.choice([f"|{system}|{code}" if system else f"||{unit}", f"||{code or unit}"]) if with_unit else ""
    return f"{_prefix(dice)}{dice.choice(NUMBERS)}{more}"


def _prefix(dice: Random, *, ap: bool = True) -> str:
    return dice.choice(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", *(["ap"] if ap else [])])
